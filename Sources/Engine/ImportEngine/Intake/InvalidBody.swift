import ImportDomain
public import JSON

/// Why a body of records was refused before any rule of imports was asked: it is not shaped as documented.
public struct InvalidBody: Error, Sendable {
    /// What is wrong with the shape.
    public enum Reason: Equatable, Sendable {
        /// The text is not JSON, or JSON that Ferry refuses (duplicate keys, NUL characters, …).
        case malformed(JSONError)
        /// A required property is missing.
        case missingProperty(String)
        /// A property that nobody knows.
        case additionalProperty(String)
        /// A value is of another kind and cannot be converted.
        case wrongKind(expected: ExpectedKind)
        /// A value is none of those that are allowed.
        case notAllowed
        /// A value is longer than its limit, as the sentence says.
        case beyondLimit(String)
    }

    /// What was expected in place of a value of another kind.
    public enum ExpectedKind: String, Sendable {
        case object
        case array
        case string
        case number
        case boolean
    }

    /// What is wrong.
    public let reason: Reason
    /// Which record is at fault, from 0; nil for the body itself.
    public let index: Int?
    /// Which of its fields is at fault, as the wire calls it.
    public let field: String?

    /// - Returns: nil without a violation.
    init?(_ violation: LimitViolation?) {
        guard let violation else { return nil }
        self.init(.beyondLimit(violation.message), field: violation.field)
    }

    /// Creates a refusal.
    public init(_ reason: Reason, index: Int? = nil, field: String? = nil) {
        self.reason = reason
        self.index = index
        self.field = field
    }
}
