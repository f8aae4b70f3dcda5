import ImportDomain
import ImportFixtures
import RandomNumbers
import SQL
import Testing

@testable import ImportEngine

@Suite("Given a selection by rule", .onEveryStore)
struct SelectionByRuleTests {
    private static func rule(
        of type: RecordType, among importIDs: [String], using random: inout SeededGenerator
    ) -> RecordRule {
        let filters = RecordFilter.filters(of: type)
        var match: RecordMatch? = RecordMatch()
        for filter in filters where random.isOne(in: 4) { match?.filters.insert(filter) }
        for filter in filters where random.isOne(in: 4) { match?.exclusions.insert(filter) }
        if random.isOne(in: 4) { match?.search = ["a", "ben", "plan", "-1", "@example"].randomElement(using: &random) }
        if random.isOne(in: 5) { match = nil }
        let listed = importIDs.filter { _ in random.isOne(in: 4) }
        let also = listed.filter { _ in random.isOne(in: 2) }
        return RecordRule(match, except: match == nil ? [] : listed.filter { !also.contains($0) }, also: also)
    }

    /// The ids that a rule selects, by its definition.
    private static func reference(_ rule: RecordRule, _ records: [ListedRecord]) -> [String] {
        records.filter { record in
            if rule.also.contains(record.importID) { return true }
            guard let match = rule.match, !rule.except.contains(record.importID) else { return false }
            let texts: [String?] =
                switch record.content {
                case .user(let user): [user.name, user.username, user.nickname] + user.emails
                case .room(let room): [room.name]
                case .contact(let contact): [contact.name] + contact.emails
                case .unreadable: []
                }
            let needle = (match.search ?? "").lowercased()
            return match.filters.isSubset(of: record.properties) && match.exclusions.isDisjoint(with: record.properties)
                && (needle.isEmpty || texts.contains { $0?.lowercased().contains(needle) == true })
        }.map(\.importID)
    }

    @Test(arguments: 0..<16)
    func `when records and rules are random, then check and import agree with the list of those that match`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: 40_000 + seed)
        try await TestWorkspace.with { workspace in
            try await CheckScene.fill(workspace, using: &random)
            try await CheckScene.stage(in: workspace, scale: random.isOne(in: 4) ? 20 : 1, using: &random)
            let (policies, user) = (CheckScene.policies(using: &random), UserID("nobody"))
            var (byRule, byList) = (ImportSelection.everything, ImportSelection.everything)
            for type in [RecordType.user, .room] {
                let records = try await workspace.engine.stagedRecords.page(of: type, offset: 0, limit: 10_000).records
                let rule = Self.rule(of: type, among: records.map(\.importID), using: &random)
                let list = ImportSelection.Choice.listed(Self.reference(rule, records))
                if type == .user {
                    (byRule.users, byList.users) = (.matching(rule), list)
                } else {
                    (byRule.rooms, byList.rooms) = (.matching(rule), list)
                }
            }

            let (listed, _) = try await CheckScene.checking(
                workspace, ImportCheckRequest(selection: byList, policies: policies))
            let (ruled, _) = try await CheckScene.checking(
                workspace, ImportCheckRequest(selection: byRule, policies: policies))
            try await workspace.engine.operations.start(byRule, policies: policies, by: user)
            let imported = try await CheckScene.importing(workspace)

            #expect(ruled == listed, "seed \(seed), \(byRule)")
            #expect(imported == ruled, "seed \(seed), \(byRule)")
            #expect(try await workspace.current().phase == .ended(.done))
        }
    }

    @Test func `when few are left out, then only they are listed, and all of them are skipped`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage(StagedUser.crowd(50)).id
            let rule = RecordRule(RecordMatch(), except: ["id-person7", "id-person8"], also: [])

            try await workspace.engine.operations.run(
                ImportSelection(users: .matching(rule), rooms: .all, contacts: .all), by: UserID("nobody"))

            let rows = try await workspace.files.database.read {
                try $0.integer("SELECT count(*) FROM import_selection WHERE operation_id = \(operation.rawValue)")
            }
            let start = try await workspace.current().start
            try await workspace.finish()
            #expect(rows == 2)
            #expect(start?.excludedTypes == [.user])
            let counts = try await workspace.current().counts[.user]
            #expect(counts?.completed == 48 && counts?.skipped == 2)
        }
    }

    @Test func `when a record is corrected to an id that was left out, then it is imported`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(9) + [StagedUser("ben", importIDs: ["B"], type: "wizard")])
            let rule = RecordRule(RecordMatch(), except: ["id-person7"])
            try await workspace.engine.operations.run(
                ImportSelection(users: .matching(rule), rooms: .all, contacts: .all), by: RetryScene.admin)
            try await workspace.finish()
            let id = try await RetryScene.ids(workspace)["B"] ?? ""

            try await RetryScene.retry(
                workspace,
                #"{"records":[{"id":"\#(id)","data":{"importIds":["id-person7"],"emails":["b@example.com"]}}]}"#)
            try await RetryScene.finish(workspace)

            let counts = try await workspace.current().counts[.user]
            #expect(counts?.completed == 9 && counts?.skipped == 1 && counts?.error == 0)
        }
    }

    @Test func `when an id is not staged, then nothing starts, and the error names field and value`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(3))
            func start(_ rule: RecordRule) async throws {
                try await workspace.engine.operations.start(
                    ImportSelection(users: .matching(rule), rooms: .all, contacts: .all), by: UserID("nobody"))
            }

            await #expect(throws: ImportError.recordsNotStaged(type: .user, field: "except", ids: ["U7"])) {
                try await start(RecordRule(RecordMatch(), except: ["U7", "id-person1"]))
            }
            await #expect(throws: ImportError.recordsNotStaged(type: .user, field: "also", ids: ["U8"])) {
                try await start(RecordRule(nil, also: ["U8"]))
            }
            #expect(try await workspace.current().phase == .ready)
            try await start(RecordRule(nil, also: ["id-person1"]))
            try await workspace.finish()
            #expect(try await workspace.current().counts[.user]?.completed == 1)
        }
    }

    @Test func `when direct rooms are named together, then each of them is meant`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada"), StagedUser("ben"), StagedUser("cy")])
            try await workspace.engine.staging.addRooms(
                from: Chunks(
                    """
                    {"channels": [{"importIds": ["c"], "t": "c", "name": "town"},
                        {"importIds": ["d1"], "t": "d", "users": ["id-ada", "id-ben"]},
                        {"importIds": ["d2"], "t": "d", "users": ["id-ada", "id-cy"]}]}
                    """), format: .json)
            let direct = ImportSelection.directRooms.rawValue
            func decisions(_ rule: RecordRule) async throws -> [String: Int] {
                let (verdicts, _) = try await CheckScene.checking(
                    workspace,
                    ImportCheckRequest(
                        selection: ImportSelection(users: .all, rooms: .matching(rule), contacts: .all),
                        policies: .ofFiles))
                return Dictionary(verdicts.values.map { ("\($0.importID ?? "") \($0.outcome)", 1) }) { $0 + $1 }
            }

            let without = try await decisions(RecordRule(RecordMatch(), except: [direct]))
            let only = try await decisions(RecordRule(nil, also: [direct]))

            #expect(without["c create"] == 1 && without["d1 skip"] == 1 && without["d2 skip"] == 1)
            #expect(only["c skip"] == 1 && only["d1 create"] == 1 && only["d2 create"] == 1)
        }
    }

    @Test func `when messages are left out, then all of them are skipped, and rooms are imported`() async throws {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: 5)
            try await CheckScene.stage(in: workspace, scale: 3, using: &random)
            let selection = ImportSelection(users: .all, rooms: .all, contacts: .all, includesMessages: false)

            let (checked, _) = try await CheckScene.checking(
                workspace, ImportCheckRequest(selection: selection, policies: .ofFiles))
            try await workspace.engine.operations.start(selection, by: UserID("nobody"))
            let imported = try await CheckScene.importing(workspace)

            #expect(checked == imported)
            let counts = try await workspace.current().counts
            let messages = counts[.message]
            #expect(messages?.skipped == messages?.total && (messages?.total ?? 0) > 0)
            #expect((counts[.room]?.completed ?? 0) > 0)
        }
    }
}
