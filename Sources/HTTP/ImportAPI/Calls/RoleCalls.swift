/// `roles.*` and `permissions.*`.
public enum RoleCalls {
    /// Lists roles.
    public static let list = APICall<NoFields, NoFields, RoleListResponse>(.get, v1: "roles.list")
    /// Lists permissions.
    public static let permissions = APICall<ChangesQuery, NoFields, PermissionListResponse>(
        .get, v1: "permissions.listAll")
    /// Gives permissions to roles.
    public static let updatePermissions = APICall<NoFields, PermissionsUpdateBody, PermissionsUpdatedResponse>(
        .post, v1: "permissions.update")
}
