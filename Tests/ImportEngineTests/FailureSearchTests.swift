import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import Testing

@Suite("Given failed records that are searched", .onEveryStore)
struct FailureSearchTests {
    private static let people = [
        StagedUser("ada", type: "wizard", more: [#""name": "Ada Lovelace""#]),
        StagedUser("ben", type: "wizard", more: [#""name": "Jürgen Groß""#, #""nickname": "אדה""#]),
        StagedUser(
            nil, importIDs: ["U100", "legacy_7"], emails: ["x@100%.example", "y@Other.example"], type: "wizard"),
        StagedUser("cy"),
    ]
    private static let rooms = """
        {"channels": [{"importIds": ["C1"], "t": "d", "name": "Ada’s room", "users": ["X1", "X2"]}]}
        """
    private static let messages = """
        {"messages": [{"_id": "m1", "rid": "nowhere", "u": {"_id": "id-cy"}, "ts": "2020-01-01T00:00:00.000Z",
            "msg": "ada writes"}]}
        """

    private static func stage(in workspace: TestWorkspace) async throws {
        try await workspace.stage(people)
        try await workspace.engine.staging.addRooms(from: Chunks(rooms), format: .json)
        try await workspace.engine.staging.addMessages(from: Chunks(messages), format: .json)
        try await workspace.runToTheEnd()
    }

    private static func found(
        _ workspace: TestWorkspace, _ search: String, type: RecordType? = nil
    ) async throws -> [String] {
        let filter = FailureFilter(type: type, search: search)
        let page = try await workspace.engine.failures.page(matching: filter, offset: 0, limit: 100)
        #expect(page.total == page.records.count)
        let file = try await workspace.engine.failures.records(
            of: nil, matching: filter, after: nil, limit: 100, bytes: 1 << 20)
        #expect(file.records.map(\.sequence) == page.records.map(\.sequence))
        return page.records.map(\.importID)
    }

    private static func texts(_ workspace: TestWorkspace) async throws -> Int64 {
        try await workspace.files.database.read { try $0.integer("SELECT count(*) FROM import_failure_texts") }
    }

    @Test(arguments: [
        ("ADA", ["id-ada", "C1"]), ("lovelace", ["id-ada"]), ("GROSS", ["id-ben"]), ("אדה", ["id-ben"]),
        ("legacy_7", ["U100"]), ("u1", ["U100"]), ("other.example", ["U100"]), ("100%", ["U100"]), ("_", ["U100"]),
        ("adaben", []), ("wizard", []), ("nowhere", ["m1"]), ("id-cy", ["m1"]), ("writes", []),
        ("", ["id-ada", "id-ben", "U100", "C1", "m1"]), (" ", ["id-ada", "id-ben", "U100", "C1", "m1"]),
    ])
    func `when a search has letters of any case, then ids, names, usernames and addresses are searched`(
        search: String, expected: [String]
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)

            #expect(try await Self.found(workspace, search) == expected)
        }
    }

    @Test func `when a search is filtered by type, then groups and pages count what matches both`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)

            let rooms = try await Self.found(workspace, "ada", type: .room)
            let all = try await workspace.engine.failures.page(
                matching: FailureFilter(search: "ada"), offset: 1, limit: 1)

            #expect(rooms == ["C1"])
            #expect(all.records.map(\.importID) == ["C1"])
            #expect(all.groups.map(\.type) == [.room, .user])
            #expect(all.groups.map(\.count) == [1, 1])
        }
    }

    @Test func `when records are tried again, then a search finds their new values, and keeps no texts of the old`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)
            #expect(try await Self.texts(workspace) == 0)
            let failures = try await workspace.failures()
            let ada = try #require(failures.first { $0.importID == "id-ada" }?.sequence.number)
            _ = try await Self.found(workspace, "ada")
            #expect(try await Self.texts(workspace) == 5)

            let changed = StagedUser("grace", importIDs: ["id-ada"], type: "wizard").text
            _ = try await workspace.engine.retries.retry(
                from: Chunks(#"{"ids": ["\#(ada)"], "records": [{"id": "\#(ada)", "data": \#(changed)}]}"#),
                format: .json)
            try await workspace.finish()

            #expect(try await Self.found(workspace, "grace") == ["id-ada"])
            #expect(try await Self.found(workspace, "lovelace") == [])
            #expect(try await Self.texts(workspace) == 5)
        }
    }

    @Test func `when many failed, then each gets its texts once, and a page at the end is found`() async throws {
        try await TestWorkspace.with { workspace in
            let count = 1_300
            try await workspace.importing((0..<count).map { StagedUser("person\($0)", type: "wizard") })

            let page = try await workspace.engine.failures.page(
                matching: FailureFilter(search: "person"), offset: count - 1, limit: 5)
            let none = try await workspace.engine.failures.page(
                matching: FailureFilter(search: "person"), offset: count, limit: 5)

            #expect(page.total == count)
            #expect(page.records.map(\.importID) == ["id-person\(count - 1)"])
            #expect(none.records.isEmpty)
            #expect(try await Self.texts(workspace) == Int64(count))
        }
    }

    @Test func `when the import is cleared, then nothing of the texts stays`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)
            _ = try await Self.found(workspace, "ada")
            try await workspace.engine.operations.clear()

            #expect(try await Self.texts(workspace) == 0)
        }
    }
}
