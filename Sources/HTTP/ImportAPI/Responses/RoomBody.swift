/// A room as the wire shows it; unknown fields are absent, never null, and import ids never appear.
public struct RoomBody: ListContent, Codable, Equatable, Sendable {
    /// `rooms`.
    public static let itemsKey = "rooms"

    /// The room's id.
    public var _id: String
    /// `c` for public, `p` for private, `d` for direct rooms.
    public var t: String
    /// The name in addresses; absent for direct rooms.
    public var name: String?
    /// The display name.
    public var fname: String?
    /// How many messages were ever written in it.
    public var msgs: Int
    /// How many accounts are in it.
    public var usersCount: Int
    /// The creator.
    public var u: PersonBody?
    /// The usernames of a direct room.
    public var usernames: [String]?
    /// The account ids of a direct room.
    public var uids: [String]?
    /// When it was created, ISO 8601.
    public var ts: String
    /// Whether only owners may write in it.
    public var ro: Bool
    /// The topic.
    public var topic: String?
    /// The description.
    public var description: String?
    /// The announcement.
    public var announcement: String?
    /// True if it is archived; absent otherwise.
    public var archived: Bool?
    /// The latest message, for callers who may read it.
    public var lastMessage: MessageBody?
    /// When the latest message was written, ISO 8601.
    public var lm: String?
    /// When it changed last, ISO 8601.
    public var _updatedAt: String

    /// A room without optional fields.
    public init(
        _id: String, t: String, msgs: Int, usersCount: Int, ts: String, ro: Bool, _updatedAt: String
    ) {
        self._id = _id
        self.t = t
        self.msgs = msgs
        self.usersCount = usersCount
        self.ts = ts
        self.ro = ro
        self._updatedAt = _updatedAt
    }
}

/// An account's subscription to a room, as `users.info` shows it.
public struct SubscriptionBody: Codable, Equatable, Sendable {
    /// The room's id.
    public var rid: String
    /// The room's name; in direct rooms the usernames of the others.
    public var name: String?
    /// The display name.
    public var fname: String?
    /// `c`, `p` or `d`.
    public var t: String
    /// The account's roles in the room.
    public var roles: [String]?
    /// How many messages are unread; Ferry counts none.
    public var unread = 0

    /// A subscription.
    public init(rid: String, name: String?, fname: String?, t: String, roles: [String]?) {
        self.rid = rid
        self.name = name
        self.fname = fname
        self.t = t
        self.roles = roles
    }
}
