import ImportDomain
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given somebody who guesses passwords", .onEveryStore)
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

    /// What `count` sign-ins at the same time end with, spread over services that share nothing but the database.
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

    @Test func `when a clock was ahead at the failures, then they block nobody after it was put right`() async throws {
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
