import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given an import that ends in the middle of its messages", .onEveryStore, .timeLimit(.minutes(10)))
struct ClearedImportTests {
    /// A thread of 2,500 messages: three packs.
    private static let export = SlackExport(
        messages: [
            "plan": (0..<2_500).map { index in
                let thread = index == 0 ? "" : #","thread_ts":"1704456000.000000""#
                return #"{"type":"message","user":"U1","ts":"\#(1_704_456_000 + index).000000","text":"m"\#(thread)}"#
            }
        ])

    /// The totals of the room and its thread, and the number of messages.
    private static func counts(
        _ workspace: TestWorkspace
    ) async throws -> (said: Int, replies: Int, total: Int, hasLatest: Bool) {
        try await workspace.store.read { transaction in
            let ids = try transaction.rooms.rooms(withImportIDs: [ImportID("C1")])
            let id = try #require(ids[ImportID("C1")])
            let room = try #require(try transaction.rooms.find(id: id))
            let root = try transaction.messages.list(
                MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 1
            ).first
            return (
                room.messageCount, root?.replyCount ?? 0,
                try transaction.messages.count(MessageFilter(roomID: room.id)),
                room.lastMessageID != nil
            )
        }
    }

    @Test(arguments: [true, false])
    func `when it is cleared, or another one begins, then the counts of rooms and threads become right`(
        isCleared: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.export.bytes, named: "export.zip", importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let worker = workspace.worker()
            while try await (workspace.current().counts[.message]?.completed ?? 0) == 0 { _ = try await worker.step() }
            if isCleared {
                try await workspace.engine.operations.clear()
            } else {
                try await workspace.engine.operations.create(by: UserID("nobody"))
            }
            try await workspace.finish()
            let cut = try await Self.counts(workspace)
            try await workspace.read(Self.export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()
            let whole = try await Self.counts(workspace)

            #expect(cut.total > 0 && cut.total < 2_500)
            #expect(cut.said == cut.total)
            #expect(cut.replies == cut.total - 1)
            #expect(cut.hasLatest)
            #expect(done.totalCounts.error == 0)
            #expect(whole.said == 2_500 && whole.total == 2_500 && whole.replies == 2_499)
        }
    }
}
