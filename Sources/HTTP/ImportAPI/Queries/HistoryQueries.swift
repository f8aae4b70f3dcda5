/// The query of `import.report`.
public struct ReportQuery: Codable, Equatable, Sendable {
    /// The id of the operation; the current one by default.
    public var operationId: String?
    /// `json`, `markdown` or `csv`; `json` by default.
    public var format: String?

    /// The report about the current operation as JSON.
    public init() {}
}

/// The query of `import.findings`.
public struct FindingQuery: Paged, Codable, Equatable, Sendable {
    /// How many items to skip.
    public var offset: Int?
    /// How many items to return at most.
    public var count: Int?
    /// The id of the operation; the current one by default.
    public var operationId: String?

    /// The first page.
    public init() {}
}
