import Testing

/// A request and its response, as far as an OpenAPI document describes them.
public struct DocumentedExchange: Sendable {
    /// The method, in upper case.
    public var method: String
    /// The path, with or without a query.
    public var path: String
    /// The response's status.
    public var status: Int
    /// The response's header fields; names in any letter case.
    public var headers: [(name: String, value: String)]
    /// The response's body.
    public var body: [UInt8]

    /// Creates an exchange.
    public init(method: String, path: String, status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.path = path
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The document of Ferry, read once for all tests.
    private static let document = Result { try OpenAPIDocument.ofFerry() }

    /// Records an issue for every part of the response that Ferry's OpenAPI document does not describe.
    ///
    /// - Throws: why the document cannot be read.
    public func expectDescription() throws {
        for violation in try Self.document.get().violations(of: self) {
            Issue.record("\(method) \(path) returned \(status), not as documented: \(violation)")
        }
    }

    /// The value of a response's header field; nil if it is absent.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
