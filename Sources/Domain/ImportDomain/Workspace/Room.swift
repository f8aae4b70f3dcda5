/// A room of the workspace.
public struct Room: Equatable, Sendable {
    /// The room's identity.
    public let id: RoomID
    /// Public, private or direct; it never changes.
    public let kind: RoomKind
    /// The name in addresses, unique among public and private rooms; nil for direct rooms.
    public var name: String?
    /// The name as people wrote it, when it differs from `name`.
    public var displayName: String?
    /// The participants of a direct room, sorted by id; empty for others. No two direct rooms have the same.
    public var participants: [UserID]
    /// The topic.
    public var topic: String?
    /// The description.
    public var description: String?
    /// The announcement.
    public var announcement: String?
    /// Whether it is archived and read-only.
    public var isArchived: Bool
    /// Whether only owners can write in it.
    public var isReadOnly: Bool
    /// Its creator; nil for direct rooms.
    public var creatorID: UserID?
    /// The number of members.
    public var memberCount: Int
    /// How many messages were ever written in it.
    public var messageCount: Int
    /// The latest message that is shown in the room.
    public var lastMessageID: MessageID?
    /// When the latest message was written.
    public var lastMessageAt: Timestamp?
    /// Every id by which a source knows this room.
    public var importIDs: [ImportID]
    /// When it was created.
    public var createdAt: Timestamp
    /// When it changed last.
    public var updatedAt: Timestamp

    /// Creates a room.
    public init(
        id: RoomID, kind: RoomKind, name: String? = nil, displayName: String? = nil, participants: [UserID] = [],
        topic: String? = nil, description: String? = nil, announcement: String? = nil, isArchived: Bool = false,
        isReadOnly: Bool = false, creatorID: UserID? = nil, memberCount: Int = 0, messageCount: Int = 0,
        lastMessageID: MessageID? = nil, lastMessageAt: Timestamp? = nil, importIDs: [ImportID] = [],
        createdAt: Timestamp, updatedAt: Timestamp? = nil
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.displayName = displayName
        self.participants = participants
        self.topic = topic
        self.description = description
        self.announcement = announcement
        self.isArchived = isArchived
        self.isReadOnly = isReadOnly
        self.creatorID = creatorID
        self.memberCount = memberCount
        self.messageCount = messageCount
        self.lastMessageID = lastMessageID
        self.lastMessageAt = lastMessageAt
        self.importIDs = importIDs
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
    }
}

extension Room {
    /// The changes since `before`: the room's own values. Import ids and members have the import's number instead.
    public func changes(since before: Room) -> [ImportChange] {
        var changes: [ImportChange] = []
        func compare(_ field: String, _ old: String?, _ new: String?) {
            guard old != new else { return }
            changes.append(ImportChange(.room(id), field: field, before: old, after: new))
        }
        compare("name", before.name, name)
        compare("display_name", before.displayName, displayName)
        compare("topic", before.topic, topic)
        compare("description", before.description, description)
        compare("archived", before.isArchived ? "1" : "0", isArchived ? "1" : "0")
        return changes
    }
}
