public import ImportDomain

/// Roles, and what they permit.
public struct RoleService: Sendable {
    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Every role, by id.
    public func roles() async throws -> [Role] { try await environment.store.read { try $0.roles.roles() } }

    /// Every permission, by id; with a timestamp, those that changed after it.
    public func permissions(changedAfter moment: Timestamp? = nil) async throws -> [Permission] {
        try await environment.store.read { try $0.roles.permissions(changedAfter: moment) }
    }

    /// Grants each of these permissions to exactly the listed roles, all or none.
    ///
    /// - Returns: every permission.
    /// - Throws: `WorkspaceError.invalidPermission` or `.invalidRole`; `.lastPermissionHolder` when no account could
    ///   change permissions again.
    public func update(_ grants: [(permission: String, roles: [String])]) async throws -> [Permission] {
        let now = environment.clock.now()
        return try await environment.store.write { transaction in
            let known = Set(try transaction.roles.permissions(changedAfter: nil).map(\.id))
            let roles = try transaction.roles.roleIDs()
            for grant in grants {
                guard known.contains(grant.permission) else { throw WorkspaceError.invalidPermission(grant.permission) }
                if let unknown = grant.roles.first(where: { !roles.contains($0) }) {
                    throw WorkspaceError.invalidRole(unknown)
                }
                try transaction.roles.grant(grant.permission, to: grant.roles, at: now)
            }
            try transaction.requireAdministration()
            return try transaction.roles.permissions(changedAfter: nil)
        }
    }
}
