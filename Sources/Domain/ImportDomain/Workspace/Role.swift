/// A named set of permissions that accounts can hold.
public struct Role: Equatable, Sendable {
    /// Where a role applies.
    public enum Scope: String, Sendable {
        /// In the whole workspace.
        case users = "Users"
        /// In one room.
        case subscriptions = "Subscriptions"
    }

    /// The role's id, which is also its name for accounts and permissions.
    public let id: String
    /// The display name.
    public var name: String
    /// Where it applies.
    public var scope: Scope
    /// What it is for.
    public var description: String
    /// Whether it is built in and cannot be removed.
    public var isProtected: Bool
    /// When it changed last.
    public var updatedAt: Timestamp

    /// Creates a role.
    public init(
        id: String, name: String, scope: Scope, description: String = "", isProtected: Bool = false,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.scope = scope
        self.description = description
        self.isProtected = isProtected
        self.updatedAt = updatedAt
    }

    /// The role of administrators; the last active account that holds it is protected.
    public static let administrator = "admin"

    /// The role of guests, who read only the rooms in which they are a member; default roles are not added to it.
    public static let guest = "guest"
}

/// Something that an account may do if it holds one of the roles.
public struct Permission: Equatable, Sendable {
    /// The permission's id.
    public let id: String
    /// The roles to which it is granted.
    public var roles: [String]
    /// When its roles changed last.
    public var updatedAt: Timestamp

    /// A permission granted to the given roles.
    public init(id: String, roles: [String], updatedAt: Timestamp) {
        self.id = id
        self.roles = roles
        self.updatedAt = updatedAt
    }
}
