public import ImportDomain

/// Signing in and out, and knowing who makes a call.
public struct SignInService: Sendable {
    /// The account that somebody claims to be.
    public enum LoginName: Equatable, Sendable {
        /// A username, letter case ignored.
        case username(String)
        /// An e-mail address, letter case ignored.
        case email(String)
        /// An account id.
        case id(String)

        /// A name as people type it: with an `@` an e-mail address, else a username.
        public init(typed text: String) { self = text.contains("@") ? .email(text) : .username(text) }
    }

    /// A password as it was presented.
    public enum PresentedPassword: Sendable {
        /// As people type it.
        case plain(String)
        /// The hexadecimal SHA-256 of it.
        case digest(String)
    }

    /// A session that was just begun or resumed.
    public struct SignedIn: Sendable {
        /// The account.
        public let user: User
        /// The login token, known to nobody but its holder.
        public let token: String
    }

    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Begins a session.
    ///
    /// Unknown accounts and wrong passwords are not told apart, by words or by time. Repeated failures block the
    /// account and the address for a while, as the settings say.
    /// - Parameter address: the client's network address.
    /// - Throws: `WorkspaceError.invalidCredentials`, `.loginBlockedForUser`, `.loginBlockedForAddress` or
    ///   `.userNotActivated`; `StoreError`.
    public func signIn(
        _ name: LoginName, password: PresentedPassword, from address: String
    ) async throws -> SignedIn {
        let now = environment.clock.now()
        let attempt = try await environment.store.read { try Attempt(name, from: address, at: now, in: $0) }
        if let block = attempt.block { throw block }

        let digest =
            switch password {
            case .plain(let text): environment.passwords.digest(of: text)
            case .digest(let digest): digest.lowercased()
            }
        // Somebody without a password, or without an account, costs as much time as anybody else.
        let hash = attempt.user?.passwordHash ?? environment.passwords.lockedHash()
        let isRight = try await environment.passwords.verify(digest, against: hash)
        guard let user = attempt.user, isRight else {
            try await environment.store.write { try $0.sessions.recordFailure(of: attempt.subjects, at: now) }
            throw WorkspaceError.invalidCredentials
        }
        guard user.isActive else { throw WorkspaceError.userNotActivated }
        return try await begin(user, subject: attempt.subjects[0], at: now)
    }

    /// Goes on with a session whose token is known; the same token is returned.
    ///
    /// - Throws: `WorkspaceError.invalidCredentials`; `StoreError`.
    public func resume(token: String) async throws -> SignedIn {
        let (now, hash) = (environment.clock.now(), environment.passwords.tokenHash(of: token))
        let user = try await environment.store.read { transaction -> User? in
            guard let session = try transaction.sessions.find(tokenHash: hash), session.expiresAt > now else {
                return nil
            }
            return try transaction.users.find(id: session.userID)
        }
        guard let user, user.isActive else { throw WorkspaceError.invalidCredentials }
        return SignedIn(user: user, token: token)
    }

    /// The caller behind a pair of credentials; nil for a pair that is unknown, expired or does not belong together.
    ///
    /// Tokens are found by their hash, so comparing times tells nothing about them.
    public func authenticate(userID: String, token: String) async throws -> Caller? {
        let (now, hash) = (environment.clock.now(), environment.passwords.tokenHash(of: token))
        return try await environment.store.read { transaction in
            guard let session = try transaction.sessions.find(tokenHash: hash), session.expiresAt > now,
                session.userID.rawValue == userID, let user = try transaction.users.find(id: session.userID),
                user.isActive
            else { return nil }
            return Caller(
                user: user, tokenHash: hash, grants: try transaction.roles.grants(ofAnyOf: user.roles))
        }
    }

    /// Ends the session of a call.
    public func signOut(_ caller: Caller) async throws {
        try await environment.store.write { try $0.sessions.delete(tokenHash: caller.tokenHash) }
    }

    /// Forgets sessions that ran out and failed sign-ins that no longer count; called now and then.
    public func removeExpired() async throws {
        let now = environment.clock.now()
        try await environment.store.write {
            try $0.callCounts.deleteEnded(at: now)
            try $0.sessions.deleteExpired(at: now, failuresBefore: now + .seconds(-86_400))
        }
    }

    private func begin(_ user: User, subject: String, at now: Timestamp) async throws -> SignedIn {
        let token = environment.identifiers.loginToken()
        let hash = environment.passwords.tokenHash(of: token)
        let signedIn = try await environment.store.write { transaction -> User? in
            // The account may have been deactivated or given another password while the old one was verified.
            guard let current = try transaction.users.find(id: user.id), current.isActive,
                current.passwordHash == user.passwordHash
            else { return nil }
            let days = try transaction.settings.number(Settings.sessionDays)
            try transaction.sessions.insert(
                Session(
                    tokenHash: hash, userID: user.id, createdAt: now, expiresAt: now + .seconds(days * 86_400)))
            try transaction.sessions.clearFailures(of: subject)
            try transaction.users.recordLogin(of: user.id, at: now)
            return try transaction.users.find(id: user.id)
        }
        guard let signedIn else { throw WorkspaceError.invalidCredentials }
        return SignedIn(user: signedIn, token: token)
    }
}

/// What is known of a sign-in before its password is looked at.
private struct Attempt: Sendable {
    let user: User?
    /// Whose failures are counted: the account, or what was typed for one, and the address.
    let subjects: [String]
    let block: WorkspaceError?

    init(
        _ name: SignInService.LoginName, from address: String, at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        let typed: String
        switch name {
        case .username(let username):
            typed = CaseFolding.key(username)
            user = try transaction.users.find(usernameKey: typed)
        case .email(let email):
            typed = CaseFolding.key(email)
            user = try transaction.users.find(addressKey: typed)
        case .id(let id):
            typed = id
            user = try transaction.users.find(id: UserID(id))
        }
        subjects = ["user:\(user?.id.rawValue ?? String(typed.prefix(128)))", "address:\(address)"]

        let settings = transaction.settings
        guard try settings.flag(Settings.blockFailedLogins) else {
            block = nil
            return
        }
        func isBlocked(_ subject: String, after limit: Int, forMinutes minutes: Int) throws -> Bool {
            let oldest = now + .seconds(-60 * minutes)
            return try transaction.sessions.failures(of: subject, since: oldest, limit: limit).count >= limit
        }
        if try isBlocked(
            subjects[0], after: settings.number(Settings.failuresPerUser),
            forMinutes: settings.number(Settings.userBlockMinutes))
        {
            block = .loginBlockedForUser
        } else if try isBlocked(
            subjects[1], after: settings.number(Settings.failuresPerAddress),
            forMinutes: settings.number(Settings.addressBlockMinutes))
        {
            block = .loginBlockedForAddress
        } else {
            block = nil
        }
    }
}
