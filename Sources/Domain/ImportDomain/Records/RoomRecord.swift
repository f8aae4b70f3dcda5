/// A staged room.
///
/// People are referenced by import id. Source: docs/importers.md, "Rooms".
public struct RoomRecord: Equatable, Sendable {
    /// The text of a reference to a private room outside that room, where its name is secret.
    public static let neutralName = "private-room"

    /// The source's ids of this room; the first one names the record.
    public var importIDs: [String]
    /// Public, private or direct.
    public var kind: RoomKind
    /// The name; direct rooms have none.
    public var name: String?
    /// Import ids of the members; of a direct room, exactly its participants.
    public var memberIDs: [String]
    /// The import id of the creator; the default is the account that runs the import.
    public var creatorID: String?
    /// The topic.
    public var topic: String?
    /// The description; some sources call it purpose.
    public var description: String?
    /// When the room was created in the source.
    public var createdAt: Timestamp?
    /// Whether the room is archived and read-only.
    public var isArchived: Bool
    /// Whether the import id was derived from the name, because the source has no room ids.
    public var isIdentifiedByName: Bool
    /// Whether this is the source's general room, under any name.
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
