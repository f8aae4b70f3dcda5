/// A new personal access token.
public struct TokenResponse: Codable, Sendable {
    /// The token; no call returns it again.
    public var token: String
    /// True.
    public var success = true

    /// A token.
    public init(token: String) { self.token = token }
}

/// `users.getPersonalAccessTokens`.
public struct TokenListResponse: Codable, Sendable {
    /// What is known of a token.
    public struct Token: Codable, Sendable {
        /// The name.
        public var name: String
        /// When it was generated, ISO 8601.
        public var createdAt: String
        /// Its last six characters.
        public var lastTokenPart: String
        /// As given when it was generated; absent in responses of older servers.
        public var bypassTwoFactor: Bool?

        /// What is known of a token.
        public init(name: String, createdAt: String, lastTokenPart: String, bypassTwoFactor: Bool?) {
            self.name = name
            self.createdAt = createdAt
            self.lastTokenPart = lastTokenPart
            self.bypassTwoFactor = bypassTwoFactor
        }
    }

    /// The tokens, oldest first.
    public var tokens: [Token]
    /// True.
    public var success = true

    /// The tokens of an account.
    public init(tokens: [Token]) { self.tokens = tokens }
}
