/// A staged user.
///
/// Source: the body of `import.addUsers`.
public struct UserRecord: Equatable, Sendable {
    /// The source's ids of this person; the first one names the record.
    public var importIDs: [String]
    /// E-mail addresses, unchanged.
    public var emails: [String]
    /// The wanted username; without one the account gets a suggestion.
    public var username: String?
    /// The full name; without one it is guessed from the username.
    public var name: String?
    /// The nickname, if it differs from the full name.
    public var nickname: String?
    /// Hours relative to UTC.
    public var utcOffset: Double?
    /// The URL of the avatar.
    public var avatarURL: String?
    /// Whether the account is created deactivated.
    public var isDeleted: Bool
    /// Whether the source says that the account is active; only then an update activates a deactivated account.
    public var isActivated = false
    /// The status text.
    public var statusText: String?
    /// Role ids; intake adds the workspace's default roles.
    public var roles: [String]
    /// Whether the record may be bound to an existing account by username alone; false for placeholders and people of
    /// other workspaces.
    public var isMatchedByUsername: Bool
    /// The organization that gave the import ids, such as a Slack team; nil where the source does not tell.
    public var organization: String?
    /// `user` or `bot`; anything else fails the record.
    public var type: String?
    /// The biography.
    public var bio: String?
    /// Custom fields as the text of one JSON object.
    public var customFields: String?
    /// The lower-case hexadecimal SHA-256 of the password; the plain text is never kept.
    public var passwordDigest: String?

    /// A record with import ids and addresses, and nothing else unless given.
    public init(
        importIDs: [String], emails: [String], username: String? = nil, name: String? = nil,
        nickname: String? = nil, utcOffset: Double? = nil,
        avatarURL: String? = nil, isDeleted: Bool = false, statusText: String? = nil, roles: [String] = [],
        isMatchedByUsername: Bool = true, organization: String? = nil, type: String? = nil, bio: String? = nil,
        customFields: String? = nil,
        passwordDigest: String? = nil
    ) {
        self.importIDs = importIDs
        self.emails = emails
        self.username = username
        self.name = name
        self.nickname = nickname
        self.utcOffset = utcOffset
        self.avatarURL = avatarURL
        self.isDeleted = isDeleted
        self.statusText = statusText
        self.roles = roles
        self.isMatchedByUsername = isMatchedByUsername
        self.organization = organization
        self.type = type
        self.bio = bio
        self.customFields = customFields
        self.passwordDigest = passwordDigest
    }
}
