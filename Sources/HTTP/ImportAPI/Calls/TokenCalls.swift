/// The calls of personal access tokens.
public enum TokenCalls {
    /// Generates a token.
    public static let generate = APICall<NoFields, TokenGenerationBody, TokenResponse>(
        .post, v1: "users.generatePersonalAccessToken")
    /// Replaces a token by a new one of the same name.
    public static let regenerate = APICall<NoFields, TokenNameBody, TokenResponse>(
        .post, v1: "users.regeneratePersonalAccessToken")
    /// Lists the caller's tokens.
    public static let list = APICall<NoFields, NoFields, TokenListResponse>(.get, v1: "users.getPersonalAccessTokens")
    /// Removes a token.
    public static let remove = APICall<NoFields, TokenNameBody, SuccessResponse>(
        .post, v1: "users.removePersonalAccessToken")
}
