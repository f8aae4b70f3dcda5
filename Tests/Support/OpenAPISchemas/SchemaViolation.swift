/// Where a value breaks a schema.
public struct SchemaViolation: Error, Equatable, CustomStringConvertible, Sendable {
    /// Where in the value: a JSON pointer, empty for the value itself.
    public let pointer: String
    /// Which keyword is violated: `#` and a JSON pointer into the document.
    public let rule: String
    /// What is wrong.
    public let problem: String

    /// The pointer, the problem and the rule.
    public var description: String { "\"\(pointer)\" \(problem) (\(rule))" }
}
