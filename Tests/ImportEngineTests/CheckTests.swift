import Foundation
import ImportDomain
import ImportFixtures
import RandomNumbers
import SQL
import Synchronization
import Testing
import ZipFixtures

@testable import ImportEngine

@Suite("Given a check and the import that follows", .onEveryStore)
struct CheckAgreementTests {
    /// A worker that claims one staged batch at a time.
    private static var smallClaims: WorkerConfiguration {
        var configuration = WorkerConfiguration()
        (configuration.claimBytes, configuration.messageClaimBytes) = (1, 1)
        return configuration
    }

    @Test(arguments: 0..<24)
    func `when records, policies and the workspace are random, then both agree record by record`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: 1_000 + seed)
        try await TestWorkspace.with { workspace in
            try await CheckScene.fill(workspace, using: &random)
            // Importers of tables name people by their usernames.
            let importer: ImporterKey = random.isOne(in: 3) ? ImporterKey("csv") : .api
            try await CheckScene.stage(in: workspace, importer: importer, using: &random)
            let (policies, selection) = (
                CheckScene.policies(using: &random), CheckScene.selection(using: &random)
            )
            let before = try await workspace.files.rows()

            let (checked, check) = try await CheckScene.checking(
                workspace, ImportCheckRequest(selection: selection, policies: policies),
                batchRecords: random.isOne(in: 2) ? 1 : 2_000, pageSize: 7)

            #expect(try await workspace.files.rows() == before)
            try await workspace.engine.operations.start(selection, policies: policies, by: UserID("nobody"))
            let imported = try await CheckScene.importing(
                workspace, random.isOne(in: 2) ? Self.smallClaims : WorkerConfiguration())
            for (sequence, verdict) in imported {
                #expect(checked[sequence] == verdict, "seed \(seed), \(policies), \(selection)")
            }
            #expect(checked.count == imported.count)
            let operation = try await workspace.current()
            #expect(operation.phase == .ended(.done))
            #expect(check.recordCount == operation.totalCounts.total)
            for type in RecordType.allCases {
                let (foretold, counts) = (check.result.counts[type], operation.counts[type])
                #expect((foretold?.fail ?? 0) == (counts?.error ?? 0), "\(type)")
                #expect((foretold?.skip ?? 0) == (counts?.skipped ?? 0), "\(type)")
                #expect((foretold?.create ?? 0) == (counts?.created ?? 0), "\(type)")
                #expect((foretold?.unchanged ?? 0) == (counts?.unchanged ?? 0), "\(type)")
                #expect((foretold?.update ?? 0) + (foretold?.bind ?? 0) == (counts?.updated ?? 0), "\(type)")
            }
        }
    }

    @Test func `when records fill several batches of a worker, then both agree record by record`() async throws {
        var random = SeededGenerator(seed: 7)
        try await TestWorkspace.with { workspace in
            try await CheckScene.stage(in: workspace, scale: 150, using: &random)

            let (checked, _) = try await CheckScene.checking(workspace, batchRecords: 300, pageSize: 1_000)

            try await workspace.engine.operations.run(by: UserID("nobody"))
            let imported = try await CheckScene.importing(workspace)
            #expect(checked.count > 3_000)
            #expect(checked == imported)
        }
    }

    @Test func `when tables are imported over a workspace, then both agree record by record`() async throws {
        let files: [(String, String)] = [
            ("users.csv", "ada,ada@example.com,Ada\nben,,Ben\nBEN,ben@example.com,Other\nadmin,,Admin\n"),
            ("channels.csv", "plan,ada,public,ada;ben\nplan,ben,private,ben\ngeneral,ada,public,ada\n"),
            ("plan/1.csv", "ada,1700000000000,hello @ben\nzoe,1700000001000,who\nadmin,1700000002000,me\n"),
            ("directmessages/1.csv", "ada,ben,1700000003000,psst\n"),
        ]
        let archive = StoredZip(files: files.map { ($0.0, Array($0.1.utf8)) }).bytes
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada", emails: ["other@example.com"]), StagedUser("ben")])
            for _ in 0..<2 {
                try await workspace.read(archive, named: "tables.zip", importer: "csv")

                let (checked, _) = try await CheckScene.checking(workspace, ImportCheckRequest(policies: .ofFiles))

                try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
                let imported = try await CheckScene.importing(workspace)
                #expect(!checked.isEmpty)
                #expect(checked == imported)
            }
        }
    }

    @Test func `when a file is imported, then both agree record by record`() async throws {
        var export = SlackExport()
        export.users.append(#"{"id":"U2","name":"bob","deleted":true,"profile":{"email":"bob@example.com"}}"#)
        export.groups = [#"{"id":"G1","name":"plan","creator":"U2","members":["U1","U2"]}"#]
        export.directs = [#"{"id":"D1","members":["U1","U2"]}"#]
        export.messages = [
            "plan": [
                #"{"type":"message","user":"U1","text":"hello <@U2>","ts":"1700000000.000100"}"#,
                #"{"type":"message","user":"U9","text":"from a stranger","ts":"1700000000.000200"}"#,
            ],
            "D1": [#"{"type":"message","user":"U2","text":"hi","ts":"1700000001.000100"}"#],
        ]
        try await TestWorkspace.with { workspace in
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")

            let (checked, check) = try await CheckScene.checking(
                workspace, ImportCheckRequest(policies: .ofFiles))

            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let imported = try await CheckScene.importing(workspace)
            #expect(!checked.isEmpty)
            #expect(checked == imported)
            #expect(check.result.counts[.room]?.create == 3)
        }
    }
}

@Suite("Given staged records that are checked", .onEveryStore)
struct CheckTests {
    private static func check(_ workspace: TestWorkspace) async throws -> ImportCheck {
        try await workspace.engine.checks.check(ImportCheckRequest(policies: .ofCalls), by: UserID("nobody"))
    }

    /// How many checks are stored, and how many pages.
    private static func stored(_ workspace: TestWorkspace) async throws -> (checks: Int, pages: Int) {
        try await workspace.files.database.read {
            (
                Int(try $0.integer("SELECT count(*) FROM import_checks")),
                Int(try $0.integer("SELECT count(*) FROM import_check_pages"))
            )
        }
    }

    @Test func `when users clash, then reasons are counted with examples, and no password is hashed`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada")])
            try await workspace.stage(
                (0..<7).map {
                    StagedUser("ada", importIDs: ["x\($0)"], emails: ["x\($0)@example.com"], password: "secret")
                } + [
                    StagedUser("ben")
                ])

            let check = try await Self.check(workspace)

            let reason = try #require(check.result.reasons.first)
            #expect(check.result.reasons.count == 1)
            #expect(reason.code == RecordFailure.Code.userUsernameTaken.rawValue)
            #expect(reason.count == 7)
            #expect(reason.examples.map(\.importID) == ["x0", "x1", "x2", "x3", "x4"])
            #expect(reason.examples.first?.clashesWith == (try await workspace.user("ada")?.id.rawValue))
            #expect(check.result.counts[.user]?.create == 1)
            #expect(try await workspace.user("ben") == nil)
        }
    }

    @Test func `when a record clashes with one that would be created, then no id is named that does not exist`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([
                StagedUser("ada"), StagedUser("ada", importIDs: ["other"], emails: ["o@example.com"]),
            ])

            let check = try await Self.check(workspace)
            let records = try await workspace.engine.checks.records(of: check, offset: 0, limit: 10)

            #expect(records.map(\.outcome) == [.create, .fail])
            #expect(records.map(\.code) == [nil, RecordFailure.Code.userDuplicateInBatch.rawValue])
            #expect(records.allSatisfy { $0.clashesWith == nil && $0.subject == nil })
        }
    }

    @Test func `when nothing changed, then a second call decides nothing`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])

            let first = try await Self.check(workspace)
            let second = try await Self.check(workspace)
            let stored = try await Self.stored(workspace)

            #expect(first.number == second.number)
            #expect(first.result == second.result)
            #expect(stored == (1, 1))
        }
    }

    @Test func `when more is staged or an account changes, then the next call decides again`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            let first = try await Self.check(workspace)
            try await workspace.add([StagedUser("ben")])
            let second = try await Self.check(workspace)
            let account = User(id: UserID("b"), username: "ben", createdAt: Timestamp(milliseconds: 1))
            try await workspace.store.write { try $0.users.insert([account], by: nil) }
            let third = try await Self.check(workspace)

            #expect(first.result.counts[.user]?.create == 1)
            #expect(second.result.counts[.user]?.create == 2)
            #expect(third.result.counts[.user]?.create == 1)
            #expect(third.result.counts[.user]?.fail == 1)
        }
    }

    @Test func `when many checks were made, then the latest stay, and none once the operation is cleared`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            for number in 0..<6 {
                try await workspace.add([StagedUser("more\(number)")])
                _ = try await Self.check(workspace)
            }
            let kept = try await Self.stored(workspace)
            try await workspace.engine.operations.clear()
            let left = try await Self.stored(workspace)

            #expect(kept == (3, 3))
            #expect(left == (0, 0))
        }
    }

    @Test func `when calls ask at the same time, then they share one check`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(500))

            let numbers = try await withThrowingTaskGroup(of: CheckNumber.self) { group in
                for _ in 0..<6 { group.addTask { try await Self.check(workspace).number } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }

            #expect(numbers.count == 1)
        }
    }

    @Test func `when the only call is cancelled, then the check ends and nothing complete is stored`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(3_000))
            let call = Task { try await Self.check(workspace) }
            call.cancel()

            await #expect(throws: CancellationError.self) { _ = try await call.value }
            let complete = try await workspace.files.database.read {
                try $0.integer("SELECT count(*) FROM import_checks WHERE complete = 1")
            }
            #expect(complete == 0)
        }
    }

    @Test func `when the import is started or cleared meanwhile, then the check ends with the reason`() async throws {
        for clears in [false, true] {
            try await TestWorkspace.with { workspace in
                try await workspace.stage(StagedUser.crowd(50))
                let operation = try await workspace.current()
                // A check that began before the import.
                let start = ImportStart(user: UserID("nobody"), policies: .ofCalls)
                let run = CheckRun(
                    environment: workspace.environment, queue: PreparationQueue(),
                    operation: try operation.checked(as: start), start: start, selection: .everything,
                    settings: try await workspace.store.read { try ConversionSettings($0.settings) },
                    namesPeopleByUsername: false, key: "key")
                if clears {
                    try await workspace.engine.operations.clear()
                } else {
                    try await workspace.engine.operations.run(by: UserID("nobody"))
                }

                let error = await #expect(throws: ImportError.self) { _ = try await run.run() }

                guard case .rejected(let rejection) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(rejection.event == .check)
                #expect(rejection.reason == (clears ? .operationNotFound : .invalidOperationStatus))
            }
        }
    }

    @Test func `when the operation is not ready, then the call is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            func rejection() async throws -> ImportRejection? {
                do {
                    _ = try await Self.check(workspace)
                    return nil
                } catch ImportError.rejected(let rejection) {
                    return rejection
                }
            }
            #expect(try await rejection()?.reason == .operationNotFound)
            try await workspace.engine.operations.create(by: UserID("nobody"))
            #expect(try await rejection()?.reason == .invalidOperationStatus)
            try await workspace.add([StagedUser("ada")])
            #expect(try await rejection() == nil)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            #expect(try await rejection()?.reason == .invalidOperationStatus)
            try await workspace.finish()
            #expect(try await rejection()?.lifecycle?.phase == .ended(.done))
        }
    }

    @Test func `when records are many, then pages hold a thousand each and any page is read at once`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(2_500))

            let check = try await Self.check(workspace)
            let stored = try await Self.stored(workspace)
            let page = try await workspace.engine.checks.records(of: check, offset: 1_990, limit: 20)
            let small = try await workspace.engine.checks.records(of: check, offset: 1_990, limit: 20, bytes: 1)
            let beyond = try await workspace.engine.checks.records(of: check, offset: 2_500, limit: 20)

            #expect(stored.pages == 3)
            #expect(page.map(\.importID) == (1_990..<2_010).map { "id-person\($0)" })
            #expect(small.count == 1)
            #expect(beyond.isEmpty)
        }
    }

    @Test func `when a room and a message would change, then the fields are shown with both values`() async throws {
        try await TestWorkspace.with { workspace in
            func stage(topic: String, text: String) async throws {
                try await workspace.stage([StagedUser("ada", importIDs: ["u"])])
                try await workspace.engine.staging.addRooms(
                    from: Chunks(
                        #"{"channels": [{"name": "plan", "t": "c", "topic": "\#(topic)", "importIds": ["r"]}]}"#),
                    format: .json)
                try await workspace.engine.staging.addMessages(
                    from: Chunks(
                        #"""
                        {"messages": [{"_id": "m", "rid": "r", "u": {"_id": "u"}, "ts": "2026-01-01T00:00:00.000Z",
                        "msg": "\#(text)"}]}
                        """#), format: .json)
            }
            try await stage(topic: "old", text: "before")
            try await workspace.runToTheEnd()
            try await stage(topic: "new", text: "after")

            let check = try await Self.check(workspace)
            let records = try await workspace.engine.checks.records(of: check, offset: 0, limit: 10)

            #expect(records.map(\.outcome) == [.unchanged, .update, .update])
            #expect(
                records.map(\.changes) == [
                    [], [FieldChange("topic", from: #""old""#, to: #""new""#)],
                    [FieldChange("msg", from: #""before""#, to: #""after""#)],
                ])
        }
    }

    @Test func `when records are filtered, then pages hold those alone, and others are not read`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing(StagedUser.crowd(3))
            let users = StagedUser.crowd(1_500) + [StagedUser("person1", importIDs: ["late"])]
            try await workspace.stage(users)
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels": [{"name": "plan", "t": "c", "importIds": ["r"]}]}"#), format: .json)

            let check = try await Self.check(workspace)
            func records(_ filter: CheckFilter, offset: Int = 0, limit: Int = 5) async throws -> [String?] {
                try await workspace.engine.checks.records(of: check, matching: filter, offset: offset, limit: limit)
                    .map(\.importID)
            }

            #expect(try await records(CheckFilter(outcome: .fail)) == ["late"])
            #expect(
                try await records(CheckFilter(type: .user, outcome: .unchanged))
                    == ["id-person0", "id-person1", "id-person2"])
            #expect(try await records(CheckFilter(type: .room)) == ["r"])
            #expect(try await records(CheckFilter(type: .room, outcome: .fail)) == [])
            #expect(
                try await records(CheckFilter(type: .user, outcome: .create), offset: 995, limit: 4)
                    == (998..<1_002).map { "id-person\($0)" })
            #expect(check.result.count(of: CheckFilter(outcome: .create)) == 1_498)
            #expect(check.result.count(of: CheckFilter(type: .user, outcome: .create)) == 1_497)
            #expect(check.recordCount == 1_502)
        }
    }

    @Test func `when few of very many records match, then a page is full and only pages of theirs are read`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage([StagedUser("ada")])
            let failure = RecordFailure(code: .userInvalidType, message: "No.")
            var (pages, result) = (CheckPages(), CheckResult())
            var complete: [CheckPage] = []
            func decision(_ index: Int) -> Decision {
                if index % 1_000 == 999 { return .fail(failure) }
                return index % 5 == 0 ? .unchanged : .create
            }
            func add(_ count: Int, of type: RecordType) {
                var records: [CheckedRecord] = []
                for index in 0..<count {
                    let decided = RecordDecision(
                        RecordSequence(number: Int64(index)), importIDs: [ImportID("\(type)\(index)")],
                        decision(index))
                    let record = CheckedRecord(decided, of: type)
                    records.append(record)
                    result.add(record)
                }
                complete += pages.append(records)
            }
            add(120_000, of: .user)
            add(5_000, of: .room)
            complete += pages.cut()
            result.finish()
            let (all, text) = (complete, result.text)
            let number = try await workspace.store.write { transaction in
                let number = try transaction.checks.begin("key", of: operation.id)
                try transaction.checks.add(all, to: number)
                try transaction.checks.finish(number, recordCount: 125_000, result: text)
                return number
            }
            let check = ImportCheck(number: number, recordCount: 125_000, result: result)
            func page(_ filter: CheckFilter, _ offset: Int, _ limit: Int) async throws -> [String?] {
                try await workspace.engine.checks.records(of: check, matching: filter, offset: offset, limit: limit)
                    .map(\.importID)
            }

            func names(_ type: String, _ numbers: StrideTo<Int>) -> [String?] { numbers.map { "\(type)\($0)" } }
            let failing =
                names("user", stride(from: 999, to: 120_000, by: 1_000))
                + names("room", stride(from: 999, to: 5_000, by: 1_000))
            let everything =
                names("user", stride(from: 0, to: 120_000, by: 1))
                + names("room", stride(from: 0, to: 5_000, by: 1))
            #expect(all.count { $0.outcome == .fail } == 2)
            #expect(try await page(CheckFilter(outcome: .fail), 0, 1_000) == failing)
            #expect(try await page(CheckFilter(outcome: .fail), 117, 5) == Array(failing[117..<122]))
            for offset in [0, 998, 4_990, 119_997, 124_999, 125_000] {
                let expected = Array(everything[offset..<min(offset + 1_500, 125_000)])
                #expect(try await page(CheckFilter(), offset, 1_500) == expected)
            }
            #expect(try await page(CheckFilter(type: .room), 4_000, 2) == ["room4000", "room4001"])
            #expect(
                try await page(CheckFilter(outcome: .unchanged), 23_999, 3) == ["user119995", "room0", "room5"])
        }
    }

    @Test func `when the database rejects records, then each fails alone, as in the import`() async throws {
        // A rule that no record breaks alone.
        let rules = [
            "CREATE UNIQUE INDEX rule_1 ON users (bio) WHERE bio = 'rare'",
            "CREATE UNIQUE INDEX rule_2 ON rooms (topic) WHERE topic = 'rare'",
            "CREATE UNIQUE INDEX rule_3 ON messages (system_kind) WHERE system_kind = 'rare'",
        ].joined(separator: ";")
        try await TestWorkspace.with { workspace in
            try await workspace.files.database.write { try $0.run(script: rules) }
            func rare(_ index: Int) -> Bool { index % 23 == 7 }
            try await workspace.stage(
                (0..<60).map { index in
                    StagedUser("u\(index)", importIDs: ["u\(index)"], more: rare(index) ? [#""bio": "rare""#] : [])
                })
            let rooms = (0..<60).map { index in
                #"{"importIds":["r\#(index)"],"name":"r\#(index)","t":"c","users":["u0"]"#
                    + (rare(index) ? #","topic":"rare"}"# : "}")
            }
            let messages = (0..<60).map { index in
                #"{"_id":"m\#(index)","rid":"r\#(index)","u":{"_id":"u\#(index)"},"ts":\#(index + 1),"msg":"""#
                    + (index % 20 == 1 ? #","t":"rare"}"# : "}")
            }
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":["# + rooms.joined(separator: ",") + "]}"), format: .json)
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)
            let old = workspace.environment
            let environment = WorkspaceEnvironment(
                store: old.store, files: old.files, clock: old.clock, identifiers: old.identifiers,
                passwords: old.passwords
            ) { [directory = workspace.files.directory.path] in
                try await TestStore.openScratch(in: directory, clock: old.clock, rules: rules)
            }

            let checks = ImportChecks(
                environment, importers: workspace.engine.operations.importers,
                rules: SelectionRules(store: workspace.store, index: RecordIndex(workspace.store)))
            let check = try await checks.check(ImportCheckRequest(policies: .ofCalls), by: UserID("nobody"))
            let foretold = try await checks.records(of: check, offset: 0, limit: 1_000)

            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()
            // Two attempts of a batch throw before it is divided.
            for _ in 0..<400 where try await workspace.current().phase != .ended(.done) {
                do {
                    _ = try await worker.step()
                } catch {
                    try await worker.loop.leases.releaseAll()
                }
            }
            let failures = try await workspace.failures()
            // Two users, two rooms, their messages, and two messages.
            #expect(failures.count == 8)
            #expect(foretold.count == 180)
            let (wrong, failed) = (
                foretold.filter { $0.outcome == .fail }.map { "\($0.type) \($0.importID ?? "") \($0.code ?? "")" },
                failures.map { "\($0.type) \($0.importID) \($0.failure.code.rawValue)" }
            )
            #expect(wrong.sorted() == failed.sorted())
            #expect(foretold.map(\.sequence) == foretold.map(\.sequence).sorted(by: <))
        }
    }

    @Test func `when a process ended during a check, then housekeeping removes what it left`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage([StagedUser("ada")])
            try await workspace.store.write { transaction in
                let check = try transaction.checks.begin("key", of: operation.id)
                try transaction.checks.add(
                    [
                        CheckPage(
                            type: .user, outcome: .create, position: 0, count: 1, firstIndex: 0, payload: [1])
                    ], to: check)
            }
            try await workspace.files.database.write { _ = try $0.execute("UPDATE import_checks SET changed_at = 0") }

            while try await workspace.store.write({
                try $0.staging.purge(includingFailures: false, limit: 8_000)
            }) {}

            #expect(try await Self.stored(workspace) == (0, 0))
            #expect(try await workspace.current().totalCounts.pending == 1)
        }
    }

    @Test func `when a check ends, then its scratch workspace leaves no file`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            let before = try workspace.files.contents().count

            _ = try await Self.check(workspace)

            #expect(try workspace.files.contents().count == before)
        }
    }
}
