/// Why an operation failed, usually because of its file; stored with the operation.
///
/// Source: docs/importers.md, "Rejected files".
public struct ImportFileFailure: Error, Equatable, Sendable {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The importer does not read this format.
        case unrecognized = "importer-file-unrecognized"
        /// The file, or a required entry, is encrypted.
        case encrypted = "importer-file-encrypted"
        /// The file is truncated or broken.
        case damaged = "importer-file-damaged"
        /// The file contains nothing to import.
        case empty = "importer-file-empty"
        /// The file exceeds a limit.
        case limitExceeded = "importer-file-limit-exceeded"
        /// The file could not be fetched from its address.
        case downloadFailed = "importer-file-download-failed"
        /// The server could not read or store it, for a reason outside the file.
        case unavailable = "importer-file-unavailable"
        /// The process ended each time it read the file.
        case processEnded = "importer-file-process-ended"
        /// The import stopped because of the server, for a reason outside the file.
        case importStopped = "importer-import-stopped"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong and what to do, for a person.
    public let message: String
    /// The invalid entry of the archive.
    public let entry: String?

    /// Creates a failure.
    public init(_ code: Code, message: String, entry: String? = nil) {
        self.code = code
        self.message = message
        self.entry = entry
    }
}
