import ImportDomain
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given a workspace that starts", .onEveryStore)
struct BootstrapTests {
    @Test func `when an administrator is there, then nothing is made`() async throws {
        try await TestWorkspace.with { workspace in
            let outcome = try await Bootstrap(workspace.environment).run(administrator: .init(password: "other"))

            #expect(outcome == .complete)
            #expect(try await workspace.store.read { try $0.users.count() } == 2)
        }
    }

    @Test func `when no active administrator is left, then one is made with a password that is printed once`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.store.write { transaction in
                guard var admin = try transaction.users.find(usernameKey: "admin") else { return }
                admin.isActive = false
                try transaction.users.update(admin)
            }

            let outcome = try await Bootstrap(workspace.environment).run(
                administrator: .init(username: "root", email: "root@example.com"))

            guard case .administratorCreatedWithPassword("root", let password) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            _ = try await workspace.signIn.signIn(.username("root"), password: .plain(password), from: "local")
        }
    }

    @Test func `when permissions were changed, then a restart leaves them as they are`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.roles.update([("run-import", ["admin", "bot"])])

            _ = try await Bootstrap(workspace.environment).run(administrator: .init())

            let permission = try await workspace.roles.permissions().first { $0.id == "run-import" }
            #expect(permission?.roles == ["admin", "bot"])
        }
    }
}
