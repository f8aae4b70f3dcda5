/// Usernames that nobody gets, because they mean something else in a message: `@all` and `@here`.
public enum ReservedUsernames {
    /// The case-folded names.
    public static let keys: Set<String> = ["all", "here"]

    /// Whether a username is reserved, letter case aside.
    public static func contains(_ username: String) -> Bool { keys.contains(CaseFolding.key(username)) }
}
