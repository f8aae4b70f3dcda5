/// One reading of an archive, from its beginning.
protocol ArchivePass: AnyObject {
    /// Whether it cannot go on after an error.
    var isDead: Bool { get }
    /// How many bytes of the file have been passed.
    var fileBytesRead: Int64 { get }

    /// Goes to the next entry.
    ///
    /// - Returns: nil at the end.
    /// - Throws: `damaged`.
    func next() throws(ExportFileError) -> ArchiveHeader?

    /// The next part of the entry's data, which is valid until the next call.
    func nextBlock() -> ArchiveBlock
}

/// What stands before the data of an entry.
struct ArchiveHeader {
    var nameBytes: [UInt8]
    var isRegularFile: Bool
    var isFolder: Bool
    var isEncrypted: Bool
    var isSparse: Bool
    /// The size that the archive gives for the entry; nil when only reading tells.
    var size: Int64?
}

/// A part of an entry's data.
enum ArchiveBlock {
    case data(UnsafeRawBufferPointer)
    case end
    /// The bytes of the entry are broken; those in the block, if any, came before the fault.
    case broken(UnsafeRawBufferPointer, reason: String)
}
