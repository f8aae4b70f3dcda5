/// A staged message.
///
/// People and rooms are referenced by import id, in the text as well: `@<import id>` and `#<import id>` become names
/// when the message is imported, for the ids listed in `mentionIDs` and `roomMentionIDs`.
/// Source: docs/importers.md, "Messages".
public struct MessageRecord: Equatable, Sendable {
    /// The message's permanent id; a source must give the same one each time, or messages are duplicated.
    public var id: String?
    /// The import id of the room.
    public var roomID: String
    /// The import id of the author.
    public var authorID: String
    /// When it was written; nil fails the record.
    public var writtenAt: Timestamp?
    /// The text in Rocket.Chat's Markdown.
    public var text: String
    /// The kind of system message, as in Rocket.Chat (`uj`, `ul`, `room_changed_topic`, …).
    public var systemKind: String?
    /// The name shown instead of the author's.
    public var alias: String?
    /// An emoji `:name:` shown instead of the author's avatar.
    public var emoji: String?
    /// The URL of an image shown instead of the author's avatar.
    public var avatarURL: String?
    /// Whether a program wrote it.
    public var isBot: Bool
    /// False if clients must not group it with the preceding message.
    public var isGroupable: Bool
    /// The thread that it replies to.
    public var thread: ThreadReference?
    /// Whether a thread reply is shown in the room as well.
    public var isShownInRoom: Bool
    /// Import ids of the people who follow the thread that starts here.
    public var followerIDs: [String]
    /// When it was changed last.
    public var editedAt: Timestamp?
    /// The import id of its last editor.
    public var editedByID: String?
    /// Import ids of the people mentioned; `all` and `here` mean everybody.
    public var mentionIDs: [String]
    /// Import ids or names of the rooms mentioned.
    public var roomMentionIDs: [String]
    /// Reactions in the order of the source.
    public var reactions: [Reaction]
    /// Rocket.Chat attachments as the text of one JSON array.
    public var attachments: String?
    /// Whether it is pinned to the room.
    public var isPinned: Bool
    /// A file that can be fetched later.
    public var file: FileReference?

    /// One emoji and the people who chose it.
    public struct Reaction: Equatable, Sendable {
        /// The emoji between colons, such as `:smile:`.
        public var emoji: String
        /// Import ids of the people.
        public var userIDs: [String]

        /// Creates a reaction.
        public init(emoji: String, userIDs: [String]) {
            self.emoji = emoji
            self.userIDs = userIDs
        }
    }

    /// The first message of a thread.
    public struct ThreadReference: Equatable, Sendable {
        /// The `id` of that message.
        public var parentID: String
        /// When that message was written, for a stand-in if it is missing in the source.
        public var startedAt: Timestamp?

        /// Creates a reference.
        public init(parentID: String, startedAt: Timestamp? = nil) {
            self.parentID = parentID
            self.startedAt = startedAt
        }
    }

    /// A message with what every message has, and nothing else.
    public init(id: String?, roomID: String, authorID: String, writtenAt: Timestamp?, text: String) {
        self.id = id
        self.roomID = roomID
        self.authorID = authorID
        self.writtenAt = writtenAt
        self.text = text
        isBot = false
        isGroupable = true
        isShownInRoom = false
        followerIDs = []
        mentionIDs = []
        roomMentionIDs = []
        reactions = []
        isPinned = false
    }
}
