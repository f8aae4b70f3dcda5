/// The query of `import.check`.
public struct CheckQuery: Paged, Codable, Equatable, Sendable {
    /// Whether the decisions about single records are returned.
    public var records: Bool?
    /// Only records of this type: `user`, `channel`, `message` or `contact`.
    public var type: String?
    /// Only records with this decision: `create`, `update`, `bind`, `unchanged`, `skip` or `fail`.
    public var decision: String?
    /// How many records to skip.
    public var offset: Int?
    /// How many records to return at most.
    public var count: Int?

    /// The numbers alone.
    public init() {}
}
