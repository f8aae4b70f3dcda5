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

    /// Creates a session.
    public init(tokenHash: String, userID: UserID, createdAt: Timestamp, expiresAt: Timestamp) {
        self.tokenHash = tokenHash
        self.userID = userID
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}
