/// The query of `import.records`.
public struct RecordQuery: Paged, Codable, Equatable, Sendable {
    /// Records of this type: `user`, `channel`, `contact` or `message`. Messages are only counted.
    public var type: String
    /// How many records to skip.
    public var offset: Int?
    /// How many records to return at most.
    public var count: Int?
    /// Only records with this in their name, username or address.
    public var search: String?
    /// Only records with all of these properties: `deleted`, `bot`, `guest`, `addressTaken`; `archived`, `private`, `direct`.
    public var filter: [String]?
    /// Only records with none of these properties.
    public var without: [String]?
    /// Whether the records of the type with each property are counted.
    public var counts: Bool?
    /// The operation; the current one by default.
    public var operationId: String?

    /// The first page of a type.
    public init(type: String) { self.type = type }
}
