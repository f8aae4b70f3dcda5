/// A part of an entry's data.
enum ArchiveBlock {
    case data(UnsafeRawBufferPointer)
    case end
    /// The bytes of the entry are broken; those in the block, if any, came before the fault.
    case broken(UnsafeRawBufferPointer, reason: String)
}
