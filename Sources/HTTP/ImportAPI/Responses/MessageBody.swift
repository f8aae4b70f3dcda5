/// A message as the wire shows it; unknown fields are absent, never null.
public struct MessageBody: ListContent, Codable, Equatable, Sendable {
    /// `messages`.
    public static let itemsKey = "messages"

    /// The message's id.
    public var _id: String
    /// The room's id.
    public var rid: String
    /// The text.
    public var msg: String
    /// When it was written, ISO 8601.
    public var ts: String
    /// Its author.
    public var u: PersonBody
    /// When it changed last, ISO 8601.
    public var _updatedAt: String
    /// Which kind of system message it is.
    public var t: String?
    /// The id of the first message of its thread.
    public var tmid: String?
    /// Whether a reply in a thread is shown in the room as well.
    public var tshow: Bool?
    /// How many replies it has.
    public var tcount: Int?
    /// When the latest reply was written, ISO 8601.
    public var tlm: String?
    /// When it was changed, ISO 8601.
    public var editedAt: String?
    /// Whether it is pinned.
    public var pinned: Bool?
    /// The name shown instead of the author's.
    public var alias: String?
    /// The emoji shown instead of the author's avatar.
    public var emoji: String?
    /// The address of the image shown instead of the author's avatar.
    public var avatar: String?
    /// True if a program wrote it.
    public var bot: Bool?
    /// False if clients must not draw it together with the message before it.
    public var groupable: Bool?
    /// The account that edited it last.
    public var editedBy: PersonBody?
    /// The accounts that it mentions, `all` and `here` among them.
    public var mentions: [PersonBody]?
    /// The rooms that it names.
    public var channels: [RoomNameBody]?
    /// Usernames by emoji.
    public var reactions: [String: ReactionBody]?
    /// Attachments; the last one represents the message's file.
    public var attachments: [JSONBody]?
    /// The file that it carries, once the workspace has it.
    public var file: FileBody?
    /// The ids of the accounts that follow its thread.
    public var replies: [String]?

    /// A message.
    public init(_id: String, rid: String, msg: String, ts: String, u: PersonBody, _updatedAt: String) {
        self._id = _id
        self.rid = rid
        self.msg = msg
        self.ts = ts
        self.u = u
        self._updatedAt = _updatedAt
    }
}

/// A room as messages name it.
public struct RoomNameBody: Codable, Equatable, Sendable {
    /// The room's id.
    public var _id: String
    /// The room's name.
    public var name: String

    /// A room.
    public init(_id: String, name: String) {
        self._id = _id
        self.name = name
    }
}

/// The people who chose one emoji.
public struct ReactionBody: Codable, Equatable, Sendable {
    /// Their usernames.
    public var usernames: [String]

    /// A reaction of these people.
    public init(usernames: [String]) { self.usernames = usernames }
}

/// The file that a message carries.
public struct FileBody: Codable, Equatable, Sendable {
    /// The file's id.
    public var _id: String
    /// The file's name.
    public var name: String
    /// The media type.
    public var type: String

    /// A file.
    public init(_id: String, name: String, type: String) {
        self._id = _id
        self.name = name
        self.type = type
    }
}
