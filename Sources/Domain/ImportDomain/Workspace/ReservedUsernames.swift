/// Usernames that are not assigned, because `@all` and `@here` mention everybody.
public enum ReservedUsernames {
    /// The case-folded names.
    public static let keys: Set<String> = ["all", "here"]

    /// Whether a username is reserved, letter case aside.
    public static func contains(_ username: String) -> Bool { keys.contains(CaseFolding.key(username)) }
}
