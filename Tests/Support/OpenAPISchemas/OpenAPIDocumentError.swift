/// Why an OpenAPI document cannot be used to validate responses.
public struct OpenAPIDocumentError: Error, Equatable, CustomStringConvertible {
    /// The location in the document: `#` and a JSON pointer.
    public let location: String
    /// The problem.
    public let problem: String

    /// Location and problem.
    public var description: String { "\(location): \(problem)" }
}
