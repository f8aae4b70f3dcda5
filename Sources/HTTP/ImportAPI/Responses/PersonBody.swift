/// An account as rooms and messages show it.
public struct PersonBody: Codable, Equatable, Sendable {
    /// The account's id.
    public var _id: String
    /// The username; absent after the account was deleted.
    public var username: String?
    /// The full name.
    public var name: String?

    /// A person.
    public init(_id: String, username: String?, name: String?) {
        self._id = _id
        self.username = username
        self.name = name
    }
}

/// An account in a room, as the lists of members show it.
public struct MemberBody: ListContent, Codable, Equatable, Sendable {
    /// `members`.
    public static let itemsKey = "members"

    /// The account's id.
    public var _id: String
    /// The username.
    public var username: String?
    /// The full name.
    public var name: String?
    /// The nickname.
    public var nickname: String?
    /// The presence; accounts of Ferry are offline.
    public var status = "offline"
    /// Hours relative to UTC.
    public var utcOffset: Double?
    /// When the account changed last, ISO 8601.
    public var _updatedAt: String

    /// A member.
    public init(
        _id: String, username: String?, name: String?, nickname: String?, utcOffset: Double?, _updatedAt: String
    ) {
        self._id = _id
        self.username = username
        self.name = name
        self.nickname = nickname
        self.utcOffset = utcOffset
        self._updatedAt = _updatedAt
    }
}
