/// An account of the workspace.
public struct User: Equatable, Sendable {
    /// What kind of account it is.
    public enum Kind: String, Sendable {
        /// A person.
        case user
        /// A program.
        case bot
    }

    /// The account's identity.
    public let id: UserID
    /// The username as shown; imported accounts always have one.
    public var username: String?
    /// The full name.
    public var name: String?
    /// Person or program.
    public var kind: Kind
    /// False for a deactivated account: it cannot sign in.
    public var isActive: Bool
    /// Role ids, without repetition.
    public var roles: [String]
    /// E-mail addresses in order; the first verified one is the contact address.
    public var emails: [EmailAddress]
    /// Every id by which a source knows this account.
    public var importIDs: [ImportID]
    /// The biography.
    public var bio: String?
    /// The nickname.
    public var nickname: String?
    /// The status text.
    public var statusText: String?
    /// Hours relative to UTC.
    public var utcOffset: Double?
    /// A bcrypt hash over the lower-case hexadecimal SHA-256 of the password; one that ends in `lockedHashEnd` is of none.
    public var passwordHash: String?
    /// Whether the password has to be changed at the next sign-in.
    public var requiresPasswordChange: Bool
    /// Whether sign-ins ask for a code sent by e-mail, once an address is verified.
    public var hasEmailSecondFactor: Bool
    /// The URL of a pending avatar.
    public var pendingAvatarURL: String?
    /// Custom fields as the text of one JSON object.
    public var customFields: String?
    /// When it was created.
    public let createdAt: Timestamp
    /// When the account changed last.
    public var updatedAt: Timestamp
    /// The latest sign-in.
    public var lastLoginAt: Timestamp?

    /// Creates an active account of a person.
    public init(
        id: UserID, username: String? = nil, name: String? = nil, kind: Kind = .user, isActive: Bool = true,
        roles: [String] = [], emails: [EmailAddress] = [], importIDs: [ImportID] = [], bio: String? = nil,
        nickname: String? = nil, statusText: String? = nil, utcOffset: Double? = nil, passwordHash: String? = nil,
        requiresPasswordChange: Bool = false, hasEmailSecondFactor: Bool = false, pendingAvatarURL: String? = nil,
        customFields: String? = nil, createdAt: Timestamp, updatedAt: Timestamp? = nil, lastLoginAt: Timestamp? = nil
    ) {
        self.id = id
        self.username = username
        self.name = name
        self.kind = kind
        self.isActive = isActive
        self.roles = roles
        self.emails = emails
        self.importIDs = importIDs
        self.bio = bio
        self.nickname = nickname
        self.statusText = statusText
        self.utcOffset = utcOffset
        self.passwordHash = passwordHash
        self.requiresPasswordChange = requiresPasswordChange
        self.hasEmailSecondFactor = hasEmailSecondFactor
        self.pendingAvatarURL = pendingAvatarURL
        self.customFields = customFields
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.lastLoginAt = lastLoginAt
    }

    /// The end of the hashes of accounts without a password. The last character of bcrypt has four bits, and never this
    /// one: it distinguishes accounts that cannot sign in.
    public static let lockedHashEnd: Character = "/"
}

/// One e-mail address of an account.
public struct EmailAddress: Equatable, Sendable {
    /// The address as given, without white space at its ends.
    public var address: String
    /// Whether its owner has confirmed it.
    public var isVerified: Bool

    /// An address, unverified by default.
    public init(_ address: String, isVerified: Bool = false) {
        self.address = address
        self.isVerified = isVerified
    }
}
