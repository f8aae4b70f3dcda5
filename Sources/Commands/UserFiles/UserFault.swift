/// Why one user of a list cannot be imported.
public struct UserFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable names of reasons.
    public enum Code: String, CaseIterable, Sendable {
        /// The row, line or entry cannot be read.
        case rowInvalid = "user-row-invalid"
        /// A value is not what its field needs.
        case valueInvalid = "user-value-invalid"
        /// A value exceeds its limit.
        case valueTooLong = "user-value-too-long"
        /// The user has neither a username nor an e-mail address.
        case withoutID = "user-without-id"
        /// Another user of the list has the same username, address or import id.
        case duplicate = "user-duplicate"
    }

    /// The stable name of the reason.
    public let code: Code
    /// The line where the user begins, from 1.
    public let line: Int
    /// The field, by its name in a CSV header; nil if the user cannot be read at all.
    public let field: String?
    /// The value, truncated to 200 characters; never a password.
    public let value: String?
    /// What is wrong and what to do, for a person.
    public let message: String

    /// Creates a fault.
    public init(_ code: Code, line: Int, field: String? = nil, value: String? = nil, _ message: String) {
        self.code = code
        self.line = line
        self.field = field
        self.value = value.map(Self.shown)
        self.message = message
    }

    /// The line, the field with its value, and the sentence.
    public var description: String {
        let subject = [field, value.map { "\"\($0)\"" }].compactMap { $0 }.joined(separator: " ")
        return subject.isEmpty ? "line \(line): \(message)" : "line \(line), \(subject): \(message)"
    }

    /// A value on one line of a terminal: control characters would change the terminal's state.
    static func shown(_ value: String) -> String {
        String(
            String.UnicodeScalarView(
                value.unicodeScalars.prefix(200).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}

/// What the owner of a list should know, although it can be imported.
public struct UserNotice: Equatable, Sendable, CustomStringConvertible {
    /// The stable names of notices.
    public enum Code: String, CaseIterable, Sendable {
        /// The file was read as Windows-1252.
        case fallbackEncoding = "encoding-fallback"
        /// Invalid bytes were replaced, or NUL characters removed.
        case bytesReplaced = "bytes-replaced"
        /// Columns, keys or attributes are not imported.
        case fieldIgnored = "field-ignored"
        /// Elements that are not users are not imported.
        case recordIgnored = "record-ignored"
        /// A status makes people guests, or names rights that no file grants.
        case statusReplaced = "status-replaced"
        /// Usernames are the part of an address before the `@`.
        case usernameFromAddress = "username-from-address"
        /// A value is left out.
        case valueIgnored = "value-ignored"
        /// A password is left out.
        case passwordIgnored = "password-ignored"
        /// Lines were skipped behind a quote that is not closed.
        case linesSkipped = "lines-skipped"
    }

    /// The stable name.
    public let code: Code
    /// The first line that it concerns, from 1.
    public let line: Int?
    /// The column, key or attribute.
    public let field: String?
    /// How many users, values or lines it concerns.
    public internal(set) var count: Int
    /// What it means, for a person.
    public let message: String

    /// The line, the field and the sentence.
    public var description: String {
        let place = [line.map { "line \($0)" }, field].compactMap { $0 }.joined(separator: ", ")
        let times = count > 1 ? " (\(count) times)" : ""
        return place.isEmpty ? message + times : "\(place): \(message)" + times
    }
}
