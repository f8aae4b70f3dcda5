import ImportDomain

/// Which permissions roles give, so that an import gives none.
struct RoleRights {
    /// Roles that people have to whom nobody gave any.
    let defaultRoles: [String]
    /// Roles with administrative permissions.
    let administrative: Set<String>
    /// Roles whose holders can change which roles hold a permission.
    let accessPermissions: Set<String>
    private let permissions: [String: Set<String>]

    init(in workspace: any ImportTarget, defaultRoles: [String]) throws {
        self.defaultRoles = defaultRoles
        administrative = try workspace.roles.administrativeRoles()
        accessPermissions = try workspace.roles.roles(holding: .accessPermissions)
        var permissions: [String: Set<String>] = [:]
        for permission in try workspace.roles.permissions(changedAfter: nil) {
            for role in permission.roles { permissions[role, default: []].insert(permission.id) }
        }
        self.permissions = permissions
    }

    /// Whether a role gives a permission that other roles do not give.
    func gives(_ role: String, beyond others: [String]) -> Bool {
        if role == Role.administrator { return true }
        guard let permissions = permissions[role] else { return false }
        var held = others.reduce(into: Set<String>()) { $0.formUnion(self.permissions[$1] ?? []) }
        // Who sees every public room sees those that they joined.
        if held.contains(PermissionName.viewPublicRoom.rawValue) { held.insert(PermissionName.viewJoinedRoom.rawValue) }
        return !permissions.isSubset(of: held)
    }
}
