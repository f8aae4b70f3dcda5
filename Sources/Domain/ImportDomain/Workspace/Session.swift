/// A signed-in client: the store holds a hash of its token, never the token.
public struct Session: Equatable, Sendable {
    /// The base64 SHA-256 of the login token.
    public let tokenHash: String
    /// The account that signed in.
    public let userID: UserID
    /// When it signed in.
    public let createdAt: Timestamp
    /// When the token expires.
    public let expiresAt: Timestamp
    /// Present if an account generated the token for a program.
    public let personalToken: PersonalToken?

    /// Creates a session of a sign-in.
    public init(tokenHash: String, userID: UserID, createdAt: Timestamp, expiresAt: Timestamp) {
        self.init(
            tokenHash: tokenHash, userID: userID, createdAt: createdAt, expiresAt: expiresAt, personalToken: nil)
    }

    /// Creates a session of a personal access token, which does not expire.
    public init(tokenHash: String, userID: UserID, createdAt: Timestamp, personalToken: PersonalToken) {
        self.init(
            tokenHash: tokenHash, userID: userID, createdAt: createdAt, expiresAt: Timestamp(milliseconds: .max),
            personalToken: personalToken)
    }

    /// Creates a session from its stored values.
    public init(
        tokenHash: String, userID: UserID, createdAt: Timestamp, expiresAt: Timestamp, personalToken: PersonalToken?
    ) {
        self.tokenHash = tokenHash
        self.userID = userID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.personalToken = personalToken
    }
}
