/// `import.retry`.
public struct RetryResponse: Codable, Sendable {
    /// How many records are tried again or skipped.
    public var retried: Int
    /// How many of them are corrected first.
    public var corrected: Int
    /// Titles of columns of a table that mean nothing; absent without any.
    public var ignoredColumns: [String]?
    /// The operation, which is running again.
    public var operation: OperationBody
    /// True.
    public var success = true

    /// A response.
    public init(retried: Int, corrected: Int, ignoredColumns: [String]?, operation: OperationBody) {
        self.retried = retried
        self.corrected = corrected
        self.ignoredColumns = ignoredColumns
        self.operation = operation
    }
}
