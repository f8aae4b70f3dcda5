/// Keeps uploaded export files, avatars and files of messages as bytes.
///
/// A file is there whole or not at all, and once a call has returned, it survives a loss of power.
public protocol FileStore: Sendable {
    /// Begins a file; it replaces what has this key when it is finished.
    func begin(_ key: FileKey) async throws(FileStoreError) -> any FileWriter

    /// Takes over a file that was written at a `temporaryPath()`.
    ///
    /// - Returns: its size in bytes.
    func adopt(_ path: String, as key: FileKey) async throws(FileStoreError) -> Int64

    /// The bytes of a file.
    ///
    /// - Parameter range: which bytes; what lies beyond the end is left out. Nil means all.
    /// - Throws: `FileStoreError` with code `missing` when there is no such file.
    func read(_ key: FileKey, range: Range<Int64>?) async throws(FileStoreError) -> FileChunks

    /// The size of a file in bytes.
    ///
    /// - Throws: `FileStoreError` with code `missing` when there is no such file.
    func size(of key: FileKey) async throws(FileStoreError) -> Int64

    /// Removes a file; says whether there was one.
    @discardableResult
    func remove(_ key: FileKey) async throws(FileStoreError) -> Bool

    /// Where a file lies or would lie, for importers, which need a real path.
    func path(of key: FileKey) -> String

    /// A path on the same file system at which nothing is, for a download that is adopted later.
    func temporaryPath() async throws(FileStoreError) -> String

    /// Makes sure that files can be written.
    func requireWritable() async throws(FileStoreError)

    /// Removes unfinished files that nobody has touched for so long.
    ///
    /// - Returns: how many.
    @discardableResult
    func removeLeftovers(olderThan age: Duration) async throws(FileStoreError) -> Int
}

/// Takes the bytes of one file, piece by piece; its calls must not overlap.
public protocol FileWriter: Sendable {
    /// Appends bytes.
    func write(_ chunk: [UInt8]) async throws(FileStoreError)

    /// Makes the file durable and visible.
    ///
    /// - Returns: its size in bytes.
    func finish() async throws(FileStoreError) -> Int64

    /// Forgets the file; does nothing once it is finished.
    func discard() async
}
