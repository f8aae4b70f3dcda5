import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given records that failed", .onEveryStore)
struct FailedRecordTests {
    /// The digests of passwords of failed records, by import id.
    private static func secrets(in workspace: TestWorkspace) async throws -> [String: String?] {
        try await workspace.files.database.read { connection in
            let rows = try connection.rows("SELECT import_id, secret FROM import_records WHERE state = 'failed'") {
                row in
                (row.text(0), row.optionalText(1))
            }
            return Dictionary(uniqueKeysWithValues: rows)
        }
    }

    @Test func `when users, rooms and messages fail, then each has its import id and its index in the request`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            // The second room is public already, and cannot become private.
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":[{"importIds":["C1"],"name":"quay1","t":"c","users":[]}]}"#), format: .json)
            try await workspace.runToTheEnd()
            let users = (0..<2_500).map { number in
                StagedUser("u\(number)", importIDs: ["U\(number)"], type: [3, 2_400].contains(number) ? "wizard" : nil)
            }
            try await workspace.stage(users)
            // A request of its own, counted from 0 again.
            try await workspace.add([StagedUser("x", importIDs: ["X"], type: "wizard")])
            let rooms = (0..<3).map {
                #"{"importIds":["C\#($0)"],"name":"quay\#($0)","t":"\#($0 == 1 ? "p" : "c")","users":["U1"],"u":{"_id":"U1"}}"#
            }
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":["# + rooms.joined(separator: ",") + "]}"), format: .json)
            let messages = (0..<1_300).map { number in
                #"{"_id":"m\#(number)","rid":"\#([7, 1_200].contains(number) ? "nowhere" : "C0")","u":{"_id":"U1"},"ts":"2024-01-01T00:00:00.000Z","msg":"hello"}"#
            }
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)

            try await workspace.runToTheEnd()

            let failures = try await workspace.failures()
            #expect(failures.map(\.importID) == ["U3", "U2400", "X", "C1", "m7", "m1200"])
            #expect(failures.map(\.index) == [3, 2_400, 0, 1, 7, 1_200])
        }
    }

    @Test func `when their batch was divided before, then their import ids and indexes are those of the request`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            let users = (0..<40).map { StagedUser("u\($0)", importIDs: ["V\($0)"], type: $0 == 21 ? "wizard" : nil) }
            try await workspace.add(users)
            try await workspace.engine.staging.addRooms(
                from: Chunks(
                    #"{"channels":[{"importIds":["C"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}]}"#),
                format: .json)
            let messages = (0..<40).map {
                #"{"_id":"m\#($0)","rid":"\#($0 == 33 ? "nowhere" : "C")","u":{"_id":"U1"},"ts":"2024-01-01T00:00:00.000Z","msg":"hello"}"#
            }
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let (operation, worker) = (try await workspace.current().id, workspace.worker())
            for type in [RecordType.user, .message] {
                let claims = try await workspace.store.write { transaction in
                    try (0..<2).compactMap { _ in
                        try transaction.staging.claim(
                            type, of: operation, by: WorkerID("divider"), for: .seconds(60), target: Workload())
                    }
                }
                for claim in claims where claim.recordCount > 1 {
                    while try await workspace.current().phase == .running(.starting) { _ = try await worker.step() }
                    try await worker.divide(claim, because: .rejected(reason: "test"))
                }
                try await workspace.store.write { try $0.leases.releaseAll(.batches, of: WorkerID("divider")) }
            }

            try await workspace.finish(worker)

            let failures = try await workspace.failures()
            #expect(failures.map(\.importID) == ["V21", "m33"])
            #expect(failures.map(\.index) == [21, 33])
        }
    }

    @Test func `when a user with a password fails, then its digest stays until the operation is superseded`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let users = [
                StagedUser("ann", importIDs: ["A"], password: "secret", type: "wizard"),
                StagedUser("ben", importIDs: ["B"], password: "secret"),
                StagedUser("cid", importIDs: ["C"], type: "wizard"),
            ]
            try await workspace.importing(users)

            let secrets = try await Self.secrets(in: workspace)
            #expect(secrets.keys.sorted() == ["A", "C"])
            #expect(secrets["A"] == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
            #expect(secrets["C"] == .some(nil))
            // Nothing that clients see holds it, nor the password itself.
            let failures = try await workspace.failures()
            #expect(failures.allSatisfy { !$0.document.contains("2bb80d53") && !$0.document.contains("secret") })
            #expect(
                try workspace.files.contents().allSatisfy {
                    !String(decoding: $0, as: UTF8.self).contains("\"secret\"")
                })

            try await workspace.stage([])
            try await workspace.finish()

            #expect(try await Self.secrets(in: workspace).values.allSatisfy { $0 == nil })
        }
    }
}
