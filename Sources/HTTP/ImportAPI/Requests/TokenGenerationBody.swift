/// The body of `users.generatePersonalAccessToken`.
public struct TokenGenerationBody: Codable, Equatable, Sendable {
    /// The name.
    public var tokenName: String
    /// Whether calls that need a second factor do without; Ferry stores it and has no second factor.
    public var bypassTwoFactor: Bool?

    /// A token of a name.
    public init(tokenName: String, bypassTwoFactor: Bool? = nil) {
        self.tokenName = tokenName
        self.bypassTwoFactor = bypassTwoFactor
    }
}

/// The body of `users.regeneratePersonalAccessToken` and `users.removePersonalAccessToken`.
public struct TokenNameBody: Codable, Equatable, Sendable {
    /// The name of the token.
    public var tokenName: String

    /// The token of a name.
    public init(tokenName: String) { self.tokenName = tokenName }
}
