/// An account's subscription to a room: the room is in its list, and it may read it.
public struct Subscription: Equatable, Sendable {
    /// The room.
    public let roomID: RoomID
    /// The account.
    public let userID: UserID
    /// Roles in this room, such as `owner`.
    public var roles: [String]
    /// Whether the room is archived.
    public var isArchived: Bool
    /// When it was created.
    public let createdAt: Timestamp

    /// A subscription, without roles unless given.
    public init(
        roomID: RoomID, userID: UserID, roles: [String] = [], isArchived: Bool = false, createdAt: Timestamp
    ) {
        self.roomID = roomID
        self.userID = userID
        self.roles = roles
        self.isArchived = isArchived
        self.createdAt = createdAt
    }
}

/// People who join one room together.
public struct JoiningMembers: Sendable {
    /// The room.
    public let roomID: RoomID
    /// The accounts, in the order of their ids.
    public var users: [UserID]
    /// The member who owns the room.
    public let ownerID: UserID?
    /// Whether the room is archived.
    public let isArchived: Bool
    /// When they joined.
    public let joinedAt: Timestamp

    /// Creates members who join together.
    public init(roomID: RoomID, users: [UserID], ownerID: UserID?, isArchived: Bool, joinedAt: Timestamp) {
        self.roomID = roomID
        self.users = users
        self.ownerID = ownerID
        self.isArchived = isArchived
        self.joinedAt = joinedAt
    }
}
