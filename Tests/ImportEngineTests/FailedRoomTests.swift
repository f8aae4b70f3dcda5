import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given a room whose record cannot be imported", .onEveryStore, .timeLimit(.minutes(10)))
struct FailedRoomTests {
    private static let secret = #"{"type":"message","user":"U1","ts":"1706800000.000100","text":"cleo is leaving"}"#
    private static let open = #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"open talk"}"#
    private static let room = #"{"id":"C1","name":"plans","creator":"U1","members":["U1"]}"#

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    private static func texts(_ workspace: TestWorkspace) async throws -> [String] {
        try await workspace.store.read { transaction in
            guard let room = try transaction.rooms.find(nameKey: "plans") else { return [] }
            return try transaction.messages.list(
                MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 100
            ).map(\.text)
        }
    }

    @Test func `when a public channel was made private between two exports, then new messages fail with their room`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(
                SlackExport(channels: [Self.room], messages: ["plans": [Self.open]]), workspace)
            let done = try await Self.importing(
                SlackExport(channels: [], groups: [Self.room], messages: ["plans": [Self.open, Self.secret]]),
                workspace)

            #expect(try await Self.texts(workspace) == ["open talk"])
            let failures = try await workspace.failures()
            #expect(failures.map(\.failure.code) == [.roomKindMismatch, .messageUnknownRoom, .messageUnknownRoom])
            #expect(failures.last?.document.contains("cleo is leaving") == true)
            #expect(done.totalCounts.error == 3)
            #expect(done.totalCounts.pending == 0)
        }
    }

    /// The first batch of rooms has a public room, a later record makes it private, perhaps under another id.
    @Test(arguments: [["C1"], ["C1", "C2"], ["C2", "C1"]])
    func `when it comes through the API, then messages under any of its ids fail`(ids: [String]) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing([StagedUser("ann", importIDs: ["U1"])])
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            let open = #"{"t":"c","name":"plans","importIds":["C1"],"u":{"_id":"U1"},"users":["U1"]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(open)]}"#), format: .json)
            try await workspace.runToTheEnd()

            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
            let closed = #"{"t":"p","name":"plans","importIds":[\#(list)],"u":{"_id":"U1"},"users":["U1"]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(closed)]}"#), format: .json)
            let messages = ["C1", "C2"].map {
                #"{"_id":"m\#($0)","rid":"\#($0)","u":{"_id":"U1"},"ts":1704456000000,"msg":"private"}"#
            }.joined(separator: ",")
            try await workspace.engine.staging.addMessages(from: Chunks(#"{"messages":[\#(messages)]}"#), format: .json)
            try await workspace.runToTheEnd()

            #expect(try await Self.texts(workspace) == [])
            #expect(try await workspace.failures().map(\.failure.code).filter { $0 == .messageUnknownRoom }.count == 2)
        }
    }

    @Test func `when another operation imports into the room that is there, then its messages arrive`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(
                SlackExport(channels: [Self.room], messages: ["plans": [Self.open]]), workspace)
            _ = try await Self.importing(
                SlackExport(channels: [], groups: [Self.room], messages: ["plans": [Self.secret]]), workspace)
            let again = try await Self.importing(
                SlackExport(channels: [Self.room], messages: ["plans": [Self.open]]), workspace)

            #expect(again.totalCounts.unchanged == again.totalCounts.total)
        }
    }
}
