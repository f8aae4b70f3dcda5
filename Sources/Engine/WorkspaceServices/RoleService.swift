public import ImportDomain

/// Roles, and what they permit.
public struct RoleService: Sendable {
    private let store: any Store
    private let clock: any WallClock

    /// A service over a store.
    public init(store: any Store, clock: any WallClock) {
        self.store = store
        self.clock = clock
    }

    /// Every role, by id.
    public func roles() async throws -> [Role] { try await store.read { try $0.roles.roles() } }

    /// Every permission, by id; with a moment, those that changed after it.
    public func permissions(changedAfter moment: Timestamp? = nil) async throws -> [Permission] {
        try await store.read { try $0.roles.permissions(changedAfter: moment) }
    }

    /// Gives each of these permissions to exactly the roles that stand with it, all or none.
    ///
    /// - Returns: every permission.
    /// - Throws: `WorkspaceError.invalidPermission` or `.invalidRole`.
    public func update(_ grants: [(permission: String, roles: [String])]) async throws -> [Permission] {
        let now = clock.now()
        return try await store.write { transaction in
            let known = Set(try transaction.roles.permissions(changedAfter: nil).map(\.id))
            let roles = try transaction.roles.roleIDs()
            for grant in grants {
                guard known.contains(grant.permission) else { throw WorkspaceError.invalidPermission(grant.permission) }
                if let unknown = grant.roles.first(where: { !roles.contains($0) }) {
                    throw WorkspaceError.invalidRole(unknown)
                }
                try transaction.roles.grant(grant.permission, to: grant.roles, at: now)
            }
            return try transaction.roles.permissions(changedAfter: nil)
        }
    }
}
