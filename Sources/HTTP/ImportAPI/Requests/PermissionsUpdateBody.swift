/// The body of `permissions.update`.
public struct PermissionsUpdateBody: Codable, Equatable, Sendable {
    /// The roles that are to hold a permission.
    public struct Grant: Codable, Equatable, Sendable {
        /// The permission's id.
        public var _id: String
        /// Role ids.
        public var roles: [String]

        /// A permission for roles.
        public init(_id: String, roles: [String]) {
            self._id = _id
            self.roles = roles
        }
    }

    /// The permissions to change.
    public var permissions: [Grant]

    /// A change of permissions.
    public init(permissions: [Grant]) { self.permissions = permissions }
}
