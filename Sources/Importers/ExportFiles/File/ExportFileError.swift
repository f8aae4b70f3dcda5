/// Why a file, or one entry of an archive, cannot be read.
///
/// Source: docs/export-files.md, "Refusals".
public struct ExportFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The file is of a kind that nothing is imported from.
        case unrecognized = "importer-file-unrecognized"
        /// The file, or an entry of it, is encrypted.
        case encrypted = "importer-file-encrypted"
        /// The file is cut off, broken or made to do harm.
        case damaged = "importer-file-damaged"
        /// The file holds nothing.
        case empty = "importer-file-empty"
        /// The file goes beyond a limit of `ExportFileLimits`.
        case limitExceeded = "importer-file-limit-exceeded"
        /// One entry cannot be read to its end; the others can.
        case entryUnreadable = "importer-entry-unreadable"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong and what to do, for a person.
    public let message: String
    /// The entry of the archive at fault.
    public let entry: String?
    /// The line at fault, from 1.
    public let line: Int?

    /// Creates an error.
    public init(_ code: Code, _ message: String, entry: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.entry = entry
        self.line = line
    }

    /// The code, the place and the sentence.
    public var description: String {
        let place = [entry, line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? "\(code.rawValue): \(message)" : "\(code.rawValue) (\(place)): \(message)"
    }
}
