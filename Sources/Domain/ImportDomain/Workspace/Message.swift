/// A message in a room.
public struct Message: Equatable, Sendable {
    /// What a message says that stands in for one that a source only refers to.
    public static let standInText = "Message not in the export."

    /// The message's identity.
    public let id: MessageID
    /// The room.
    public let roomID: RoomID
    /// Whoever wrote it.
    public let authorID: UserID
    /// When it was written.
    public var writtenAt: Timestamp
    /// Its place among messages of the same time; smaller ones come first.
    public var sequence: Int64
    /// The text in Rocket.Chat's Markdown.
    public var text: String
    /// Which kind of system message it is (`uj`, `ul`, …); nil for what people say.
    public var systemKind: String?
    /// The message from which its thread hangs.
    public var threadID: MessageID?
    /// Whether an answer in a thread is shown in the room as well; of no meaning outside threads.
    public var isShownInRoom: Bool
    /// How many answers hang from it.
    public var replyCount: Int
    /// When the latest answer was written.
    public var lastReplyAt: Timestamp?
    /// When it was changed last.
    public var editedAt: Timestamp?
    /// Whether it is pinned to the room.
    public var isPinned: Bool
    /// Whether it is kept from view, because its file is still to come.
    public var isHidden: Bool
    /// What else clients show.
    public var details: MessageDetails

    /// A message with nothing but what is given.
    public init(
        id: MessageID, roomID: RoomID, authorID: UserID, writtenAt: Timestamp, sequence: Int64, text: String,
        systemKind: String? = nil, threadID: MessageID? = nil, isShownInRoom: Bool = false, replyCount: Int = 0,
        lastReplyAt: Timestamp? = nil, editedAt: Timestamp? = nil, isPinned: Bool = false, isHidden: Bool = false,
        details: MessageDetails = MessageDetails()
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
    }
}
