import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import Testing

@Suite("Given staged users, rooms and contacts", .onEveryStore)
struct StagedRecordListTests {
    private static let people = [
        StagedUser("ada", roles: ["guest"], more: [#""name": "Ada Lovelace""#]),
        StagedUser("ben", deleted: true, more: [#""name": "Jürgen Groß""#]),
        StagedUser("cy", emails: ["Taken@example.com", "cy@other.example"], type: "bot"),
        StagedUser("dot", emails: ["ada.two@example.com"], deleted: true, type: "bot"),
        StagedUser(nil, importIDs: ["ada-id"], emails: ["nobody@100%.example"], more: [#""nickname": "אדה""#]),
    ]
    private static let rooms = """
        {"channels": [
            {"importIds": ["c"], "t": "c", "name": "Town Hall", "users": ["id-ada", "id-ben"]},
            {"importIds": ["p"], "t": "p", "name": "plans", "archived": true},
            {"importIds": ["d"], "t": "d", "users": ["id-ada", "id-ben"]}
        ]}
        """

    private static func stage(in workspace: TestWorkspace) async throws {
        try await workspace.importing([StagedUser("taken")])
        try await workspace.stage(people)
        try await workspace.engine.staging.addRooms(from: Chunks(rooms), format: .json)
    }

    private static func importIDs(
        _ workspace: TestWorkspace, _ type: RecordType = .user, _ match: RecordMatch = RecordMatch()
    ) async throws -> [String] {
        let page = try await workspace.engine.stagedRecords.page(of: type, matching: match, offset: 0, limit: 100)
        #expect(page.total == page.records.count)
        return page.records.map(\.importID)
    }

    private static func indexedBatches(_ workspace: TestWorkspace) async throws -> Int64 {
        try await workspace.files.database.read { try $0.integer("SELECT count(*) FROM import_batch_index") }
    }

    @Test(arguments: [1, 3, 7, 100], [.everything, Condition.some])
    func `when they are listed in pages, then each is there once, in staging order`(
        limit: Int, condition: Condition
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(7))
            try await workspace.add(StagedUser.crowd(5, from: 7))
            let match = condition == .some ? RecordMatch(search: "person1") : RecordMatch()
            let expected = (0..<12).filter { condition == .everything || "\($0)".hasPrefix("1") }.map {
                "id-person\($0)"
            }

            var found: [String] = []
            while true {
                let page = try await workspace.engine.stagedRecords.page(
                    of: .user, matching: match, offset: found.count, limit: limit)
                #expect(page.total == expected.count)
                if page.records.isEmpty { break }
                found += page.records.map(\.importID)
            }

            #expect(found == expected)
            #expect(try await Self.indexedBatches(workspace) == (condition == .some ? 2 : 0))
        }
    }

    enum Condition { case everything, some }

    @Test(arguments: [
        (RecordMatch(filters: [.deleted]), ["id-ben", "id-dot"]),
        (RecordMatch(filters: [.deleted, .bot]), ["id-dot"]),
        (RecordMatch(filters: [.bot], exclusions: [.deleted]), ["id-cy"]),
        (RecordMatch(exclusions: [.deleted, .bot]), ["id-ada", "ada-id"]),
        (RecordMatch(filters: [.guest]), ["id-ada"]),
        (RecordMatch(filters: [.addressTaken]), ["id-cy"]),
        (RecordMatch(exclusions: [.addressTaken, .guest]), ["id-ben", "id-dot", "ada-id"]),
        (RecordMatch(search: "ADA"), ["id-ada", "id-dot"]),
        (RecordMatch(search: "ada lovelace"), ["id-ada"]),
        (RecordMatch(search: "jürgen GROSS"), ["id-ben"]),
        (RecordMatch(search: "other.EXAMPLE"), ["id-cy"]),
        (RecordMatch(search: "אדה"), ["ada-id"]),
        (RecordMatch(search: "100%"), ["ada-id"]),
        (RecordMatch(search: "%"), ["ada-id"]),
        (RecordMatch(search: "_"), []),
        // Texts of two fields do not meet, and ids are not searched.
        (RecordMatch(search: "lovelaceada"), []),
        (RecordMatch(search: "id-"), []),
        (RecordMatch(filters: [.bot], search: "ada"), ["id-dot"]),
        (RecordMatch(search: ""), ["id-ada", "id-ben", "id-cy", "id-dot", "ada-id"]),
    ])
    func `when users are filtered and searched, then those that match are listed`(
        match: RecordMatch, expected: [String]
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)

            #expect(try await Self.importIDs(workspace, .user, match) == expected)
        }
    }

    @Test func `when rooms are filtered, then archived, private and direct ones are distinguished`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)

            #expect(try await Self.importIDs(workspace, .room) == ["c", "p", "d"])
            #expect(try await Self.importIDs(workspace, .room, RecordMatch(filters: [.archived])) == ["p"])
            #expect(try await Self.importIDs(workspace, .room, RecordMatch(filters: [.private])) == ["p"])
            #expect(try await Self.importIDs(workspace, .room, RecordMatch(exclusions: [.direct])) == ["c", "p"])
            #expect(try await Self.importIDs(workspace, .room, RecordMatch(search: "hall")) == ["c"])
        }
    }

    @Test func `when properties are counted, then every record of the type counts, whatever the search`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)

            let users = try await workspace.engine.stagedRecords.page(
                of: .user, matching: RecordMatch(search: "ben"), counts: true, offset: 0, limit: 1)
            let rooms = try await workspace.engine.stagedRecords.page(of: .room, counts: true, offset: 0, limit: 1)
            let plain = try await workspace.engine.stagedRecords.page(of: .room, offset: 0, limit: 1)

            #expect(users.counts == [.deleted: 2, .bot: 2, .guest: 1, .addressTaken: 1])
            #expect(rooms.counts == [.archived: 1, .private: 1, .direct: 1])
            #expect(plain.counts == nil)
            #expect(users.records.first?.properties == [.deleted])
        }
    }

    @Test func `when more is staged, then the next page has it`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)
            #expect(try await Self.importIDs(workspace, .user, RecordMatch(search: "late")).isEmpty)

            #expect(try await Self.importIDs(workspace, .user, RecordMatch(filters: [.addressTaken])) == ["id-cy"])

            try await workspace.add([StagedUser("late", emails: ["taken@example.com"])])

            #expect(try await Self.importIDs(workspace, .user, RecordMatch(search: "late")) == ["id-late"])
            #expect(
                try await Self.importIDs(workspace, .user, RecordMatch(filters: [.addressTaken])) == [
                    "id-cy", "id-late",
                ])
        }
    }

    @Test func `when an account gets an address, then it is taken from then on`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)
            let taken = RecordMatch(filters: [.addressTaken])
            #expect(try await Self.importIDs(workspace, .user, taken) == ["id-cy"])

            try await workspace.store.write { transaction in
                try transaction.users.insert(
                    [
                        User(
                            id: UserID("late"), username: "late", emails: [EmailAddress("ADA@example.com")],
                            createdAt: Timestamp(milliseconds: 1))
                    ], by: nil)
            }

            #expect(try await Self.importIDs(workspace, .user, taken) == ["id-ada", "id-cy"])
        }
    }

    @Test func `when the import has run or was cleared, then its index is gone`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.stage(in: workspace)
            _ = try await Self.importIDs(workspace, .user, RecordMatch(search: "a"))
            _ = try await Self.importIDs(workspace, .room, RecordMatch(search: "a"))
            #expect(try await Self.indexedBatches(workspace) == 2)

            try await workspace.runToTheEnd()
            #expect(try await Self.indexedBatches(workspace) == 0)
            await #expect(throws: ImportError.self) {
                try await workspace.engine.stagedRecords.page(of: .user, offset: 0, limit: 1)
            }

            try await Self.stage(in: workspace)
            _ = try await Self.importIDs(workspace, .user, RecordMatch(search: "a"))
            try await workspace.engine.operations.clear()
            #expect(try await Self.indexedBatches(workspace) == 0)
        }
    }
}
