/// Why an OpenAPI document cannot be used to validate responses.
public struct OpenAPIDocumentError: Error, Equatable, CustomStringConvertible {
    /// Where in the document: `#` and a JSON pointer.
    public let location: String
    /// What is wrong there.
    public let problem: String

    /// The place and the problem.
    public var description: String { "\(location): \(problem)" }
}
