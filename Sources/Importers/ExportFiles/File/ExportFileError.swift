/// Why a file, or one entry of an archive, cannot be read.
///
/// Source: docs/export-files.md, "Rejected files".
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
    /// The entry of the archive with the error.
    public let entry: String?
    /// The line with the error, from 1.
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

    /// A limit of the archive, and what to do.
    static func limit(_ sentence: String) -> ExportFileError {
        ExportFileError(.limitExceeded, "\(sentence) Split the export, or leave out what is not to be imported.")
    }

    static var emptyArchive: ExportFileError {
        ExportFileError(.empty, "The archive holds no files. Export again and send the new file.")
    }

    static func entryTooLarge(_ name: String, _ limits: ExportFileLimits) -> ExportFileError {
        ExportFileError(
            .limitExceeded, "The entry unpacks to more than \(limits.maximumEntryBytes) bytes. Split the export.",
            entry: name)
    }

    static func unpacksTooFar(_ limits: ExportFileLimits, _ fileBytes: Int64) -> ExportFileError {
        let allowed = limits.unpackedBytes(of: fileBytes)
        return ExportFileError(
            .limitExceeded,
            "The file of \(fileBytes) bytes unpacks to more than \(allowed) bytes: at most \(limits.maximumRatio) times "
                + "its size and \(limits.maximumTotalBytes) bytes are read. Split the export.")
    }

    static func encryptedEntry(_ name: String) -> ExportFileError {
        ExportFileError(
            .encrypted, "The archive is protected by a password. Unpack it and pack it again without one.", entry: name)
    }

    static func hostileName(_ name: String) -> ExportFileError {
        ExportFileError(
            .damaged,
            "An entry's name leads out of the archive (an absolute path, a drive, or ..). Unpack the export and pack "
                + "its folder again.", entry: String(name.replacing("\0", with: "\u{FFFD}").prefix(200)))
    }

    /// A zip archive whose structure is broken.
    static func brokenZip(_ reason: String) -> ExportFileError {
        ExportFileError(
            .damaged, "The zip archive is cut off or broken: \(reason). Send it again, or mend it with zip -FF.")
    }
}
