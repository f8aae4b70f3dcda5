import Foundation
import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import SQLiteDriver
import Testing

@Suite("Given a database that is not a workspace")
struct ForeignDatabaseTests {
    @Test(arguments: StoreKind.allCases, ["", "CREATE TABLE migrations (id integer, batch integer);"])
    func `when it holds tables of another program, then it is rejected and left alone`(
        kind: StoreKind, script: String
    ) async throws {
        let files = try await TestStore.open(kind, clock: TestClock())
        try await files.database.write { try $0.run(script: "DROP TABLE migrations; \(script)") }
        let before = try await files.database.read { try $0.tableNames() }

        await #expect {
            try await WorkspaceStore.open(files.database, clock: TestClock())
        } throws: { error in
            guard case StoreError.incompatible(let message) = error else { return false }
            return message.contains("tables of another program")
        }

        #expect(try await files.database.read { try $0.tableNames() } == before)
        try await files.remove()
    }

    @Test func `when it is an empty file, then it is rejected`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString).sqlite").path
        try Data().write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // The test may have failed before.

        #expect(throws: SQLError.self) { try SQLiteDatabase(path: path) }
        #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    }
}
