/// Why an operation failed, most often because of its file; the operation keeps it.
///
/// Source: docs/importers.md, "Rejected files".
public struct ImportFileFailure: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The file is nothing that the importer reads.
        case unrecognized = "importer-file-unrecognized"
        /// The file, or an entry that is needed, is encrypted.
        case encrypted = "importer-file-encrypted"
        /// The file is cut off or broken.
        case damaged = "importer-file-damaged"
        /// The file holds nothing to import.
        case empty = "importer-file-empty"
        /// The file goes beyond a limit.
        case limitExceeded = "importer-file-limit-exceeded"
        /// The file could not be fetched from its address.
        case downloadFailed = "importer-file-download-failed"
        /// The server could not read or keep it, for a reason that is not the file's.
        case unavailable = "importer-file-unavailable"
        /// The process ended each time it read the file.
        case processEnded = "importer-file-process-ended"
        /// The import stopped because the server could not go on, for a reason that is not the file's.
        case importStopped = "importer-import-stopped"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong and what to do, for a person.
    public let message: String
    /// The entry of the archive at fault.
    public let entry: String?

    /// Creates a failure.
    public init(_ code: Code, message: String, entry: String? = nil) {
        self.code = code
        self.message = message
        self.entry = entry
    }
}
