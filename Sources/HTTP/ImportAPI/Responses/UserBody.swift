/// An account as the wire shows it; how much of it depends on the caller.
public struct UserBody: ListContent, Codable, Equatable, Sendable {
    /// `users`.
    public static let itemsKey = "users"

    /// One e-mail address.
    public struct Email: Codable, Equatable, Sendable {
        /// The address.
        public var address: String
        /// Whether its owner proved to receive mail there.
        public var verified: Bool

        /// An address.
        public init(address: String, verified: Bool) {
            self.address = address
            self.verified = verified
        }
    }

    /// What the account signs in with; never a hash.
    public struct Services: Codable, Equatable, Sendable {
        /// A password.
        public struct Password: Codable, Equatable, Sendable {
            /// Whether there is one.
            public var exists: Bool

            /// Creates a password field.
            public init(exists: Bool) { self.exists = exists }
        }

        /// The password.
        public var password: Password

        /// Services.
        public init(password: Password) { self.password = password }
    }

    /// The account's id.
    public var _id: String
    /// The username.
    public var username: String?
    /// The full name.
    public var name: String?
    /// The nickname.
    public var nickname: String?
    /// `user` or `bot`.
    public var type: String?
    /// The presence; accounts of Ferry are offline.
    public var status: String?
    /// Whether the account may sign in.
    public var active: Bool?
    /// The biography.
    public var bio: String?
    /// The status text.
    public var statusText: String?
    /// Hours relative to UTC.
    public var utcOffset: Double?
    /// Where the avatar is.
    public var avatarUrl: String?
    /// Role ids.
    public var roles: [String]?
    /// E-mail addresses.
    public var emails: [Email]?
    /// Ids of the account in its sources.
    public var importIds: [String]?
    /// When the account was created, ISO 8601.
    public var createdAt: String?
    /// When the account signed in last, ISO 8601.
    public var lastLogin: String?
    /// When the account changed last, ISO 8601.
    public var _updatedAt: String?
    /// Whether the password has to be changed at the next sign-in.
    public var requirePasswordChange: Bool?
    /// The address of an avatar that is not fetched yet.
    public var _pendingAvatarUrl: String?
    /// Custom fields.
    public var customFields: JSONBody?
    /// What the account signs in with.
    public var services: Services?
    /// The account's subscriptions, if requested.
    public var rooms: [SubscriptionBody]?
    /// Whether the caller sees every field.
    public var canViewAllInfo: Bool?

    /// An account of which only the id is shown.
    public init(_id: String) { self._id = _id }
}

/// The caller's own account, in the responses to `login` and `me`.
public struct MeBody: Codable, Equatable, Sendable {
    /// Preferences; Ferry stores none.
    public struct Settings: Codable, Equatable, Sendable {
        /// An empty object.
        public var profile = NoFields()
        /// An empty object.
        public var preferences = NoFields()

        /// Empty settings.
        public init() {}
    }

    /// The account; its fields stand beside the others.
    public var user: UserBody
    /// Preferences.
    public var settings = Settings()
    /// The first verified e-mail address.
    public var email: String?
    /// True in the response to `me`.
    public var success: Bool?

    /// The caller's own account.
    public init(user: UserBody) { self.user = user }

    private enum CodingKeys: CodingKey { case settings, email, success }

    /// Reads all fields from one object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        user = try UserBody(from: decoder)
        settings = try container.decode(Settings.self, forKey: .settings)
        email = try container.decodeIfPresent(String.self, forKey: .email)
        success = try container.decodeIfPresent(Bool.self, forKey: .success)
    }

    /// Writes all fields into one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try user.encode(to: encoder)
        try container.encode(settings, forKey: .settings)
        try container.encodeIfPresent(email, forKey: .email)
        try container.encodeIfPresent(success, forKey: .success)
    }
}
