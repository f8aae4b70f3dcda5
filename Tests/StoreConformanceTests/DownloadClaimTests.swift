import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import SQLStore

@Suite("Given a queue of downloads")
struct DownloadClaimTests {
    /// Queues files of a host.
    private static func enqueue(_ count: Int, of host: String, in workspace: TestWorkspace) async throws {
        try await workspace.store.write { transaction in
            let room = Room(id: RoomID(host), kind: .channel, name: host, createdAt: workspace.clock.now())
            try transaction.rooms.insert([room], by: nil)
            for number in 0..<count {
                let message = Message(
                    id: MessageID("\(host)-\(number)"), roomID: room.id, authorID: UserID("a"),
                    writtenAt: workspace.clock.now(), sequence: Int64(number), text: "")
                let file = FileReference(
                    id: "\(host)-\(number)", name: "f", source: "slack",
                    location: .remote(url: "https://\(host)/\(number)"))
                try transaction.messages.insert([message])
                try transaction.downloads.enqueue([WantedFile(file, in: message)], by: nil)
            }
            try transaction.downloads.enqueueFiles()
        }
    }

    private static func claim(
        _ limit: Int, running: [String: Int] = [:], in workspace: TestWorkspace
    ) async throws -> [String] {
        try await workspace.store.write {
            try $0.downloads.claim(
                by: WorkerID("test"), for: .seconds(60), limit: limit, perHost: 2, running: running)
        }.map { String($0.download.host.prefix { $0 != ":" }) }
    }

    @Test(.onEveryStore)
    func `when the host of most of it is busy, then the other hosts have their turn`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.enqueue(200, of: "slow.test", in: workspace)
            for host in ["a.test", "z.test"] { try await Self.enqueue(3, of: host, in: workspace) }

            let first = try await Self.claim(8, in: workspace)
            let second = try await Self.claim(
                8, running: ["slow.test": 2, "a.test": 2, "z.test": 1], in: workspace)
            let third = try await Self.claim(8, running: ["slow.test": 2], in: workspace)

            #expect(first.sorted() == ["a.test", "a.test", "slow.test", "slow.test", "z.test", "z.test"])
            #expect(second == ["z.test"])
            #expect(third == ["a.test"])
        }
    }

    @Test func `when the queue of a busy host grows, then a claim looks at no more of it`() async throws {
        let store = try await TestStore.open(.postgresql, clock: TestClock())
        var visits: [Int64] = []
        for size in [500, 2_000] {
            visits.append(
                try await store.database.write { connection in
                    try connection.run(script: "DELETE FROM downloads")
                    for number in 0..<size {
                        try connection.execute(
                            """
                            INSERT INTO downloads (kind, subject, url, host, name, state, attempts, due_at)
                            VALUES ('file', \("s\(number)"), 'https://slow.test/', 'slow.test', 'f', 'queued', 0, 0)
                            """)
                    }
                    func visited() throws -> Int64 {
                        try connection.integer(
                            """
                            SELECT (seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables
                            WHERE schemaname = current_schema() AND relname = 'downloads'
                            """)
                    }
                    let before = try visited()
                    let claimed = try DownloadTables(
                        connection: connection, clock: TestClock(), changes: WorkspaceChanges(connection: connection)
                    ).claim(
                        by: WorkerID("test"), for: .seconds(60), limit: 4, perHost: 2, running: ["slow.test": 2])
                    #expect(claimed.isEmpty)
                    return try visited() - before
                })
        }

        #expect(visits[0] > 0)
        #expect(visits[1] <= 2 * visits[0])
        try await store.remove()
    }
}
