import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given rooms and messages that were imported without people who failed", .onEveryStore)
struct CompletedRecordTests {
    /// An import whose people and rooms are right, or of which some are not.
    private struct Scene {
        var users: [StagedUser] = [
            StagedUser("ann", importIDs: ["U1"]), StagedUser("ben", importIDs: ["U2"]),
            StagedUser("cat", importIDs: ["U3"], roles: ["guest"]), StagedUser("dan", importIDs: ["U4"]),
        ]
        var rooms = [
            #"{"importIds":["C1"],"name":"quay","t":"c","users":["U1","U2","U3"],"u":{"_id":"U2"}}"#,
            #"{"importIds":["C2"],"name":"pier","t":"c","users":["U1"],"u":{"_id":"U1"}}"#,
            #"{"importIds":["C9"],"name":"general","t":"c","users":["U2","U3","U4"],"u":{"_id":"U4"}}"#,
            #"{"importIds":["G1"],"name":"dock","t":"p","users":["U3","U1","U2"],"u":{"_id":"U2"}}"#,
            #"{"importIds":["G2"],"name":"crypt","t":"p","users":["U2","U3"],"u":{"_id":"U2"}}"#,
            #"{"importIds":["G3"],"name":"attic","t":"p","users":["U2","U4"]}"#,
            #"{"importIds":["D1"],"t":"d","users":["U1","U2"]}"#,
            #"{"importIds":["D2"],"t":"d","users":["U1","U4"]}"#,
        ]
        let messages = [
            #"{"_id":"m1","rid":"C1","u":{"_id":"U1"},"ts":1704067200000,"msg":"@U2 and @U4, see #C2","#
                + #""mentions":["U2","U4"],"channels":["C2"],"reactions":{":+1:":{"users":["U2","U1"]},":eye:":{"users":["U3"]}}}"#,
            #"{"_id":"m2","rid":"C1","u":{"_id":"U2"},"ts":1704067201000,"msg":"start","replies":["U1","U3"]}"#,
            #"{"_id":"m3","rid":"C1","u":{"_id":"U1"},"ts":1704067202000,"msg":"reply","tmid":"m2"}"#,
            #"{"_id":"m4","rid":"C1","u":{"_id":"U1"},"ts":1704067203000,"msg":"mine","replies":["U2"]}"#,
            #"{"_id":"m5","rid":"C1","u":{"_id":"U3"},"ts":1704067204000,"msg":"yours","tmid":"m4"}"#,
            #"{"_id":"m6","rid":"G1","u":{"_id":"U1"},"ts":1704067205000,"msg":"late","editedAt":1704067209000,"editedBy":{"_id":"U2"}}"#,
            #"{"_id":"m7","rid":"D1","u":{"_id":"U2"},"ts":1704067206000,"msg":"hi"}"#,
            #"{"_id":"m8","rid":"C9","u":{"_id":"U4"},"ts":1704067207000,"msg":"@all: @nobody"#
                + #"","mentions":["all","U9"]}"#,
            #"{"_id":"m9","rid":"G2","u":{"_id":"U3"},"ts":1704067208000,"msg":"psst"}"#,
        ]

        /// Two users have a type that does not exist, a room has no name.
        static var faulty: Scene {
            var scene = Scene()
            scene.users[1] = StagedUser("ben", importIDs: ["U2"], type: "wizard")
            scene.users[2] = StagedUser("cat", importIDs: ["U3"], roles: ["guest"], type: "wizard")
            scene.rooms[1] = #"{"importIds":["C2"],"t":"c","users":["U1"],"u":{"_id":"U1"}}"#
            return scene
        }

        @discardableResult
        func imported(by workspace: TestWorkspace) async throws -> ImportOperation {
            try await workspace.stage(users)
            let staging = workspace.engine.staging
            try await staging.addRooms(
                from: Chunks(#"{"channels":["# + rooms.joined(separator: ",") + "]}"), format: .json)
            try await staging.addMessages(
                from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)
            try await workspace.runToTheEnd()
            return try await workspace.current()
        }
    }

    /// Tries failed records again, with these records in their place.
    private static func retry(_ workspace: TestWorkspace, _ corrections: [(id: String, record: String)]) async throws {
        let ids = try await RetryScene.ids(workspace)
        let items = corrections.map { #"{"id":"\#(ids[$0.id] ?? "")","data":\#($0.record)}"# }
        try await RetryScene.retry(workspace, #"{"records":["# + items.joined(separator: ",") + "]}")
        try await RetryScene.finish(workspace)
    }

    /// The workspace with names in the place of random ids.
    ///
    /// Left out are the digests of locked passwords, which are random, and what a retry may make different: the order of
    /// messages of one time, and of the followers of a thread.
    private static func content(_ workspace: TestWorkspace) async throws -> [String: [String]] {
        let names = try await workspace.files.database.read { connection in
            let users = try connection.rows("SELECT id, username FROM users") { ($0.text(0), "<\($0.text(1))>") }
            var names = Dictionary(uniqueKeysWithValues: users)
            for (id, name, participants) in try connection.rows(
                "SELECT id, name, participants_key FROM rooms",
                { ($0.text(0), $0.optionalText(1), $0.optionalText(2)) })
            {
                let people = users.filter { participants?.contains($0.0) ?? false }.map(\.1).sorted()
                names[id] = "<\(name ?? people.joined())>"
            }
            return names
        }
        return try await workspace.dump().rows.mapValues { rows in
            rows.map { row in
                var row = row
                for (id, name) in names { row = row.replacing(id, with: name) }
                if let followers = row.firstMatch(of: /\\"replies\\":\[([^\]]*)\]/) {
                    let sorted = followers.1.split(separator: ",").sorted().joined(separator: ",")
                    row.replaceSubrange(followers.range, with: "replies:[\(sorted)]")
                }
                // A list of participants is in the order of their ids.
                return row.split(separator: " ").filter { field in
                    !["password_hash=", "participants_key=", "sequence=", "changed_at=", "record_digest="]
                        .contains { field.hasPrefix($0) }
                }.joined(separator: " ")
            }.sorted()
        }
    }

    private static func differences(_ left: [String: [String]], _ right: [String: [String]]) -> [String] {
        Set(left.keys).union(right.keys).sorted().flatMap { table -> [String] in
            let (left, right) = (left[table] ?? [], right[table] ?? [])
            return left.filter { !right.contains($0) }.map { "- \(table): \($0)" }
                + right.filter { !left.contains($0) }.map { "+ \(table): \($0)" }
        }
    }

    private static func rowCount(_ workspace: TestWorkspace) async throws -> Int64 {
        try await workspace.files.database.read {
            try $0.integer(
                """
                SELECT (SELECT count(*) FROM import_missing_members)
                    + (SELECT count(*) FROM import_incomplete_messages)
                """)
        }
    }

    @Test func `when all are corrected, then the workspace is that of an import without faults`() async throws {
        let right = try await TestWorkspace.with { workspace in
            let operation = try await Scene().imported(by: workspace)
            #expect(operation.totalCounts.error == 0)
            #expect(try await Self.rowCount(workspace) == 0)
            return try await Self.content(workspace)
        }
        try await TestWorkspace.with { workspace in
            let scene = Scene()
            let failed = try await Scene.faulty.imported(by: workspace).totalCounts.error
            #expect(failed == 8)
            #expect(Self.differences(right, try await Self.content(workspace)).isEmpty == false)

            try await Self.retry(
                workspace, [("U2", scene.users[1].text), ("U3", scene.users[2].text), ("C2", scene.rooms[1])])

            #expect(try await workspace.current().totalCounts.error == 0)
            #expect(Self.differences(right, try await Self.content(workspace)) == [])
            #expect(try await Self.rowCount(workspace) == 0)
        }
    }

    @Test func `when people succeed one after the other, then each round adds them, and rooms pass to their owners`()
        async throws
    {
        let right = try await TestWorkspace.with { workspace in
            try await Scene().imported(by: workspace)
            return try await Self.content(workspace)
        }
        try await TestWorkspace.with { workspace in
            let scene = Scene()
            try await Scene.faulty.imported(by: workspace)
            #expect(try await Self.owner(of: "dock", workspace) == "ann")
            #expect(try await Self.owner(of: "crypt", workspace) == nil)

            try await Self.retry(workspace, [("U3", scene.users[2].text)])
            #expect(try await Self.owner(of: "dock", workspace) == "cat")
            #expect(try await Self.owner(of: "crypt", workspace) == "cat")
            #expect(try await Self.members(of: "crypt", workspace) == ["cat"])
            #expect(try await Self.members(of: "quay", workspace) == ["ann", "cat", "nobody"])

            try await Self.retry(workspace, [("C2", scene.rooms[1]), ("U2", scene.users[1].text)])
            #expect(try await Self.owner(of: "crypt", workspace) == "ben")
            let differences = Self.differences(right, try await Self.content(workspace))
            #expect(differences == [], "\(differences.joined(separator: "\n"))")
        }
    }

    private static func owner(of room: String, _ workspace: TestWorkspace) async throws -> String? {
        try await workspace.files.database.read {
            try $0.first(
                """
                SELECT username FROM rooms JOIN subscriptions ON subscriptions.room_id = rooms.id
                JOIN users ON users.id = subscriptions.user_id AND users.id = rooms.creator_id
                WHERE rooms.name = \(room) AND subscriptions.roles LIKE '%owner%'
                """
            ) { $0.text(0) }
        }
    }

    /// The usernames of a room's members; `nobody` runs the imports.
    private static func members(of room: String, _ workspace: TestWorkspace) async throws -> [String] {
        try await workspace.files.database.read {
            try $0.rows(
                """
                SELECT coalesce(username, subscriptions.user_id) FROM subscriptions
                JOIN rooms ON rooms.id = subscriptions.room_id
                LEFT JOIN users ON users.id = subscriptions.user_id WHERE rooms.name = \(room)
                """
            ) { $0.text(0) }.sorted()
        }
    }

    @Test func `when nobody else is corrected, then nothing but the record itself changes`() async throws {
        try await TestWorkspace.with { workspace in
            try await Scene.faulty.imported(by: workspace)
            let before = try await Self.content(workspace)
            let rows = try await Self.rowCount(workspace)

            // Somebody whom no record names.
            try await Self.retry(
                workspace, [("U2", StagedUser("eve", importIDs: ["U7"]).text)])

            let difference = Self.differences(before, try await Self.content(workspace))
            #expect(difference.allSatisfy { $0.contains("<eve>") || $0.contains("eve@example.com") })
            #expect(try await Self.rowCount(workspace) == rows)
        }
    }

    @Test func `when the import is undone after the retry, then nothing of it is left`() async throws {
        try await TestWorkspace.with { workspace in
            let before = try await workspace.dump()
            let scene = Scene()
            try await Scene.faulty.imported(by: workspace)
            try await Self.retry(
                workspace, [("U2", scene.users[1].text), ("U3", scene.users[2].text), ("C2", scene.rooms[1])])

            try await UndoTests.undo(nil, in: workspace)

            #expect(before.differences(to: try await workspace.dump()) == [])
        }
    }

    @Test func `when a channel of another source was there, then a guest does not join it by a retry`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("zoe", importIDs: ["Z1"])])
            try await workspace.engine.staging.addRooms(
                from: Chunks(
                    #"{"channels":[{"importIds":["Z2"],"name":"quay","t":"c","users":["Z1"],"u":{"_id":"Z1"}}]}"#),
                format: .json)
            try await workspace.engine.staging.addMessages(
                from: Chunks(
                    #"{"messages":[{"_id":"z1","rid":"Z2","u":{"_id":"Z1"},"ts":1704067200000,"msg":"ours"}]}"#),
                format: .json)
            try await workspace.runToTheEnd()
            let scene = Scene()
            try await Scene.faulty.imported(by: workspace)

            try await Self.retry(workspace, [("U2", scene.users[1].text), ("U3", scene.users[2].text)])

            #expect(try await Self.members(of: "quay", workspace) == ["ann", "ben", "zoe"])
            #expect(try await Self.members(of: "general", workspace).contains("cat"))
        }
    }

    @Test func `when the message was imported with a later edit meanwhile, then the retry leaves it`() async throws {
        try await TestWorkspace.with { workspace in
            let scene = Scene()
            try await Scene.faulty.imported(by: workspace)
            let message = try #require(
                try await workspace.store.read { try $0.messages.find(ids: [MessageID("m1")]) }.first)
            var edited = message
            edited.text = "changed by hand"
            let changed = edited
            try await workspace.store.write { try $0.messages.update(changed) }

            try await Self.retry(workspace, [("U2", scene.users[1].text), ("U3", scene.users[2].text)])

            let texts = try await RetryScene.messages(workspace, in: "quay")
            #expect(texts.contains("m1 changed by hand"))
        }
    }

    @Test func `when a new import follows, then what was missing is forgotten`() async throws {
        try await TestWorkspace.with { workspace in
            try await Scene.faulty.imported(by: workspace)
            #expect(try await Self.rowCount(workspace) > 0)

            try await workspace.stage([StagedUser("eve")])
            while try await workspace.worker().step() {}

            #expect(try await Self.rowCount(workspace) == 0)
        }
    }
}
