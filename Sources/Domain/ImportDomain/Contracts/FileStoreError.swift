/// Why a file could not be kept or found.
public struct FileStoreError: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The id cannot name a file.
        case invalidID = "file-invalid-id"
        /// There is no such file.
        case missing = "file-missing"
        /// The disk is full.
        case diskFull = "file-disk-full"
        /// The writer was finished or discarded before.
        case writerClosed = "file-writer-closed"
        /// The file to be adopted does not lie where the store's temporary files are.
        case notTemporary = "file-not-temporary"
        /// This user may not read or write there, or the file system is read-only.
        case refused = "file-refused"
        /// The file system failed otherwise.
        case failed = "file-store-failed"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong and what to do, for an administrator.
    public let message: String

    /// Creates an error.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
