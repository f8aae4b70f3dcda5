import ImportDomain

/// The roles, permissions, bot and room of a new workspace.
///
/// Source: Rocket.Chat's defaults; docs/api.md, "Permissions".
enum BuiltIn {
    static let botName = "rocket.cat"

    /// The author of messages that have none; it cannot sign in.
    static func bot(username: String?, passwordHash: String, at moment: Timestamp) -> User {
        User(
            id: .rocketCat, username: username, name: "Rocket.Cat", kind: .bot, roles: ["bot"],
            passwordHash: passwordHash, createdAt: moment)
    }

    /// The room that every account can read.
    static func generalRoom(at moment: Timestamp) -> Room {
        Room(id: .general, kind: .channel, name: "general", creatorID: .rocketCat, createdAt: moment)
    }

    static func roles(at moment: Timestamp) -> [Role] {
        func role(_ id: String, _ scope: Role.Scope, _ name: String, _ description: String) -> Role {
            Role(id: id, name: name, scope: scope, description: description, isProtected: true, updatedAt: moment)
        }
        return [
            role("admin", .users, "admin", "Administrators"),
            role("user", .users, "user", "Everybody who signs in"),
            role("bot", .users, "bot", "Programs"),
            role("app", .users, "app", "Apps"),
            role("guest", .users, "guest", "Guests"),
            role("anonymous", .users, "anonymous", "Visitors who have not signed in"),
            role("livechat-agent", .users, "livechat-agent", "Livechat agents"),
            role("livechat-manager", .users, "livechat-manager", "Livechat managers"),
            role("owner", .subscriptions, "owner", "Owners of a room"),
            role("moderator", .subscriptions, "moderator", "Moderators of a room"),
            role("leader", .subscriptions, "leader", "Leaders of a room"),
        ]
    }

    static func permissions(at moment: Timestamp) -> [Permission] {
        PermissionName.allCases.map { permission in
            Permission(id: permission.rawValue, roles: holders(of: permission), updatedAt: moment)
        }
    }

    private static func holders(of permission: PermissionName) -> [String] {
        switch permission {
        case _ where permission.isAdministrative: [Role.administrator]
        case .viewPublicRoom: ["admin", "user", "bot", "app", "anonymous"]
        case .viewPrivateRoom: ["admin", "user", "anonymous", "guest"]
        case .viewDirectRoom: ["admin", "user", "bot", "app", "guest"]
        case .createPublicRoom, .createPrivateRoom, .createDirectRoom: ["admin", "user", "bot", "app"]
        case .createPersonalAccessTokens: ["admin", "user"]
        case .viewJoinedRoom: ["guest", "bot", "app", "anonymous"]
        case .bypassRateLimit: ["admin", "bot", "app"]
        case .impersonate: ["bot", "app"]
        default: [Role.administrator]
        }
    }
}
