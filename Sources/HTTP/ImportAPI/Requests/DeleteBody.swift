/// The body of `import.delete`.
public struct DeleteBody: Codable, Equatable, Sendable {
    /// The id of the operation.
    public var operationId: String

    /// The body for an operation.
    public init(operationId: String) { self.operationId = operationId }
}
