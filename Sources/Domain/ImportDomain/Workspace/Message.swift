/// A message in a room.
public struct Message: Equatable, Sendable {
    /// The text of a stand-in for a message that a source only refers to.
    public static let standInText = "Message not in the export."

    /// The message's identity.
    public let id: MessageID
    /// The room.
    public let roomID: RoomID
    /// Its author.
    public let authorID: UserID
    /// When it was written.
    public var writtenAt: Timestamp
    /// Its order among messages of the same time; smaller ones come first.
    public var sequence: Int64
    /// The text in Rocket.Chat's Markdown.
    public var text: String
    /// The kind of system message (`uj`, `ul`, …); nil for ordinary messages.
    public var systemKind: String?
    /// The first message of its thread.
    public var threadID: MessageID?
    /// Whether a thread reply is shown in the room as well.
    public var isShownInRoom: Bool
    /// The number of replies in its thread.
    public var replyCount: Int
    /// When the latest reply was written.
    public var lastReplyAt: Timestamp?
    /// When it was changed last.
    public var editedAt: Timestamp?
    /// Whether it is pinned to the room.
    public var isPinned: Bool
    /// Whether it is hidden, because its file is pending.
    public var isHidden: Bool
    /// Its other content.
    public var details: MessageDetails
    /// What tells whether a record is the one that the message was last made of; nil if that must not be assumed.
    public var recordDigest: Int64?

    /// Creates a message.
    public init(
        id: MessageID, roomID: RoomID, authorID: UserID, writtenAt: Timestamp, sequence: Int64, text: String,
        systemKind: String? = nil, threadID: MessageID? = nil, isShownInRoom: Bool = false, replyCount: Int = 0,
        lastReplyAt: Timestamp? = nil, editedAt: Timestamp? = nil, isPinned: Bool = false, isHidden: Bool = false,
        details: MessageDetails = MessageDetails(), recordDigest: Int64? = nil
    ) {
        self.id = id
        self.roomID = roomID
        self.authorID = authorID
        self.writtenAt = writtenAt
        self.sequence = sequence
        self.text = text
        self.systemKind = systemKind
        self.threadID = threadID
        self.isShownInRoom = isShownInRoom
        self.replyCount = replyCount
        self.lastReplyAt = lastReplyAt
        self.editedAt = editedAt
        self.isPinned = isPinned
        self.isHidden = isHidden
        self.details = details
        self.recordDigest = recordDigest
    }
}
