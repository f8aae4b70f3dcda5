public import ImportDomain

/// Signs accounts in and out, and authenticates callers.
public struct SignInService: Sendable {
    /// The account that a caller claims to be.
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
        /// The login token, known only to its holder.
        public let token: String
    }

    private let environment: WorkspaceEnvironment
    private let queue = SignInQueue()

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// Begins a session.
    ///
    /// Unknown accounts and wrong passwords are indistinguishable, in text and in time. Repeated failures block the
    /// account and the address for a while, as the settings say. Attempts that are in progress take up the room that
    /// failures leave, so attempts at the same time get no more verdicts than others. An attempt that finds no room only
    /// because of them is rejected as one of too many.
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
            let isRight: Bool
            do {
                isRight = try await queue.takeTurn(account: attempt.account, address: attempt.address) {
                    try await verify(password, of: attempt.user)
                }
            } catch {
                // The client is gone, and the password may be wrong. A task of its own, as this one may be cancelled.
                let end = Task { try await environment.store.write { try reservation?.fail(in: $0) } }
                _ = await end.result  // An attempt whose end cannot be written down goes on counting.
                throw error
            }
            guard let user = attempt.user, isRight else {
                try await environment.store.write { try reservation?.fail(in: $0) }
                throw WorkspaceError.invalidCredentials
            }
            guard user.isActive else {
                try await environment.store.write { try reservation?.release(in: $0) }
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
        // A missing password or account takes as long as a wrong password.
        return try await environment.passwords.verify(
            digest, against: user?.passwordHash ?? environment.passwords.lockedHash())
    }

    /// Continues a session whose token is known; the same token is returned.
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
    /// Tokens are found by their hash, so timing reveals nothing about them.
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
        _ user: User, releasing reservation: Attempt.Reservation?, at now: Timestamp
    ) async throws -> SignedIn {
        let token = environment.identifiers.loginToken()
        let hash = environment.passwords.tokenHash(of: token)
        let signedIn = try await environment.store.write { transaction -> User? in
            // The account may have been deactivated or given another password while the old one was verified.
            guard let current = try transaction.users.find(id: user.id), current.isActive,
                current.passwordHash == user.passwordHash
            else { return nil }
            // This waits for an undo that is removing the account, which then is not found.
            try transaction.users.recordLogin(of: user.id, at: now)
            guard let signedIn = try transaction.users.find(id: user.id) else { return nil }
            let days = try transaction.settings.number(Settings.sessionDays)
            try transaction.sessions.insert(
                Session(
                    tokenHash: hash, userID: user.id, createdAt: now, expiresAt: now + .seconds(days * 86_400)))
            try reservation?.release(in: transaction)
            if let account = reservation?.account { try transaction.sessions.clearFailures(of: account) }
            return signedIn
        }
        guard let signedIn else { throw WorkspaceError.invalidCredentials }
        return SignedIn(user: signedIn, token: token)
    }
}

/// A sign-in before its password is verified.
private struct Attempt: Sendable {
    /// The room that an attempt takes up until its password proves right or wrong.
    struct Reservation: Sendable {
        /// Whose failures are counted.
        let account: String
        private let address: String
        private let inProgress: [SignInFailure]
        private let startedAt: Timestamp

        init(_ attempt: Attempt, at now: Timestamp, in transaction: any StoreTransaction) throws {
            account = attempt.account
            address = attempt.address
            startedAt = now
            inProgress = try [account, address].map {
                try transaction.sessions.recordFailure(of: BlockRule.inProgress($0), at: now)
            }
        }

        /// The attempt is no failure.
        func release(in transaction: any StoreTransaction) throws {
            for attempt in inProgress { try transaction.sessions.delete(attempt) }
        }

        /// The attempt becomes a failure; no other attempt is counted in between.
        func fail(in transaction: any StoreTransaction) throws {
            for subject in [account, address] {
                try transaction.sessions.lockFailures(of: subject, at: startedAt)
            }
            try release(in: transaction)
            for subject in [account, address] {
                _ = try transaction.sessions.recordFailure(of: subject, at: startedAt)
            }
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

    /// - Throws: `WorkspaceError.loginBlockedForUser`, `.loginBlockedForAddress` or `.tooManySignIns`.
    func requireNoBlock(at now: Timestamp, in transaction: any StoreTransaction) throws {
        try requireRoom(under: try rules(in: transaction), at: now, in: transaction)
    }

    /// Counts the attempt until it proves right or wrong.
    ///
    /// - Returns: nil while failures block no sign-in: then nothing is counted.
    /// - Throws: as `requireNoBlock`.
    func reserve(at now: Timestamp, in transaction: any StoreTransaction) throws -> Reservation? {
        let rules = try rules(in: transaction)
        guard !rules.isEmpty else { return nil }
        // Attempts of all processes meet here, always in this order: none counts what another is about to add.
        for rule in rules { try transaction.sessions.lockFailures(of: rule.subject, at: now) }
        for rule in rules { try rule.forgetFuture(at: now, in: transaction) }
        try requireRoom(under: rules, at: now, in: transaction)
        return try Reservation(self, at: now, in: transaction)
    }

    private func requireRoom(
        under rules: [BlockRule], at now: Timestamp, in transaction: any StoreTransaction
    ) throws {
        let rejections = try rules.compactMap { try $0.rejection(at: now, in: transaction) }
        // A block lasts longer, so it is what the client has to know.
        if let rejection = rejections.first(where: { $0 != .tooManySignIns }) ?? rejections.first { throw rejection }
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

    /// The subject of attempts that are in progress.
    static func inProgress(_ subject: String) -> String { "in-progress \(subject)" }

    /// Why an attempt has to be rejected: as many failures as allowed, or fewer and too many attempts in progress.
    func rejection(at now: Timestamp, in transaction: any StoreTransaction) throws -> WorkspaceError? {
        let start = now + .seconds(-60 * minutes)
        func count(_ subject: String, from start: Timestamp) throws -> Int {
            try transaction.sessions.failureCount(of: subject, from: start, to: end(at: now), limit: limit)
        }
        let failures = try count(subject, from: start)
        guard failures < limit else { return error }
        let attempts = try count(Self.inProgress(subject), from: start)
        guard failures + attempts >= limit else { return nil }
        // An attempt takes less than a minute. An older one belongs to a process that ended, and counts as a failure.
        let current = try count(Self.inProgress(subject), from: max(start, now + .seconds(-60)))
        return failures + attempts - current >= limit ? error : .tooManySignIns
    }

    /// Forgets what a clock that was ahead wrote: it must not block anybody when its time comes.
    func forgetFuture(at now: Timestamp, in transaction: any StoreTransaction) throws {
        for subject in [subject, Self.inProgress(subject)] {
            try transaction.sessions.deleteFailures(of: subject, after: end(at: now))
        }
    }

    /// Failures later than this come from a clock that was ahead. Clocks of several machines may differ by less.
    private func end(at now: Timestamp) -> Timestamp { now + .seconds(60 * max(1, minutes)) }
}
