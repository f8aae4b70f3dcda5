import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given an import that makes and changes things", .onEveryStore)
struct ProvenanceTests {
    private static let users = [#"{"id":"U1","name":"ann","profile":{"email":"ann@example.com"}}"#]

    private static func export(topic: String, members: String = #""U1""#, text: String) -> SlackExport {
        SlackExport(
            users: users,
            channels: [
                #"{"id":"C1","name":"plans","creator":"U1","members":[\#(members)],"topic":{"value":"\#(topic)"}}"#
            ],
            messages: ["plans": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"\#(text)"}"#]])
    }

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportNumber {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try #require(try await workspace.importFile().number)
    }

    /// How many rows of a table an import created.
    private static func count(_ table: String, by number: ImportNumber?, _ workspace: TestWorkspace) async throws
        -> Int
    {
        try await workspace.files.database.read { connection in
            let rows = try connection.rows("SELECT import_number FROM \(name: table)") { $0.optionalInteger(0) }
            return rows.filter { $0 == number?.rawValue }.count
        }
    }

    @Test func `when it has ended, then all that it made carries its number, and nothing else does`() async throws {
        try await TestWorkspace.with { workspace in
            let number = try await Self.importing(Self.export(topic: "old", text: "hello"), workspace)

            // The administrator, the bot and the general room existed before.
            #expect(try await Self.count("users", by: number, workspace) == 1)
            #expect(try await Self.count("users", by: nil, workspace) == 2)
            #expect(try await Self.count("rooms", by: number, workspace) == 1)
            #expect(try await Self.count("rooms", by: nil, workspace) == 1)
            #expect(try await Self.count("subscriptions", by: number, workspace) == 1)
            #expect(try await Self.count("messages", by: number, workspace) == 1)
            #expect(try await Self.count("user_import_ids", by: number, workspace) == 1)
            #expect(try await workspace.changes(by: number).isEmpty)
        }
    }

    @Test func `when a later one changes a room, then the values before and after are kept`() async throws {
        try await TestWorkspace.with { workspace in
            let first = try await Self.importing(Self.export(topic: "old", text: "hello"), workspace)
            let second = try await Self.importing(Self.export(topic: "new", text: "hello"), workspace)
            let room = try await workspace.store.read { try $0.rooms.find(nameKey: "plans") }

            #expect(first != second)
            #expect(try await Self.count("rooms", by: second, workspace) == 0)
            #expect(
                try await workspace.changes(by: second) == [
                    ImportChange(.room(try #require(room?.id)), field: "topic", before: "old", after: "new")
                ])
        }
    }

    @Test func `when it changes a field twice, then the value before the first change stays`() async throws {
        try await TestWorkspace.with { workspace in
            let number = ImportNumber(7)
            let room = ImportChange.Subject.room(RoomID("r"))
            try await workspace.store.write { transaction in
                for (before, after) in [("a", "b"), ("b", "c")] {
                    try transaction.importChanges.record(
                        [ImportChange(room, field: "topic", before: before, after: after)], by: number)
                }
            }

            #expect(
                try await workspace.changes(by: number) == [
                    ImportChange(room, field: "topic", before: "a", after: "c")
                ])
        }
    }
}

extension TestWorkspace {
    fileprivate func changes(by number: ImportNumber) async throws -> [ImportChange] {
        var changes: [ImportChange] = []
        // Page by page, one change each.
        while let next = try await store.read({ [last = changes.last] transaction in
            try transaction.importChanges.changes(by: number, after: last, limit: 1).first
        }) {
            changes.append(next)
        }
        return changes
    }
}
