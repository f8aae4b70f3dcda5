/// An account as the wire shows it; how much of it depends on the caller.
public struct UserBody: Codable, Equatable, Sendable {
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

    /// Preferences; Ferry stores none.
    public struct Settings: Codable, Equatable, Sendable {
        /// An object without fields.
        public struct Empty: Codable, Equatable, Sendable {
            /// The object.
            public init() {}
        }

        /// An empty object.
        public var profile = Empty()
        /// An empty object.
        public var preferences = Empty()

        /// Empty settings.
        public init() {}
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
    /// The first verified e-mail address.
    public var email: String?
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
    /// Preferences.
    public var settings: Settings?
    /// The account's subscriptions, if requested.
    public var rooms: [SubscriptionBody]?
    /// Whether the caller sees every field.
    public var canViewAllInfo: Bool?
    /// True in responses that are an account.
    public var success: Bool?

    /// An account of which only the id is shown.
    public init(_id: String) { self._id = _id }
}
