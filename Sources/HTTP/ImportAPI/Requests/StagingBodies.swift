/// The body of `import.addUsers`. The server reads it record by record.
public struct AddUsersBody: Codable, Equatable, Sendable {
    /// The users.
    public var users: [StagedUserBody]

    /// A body with users.
    public init(users: [StagedUserBody]) { self.users = users }
}

/// The body of `import.addChannels`. The server reads it record by record.
public struct AddChannelsBody: Codable, Equatable, Sendable {
    /// The rooms.
    public var channels: [StagedChannelBody]

    /// A body with rooms.
    public init(channels: [StagedChannelBody]) { self.channels = channels }
}

/// The body of `import.addMessages`. The server reads it record by record.
public struct AddMessagesBody: Codable, Equatable, Sendable {
    /// The messages.
    public var messages: [StagedMessageBody]

    /// A body with messages.
    public init(messages: [StagedMessageBody]) { self.messages = messages }
}

/// A user to stage.
public struct StagedUserBody: Codable, Equatable, Sendable {
    /// E-mail addresses.
    public var emails: [String]
    /// Ids of the user in its sources.
    public var importIds: [String]
    /// The username; without one the server makes one.
    public var username: String?
    /// The full name.
    public var name: String?
    /// The nickname; an addition of Ferry.
    public var nickname: String?
    /// Hours relative to UTC.
    public var utcOffset: Double?
    /// Where the avatar is.
    public var avatarUrl: String?
    /// Whether the account is created deactivated.
    public var deleted: Bool?
    /// The status text.
    public var statusText: String?
    /// Role ids.
    public var roles: [String]?
    /// `user` or `bot`.
    public var type: String?
    /// The biography.
    public var bio: String?
    /// The password.
    public var password: String?
    /// Custom fields; an addition of Ferry.
    public var customFields: JSONBody?
    /// Whether the user may be bound to an existing account by username alone; an addition of Ferry.
    public var matchedByUsername: Bool?

    /// A user with nothing but addresses and ids.
    public init(emails: [String], importIds: [String]) {
        self.emails = emails
        self.importIds = importIds
    }
}

/// A reference to a staged user.
public struct StagedUserReference: Codable, Equatable, Sendable {
    /// An import id of the user.
    public var _id: String

    /// A reference by import id.
    public init(_id: String) { self._id = _id }
}

/// A room to stage.
public struct StagedChannelBody: Codable, Equatable, Sendable {
    /// Ids of the room in its sources.
    public var importIds: [String]
    /// `c` for public, `p` for private, `d` for direct rooms.
    public var t: String
    /// The name.
    public var name: String?
    /// Import ids of the members.
    public var users: [String]?
    /// The creator.
    public var u: StagedUserReference?
    /// The topic.
    public var topic: String?
    /// The description.
    public var description: String?
    /// When it was created, ISO 8601.
    public var ts: String?
    /// Whether it is archived.
    public var archived: Bool?
    /// Whether the import id was derived from the name; an addition of Ferry.
    public var identifiedByName: Bool?

    /// A room with nothing but ids and a type.
    public init(importIds: [String], t: String) {
        self.importIds = importIds
        self.t = t
    }
}

/// A message to stage.
public struct StagedMessageBody: Codable, Equatable, Sendable {
    /// A reaction.
    public struct Reaction: Codable, Equatable, Sendable {
        /// Import ids of the users who reacted.
        public var users: [String]

        /// A reaction of users.
        public init(users: [String]) { self.users = users }
    }

    /// The message's id.
    public var _id: String?
    /// An import id of the room.
    public var rid: String
    /// The author.
    public var u: StagedUserReference
    /// The text.
    public var msg: String?
    /// When it was written, ISO 8601.
    public var ts: String?
    /// The id of the first message of its thread.
    public var tmid: String?
    /// Whether a reply in a thread is shown in the room as well.
    public var tshow: Bool?
    /// The type of a system message.
    public var t: String?
    /// A name to show instead of the author's.
    public var alias: String?
    /// An emoji to show instead of the author's avatar.
    public var emoji: String?
    /// The URL of an image to show instead of the author's avatar.
    public var avatar: String?
    /// Whether a bot wrote it.
    public var bot: Bool?
    /// Whether it is shown together with the message before it.
    public var groupable: Bool?
    /// Whether it is pinned.
    public var pinned: Bool?
    /// When it was changed, ISO 8601.
    public var editedAt: String?
    /// Who changed it.
    public var editedBy: StagedUserReference?
    /// Import ids of the users it mentions.
    public var mentions: [String]?
    /// Import ids of the rooms it mentions.
    public var channels: [String]?
    /// Import ids of the users who follow its thread.
    public var replies: [String]?
    /// Reactions by emoji.
    public var reactions: [String: Reaction]?
    /// Attachments in Rocket.Chat's form.
    public var attachments: [JSONBody]?

    /// A message with nothing but room and author.
    public init(rid: String, u: StagedUserReference) {
        self.rid = rid
        self.u = u
    }
}
