import ImportDomain
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given a client that guesses passwords", .onEveryStore)
struct GuessingTests {
    private static func withUsers(_ test: @Sendable @escaping (TestWorkspace) async throws -> Void) async throws {
        try await TestWorkspace.with(.current) { workspace in
            try await workspace.importing([
                StagedUser("ada", password: "countess"), StagedUser("bob", password: "builder"),
                StagedUser("gone", password: "countess", deleted: true),
            ])
            try await test(workspace)
        }
    }

    /// The outcomes of `count` simultaneous sign-ins, spread over services that share only the database.
    private static func outcomes(
        of count: Int, over services: [SignInService], password: String = "wrong"
    ) async -> [WorkspaceError?] {
        await withTaskGroup(of: WorkspaceError?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        _ = try await services[number % services.count].signIn(
                            .username("ada"), password: .plain(password), from: "192.0.2.\(number)")
                        return nil
                    } catch {
                        return error as? WorkspaceError ?? .notAllowed
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func `when many guesses come at the same time, then no more get a verdict than one after the other`()
        async throws
    {
        try await Self.withUsers { workspace in
            let services = (0..<4).map { _ in SignInService(workspace.environment) }

            let outcomes = await Self.outcomes(of: 200, over: services)

            #expect(outcomes.count { $0 == .invalidCredentials } == 10)
            #expect(
                outcomes.allSatisfy { [.invalidCredentials, .loginBlockedForUser, .tooManySignIns].contains($0) })
        }
    }

    @Test(arguments: [1, 4])
    func `when many right passwords come at the same time, then none is blocked for failures that never happened`(
        services count: Int
    ) async throws {
        try await Self.withUsers { workspace in
            let services = (0..<count).map { _ in SignInService(workspace.environment) }

            let outcomes = await Self.outcomes(of: 40, over: services, password: "countess")
            let later = await Self.outcomes(of: 10, over: services, password: "countess")

            #expect(outcomes.allSatisfy { [nil, .tooManySignIns].contains($0) })
            #expect(outcomes.count { $0 == nil } >= 10)
            #expect(later.allSatisfy { $0 == nil })
        }
    }

    @Test func `when guesses leave little room, then right passwords at the same time wait and are not blocked`()
        async throws
    {
        try await Self.withUsers { workspace in
            let guesses = await Self.outcomes(of: 7, over: [workspace.signIn])
            let outcomes = await Self.outcomes(of: 10, over: [workspace.signIn], password: "countess")

            #expect(guesses.allSatisfy { $0 == .invalidCredentials })
            #expect(outcomes.contains(nil))
            #expect(outcomes.allSatisfy { [nil, .tooManySignIns].contains($0) })
        }
    }

    @Test func `when the client leaves before the verdict, then the guess counts`() async throws {
        try await Self.withUsers { workspace in
            for _ in 0..<10 {
                let guess = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await workspace.signIn.signIn(
                        .username("ada"), password: .plain("wrong"), from: "192.0.2.1")
                }
                _ = await guess.result
            }
            let failures = try await workspace.store.read { transaction in
                let user = try transaction.users.find(username: "ada")
                return try transaction.sessions.failureCount(
                    of: "user:\(user?.id.rawValue ?? "")", from: Timestamp(milliseconds: 0),
                    to: workspace.clock.now() + .seconds(60), limit: 100)
            }
            let outcome = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")

            // A database may reject a cancelled call before anything is counted; nothing was verified then.
            #expect(failures == 10 ? outcome == [.loginBlockedForUser] : failures == 0)
        }
    }

    @Test func `when a process ended in the middle of sign-ins, then they count as failures after a minute`()
        async throws
    {
        try await Self.withUsers { workspace in
            let (now, clock) = (workspace.clock.now(), workspace.clock)
            try await workspace.store.write { transaction in
                let user = try transaction.users.find(username: "ada")
                for _ in 0..<10 {
                    _ = try transaction.sessions.recordFailure(
                        of: "in-progress user:\(user?.id.rawValue ?? "")", at: now)
                }
            }

            let first = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")
            clock.advance(by: .seconds(62))
            let second = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")
            clock.advance(by: .seconds(240))
            let third = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")

            #expect(first == [.tooManySignIns])
            #expect(second == [.loginBlockedForUser])
            #expect(third == [nil])
        }
    }

    @Test func `when failures do not block, then none is counted for later`() async throws {
        try await Self.withUsers { workspace in
            try await workspace.settings.set(.flag(false), of: Settings.blockFailedLogins.id)
            for attempt in 0..<60 {
                await #expect(throws: WorkspaceError.invalidCredentials) {
                    try await workspace.signIn.signIn(
                        .username(attempt < 15 ? "ada" : "nobody\(attempt)"), password: .plain("wrong"),
                        from: "192.0.2.1")
                }
            }

            try await workspace.settings.set(.flag(true), of: Settings.blockFailedLogins.id)
            let signedIn = try await workspace.signIn.signIn(
                .username("ada"), password: .plain("countess"), from: "192.0.2.1")

            #expect(signedIn.user.username == "ada")
        }
    }

    @Test func `when an account is being guessed, then others sign in`() async throws {
        try await Self.withUsers { workspace in
            async let guesses = Self.outcomes(of: 100, over: [workspace.signIn])
            let signedIn = try await workspace.signIn.signIn(
                .username("bob"), password: .plain("builder"), from: "198.51.100.1")

            #expect(signedIn.user.username == "bob")
            #expect(await guesses.count { $0 == .invalidCredentials } == 10)
        }
    }

    @Test func `when passwords are right, then nothing counts against the address or the account`() async throws {
        try await Self.withUsers { workspace in
            for _ in 0..<60 {
                _ = try await workspace.signIn.signIn(.username("ada"), password: .plain("countess"), from: "192.0.2.1")
            }
            for _ in 0..<15 {
                await #expect(throws: WorkspaceError.userNotActivated) {
                    try await workspace.signIn.signIn(
                        .username("gone"), password: .plain("countess"), from: "192.0.2.1")
                }
            }
        }
    }

    @Test func `when a clock was ahead at the failures, then they do not block after its correction`() async throws {
        try await Self.withUsers { workspace in
            workspace.clock.advance(by: .seconds(86_400))
            let wrong = await Self.outcomes(of: 10, over: [workspace.signIn])
            workspace.clock.advance(by: .seconds(-86_400))

            let signedIn = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")
            workspace.clock.advance(by: .seconds(86_400))
            let later = await Self.outcomes(of: 1, over: [workspace.signIn], password: "countess")

            #expect(wrong.count { $0 == .invalidCredentials } == 10)
            #expect(signedIn == [nil])
            #expect(later == [nil])
        }
    }

    @Test func `when a name has any length or characters, then it is as unknown as any other`() async throws {
        try await Self.withUsers { workspace in
            let names = [String(repeating: "e\u{301}\u{302}\u{303}", count: 100_000), "a\u{0}b", "\u{0}", ""]
            for name in names {
                for login in [SignInService.LoginName.username(name), .email(name), .id(name)] {
                    await #expect(throws: WorkspaceError.invalidCredentials) {
                        try await workspace.signIn.signIn(login, password: .plain("x"), from: "192.0.2.1")
                    }
                }
            }
        }
    }
}
