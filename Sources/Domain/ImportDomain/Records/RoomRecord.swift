/// A room as a source describes it: staged, not yet a room of the workspace.
///
/// People are named by their import ids. Source: docs/importers.md, "Rooms".
public struct RoomRecord: Equatable, Sendable {
    /// What a reference to a private room reads outside of that room, where its name is a secret.
    public static let neutralName = "private-room"

    /// The source's ids of this room; the first one names the record.
    public var importIDs: [String]
    /// Public, private or direct.
    public var kind: RoomKind
    /// The name; direct rooms have none.
    public var name: String?
    /// Import ids of the members; of a direct room, exactly its participants.
    public var memberIDs: [String]
    /// The import id of the creator; without one the room belongs to whoever runs the import.
    public var creatorID: String?
    /// The topic.
    public var topic: String?
    /// The description, which sources also call purpose.
    public var description: String?
    /// When the room was created in the source.
    public var createdAt: Timestamp?
    /// Whether nobody can write in the room any more.
    public var isArchived: Bool
    /// Whether the source numbers no rooms, so that the import id is made of the name.
    public var isIdentifiedByName: Bool
    /// Whether this is the room that every workspace has, under whatever name.
    public var isGeneral: Bool

    /// A room with import ids and a kind, and nothing else unless given.
    public init(
        importIDs: [String], kind: RoomKind, name: String? = nil, memberIDs: [String] = [], creatorID: String? = nil,
        topic: String? = nil, description: String? = nil, createdAt: Timestamp? = nil, isArchived: Bool = false,
        isIdentifiedByName: Bool = false, isGeneral: Bool = false
    ) {
        self.importIDs = importIDs
        self.kind = kind
        self.name = name
        self.memberIDs = memberIDs
        self.creatorID = creatorID
        self.topic = topic
        self.description = description
        self.createdAt = createdAt
        self.isArchived = isArchived
        self.isIdentifiedByName = isIdentifiedByName
        self.isGeneral = isGeneral
    }
}
