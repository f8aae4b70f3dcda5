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
