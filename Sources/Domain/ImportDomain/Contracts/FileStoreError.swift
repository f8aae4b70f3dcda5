/// Why a file could not be stored or found.
public struct FileStoreError: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The id is not valid.
        case invalidID = "file-invalid-id"
        /// There is no such file.
        case missing = "file-missing"
        /// The disk is full.
        case diskFull = "file-disk-full"
        /// The writer was already finished or discarded.
        case writerClosed = "file-writer-closed"
        /// The file to adopt is not at one of the store's temporary paths.
        case notTemporary = "file-not-temporary"
        /// This user may not read or write there, or the file system is read-only.
        case refused = "file-refused"
        /// Any other failure of the file system.
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
