import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices

/// The eight notes of the reference page of `import.addUsers`, one test each.
@Suite("Given the notes on import.addUsers", .onEveryStore)
struct AddUsersNotesTests {
    @Test(arguments: [
        (StagedUser("bob", emails: []), "emails"), (StagedUser("bob", emails: [""]), "emails"),
        (StagedUser("bob", importIDs: []), "importIds"), (StagedUser("bob", importIDs: ["", ""]), "importIds"),
    ])
    func `1. when a user lacks an address or an import id, then the call fails and no user is added`(
        incomplete: StagedUser, field: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.engine.operations.create(by: UserID("nobody"))

            await #expect(throws: ImportError.missingUserData(index: 1, field: field)) {
                try await workspace.add([StagedUser("ada"), incomplete])
            }

            let operation = try await workspace.current()
            #expect(operation.phase == .created)
            #expect(operation.counts.isEmpty)
        }
    }

    @Test func `2. when addresses and usernames look odd, then they are taken as they are`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("odd name!", emails: ["not an address"])])

            let user = try #require(try await workspace.user("odd name!"))
            #expect(user.emails.map(\.address) == ["not an address"])
        }
    }

    @Test func `2. when an address or username is not unique, then that user is not created`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.importing([
                StagedUser("ada"), StagedUser("ADA", importIDs: ["x"], emails: ["other@example.com"]),
                StagedUser("eve", emails: ["Ada@Example.com"]),
            ])

            #expect(operation.totalCounts == ImportCounts(total: 3, completed: 1, error: 2))
        }
    }

    @Test func `3. when a role is not one of the workspace, then the call fails and no user is added`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.engine.operations.create(by: UserID("nobody"))

            await #expect(throws: ImportError.invalidRole(index: 1, role: "wizard")) {
                try await workspace.add([StagedUser("ada"), StagedUser("bob", roles: ["bot", "wizard"])])
            }

            #expect(try await workspace.current().phase == .created)
        }
    }

    @Test func `4. when users are added, then they get the default roles besides their own`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.settings.set(.text("user, guest"), of: Settings.defaultRoles.id)

            try await workspace.importing([StagedUser("ada", roles: ["bot", "user"]), StagedUser("bob")])

            #expect(try await workspace.user("ada")?.roles == ["bot", "user", "guest"])
            #expect(try await workspace.user("bob")?.roles == ["user", "guest"])
        }
    }

    @Test func `5. when no password is added, then the account has a random one`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada"), StagedUser("bob")])

            let hashes = [try await workspace.user("ada")?.passwordHash, try await workspace.user("bob")?.passwordHash]
            #expect(hashes.allSatisfy { $0?.hasPrefix("$2b$") == true })
            #expect(hashes[0] != hashes[1])
        }
    }

    @Test func `6. when a user is flagged as deleted, then the account is deactivated`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada", password: "secret", deleted: true)])

            #expect(try await workspace.user("ada")?.isActive == false)
            await #expect(throws: WorkspaceError.userNotActivated) {
                try await workspace.signIn.signIn(.username("ada"), password: .plain("secret"), from: "local")
            }
        }
    }

    @Test func `7. when a user has an avatar address, then it waits to be fetched`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada", more: [#""avatarUrl": "http://127.0.0.1:9/a.png""#])])

            #expect(try await workspace.user("ada")?.pendingAvatarURL == "http://127.0.0.1:9/a.png")
        }
    }

    @Test func `8. when a user has import ids, then the account is found by each but has an id of its own`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada", importIDs: ["1523", "hr-7"])])

            let caller = try await workspace.administrator()
            let first = try await workspace.accounts.account(.importID(ImportID("1523")), for: caller)
            let second = try await workspace.accounts.account(.importID(ImportID("hr-7")), for: caller)
            #expect(first == second)
            #expect(first.username == "ada")
            #expect(first.id.rawValue != "1523")
        }
    }
}
