/// `login`.
public struct LoginResponse: Codable, Sendable {
    /// The account that signed in, and its token.
    public struct Credentials: Codable, Sendable {
        /// The account's id, for the header `X-User-Id`.
        public var userId: String
        /// The token, for the header `X-Auth-Token`.
        public var authToken: String
        /// The account.
        public var me: MeBody

        /// Credentials.
        public init(userId: String, authToken: String, me: MeBody) {
            self.userId = userId
            self.authToken = authToken
            self.me = me
        }
    }

    /// `success`.
    public var status = "success"
    /// The account that signed in, and its token.
    public var data: Credentials
    /// True.
    public var success = true

    /// A response with credentials.
    public init(data: Credentials) { self.data = data }
}

/// `logout`.
public struct LogoutResponse: Codable, Sendable {
    /// A sentence.
    public struct Message: Codable, Sendable {
        /// The sentence.
        public var message: String
    }

    /// `success`.
    public var status = "success"
    /// A sentence.
    public var data = Message(message: "You've been logged out!")

    /// The response.
    public init() {}
}

/// `users.info`, `users.create` and `users.update`.
public struct UserResponse: Codable, Sendable {
    /// The account.
    public var user: UserBody
    /// True.
    public var success = true

    /// A response with an account.
    public init(user: UserBody) { self.user = user }
}

/// `users.setActiveStatus`.
public struct ActiveStatusResponse: Codable, Sendable {
    /// An account and whether it may sign in.
    public struct User: Codable, Sendable {
        /// The account's id.
        public var _id: String
        /// Whether it may sign in.
        public var active: Bool
    }

    /// The account.
    public var user: User
    /// True.
    public var success = true

    /// A response with an account.
    public init(_id: String, active: Bool) { user = User(_id: _id, active: active) }
}

/// `users.delete`.
public struct UserDeletedResponse: Codable, Sendable {
    /// Rooms deleted with the account; always empty.
    public var deletedRooms: [String] = []
    /// True.
    public var success = true

    /// The response.
    public init() {}
}

/// A role.
public struct RoleBody: Codable, Sendable {
    /// Its id.
    public var _id: String
    /// Its display name.
    public var name: String
    /// `Users` or `Subscriptions`.
    public var scope: String
    /// What it is for.
    public var description: String
    /// Whether it is built in.
    public var protected: Bool
    /// When it changed last, ISO 8601.
    public var _updatedAt: String

    /// A role.
    public init(_id: String, name: String, scope: String, description: String, protected: Bool, _updatedAt: String) {
        self._id = _id
        self.name = name
        self.scope = scope
        self.description = description
        self.protected = protected
        self._updatedAt = _updatedAt
    }
}

/// `roles.list`.
public struct RoleListResponse: Codable, Sendable {
    /// Every role.
    public var roles: [RoleBody]
    /// True.
    public var success = true

    /// A response with roles.
    public init(roles: [RoleBody]) { self.roles = roles }
}

/// A permission and the roles that hold it.
public struct PermissionBody: Codable, Sendable {
    /// Its id.
    public var _id: String
    /// The roles that hold it.
    public var roles: [String]
    /// When its roles changed last, ISO 8601.
    public var _updatedAt: String

    /// A permission.
    public init(_id: String, roles: [String], _updatedAt: String) {
        self._id = _id
        self.roles = roles
        self._updatedAt = _updatedAt
    }
}

/// `permissions.listAll`.
public struct PermissionListResponse: Codable, Sendable {
    /// Existing permissions.
    public var update: [PermissionBody]
    /// Removed permissions; always empty.
    public var remove: [PermissionBody] = []
    /// True.
    public var success = true

    /// A response with permissions.
    public init(update: [PermissionBody]) { self.update = update }
}

/// `permissions.update`.
public struct PermissionsUpdatedResponse: Codable, Sendable {
    /// Every permission.
    public var permissions: [PermissionBody]
    /// True.
    public var success = true

    /// A response with permissions.
    public init(permissions: [PermissionBody]) { self.permissions = permissions }
}

/// `settings/<id>`.
public struct SettingResponse: Codable, Sendable {
    /// The setting's id.
    public var _id: String
    /// Its value.
    public var value: JSONBody
    /// True.
    public var success = true

    /// A response with a setting.
    public init(_id: String, value: JSONBody) {
        self._id = _id
        self.value = value
    }
}

/// `info`.
public struct InfoResponse: Codable, Sendable {
    /// The product behind the protocol.
    public struct Product: Codable, Sendable {
        /// `Ferry`.
        public var name: String
        /// Ferry's own version.
        public var version: String

        /// A product.
        public init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The version of Rocket.Chat's protocol that the server speaks.
    public var version: String
    /// The product, for callers who may see it.
    public var info: Product?
    /// True.
    public var success = true

    /// A response with versions.
    public init(version: String, info: Product?) {
        self.version = version
        self.info = info
    }
}

/// `/health` and `/ready`.
public struct HealthResponse: Codable, Sendable {
    /// `ok`, or what is missing.
    public var status: String
    /// What an administrator requested of the current import; absent if nothing, and from `/health`.
    public var control: String?

    /// A response with this status.
    public init(status: String, control: String? = nil) {
        self.status = status
        self.control = control
    }
}
