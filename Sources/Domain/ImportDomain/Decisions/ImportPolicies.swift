/// What an import does where a record meets something that is there already: a parameter of every decision.
public struct ImportPolicies: Equatable, Sendable {
    /// What becomes of a user whose address or username an account holds that is not bound to one of its import ids.
    public enum Users: String, Sendable {
        /// The user fails. Source: `import.run`, "e-mail or username already in use".
        case fail
        /// The user is taken for that account, which gets the import ids and is otherwise left as it is.
        case bind
    }

    /// What becomes of users that meet accounts.
    public let users: Users

    /// Policies of the given kinds.
    public init(users: Users) { self.users = users }

    /// What the documents say of users that come through the API.
    public static let ofCalls = ImportPolicies(users: .fail)
    /// What the documents say of users that a file describes.
    public static let ofFiles = ImportPolicies(users: .bind)
}
