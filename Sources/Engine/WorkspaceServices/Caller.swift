public import ImportDomain

/// The account that makes a call, and its permissions.
public struct Caller: Sendable {
    /// The account.
    public let user: User
    /// The hash of the token that the call was made with.
    public let tokenHash: String
    private let grants: Set<String>

    init(user: User, tokenHash: String, grants: Set<String>) {
        self.user = user
        self.tokenHash = tokenHash
        self.grants = grants
    }

    /// Whether one of the account's roles holds a permission.
    public func may(_ permission: PermissionName) -> Bool { grants.contains(permission.rawValue) }

    /// Rejects a caller without the permission.
    ///
    /// - Throws: `WorkspaceError.notAllowed`.
    public func require(_ permission: PermissionName) throws(WorkspaceError) {
        guard may(permission) else { throw .notAllowed }
    }
}
