internal import ExportFiles
internal import Glibc

/// Why a list of users cannot be read as a whole.
public struct UserFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// There is no file at the path.
        case notFound = "file-not-found"
        /// The file, or a temporary file, cannot be read or written.
        case unreadable = "file-unreadable"
        /// The content is not a list of users.
        case unrecognized = "file-unrecognized"
        /// The file lists no users.
        case empty = "file-empty"
        /// The file is cut off or broken.
        case damaged = "file-damaged"
        /// The file exceeds a limit.
        case limitExceeded = "file-limit-exceeded"
        /// The file is not the one that was checked.
        case changed = "file-changed"
        /// The mapping of columns cannot be read.
        case invalidMap = "map-invalid"
        /// The mapping names a field that users do not have.
        case unknownField = "map-unknown-field"
        /// The mapping names a column that the file does not have.
        case unknownColumn = "map-unknown-column"
        /// No column is known to hold usernames or e-mail addresses.
        case unknownHeader = "header-unknown"
        /// The file of remembered headers cannot be read or written.
        case memoryUnusable = "memory-unusable"
    }

    /// The stable name of the reason.
    public let code: Code
    /// What is wrong and what to do, for a person.
    public let message: String
    /// The field or column, if the reason has one.
    public let field: String?
    /// The value, truncated.
    public let value: String?

    /// Creates an error.
    public init(_ code: Code, _ message: String, field: String? = nil, value: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.value = value.map(UserFault.shown)
    }

    /// The sentence and the code.
    public var description: String { "\(message) (\(code.rawValue))" }

    /// An error of `ExportFiles`.
    init(_ error: ExportFileError) {
        let code: Code =
            switch error.code {
            case .unrecognized, .encrypted: .unrecognized
            case .empty: .empty
            case .damaged, .entryUnreadable: .damaged
            case .limitExceeded: .limitExceeded
            }
        self.init(code, error.message)
    }

    /// An error of the operating system.
    static func system(_ code: Code, _ action: String, _ path: String, _ number: Int32 = errno) -> UserFileError {
        let reason = strerror(number).map { String(cString: $0) } ?? String(number)
        return UserFileError(code, "\(path) cannot be \(action): \(reason).", value: path)
    }
}
