import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given a source with a default channel", .onEveryStore, .timeLimit(.minutes(10)))
struct GeneralRoomTests {
    private static func channel(_ id: String, _ name: String, isGeneral: Bool) -> String {
        #"{"id":"\#(id)","name":"\#(name)","creator":"U1","members":["U1"],"is_general":\#(isGeneral)}"#
    }

    private static func message(_ text: String, at second: Int = 0) -> String {
        #"{"type":"message","user":"U1","ts":"170445600\#(second).000100","text":"\#(text)"}"#
    }

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    private static func room(_ importID: String, _ workspace: TestWorkspace) async throws -> Room? {
        try await workspace.store.read { transaction in
            try transaction.rooms.rooms(withImportIDs: [ImportID(importID)])[ImportID(importID)].flatMap {
                try transaction.rooms.find(id: $0)
            }
        }
    }

    private static func findings(_ workspace: TestWorkspace) async throws -> [ImportFinding] {
        try await workspace.engine.history.findings(offset: 0, limit: 100, bytes: .max).findings
            .filter { $0.code == .valueReplaced }
    }

    /// `general` is not the default channel here, and in either place.
    @Test(arguments: [true, false])
    func `when the general room is unused, then it takes the name and a channel called general keeps its own`(
        isFirst: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            let both = [
                Self.channel("C1", "all-harbour", isGeneral: true), Self.channel("C2", "general", isGeneral: false),
            ]
            let export = SlackExport(
                channels: isFirst ? both : both.reversed(),
                messages: ["all-harbour": [Self.message("welcome")], "general": [Self.message("who?")]])
            let first = try await Self.importing(export, workspace)
            let second = try await Self.importing(export, workspace)

            #expect(first.totalCounts.error == 0)
            #expect(second.totalCounts.unchanged == second.totalCounts.total)
            let (general, other) = (try await Self.room("C1", workspace), try await Self.room("C2", workspace))
            #expect(general?.id == .general)
            #expect(general?.name == "all-harbour")
            #expect(general?.messageCount == 1)
            #expect(other?.id != .general)
            #expect(other?.name == "general")
            #expect(other?.messageCount == 1)
        }
    }

    @Test func `when the general room is in use, then the channel is one of its own, with a warning`() async throws {
        try await TestWorkspace.with { workspace in
            let mine = SlackExport(
                channels: [Self.channel("C9", "general", isGeneral: true)], messages: ["general": [Self.message("a")]])
            _ = try await Self.importing(mine, workspace)
            let export = SlackExport(
                channels: [
                    Self.channel("C1", "lobby", isGeneral: true), Self.channel("C2", "general", isGeneral: false),
                ],
                messages: ["lobby": [Self.message("b")], "general": [Self.message("c")]])
            let done = try await Self.importing(export, workspace)

            #expect(done.totalCounts.error == 0)
            #expect(try await Self.room("C1", workspace)?.name == "lobby")
            #expect(try await Self.room("C1", workspace)?.id != .general)
            #expect(try await Self.room("C2", workspace)?.id == .general)
            #expect(try await Self.findings(workspace).contains { $0.severity == .warning && $0.value == "lobby" })
        }
    }

    @Test func `when the API calls a private room the general one, then no other account reads it`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            try await workspace.add([StagedUser("ann", importIDs: ["U1"])])
            let body =
                #"{"channels":[{"_id":"general","t":"p","name":"plans","importIds":["C1"],"u":{"_id":"U1"},"users":[]}]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(body), format: .json)
            try await workspace.runToTheEnd()

            let room = try await Self.room("C1", workspace)
            #expect(room?.kind == .privateGroup)
            #expect(room?.id != .general)
        }
    }
}
