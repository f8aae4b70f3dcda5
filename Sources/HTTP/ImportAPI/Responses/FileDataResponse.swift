/// `getImportFileData`.
public enum FileDataResponse: Codable, Equatable, Sendable {
    /// The file is being received or read; repeat the call.
    case waiting(control: String?)
    /// The records that can be selected.
    case selection(Selection)

    /// The records that can be selected.
    public struct Selection: Codable, Equatable, Sendable {
        /// The importer's display name.
        public var name: String
        /// The users.
        public var users: [User]
        /// The rooms.
        public var channels: [Channel]
        /// The contacts.
        public var contacts: [Contact]
        /// How many messages are staged.
        public var message_count: Int
        /// True.
        public var success = true

        /// Reads a selection; Rocket.Chat's may lack `name` and, before 7.1, `contacts`.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            users = try container.decode([User].self, forKey: .users)
            channels = try container.decode([Channel].self, forKey: .channels)
            message_count = try container.decode(Int.self, forKey: .message_count)
            success = try container.decode(Bool.self, forKey: .success)
            let isLenient = decoder.acceptsRocketChat
            name = try container.decode(String.self, forKey: .name, unless: isLenient) ?? ""
            contacts = try container.decode([Contact].self, forKey: .contacts, unless: isLenient) ?? []
        }
    }

    /// A user that can be selected.
    public struct User: Codable, Equatable, Sendable {
        /// The first import id.
        public var user_id: String
        /// The username.
        public var username: String?
        /// The first e-mail address.
        public var email: String?
        /// Whether the account is to be deactivated.
        public var is_deleted: Bool
        /// Whether it is a bot.
        public var is_bot: Bool
        /// Whether another account has one of the addresses.
        public var is_email_taken: Bool
        /// True.
        public var do_import: Bool

        /// Reads a user; Rocket.Chat does not compute `is_email_taken`.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            user_id = try container.decode(String.self, forKey: .user_id)
            username = try container.decodeIfPresent(String.self, forKey: .username)
            email = try container.decodeIfPresent(String.self, forKey: .email)
            is_deleted = try container.decode(Bool.self, forKey: .is_deleted)
            is_bot = try container.decode(Bool.self, forKey: .is_bot)
            let isLenient = decoder.acceptsRocketChat
            is_email_taken = try container.decode(Bool.self, forKey: .is_email_taken, unless: isLenient) ?? false
            do_import = try container.decode(Bool.self, forKey: .do_import)
        }
    }

    /// A room that can be selected, or all direct rooms together.
    public struct Channel: Codable, Equatable, Sendable {
        /// The first import id.
        public var channel_id: String
        /// The name.
        public var name: String
        /// The creator's import id.
        public var creator: String?
        /// Whether it is archived.
        public var is_archived: Bool
        /// Whether it is private.
        public var is_private: Bool
        /// Whether it represents all direct rooms.
        public var is_direct: Bool
        /// True.
        public var do_import: Bool
    }

    /// A contact that can be selected.
    public struct Contact: Codable, Equatable, Sendable {
        /// The first import id.
        public var id: String
        /// The full name.
        public var name: String
        /// E-mail addresses.
        public var emails: [String]
        /// Telephone numbers.
        public var phones: [String]
        /// True.
        public var do_import: Bool
    }

    private enum CodingKeys: String, CodingKey { case waiting, control, success }

    /// Reads either form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self =
            container.contains(.waiting)
            ? .waiting(control: try container.decodeIfPresent(String.self, forKey: .control))
            : .selection(try Selection(from: decoder))
    }

    /// Writes the form.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .waiting(let control):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(true, forKey: .waiting)
            try container.encodeIfPresent(control, forKey: .control)
            try container.encode(true, forKey: .success)
        case .selection(let selection): try selection.encode(to: encoder)
        }
    }
}
