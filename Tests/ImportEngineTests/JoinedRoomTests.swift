import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given a room of the workspace that has the name of one in a source", .onEveryStore, .timeLimit(.minutes(10)))
struct JoinedRoomTests {
    @Test(arguments: [(RoomKind.privateGroup, 1), (.channel, 0)])
    func `when the source's room joins it, then a private room has a warning, once`(
        kind: RoomKind, warnings: Int
    ) async throws {
        try await TestWorkspace.with { workspace in
            let room = Room(id: RoomID("there"), kind: kind, name: "board", createdAt: workspace.clock.now())
            try await workspace.store.write { try $0.rooms.insert([room], by: nil) }
            let list = #"{"id":"G1","name":"board","creator":"U1","members":["U1"]}"#
            let export = SlackExport(
                channels: kind == .channel ? [list] : [], groups: kind == .channel ? [] : [list],
                messages: ["board": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"secret"}"#]])
            func joined() async throws -> [ImportFinding] {
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                _ = try await workspace.importFile()
                return try await workspace.engine.findings(offset: 0, limit: 100, bytes: .max).findings
                    .filter { $0.code == .roomJoinedByName }
            }

            let first = try await joined()
            let second = try await joined()

            #expect(first.count == warnings)
            #expect(first.allSatisfy { $0.severity == .warning && $0.value == "board" })
            #expect(second.isEmpty)
        }
    }
}
