/// Keeps uploaded export files, avatars and files of messages as bytes.
///
/// A file is complete or absent. Once a call has returned, its effect survives a loss of power.
public protocol FileStore: Sendable {
    /// Begins a file. When it is finished, it replaces the file of this key.
    func begin(_ key: FileKey) async throws(FileStoreError) -> any FileWriter

    /// Moves a file from a `temporaryPath()` into the store.
    ///
    /// - Returns: its size in bytes.
    func adopt(_ path: String, as key: FileKey) async throws(FileStoreError) -> Int64

    /// The bytes of a file.
    ///
    /// - Parameter range: the requested bytes; those beyond the end are ignored. Nil means all.
    /// - Throws: `FileStoreError` with code `missing` when there is no such file.
    func read(_ key: FileKey, range: Range<Int64>?) async throws(FileStoreError) -> FileChunks

    /// The size of a file in bytes.
    ///
    /// - Throws: `FileStoreError` with code `missing` when there is no such file.
    func size(of key: FileKey) async throws(FileStoreError) -> Int64

    /// Removes a file; returns whether it existed.
    @discardableResult
    func remove(_ key: FileKey) async throws(FileStoreError) -> Bool

    /// The path of a file, existing or not, for importers.
    func path(of key: FileKey) -> String

    /// An unused path on the same file system, for a download that is adopted later.
    func temporaryPath() async throws(FileStoreError) -> String

    /// Verifies that files can be written.
    func requireWritable() async throws(FileStoreError)

    /// Removes incomplete files that were not changed for the given time.
    ///
    /// - Returns: how many.
    @discardableResult
    func removeLeftovers(olderThan age: Duration) async throws(FileStoreError) -> Int
}

/// Receives the bytes of one file in chunks. Calls must not overlap.
public protocol FileWriter: Sendable {
    /// Appends bytes.
    func write(_ chunk: [UInt8]) async throws(FileStoreError)

    /// Makes the file durable and visible.
    ///
    /// - Returns: its size in bytes.
    func finish() async throws(FileStoreError) -> Int64

    /// Removes the file; does nothing once it is finished.
    func discard() async
}
