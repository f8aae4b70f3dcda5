/// Keeps roles, and which of them hold which permission.
public protocol RoleStore {
    /// Every role, by id.
    func roles() throws -> [Role]

    /// The ids of all roles.
    func roleIDs() throws -> Set<String>

    /// Every permission, by id; with `since`, those that changed after it.
    func permissions(changedAfter since: Timestamp?) throws -> [Permission]

    /// Whether any of these roles holds the permission.
    func isGranted(_ permission: PermissionName, toAnyOf roles: [String]) throws -> Bool

    /// Adds roles that are not there yet.
    func insertMissing(_ roles: [Role]) throws

    /// Adds permissions that are not there yet; present ones keep their roles.
    func insertMissing(_ permissions: [Permission]) throws

    /// Gives a permission to exactly these roles.
    func grant(_ permission: String, to roles: [String], at moment: Timestamp) throws
}
