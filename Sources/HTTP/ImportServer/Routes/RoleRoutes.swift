import Hummingbird
import ImportAPI
import ImportDomain
import JSON
import WorkspaceServices

/// `roles.*` and `permissions.*`.
enum RoleRoutes {
    static let endpoints: [Endpoint] = [
        Endpoint(.get, "/api/v1/roles.list", access: .signedIn) { call in
            JSONAnswer.response(RoleListAnswer(roles: try await call.services.roles.roles().map(RoleBody.init)))
        },
        Endpoint(.get, "/api/v1/permissions.listAll", access: .signedIn) { call in
            let query = try QueryFields(call.request, names: ["updatedSince"])
            var moment: Timestamp?
            if let text = query.text("updatedSince") {
                guard let parsed = Timestamp(iso8601: text) else {
                    throw APIFailure.coded(
                        "The \"updatedSince\" query parameter must be a valid date.", "error-roomId-param-invalid")
                }
                moment = parsed
            }
            return JSONAnswer.response(
                PermissionListAnswer(
                    update: try await call.services.roles.permissions(changedAfter: moment).map(PermissionBody.init)))
        },
        Endpoint(.post, "/api/v1/permissions.update", access: .holders([.accessPermissions])) { call in
            let fields = try await BodyFields(call.request, required: ["permissions"])
            let permissions = try await call.services.roles.update(grants(fields))
            return JSONAnswer.response(PermissionsUpdatedAnswer(permissions: permissions.map(PermissionBody.init)))
        },
    ]

    private static func grants(_ fields: BodyFields) throws -> [(permission: String, roles: [String])] {
        guard case .array(let values)? = fields.value("permissions") else {
            throw APIFailure.invalidBody(["must be array"])
        }
        return try values.map { value in
            let grant = try BodyFields(value, required: ["_id", "roles"], optional: [])
            let roles = try grant.texts("roles") ?? []
            var positions: [String: Int] = [:]
            for (index, role) in roles.enumerated() {
                guard let first = positions.updateValue(index, forKey: role) else { continue }
                throw APIFailure.invalidBody([
                    "must NOT have duplicate items (items ## \(first) and \(index) are identical)"
                ])
            }
            return (try grant.requiredText("_id"), roles)
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
