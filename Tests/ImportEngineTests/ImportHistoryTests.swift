import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import Testing
import WorkspaceServices

@testable import SQLStore

@Suite("Given a history of imports", .onEveryStore)
struct ImportHistoryTests {
    /// A user, one without an id, a room and a message.
    private static let export = SlackExport(
        users: [#"{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}"#, #"{"name":"broken"}"#],
        messages: ["plan": [#"{"type":"message","user":"U1","ts":"1704456000.000000","text":"m"}"#]])

    /// An import of a file, with findings.
    private static func importSlack(_ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(Self.export.bytes, named: "=export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    /// An import of three users, one of whom fails.
    private static func importPeople(_ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.importing([
            StagedUser("ada"), StagedUser("bob", emails: ["ada@example.com"]), StagedUser("eve"),
        ])
    }

    @Test func `when a file is received, then its size and SHA-256 stay, also after the import is cleared`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            // More than one chunk, so that one is hashed while the next arrives.
            let upload = try await workspace.engine.importFiles.beginUpload()
            for _ in 0..<4 { try await upload.write([UInt8](repeating: 65, count: 250_000)) }
            try await workspace.engine.importFiles.accept(
                upload, named: "a.zip", contentType: nil, importer: ImporterKey("slack"), by: UserID("nobody"))
            let content = try await workspace.current().file?.content
            try await workspace.engine.operations.clear()
            let cleared = try await workspace.engine.history.report(of: nil).entry.operation

            #expect(
                content
                    == ReceivedContent(
                        sizeBytes: 1_000_000,
                        sha256: "e23c0cda5bcdecddec446b54439995c7260c8cdcf2953eec9f5cdb6948e5898d"))
            #expect(cleared.file?.content == content)
            #expect(cleared.file?.name == "a.zip")
            #expect(cleared.endedAt != nil)
        }
    }

    @Test func `when an import ends, then the time of its end stays, whatever changes later`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            let staged = try await workspace.current()
            try await workspace.runToTheEnd()
            let ended = try await workspace.current()
            workspace.clock.advance(by: .seconds(60))
            try await workspace.engine.operations.clear()
            let cleared = try await workspace.current()

            #expect(staged.endedAt == nil)
            #expect(ended.endedAt == ended.updatedAt)
            #expect(cleared.endedAt == ended.endedAt)
        }
    }

    @Test func `when records failed, then the report counts their reasons, also after they are cleared`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await Self.importPeople(workspace)
            let before = try await workspace.engine.history.report(of: operation.id)
            try await workspace.engine.operations.clear()
            let cleared = try await workspace.engine.history.report(of: operation.id)
            _ = try await workspace.importing([StagedUser("joe")])
            let superseded = try await workspace.engine.history.report(of: operation.id)

            #expect(before.failures == [FailureGroup(type: .user, code: .userDuplicateInBatch, count: 1)])
            #expect(cleared.failures == before.failures)
            #expect(superseded.failures == before.failures)
            let counts = superseded.entry.operation.totalCounts
            #expect(counts.error == superseded.failures.reduce(0) { $0 + $1.count })
            #expect(counts.total == counts.created + counts.updated + counts.unchanged + counts.skipped + counts.error)
            #expect(try await workspace.failures().isEmpty)
        }
    }

    @Test func `when another import begins, then the findings of the earlier one can still be read`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await Self.importSlack(workspace)
            let before = try await workspace.engine.history.report(of: nil).findings
            _ = try await workspace.importing([StagedUser("joe")])
            let page = try await workspace.engine.history.findings(of: operation.id, offset: 0, limit: 100)
            let report = try await workspace.engine.history.report(of: operation.id)

            #expect(report.findings.map(\.count) == before.map(\.count))
            #expect(report.findings.map(\.count) == page.counts)
            #expect(report.findings.allSatisfy { $0.examples.count == min(3, $0.count.findings) })
            await #expect(throws: ImportError.self) {
                try await workspace.engine.history.report(of: OperationID("none"))
            }
        }
    }

    @Test func `when it is listed, then each operation has its accounts, newest first`() async throws {
        try await TestWorkspace.with { workspace in
            let admin = try await workspace.administrator()
            let first = try await Self.importPeople(workspace)
            let second = try await workspace.engine.operations.create(by: admin.user.id)

            let all = try await workspace.engine.history.list(offset: 0, limit: 10)
            let page = try await workspace.engine.history.list(offset: 1, limit: 1)

            #expect(all.total == 2)
            #expect(all.entries.map(\.operation.id) == [second.id, first.id])
            #expect(all.entries.map { $0.people.creator.username } == ["admin", nil])
            #expect(page.entries.map(\.operation.id) == [first.id])
        }
    }

    /// The rows of an operation in every table that names operations.
    private static func rows(of operation: ImportOperation, in workspace: TestWorkspace) async throws -> [String: Int] {
        let number = try #require(operation.number?.rawValue)
        return try await workspace.files.database.read { connection in
            var rows: [String: Int] = [:]
            for table in WorkspaceTable.all {
                for (column, value) in [
                    ("operation_id", SQLValue.text(operation.id.rawValue)), ("import_number", .integer(number)),
                ] where table.columns.contains(column) {
                    let query: SQLQuery =
                        "SELECT count(*) FROM \(name: table.name) WHERE \(name: column) = \(value)"
                    let count = Int(try connection.integer(query))
                    if count > 0 { rows[table.name] = count }
                }
            }
            rows["import_operations"] = Int(
                try connection.integer("SELECT count(*) FROM import_operations WHERE id = \(operation.id.rawValue)"))
            return rows
        }
    }

    /// Tables whose rows keep the number of a deleted import: what it imported.
    private static let provenance: Set<String> = [
        "users", "user_import_ids", "rooms", "room_import_ids", "subscriptions", "messages", "import_operations",
    ]

    @Test func `when an ended import is deleted, then nothing but what it imported is left`() async throws {
        try await TestWorkspace.with { workspace in
            let earlier = try await workspace.importing([StagedUser("joe")])
            let operation = try await Self.importSlack(workspace)
            let file = try FileKey(.imports, id: try #require(operation.file).id.rawValue)
            let before = try await Self.rows(of: operation, in: workspace)
            try await workspace.engine.history.delete(operation.id)
            let after = try await Self.rows(of: operation, in: workspace)

            #expect(before["import_findings"] != nil)
            #expect(after["import_operations"] == 0)
            #expect(Set(after.keys).subtracting(Self.provenance) == [])
            #expect(after["users"] == before["users"])
            #expect(try await workspace.current().id == earlier.id)
            await #expect(throws: FileStoreError.self) { try await workspace.environment.files.size(of: file) }
            await #expect(throws: ImportError.self) { try await workspace.engine.history.delete(operation.id) }
            let next = try await workspace.importing([StagedUser("new")])
            #expect((next.number?.rawValue ?? 0) > (operation.number?.rawValue ?? 0))
        }
    }

    @Test func `when the only import is deleted, then there is none`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await Self.importPeople(workspace)
            try await workspace.engine.history.delete(operation.id)

            #expect(try await workspace.engine.operations.current() == nil)
            #expect(try await workspace.engine.history.list(offset: 0, limit: 10).total == 0)
        }
    }

    @Test func `when an import has not ended, then it cannot be deleted`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage([StagedUser("ada")])
            await #expect(throws: ImportError.self) { try await workspace.engine.history.delete(operation.id) }
            try await workspace.engine.operations.run(by: UserID("nobody"))
            await #expect(throws: ImportError.self) { try await workspace.engine.history.delete(operation.id) }
            try await workspace.finish()
            try await workspace.engine.history.delete(operation.id)
        }
    }

    @Test func `when the process ends after the first transaction, then an idle worker removes the rest`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let operation = try await Self.importSlack(workspace)
            let now = workspace.clock.now()
            try await workspace.store.write { transaction in
                var deleted = try #require(try transaction.operations.find(id: operation.id))
                try deleted.apply(.delete, at: now)
                try transaction.operations.update(deleted)
                try transaction.operations.hide(operation.id)
            }
            let visible = try await workspace.engine.operations.current()
            while try await workspace.worker().step() {}

            #expect(visible == nil)
            let rows = try await Self.rows(of: operation, in: workspace)
            #expect(Set(rows.keys).subtracting(Self.provenance) == [])
            #expect(rows["import_operations"] == 0)
        }
    }
}
