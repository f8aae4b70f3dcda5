/// The requested page of a list.
public protocol Paged {
    /// How many items to skip.
    var offset: Int? { get }
    /// How many items to return at most.
    var count: Int? { get }
}

/// The query of a list.
public struct PageQuery: Paged, Codable, Equatable, Sendable {
    /// How many items to skip.
    public var offset: Int?
    /// How many items to return at most.
    public var count: Int?

    /// The first page.
    public init() {}
}

/// The query of a list that can be sorted.
public struct SortedPageQuery: Paged, Codable, Equatable, Sendable {
    /// How many items to skip.
    public var offset: Int?
    /// How many items to return at most.
    public var count: Int?
    /// The order: a JSON object of one field, such as `{"name": -1}`.
    public var sort: String?

    /// The first page in the call's own order.
    public init() {}
}

/// The query of `rooms.get` and `permissions.listAll`.
public struct ChangesQuery: Codable, Equatable, Sendable {
    /// Only what changed after this date, ISO 8601.
    public var updatedSince: String?

    /// Everything.
    public init() {}
}

/// The query of `import.failures`.
public struct FailureQuery: Paged, Codable, Equatable, Sendable {
    /// How many records to skip.
    public var offset: Int?
    /// How many records to return at most.
    public var count: Int?
    /// Only records of this type: `user`, `channel`, `message` or `contact`.
    public var type: String?
    /// Only records with this reason.
    public var code: String?
    /// Only records with this in their import ids, name, username or address; messages by the ids of room and author, too.
    public var search: String?
    /// The operation; the current one by default.
    public var operationId: String?
    /// `json` for a page, which is the default; `jsonl` or `csv` for all records as a file.
    public var format: String?

    /// The first page of all failures.
    public init() {}
}
