/// The body of `users.create`.
public struct UserCreationBody: Codable, Equatable, Sendable {
    /// The e-mail address.
    public var email: String
    /// The full name.
    public var name: String
    /// The username.
    public var username: String
    /// Everything else.
    public var values: UserValuesBody

    /// An account with a name and an address; it also needs a password, or `setRandomPassword`.
    public init(email: String, name: String, username: String, values: UserValuesBody = UserValuesBody()) {
        self.email = email
        self.name = name
        self.username = username
        self.values = values
    }

    private enum CodingKeys: String, CodingKey { case email, name, username }

    /// Reads all fields from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        email = try container.decode(String.self, forKey: .email)
        name = try container.decode(String.self, forKey: .name)
        username = try container.decode(String.self, forKey: .username)
        values = try UserValuesBody(from: decoder)
    }

    /// Writes all fields into one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(email, forKey: .email)
        try container.encode(name, forKey: .name)
        try container.encode(username, forKey: .username)
        try values.encode(to: encoder)
    }
}

/// The fields of an account that `users.create` and `users.update` share.
public struct UserValuesBody: Codable, Equatable, Sendable {
    /// The password.
    public var password: String?
    /// Whether the account gets a random password.
    public var setRandomPassword: Bool?
    /// Whether the account may sign in.
    public var active: Bool?
    /// Role ids.
    public var roles: [String]?
    /// The biography.
    public var bio: String?
    /// The nickname.
    public var nickname: String?
    /// The status text.
    public var statusText: String?
    /// Whether the password has to be changed at the next sign-in.
    public var requirePasswordChange: Bool?
    /// Whether the e-mail address is verified.
    public var verified: Bool?
    /// Custom fields.
    public var customFields: JSONBody?
    /// Ignored; Ferry has no default rooms.
    public var joinDefaultChannels: Bool?
    /// Must not be true; Ferry sends no e-mail.
    public var sendWelcomeEmail: Bool?

    /// No values.
    public init() {}
}

/// The body of `users.update`.
public struct UserUpdateBody: Codable, Equatable, Sendable {
    /// The fields to change.
    public struct Change: Codable, Equatable, Sendable {
        /// The e-mail address.
        public var email: String?
        /// The full name.
        public var name: String?
        /// The username.
        public var username: String?
        /// Everything else.
        public var values = UserValuesBody()

        /// No change.
        public init() {}

        private enum CodingKeys: String, CodingKey { case email, name, username }

        /// Reads all fields from one object.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            email = try container.decodeIfPresent(String.self, forKey: .email)
            name = try container.decodeIfPresent(String.self, forKey: .name)
            username = try container.decodeIfPresent(String.self, forKey: .username)
            values = try UserValuesBody(from: decoder)
        }

        /// Writes all fields into one object.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeIfPresent(email, forKey: .email)
            try container.encodeIfPresent(name, forKey: .name)
            try container.encodeIfPresent(username, forKey: .username)
            try values.encode(to: encoder)
        }
    }

    /// The account's id.
    public var userId: String
    /// The fields to change.
    public var data: Change
    /// Ignored; a deleted account leaves no ownership to transfer.
    public var confirmRelinquish: Bool?

    /// A change of an account.
    public init(userId: String, data: Change) {
        self.userId = userId
        self.data = data
    }
}

/// The body of `users.delete`; exactly one of the first three names the account.
public struct UserDeletionBody: Codable, Equatable, Sendable {
    /// The account's id.
    public var userId: String?
    /// The username.
    public var username: String?
    /// The username, under its other name.
    public var user: String?
    /// Ignored; a deleted account leaves no ownership to transfer.
    public var confirmRelinquish: Bool?

    /// A body that names no account yet.
    public init() {}
}

/// The body of `users.setActiveStatus`.
public struct ActiveStatusBody: Codable, Equatable, Sendable {
    /// The account's id.
    public var userId: String
    /// Whether it may sign in.
    public var activeStatus: Bool
    /// Ignored; a deleted account leaves no ownership to transfer.
    public var confirmRelinquish: Bool?

    /// A change of an account.
    public init(userId: String, activeStatus: Bool) {
        self.userId = userId
        self.activeStatus = activeStatus
    }
}
