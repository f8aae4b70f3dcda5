/// What names a room of one kind: its id, or another parameter.
public protocol RoomSelector: Codable, Equatable, Sendable {
    /// The name of the other parameter.
    static var alternativeName: String { get }
    /// The room's id.
    var roomId: String? { get }
    /// The other parameter.
    var alternative: String? { get }
}

/// A public or private room.
public struct NamedRoomSelector: RoomSelector {
    /// `roomName`.
    public static var alternativeName: String { "roomName" }
    /// The room's id.
    public var roomId: String?
    /// The room's name.
    public var roomName: String?
    /// The room's name.
    public var alternative: String? { roomName }

    /// A selector that names no room yet.
    public init() {}
}

/// A direct room.
public struct DirectRoomSelector: RoomSelector {
    /// `username`.
    public static var alternativeName: String { "username" }
    /// The room's id.
    public var roomId: String?
    /// The username of the other member.
    public var username: String?
    /// The username of the other member.
    public var alternative: String? { username }

    /// A selector that names no room yet.
    public init() {}
}

/// The query of a list within a room; with the parameters of all its parts.
public struct RoomPageQuery<Selector: RoomSelector, Filter: Codable & Equatable & Sendable>: Codable, Equatable,
    Sendable
{
    /// The room.
    public var room: Selector
    /// The part of the list, and its order.
    public var page: SortedPageQuery
    /// Which items are listed.
    public var filter: Filter

    /// A page of a list within a room.
    public init(_ room: Selector, page: SortedPageQuery = SortedPageQuery(), filter: Filter) {
        self.room = room
        self.page = page
        self.filter = filter
    }

    /// Reads the parts from the same parameters.
    public init(from decoder: any Decoder) throws {
        room = try Selector(from: decoder)
        page = try SortedPageQuery(from: decoder)
        filter = try Filter(from: decoder)
    }

    /// Writes the parts beside each other.
    public func encode(to encoder: any Encoder) throws {
        try room.encode(to: encoder)
        try page.encode(to: encoder)
        try filter.encode(to: encoder)
    }
}

/// Which members of a room are listed.
public struct MemberFilterQuery: Codable, Equatable, Sendable {
    /// Only members whose name or username contains this.
    public var filter: String?
    /// Only members with one of these presences.
    public var status: [String]?

    /// All members.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case filter
        case status = "status[]"
    }
}

/// Which messages of a room are listed.
public struct MessageFilterQuery: Codable, Equatable, Sendable {
    /// Only pinned messages.
    public var pinned: Bool?
    /// Only messages that mention one of these accounts.
    public var mentionIds: [String]?
    /// Only messages that one of these accounts starred.
    public var starredIds: [String]?

    /// All messages.
    public init() {}
}

/// Which part of a room's history is listed.
public struct HistoryFilterQuery: Codable, Equatable, Sendable {
    /// Only messages after this date, ISO 8601.
    public var oldest: String?
    /// Only messages before this date, ISO 8601.
    public var latest: String?
    /// Whether messages of exactly these dates are listed.
    public var inclusive: Bool?
    /// Whether replies in threads are listed.
    public var showThreadMessages: Bool?
    /// Whether the number of unread messages is returned.
    public var unreads: Bool?

    /// All of it.
    public init() {}
}

/// The query of `rooms.info`; exactly one parameter names the room.
public struct RoomQuery: Codable, Equatable, Sendable {
    /// The room's id.
    public var roomId: String?
    /// The room's name.
    public var roomName: String?
    /// An id of the room in its source.
    public var importId: String?

    /// A query that names no room yet.
    public init() {}
}

/// The query of `rooms.adminRooms`.
public struct AdministrationQuery: Paged, Codable, Equatable, Sendable {
    /// How many rooms to skip.
    public var offset: Int?
    /// How many rooms to return at most.
    public var count: Int?
    /// The order: a JSON object of one field.
    public var sort: String?
    /// Only rooms of these types: `c`, `p` or `d`.
    public var types: [String]?
    /// Only rooms whose name contains this.
    public var filter: String?

    /// The first page of all rooms.
    public init() {}

    private enum CodingKeys: String, CodingKey {
        case offset, count, sort, filter
        case types = "types[]"
    }
}
