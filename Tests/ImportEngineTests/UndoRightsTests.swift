import ImportDomain
import ImportFixtures
import Testing
import WorkspaceServices

@testable import ImportEngine

@Suite("Given an undo after which few could administer the workspace", .onEveryStore, .timeLimit(.minutes(5)))
struct UndoRightsTests {
    private static let update = ImportPolicies(users: .update)

    private static func give(_ roles: [String], to username: String, in workspace: TestWorkspace) async throws {
        let caller = try await workspace.administrator()
        let user = try #require(try await workspace.user(username))
        var values = AccountValues()
        values.roles = roles
        _ = try await workspace.accounts.update(user.id, with: values, by: caller)
    }

    /// An import activates `boss`, who becomes the only administrator afterwards.
    private static func activateBoss(_ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.importing([StagedUser("boss", password: "secret", deleted: true)])
        let activation = try await workspace.importing(
            [StagedUser("boss", more: [#""deleted": false"#, #""bio": "new""#])], policies: update)
        try await give(["admin", "user"], to: "boss", in: workspace)
        return activation
    }

    @Test(arguments: [false, true])
    func `when it would deactivate an administrator, then only if another one is left`(hasOther: Bool) async throws {
        try await TestWorkspace.with { workspace in
            let activation = try await Self.activateBoss(workspace)
            let admin = try #require(try await workspace.user("admin"))
            if !hasOther { _ = try await workspace.accounts.setActive(false, of: admin.id) }

            let report = try await UndoTests.undo(activation, in: workspace)

            let boss = try #require(try await workspace.user("boss"))
            #expect(boss.isActive != hasOther)
            #expect(boss.bio == nil)
            #expect(report.counts.restored == [.user: 1])
            #expect(report.counts.kept == (hasOther ? [:] : [.user: [.lastAdministrator: 1]]))
        }
    }

    @Test(arguments: [false, true])
    func `when it would remove who can change permissions, then only if another one is left`(
        hasOther: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("boss", password: "secret", roles: ["livechat-manager"]), StagedUser("bob"),
            ])
            if hasOther { try await Self.give(["admin", "livechat-manager"], to: "admin", in: workspace) }
            _ = try await workspace.roles.update([("access-permissions", ["livechat-manager"])])

            let report = try await UndoTests.undo(nil, in: workspace)

            #expect((try await workspace.user("boss") == nil) == hasOther)
            #expect(try await workspace.user("bob") == nil)
            #expect(report.counts.kept == (hasOther ? [:] : [.user: [.lastPermissionHolder: 1]]))
        }
    }

    @Test(arguments: [false, true])
    func `when it would restore roles that cannot change permissions, then only if another account can`(
        hasOther: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("ann", password: "secret", roles: ["livechat-manager"]),
                StagedUser("bob", password: "secret", roles: ["livechat-manager"]),
            ])
            let later = try await workspace.importing(
                [StagedUser("ann", roles: ["livechat-agent"]), StagedUser("bob", roles: ["livechat-agent"])],
                policies: Self.update)
            if hasOther { try await Self.give(["admin", "livechat-agent"], to: "admin", in: workspace) }
            _ = try await workspace.roles.update([("access-permissions", ["livechat-agent"])])

            let report = try await UndoTests.undo(later, in: workspace)

            for username in ["ann", "bob"] {
                let roles = try await workspace.user(username)?.roles
                #expect(roles?.contains("livechat-agent") == !hasOther)
                #expect(roles?.contains("livechat-manager") == hasOther)
            }
            #expect(report.counts.kept == (hasOther ? [:] : [.user: [.lastPermissionHolder: 2]]))
        }
    }

    @Test func `when another account gets its rights back by the undo, then nobody keeps anything`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("ann", password: "secret", roles: ["livechat-manager"]),
                StagedUser("bob", password: "secret", roles: ["livechat-agent"]),
            ])
            let later = try await workspace.importing(
                [StagedUser("ann", roles: ["livechat-agent"]), StagedUser("bob", roles: ["livechat-manager"])],
                policies: Self.update)
            _ = try await workspace.roles.update([("access-permissions", ["livechat-manager"])])

            let report = try await UndoTests.undo(later, in: workspace)

            #expect(try await workspace.user("ann")?.roles.contains("livechat-manager") == true)
            #expect(try await workspace.user("bob")?.roles.contains("livechat-manager") == false)
            #expect(report.counts.kept.isEmpty)
        }
    }
}
