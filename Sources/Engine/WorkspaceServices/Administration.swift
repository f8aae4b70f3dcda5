import ImportDomain

extension StoreTransaction {
    /// Rejects a change, already made in this transaction, after which no account could administer the workspace: an active
    /// administrator has to be left, and an active account that can change permissions. Both must be able to sign in.
    /// With these two every other right can be granted again.
    ///
    /// - Throws: `WorkspaceError.lastAdministrator` or `.lastPermissionHolder`; then the transaction changes nothing.
    func requireAdministration() throws {
        try roles.lockRights()
        guard try users.hasActiveAdministrator() else { throw WorkspaceError.lastAdministrator }
        guard try canChangePermissions() else { throw WorkspaceError.lastPermissionHolder }
    }

    /// Whether an active account can change permissions.
    func canChangePermissions() throws -> Bool {
        try users.hasActiveHolder(ofAnyOf: try roles.roles(holding: .accessPermissions))
    }
}

extension User {
    /// Whether an account can do less than before.
    func hasLostRights(since present: User) -> Bool {
        present.isActive && (!isActive || !Set(present.roles).isSubset(of: roles))
    }
}
