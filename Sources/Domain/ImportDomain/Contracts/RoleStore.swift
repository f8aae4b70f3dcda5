/// Stores roles and their permissions.
public protocol RoleStore {
    /// Every role, by id.
    func roles() throws -> [Role]

    /// The ids of all roles.
    func roleIDs() throws -> Set<String>

    /// Every permission, by id; with `since`, those that changed after it.
    func permissions(changedAfter since: Timestamp?) throws -> [Permission]

    /// The ids of every permission that any of these roles holds.
    func grants(ofAnyOf roles: [String]) throws -> Set<String>

    /// The ids of all roles that hold a permission.
    func roles(holding permission: PermissionName) throws -> Set<String>

    /// Prevents other transactions from removing rights until this one ends, so that two of them cannot remove the last
    /// two holders.
    func lockRights() throws

    /// The ids of all roles that hold an administrative permission, the role of administrators included.
    func administrativeRoles() throws -> Set<String>

    /// Adds missing roles.
    func insertMissing(_ roles: [Role]) throws

    /// Adds missing permissions; existing ones keep their roles.
    func insertMissing(_ permissions: [Permission]) throws

    /// Gives a permission to exactly these roles.
    func grant(_ permission: String, to roles: [String], at moment: Timestamp) throws
}
