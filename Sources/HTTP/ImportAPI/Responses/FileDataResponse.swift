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
