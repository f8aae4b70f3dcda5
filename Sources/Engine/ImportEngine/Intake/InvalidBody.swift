import ImportDomain
public import JSON

/// Why a body of records is rejected before any rule of imports applies: it does not have the documented shape.
public struct InvalidBody: Error, Sendable {
    /// What is wrong with the shape.
    public enum Reason: Equatable, Sendable {
        /// The text is not JSON, or JSON that Ferry rejects (duplicate keys, NUL characters, …).
        case malformed(JSONError)
        /// A required property is missing.
        case missingProperty(String)
        /// An unknown property.
        case additionalProperty(String)
        /// A value has another kind and cannot be converted.
        case wrongKind(expected: ExpectedKind)
        /// A value is not one of the allowed values.
        case notAllowed
        /// A value is longer than its limit, as the sentence says.
        case beyondLimit(String)
        /// A table cannot be read, as the sentence says.
        case invalidTable(String)
    }

    /// The kind that was expected.
    public enum ExpectedKind: String, Sendable {
        case object
        case array
        case string
        case number
        case boolean
    }

    /// What is wrong.
    public let reason: Reason
    /// The index of the invalid record, from 0; nil for the body itself.
    public let index: Int?
    /// The invalid field, by its name on the wire.
    public let field: String?
    /// The line of a table, from 1; nil for other bodies, and for a table as a whole.
    public let line: Int?

    /// - Returns: nil without a violation.
    init?(_ violation: LimitViolation?) {
        guard let violation else { return nil }
        self.init(.beyondLimit(violation.message), field: violation.field)
    }

    /// Creates an error.
    public init(_ reason: Reason, index: Int? = nil, field: String? = nil, line: Int? = nil) {
        self.reason = reason
        self.line = line
        self.index = index
        self.field = field
    }
}
