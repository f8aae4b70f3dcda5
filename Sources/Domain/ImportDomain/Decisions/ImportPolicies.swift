/// How an import treats records that conflict with existing data; a parameter of every decision.
public struct ImportPolicies: Equatable, Sendable {
    /// The treatment of a user whose address or username belongs to an account without its import ids.
    public enum Users: String, Sendable {
        /// The user fails. Source: `import.run`, "e-mail or username already in use".
        case fail
        /// The user is bound to that account, which gets the import ids and otherwise stays unchanged.
        case bind
    }

    /// The treatment of users that match accounts.
    public let users: Users

    /// Policies of the given kinds.
    public init(users: Users) { self.users = users }

    /// The documented policies of `import.run`.
    public static let ofCalls = ImportPolicies(users: .fail)
    /// The documented policies of `startImport`.
    public static let ofFiles = ImportPolicies(users: .bind)
}
