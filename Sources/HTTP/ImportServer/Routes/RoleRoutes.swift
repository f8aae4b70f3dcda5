import Hummingbird
import ImportAPI
import ImportDomain
import WorkspaceServices

/// `roles.*` and `permissions.*`.
enum RoleRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(RoleCalls.list, access: .signedIn) { call, _ in
            Reply(RoleListResponse(roles: try await call.services.roles.roles().map(RoleBody.init)))
        },
        Endpoint(RoleCalls.permissions, access: .signedIn) { call, input in
            let since = try input.query.updatedSince.map { text throws(APIFailure) in
                guard let timestamp = Timestamp(iso8601: text) else {
                    throw .coded(
                        "The \"updatedSince\" query parameter must be a valid date.", "error-roomId-param-invalid")
                }
                return timestamp
            }
            return Reply(
                PermissionListResponse(
                    update: try await call.services.roles.permissions(changedAfter: since).map(PermissionBody.init)))
        },
        Endpoint(RoleCalls.updatePermissions, access: .holders([.accessPermissions])) { call, input in
            let grants = try await input.body().permissions
            for grant in grants { try requireUnique(grant.roles) }
            let permissions = try await call.services.roles.update(grants.map { ($0._id, $0.roles) })
            return Reply(PermissionsUpdatedResponse(permissions: permissions.map(PermissionBody.init)))
        },
    ]

    private static func requireUnique(_ roles: [String]) throws(APIFailure) {
        var positions: [String: Int] = [:]
        for (index, role) in roles.enumerated() {
            guard let first = positions.updateValue(index, forKey: role) else { continue }
            throw .invalidBody(["must NOT have duplicate items (items ## \(first) and \(index) are identical)"])
        }
    }
}

extension RoleBody {
    fileprivate init(_ role: Role) {
        self.init(
            _id: role.id, name: role.name, scope: role.scope.rawValue, description: role.description,
            protected: role.isProtected, _updatedAt: role.updatedAt.iso8601)
    }
}

extension PermissionBody {
    fileprivate init(_ permission: Permission) {
        self.init(_id: permission.id, roles: permission.roles, _updatedAt: permission.updatedAt.iso8601)
    }
}
