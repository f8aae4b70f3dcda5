import ImportDomain
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given a workspace in which few may change permissions", .onEveryStore)
struct AdministrationTests {
    /// Runs a test in which the accounts `chief` and `deputy` hold `livechat-manager`, and nobody else may change
    /// permissions.
    private static func withHolders(
        _ test: @Sendable @escaping (TestWorkspace, Caller, UserID) async throws -> Void
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("chief", password: "secret", roles: ["livechat-manager"]),
                StagedUser("deputy", password: "secret", deleted: true, roles: ["livechat-manager"]),
            ])
            let administrator = try await workspace.administrator()
            _ = try await workspace.roles.update([("access-permissions", ["livechat-manager"])])
            let chief = try #require(try await workspace.user("chief"))
            try await test(workspace, administrator, chief.id)
        }
    }

    private static func canChangePermissions(_ workspace: TestWorkspace) async throws -> Bool {
        try await workspace.store.read { transaction in
            try transaction.users.hasActiveHolder(ofAnyOf: try transaction.roles.roles(holding: .accessPermissions))
        }
    }

    // Nobody has the role `app`, and nobody signs in as the bot, the only account with `bot`.
    @Test(arguments: [[], ["app"], ["bot"], ["owner", "anonymous"]])
    func `when permissions would be left to nobody, then they stay`(roles: [String]) async throws {
        try await TestWorkspace.with { workspace in
            await #expect(throws: WorkspaceError.lastPermissionHolder) {
                _ = try await workspace.roles.update([("run-import", []), ("access-permissions", roles)])
            }

            let permissions = try await workspace.roles.permissions()
            #expect(permissions.first { $0.id == "access-permissions" }?.roles == ["admin"])
            #expect(permissions.first { $0.id == "run-import" }?.roles == ["admin"])
        }
    }

    @Test func `when one call takes the permission away and gives it again, then it counts as given`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.roles.update([
                ("access-permissions", []), ("access-permissions", ["admin", "livechat-manager"]),
            ])

            #expect(try await Self.canChangePermissions(workspace))
        }
    }

    @Test func `when the last holder would be deactivated, deleted or lose the role, then nothing changes`()
        async throws
    {
        try await Self.withHolders { workspace, administrator, chief in
            var withoutRole = AccountValues()
            withoutRole.roles = ["user"]
            var inactive = AccountValues()
            inactive.isActive = false
            for values in [withoutRole, inactive] {
                await #expect(throws: WorkspaceError.lastPermissionHolder) {
                    _ = try await workspace.accounts.update(chief, with: values, by: administrator)
                }
            }
            await #expect(throws: WorkspaceError.lastPermissionHolder) {
                _ = try await workspace.accounts.setActive(false, of: chief)
            }
            await #expect(throws: WorkspaceError.lastPermissionHolder) {
                try await workspace.accounts.delete(.id(chief))
            }

            let present = try await workspace.user("chief")
            #expect(present?.roles.contains("livechat-manager") == true)
            let canChangePermissions = try await Self.canChangePermissions(workspace)
            #expect(canChangePermissions)
        }
    }

    @Test(arguments: ["rocket.cat", "locked"])
    func `when the other administrators cannot sign in, then the last one that can keeps its rights`(
        other: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            let administrator = try await workspace.administrator()
            let id = administrator.user.id
            try await workspace.importing([StagedUser("locked", roles: ["user"])])
            var values = AccountValues()
            values.roles = ["admin", "user"]
            let holder = try #require(try await workspace.user(other))
            _ = try await workspace.accounts.update(holder.id, with: values, by: administrator)

            var (withoutRole, inactive, locked) = (AccountValues(), AccountValues(), AccountValues())
            (withoutRole.roles, inactive.isActive, locked.setsRandomPassword) = (["user"], false, true)
            for values in [withoutRole, inactive, locked] {
                await #expect(throws: WorkspaceError.lastAdministrator) {
                    _ = try await workspace.accounts.update(id, with: values, by: administrator)
                }
            }
            await #expect(throws: WorkspaceError.lastAdministrator) {
                _ = try await workspace.accounts.setActive(false, of: id)
            }
            await #expect(throws: WorkspaceError.lastAdministrator) { try await workspace.accounts.delete(.id(id)) }

            let present = try await workspace.user("admin")
            #expect(present?.isActive == true && present?.roles == ["admin", "user"])
            _ = try await workspace.administrator()
        }
    }

    @Test func `when another holder is left, then the first may go`() async throws {
        try await Self.withHolders { workspace, _, chief in
            let deputy = try #require(try await workspace.user("deputy"))
            _ = try await workspace.accounts.setActive(true, of: deputy.id)

            try await workspace.accounts.delete(.id(chief))

            #expect(try await Self.canChangePermissions(workspace))
        }
    }

    @Test func `when somebody loses other rights, then the change is made`() async throws {
        try await Self.withHolders { workspace, administrator, _ in
            try await workspace.importing([StagedUser("plain", roles: ["bot"])])
            let plain = try #require(try await workspace.user("plain"))
            var values = AccountValues()
            values.roles = ["user"]

            let changed = try await workspace.accounts.update(plain.id, with: values, by: administrator)
            _ = try await workspace.accounts.setActive(false, of: plain.id)

            #expect(changed.roles == ["user"])
        }
    }

    @Test func `when two administrators are removed at the same time, then one is left`() async throws {
        try await TestWorkspace.with { workspace in
            let administrator = try await workspace.administrator()
            try await workspace.importing([StagedUser("second", password: "secret", roles: ["admin"])])
            let second = try #require(try await workspace.user("second"))
            var values = AccountValues()
            values.roles = ["user"]
            let withoutRole = values

            for _ in 0..<5 {
                await withTaskGroup(of: Void.self) { group in
                    for id in [administrator.user.id, second.id, administrator.user.id, second.id] {
                        group.addTask {
                            // One of them is rejected.
                            _ = try? await workspace.accounts.update(id, with: withoutRole, by: administrator)
                        }
                    }
                }
                #expect(try await workspace.store.read { try $0.users.hasActiveAdministrator() })
                try await workspace.store.write { transaction in
                    for id in [administrator.user.id, second.id] {
                        guard var user = try transaction.users.find(id: id) else { continue }
                        user.roles = ["admin", "user"]
                        try transaction.users.update(user)
                    }
                }
            }
        }
    }

    @Test func `when nobody can change permissions at a start, then administrators can again`() async throws {
        try await TestWorkspace.with { workspace in
            let now = workspace.clock.now()
            try await workspace.store.write { try $0.roles.grant("access-permissions", to: ["app"], at: now) }

            _ = try await Bootstrap(workspace.environment).run(administrator: .init())

            let permission = try await workspace.roles.permissions().first { $0.id == "access-permissions" }
            #expect(permission?.roles == ["admin", "app"])
        }
    }
}
