/// An account's place in a room: the room is in its list, and it may read it.
public struct Subscription: Equatable, Sendable {
    /// The room.
    public let roomID: RoomID
    /// The account.
    public let userID: UserID
    /// Roles in this room, such as `owner`.
    public var roles: [String]
    /// Whether the room is archived.
    public var isArchived: Bool
    /// Since when.
    public let createdAt: Timestamp

    /// A place in a room without any role unless given.
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
