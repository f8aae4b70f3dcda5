public import ImportDomain

/// Makes a new workspace usable: adds built-in roles and permissions, the bot and its room, and an administrator.
public struct Bootstrap: Sendable {
    /// The first administrator, as configured.
    public struct Administrator: Sendable {
        /// The username.
        public var username: String
        /// The full name.
        public var name: String
        /// The e-mail address.
        public var email: String
        /// The password; nil for a random one.
        public var password: String?

        /// Creates an administrator.
        public init(
            username: String = "admin", name: String = "Administrator", email: String = "admin@localhost",
            password: String? = nil
        ) {
            self.username = username
            self.name = name
            self.email = email
            self.password = password
        }
    }

    /// What was made at this start.
    public enum Outcome: Equatable, Sendable {
        /// The workspace has an administrator already.
        case complete
        /// An administrator was made, with the configured password.
        case administratorCreated(username: String)
        /// An administrator was made, with a password that is shown this once.
        case administratorCreatedWithPassword(username: String, password: String)
    }

    private let environment: WorkspaceEnvironment

    /// A bootstrap of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Adds what is missing. Changed roles and permissions stay, unless no account could change permissions: then
    /// administrators get that permission back.
    ///
    /// - Parameter administrator: created when the workspace has no active administrator.
    /// - Throws: `WorkspaceError.fieldUnavailable` when the name or address belongs to an account that is not
    ///   an administrator; `StoreError`.
    public func run(administrator: Administrator) async throws -> Outcome {
        let outcome = try await makeAdministrator(administrator)
        let now = environment.clock.now()
        try await environment.store.write { transaction in
            // Otherwise no account could ever change a permission again.
            guard try !transaction.canChangePermissions() else { return }
            let holders = try transaction.roles.roles(holding: .accessPermissions).union([Role.administrator])
            try transaction.roles.grant(
                PermissionName.accessPermissions.rawValue, to: holders.sorted(), at: now)
        }
        return outcome
    }

    private func makeAdministrator(_ administrator: Administrator) async throws -> Outcome {
        let (now, hash) = (environment.clock.now(), environment.passwords.lockedHash())
        let isComplete = try await environment.store.write { transaction in
            try transaction.roles.insertMissing(BuiltIn.roles(at: now))
            try transaction.roles.insertMissing(BuiltIn.permissions(at: now))
            try Self.insertMissingBuiltIns(passwordHash: hash, at: now, in: transaction)
            return try transaction.users.hasActiveAdministrator()
        }
        guard !isComplete else { return .complete }

        let password = administrator.password ?? environment.identifiers.password()
        let user = User(
            id: environment.identifiers.userID(at: now), username: administrator.username, name: administrator.name,
            roles: [Role.administrator, "user"], emails: [EmailAddress(administrator.email, isVerified: true)],
            passwordHash: try await environment.passwords.hash(of: environment.passwords.digest(of: password)),
            createdAt: now)
        let isMade = try await environment.store.write { transaction in
            let keys = AccountKeys(
                usernames: [CaseFolding.key(administrator.username)], addresses: [CaseFolding.key(administrator.email)])
            let holders = try transaction.users.holders(of: keys)
            // Another process may have created it meanwhile; checked last, so that its account does not count as a conflict.
            guard try !transaction.users.hasActiveAdministrator() else { return false }
            guard holders.usernames.isEmpty else {
                throw WorkspaceError.fieldUnavailable(field: "ADMIN_USERNAME", value: administrator.username)
            }
            guard holders.addresses.isEmpty else {
                throw WorkspaceError.fieldUnavailable(field: "ADMIN_EMAIL", value: administrator.email)
            }
            try transaction.users.insert([user], by: nil)
            return true
        }
        guard isMade else { return .complete }
        return administrator.password == nil
            ? .administratorCreatedWithPassword(username: administrator.username, password: password)
            : .administratorCreated(username: administrator.username)
    }

    private static func insertMissingBuiltIns(
        passwordHash: String, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        if try transaction.users.find(id: .rocketCat) == nil {
            // In a workspace older than the bot an account may have its name, and keeps it.
            let isFree = try transaction.users.find(usernameKey: BuiltIn.botName) == nil
            let bot = BuiltIn.bot(username: isFree ? BuiltIn.botName : nil, passwordHash: passwordHash, at: now)
            try transaction.users.insert([bot], by: nil)
        }
        if try transaction.rooms.find(id: .general) == nil {
            try transaction.rooms.insert([BuiltIn.generalRoom(at: now)], by: nil)
        }
    }
}
