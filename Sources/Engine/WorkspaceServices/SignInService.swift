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

        /// The name in a form that can be looked up: names have no NUL, which no database takes, and are far shorter than
        /// what takes long to fold.
        fileprivate var searchable: LoginName {
            func replaced(_ text: String) -> String {
                String(decoding: text.utf8.prefix(1_024).map { $0 == 0 ? 0x1A : $0 }, as: UTF8.self)
            }
            return switch self {
            case .username(let text): .username(replaced(text))
            case .email(let text): .email(replaced(text))
            case .id(let text): .id(replaced(text))
            }
        }
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
    private let queue = SignInQueue()

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Begins a session.
    ///
    /// Unknown accounts and wrong passwords are not told apart, by words or by time. Repeated failures block the
    /// account and the address for a while, as the settings say. An attempt counts as a failure from before its
    /// password is verified until it proves right, so attempts at the same time get no more verdicts than others.
    /// - Parameter address: the client's network address.
    /// - Throws: `WorkspaceError.invalidCredentials`, `.loginBlockedForUser`, `.loginBlockedForAddress`,
    ///   `.tooManySignIns` or `.userNotActivated`; `StoreError`.
    public func signIn(
        _ name: LoginName, password: PresentedPassword, from address: String
    ) async throws -> SignedIn {
        let now = environment.clock.now()
        let attempt = try await environment.store.read { transaction in
            let attempt = try Attempt(name, from: address, in: transaction)
            try attempt.requireNoBlock(at: now, in: transaction)
            return attempt
        }
        return try await queue.admit(account: attempt.account, address: attempt.address) {
            let reservation = try await environment.store.write { try attempt.reserve(at: now, in: $0) }
            let isRight = try await queue.takeTurn(account: attempt.account, address: attempt.address) {
                try await verify(password, of: attempt.user)
            }
            guard let user = attempt.user, isRight else { throw WorkspaceError.invalidCredentials }
            guard user.isActive else {
                try await environment.store.write { try reservation.release(in: $0) }
                throw WorkspaceError.userNotActivated
            }
            return try await begin(user, releasing: reservation, at: now)
        }
    }

    private func verify(_ password: PresentedPassword, of user: User?) async throws -> Bool {
        let digest =
            switch password {
            case .plain(let text): environment.passwords.digest(of: text)
            case .digest(let digest): digest.lowercased()
            }
        // Somebody without a password, or without an account, costs as much time as anybody else.
        return try await environment.passwords.verify(
            digest, against: user?.passwordHash ?? environment.passwords.lockedHash())
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

    private func begin(
        _ user: User, releasing reservation: Attempt.Reservation, at now: Timestamp
    ) async throws -> SignedIn {
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
            try reservation.release(in: transaction)
            try transaction.sessions.clearFailures(of: reservation.account.subject)
            try transaction.users.recordLogin(of: user.id, at: now)
            return try transaction.users.find(id: user.id)
        }
        guard let signedIn else { throw WorkspaceError.invalidCredentials }
        return SignedIn(user: signedIn, token: token)
    }
}

/// A sign-in before its password is verified.
private struct Attempt: Sendable {
    /// The failures that an attempt counts as until its password proves right.
    struct Reservation: Sendable {
        let account: SignInFailure
        let address: SignInFailure

        func release(in transaction: any StoreTransaction) throws {
            try transaction.sessions.delete(account)
            try transaction.sessions.delete(address)
        }
    }

    let user: User?
    /// Whose failures are counted: the account, or what was typed for one.
    let account: String
    /// The client's address, whose failures are counted as well.
    let address: String

    init(_ name: SignInService.LoginName, from address: String, in transaction: any StoreTransaction) throws {
        let typed: String
        switch name.searchable {
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
        // The index takes no more than some 2,000 bytes; a character may have any number of them.
        account = "user:\(user?.id.rawValue ?? String(decoding: typed.utf8.prefix(128), as: UTF8.self))"
        self.address = "address:\(address)"
    }

    /// - Throws: `WorkspaceError.loginBlockedForUser` or `.loginBlockedForAddress`.
    func requireNoBlock(at now: Timestamp, in transaction: any StoreTransaction) throws {
        for rule in try rules(in: transaction) where try rule.isBroken(at: now, in: transaction) { throw rule.error }
    }

    /// Counts the attempt as a failure.
    ///
    /// - Throws: `WorkspaceError.loginBlockedForUser` or `.loginBlockedForAddress`.
    func reserve(at now: Timestamp, in transaction: any StoreTransaction) throws -> Reservation {
        // Attempts of all processes meet here, always in this order: none counts what another is about to add.
        for subject in [account, address] { try transaction.sessions.lockFailures(of: subject, at: now) }
        let rules = try rules(in: transaction)
        for rule in rules {
            // A clock that was ahead must not block anybody when its time comes.
            try transaction.sessions.deleteFailures(of: rule.subject, after: rule.end(at: now))
            if try rule.isBroken(at: now, in: transaction) { throw rule.error }
        }
        return Reservation(
            account: try transaction.sessions.recordFailure(of: account, at: now),
            address: try transaction.sessions.recordFailure(of: address, at: now))
    }

    private func rules(in transaction: any StoreTransaction) throws -> [BlockRule] {
        let settings = transaction.settings
        guard try settings.flag(Settings.blockFailedLogins) else { return [] }
        return [
            BlockRule(
                subject: account, limit: try settings.number(Settings.failuresPerUser),
                minutes: try settings.number(Settings.userBlockMinutes), error: .loginBlockedForUser),
            BlockRule(
                subject: address, limit: try settings.number(Settings.failuresPerAddress),
                minutes: try settings.number(Settings.addressBlockMinutes), error: .loginBlockedForAddress),
        ]
    }
}

/// How many failures within which time block a subject.
private struct BlockRule {
    let subject: String
    let limit: Int
    let minutes: Int
    let error: WorkspaceError

    /// Failures later than this come from a clock that was ahead. Clocks of several machines may differ by less.
    func end(at now: Timestamp) -> Timestamp { now + .seconds(60 * max(1, minutes)) }

    func isBroken(at now: Timestamp, in transaction: any StoreTransaction) throws -> Bool {
        try transaction.sessions.failureCount(
            of: subject, from: now + .seconds(-60 * minutes), to: end(at: now), limit: limit) >= limit
    }
}
