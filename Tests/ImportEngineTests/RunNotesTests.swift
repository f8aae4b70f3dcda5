import ImportDomain
import ImportFixtures
import Testing

/// The three notes of the reference page of `import.run`, one test each.
@Suite("Given the notes on import.run", .onEveryStore)
struct RunNotesTests {
    @Test func `1. when a user cannot be imported, then it is flagged and the others are imported`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.importing([
                StagedUser("ada"), StagedUser("odd", type: "wizard"), StagedUser("bob"),
            ])

            #expect(operation.phase == .ended(.done))
            #expect(operation.totalCounts == ImportCounts(total: 3, completed: 2, error: 1))
            let failure = try #require(try await workspace.failures().first?.failure)
            #expect(failure.code == .userInvalidType)
            #expect(failure.field == "type")
            #expect(try await workspace.user("bob") != nil)
        }
    }

    @Test func `2. when an address or username is in use already, then the user is not created`() async throws {
        try await TestWorkspace.with { workspace in
            let admin = try #require(try await workspace.user("admin"))

            try await workspace.importing([
                StagedUser("eve", emails: ["ADMIN@example.com"]), StagedUser("Admin", emails: ["x@example.com"]),
            ])

            let failures = try await workspace.failures().map(\.failure)
            #expect(failures.map(\.code) == [.userEmailTaken, .userUsernameTaken])
            #expect(failures.map(\.field) == ["emails", "username"])
            #expect(failures.map(\.clashesWith) == [admin.id.rawValue, admin.id.rawValue])
            #expect(try await workspace.user("eve") == nil)
        }
    }

    @Test func `3. when the run has ended, then only the imported users have left the staging area`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.importing([
                StagedUser("ada"), StagedUser("ada", importIDs: ["again"], password: "secret"), StagedUser("bob"),
            ])

            #expect(try await workspace.store.read { try $0.staging.recordCount(of: operation.id) } == 1)
            let record = try #require(try await workspace.failures().first)
            #expect(record.failure.code == .userDuplicateInBatch)
            #expect(record.document.contains("again"))
            #expect(!record.document.contains("secret"))
        }
    }
}
