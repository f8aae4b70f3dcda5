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
