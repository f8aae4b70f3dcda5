import ImportDomain
import SQL

/// `roles`, `permissions` and `role_permissions`.
struct RoleTables: RoleStore {
    let connection: any SQLConnection
    let changes: WorkspaceChanges

    func roles() throws -> [Role] {
        try connection.rows(of: RoleColumn.table, "ORDER BY id") { row in
            Role(
                id: row.text(.id), name: row.text(.name), scope: try row.value(.scope),
                description: row.text(.description), isProtected: row.flag(.protected),
                updatedAt: row.timestamp(.updatedAt))
        }
    }

    func roleIDs() throws -> Set<String> { Set(try connection.rows("SELECT id FROM roles") { $0.text(0) }) }

    func permissions(changedAfter since: Timestamp?) throws -> [Permission] {
        var granted: [String: [String]] = [:]
        for (permission, role) in try connection.rows(
            of: GrantColumn.table, "ORDER BY permission_id, position",
            { row in (row.text(.permissionID), row.text(.roleID)) })
        {
            granted[permission, default: []].append(role)
        }
        let since = since ?? Timestamp(milliseconds: .min)
        return try connection.rows(of: PermissionColumn.table, "WHERE updated_at > \(since) ORDER BY id") { row in
            Permission(
                id: row.text(.id), roles: granted[row.text(.id)] ?? [], updatedAt: row.timestamp(.updatedAt))
        }
    }

    func grants(ofAnyOf roles: [String]) throws -> Set<String> {
        Set(
            try connection.rows("SELECT DISTINCT permission_id FROM role_permissions WHERE role_id \(in: roles)") {
                $0.text(0)
            })
    }

    func roles(holding permission: PermissionName) throws -> Set<String> {
        Set(
            try connection.rows(
                "SELECT role_id FROM role_permissions WHERE permission_id = \(permission.rawValue)"
            ) { $0.text(0) })
    }

    func lockRights() throws { try connection.take(.rights) }

    func administrativeRoles() throws -> Set<String> {
        let permissions = PermissionName.allCases.filter(\.isAdministrative).map(\.rawValue)
        return Set(
            try connection.rows(
                "SELECT DISTINCT role_id FROM role_permissions WHERE permission_id \(in: permissions)"
            ) { $0.text(0) }
        ).union([Role.administrator])
    }

    func insertMissing(_ roles: [Role]) throws {
        changes.note()
        for role in roles {
            try connection.insert(one: role, into: RoleColumn.table, "ON CONFLICT (id) DO NOTHING")
        }
    }

    func insertMissing(_ permissions: [Permission]) throws {
        changes.note()
        for permission in permissions {
            let added = try connection.insert(
                one: [.text(permission.id), permission.updatedAt.sqlValue], into: PermissionColumn.table,
                "ON CONFLICT (id) DO NOTHING")
            if added > 0 { try insertGrants(of: permission.id, to: permission.roles) }
        }
    }

    func grant(_ permission: String, to roles: [String], at moment: Timestamp) throws {
        changes.note()
        try connection.execute("UPDATE permissions SET updated_at = \(moment) WHERE id = \(permission)")
        try connection.execute("DELETE FROM role_permissions WHERE permission_id = \(permission)")
        try insertGrants(of: permission, to: roles)
    }

    private func insertGrants(of permission: String, to roles: [String]) throws {
        try connection.insert(
            roles.enumerated().map { [.text(permission), .text($1), $0.sqlValue] }, into: GrantColumn.table)
    }
}

enum RoleColumn: Int, TableColumn {
    case id, name, scope, description, protected, updatedAt

    static let table = Table<RoleColumn>("roles")

    func value(of role: Role) -> SQLValue {
        switch self {
        case .id: .text(role.id)
        case .name: .text(role.name)
        case .scope: .text(role.scope.rawValue)
        case .description: .text(role.description)
        case .protected: .flag(role.isProtected)
        case .updatedAt: role.updatedAt.sqlValue
        }
    }
}

enum PermissionColumn: Int, TableColumn {
    case id, updatedAt

    static let table = Table<PermissionColumn>("permissions")
}

enum GrantColumn: Int, TableColumn {
    case permissionID, roleID, position

    static let table = Table<GrantColumn>("role_permissions")
}
