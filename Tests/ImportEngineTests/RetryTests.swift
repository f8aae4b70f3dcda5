import ImportDomain
import ImportFixtures
import SQL
import Synchronization
import Testing
import WorkspaceServices
import ZipFixtures

@testable import ImportEngine

/// An import that ended with failures, and what a test sends to try them again.
enum RetryScene {
    static let admin = UserID("nobody")

    /// Two users of whom one has a wrong type, a room without a name and one that is fine, and messages: by both users in
    /// both rooms, and one without a timestamp.
    static func failing(_ workspace: TestWorkspace) async throws {
        try await workspace.stage([
            StagedUser("ann", importIDs: ["U1"]),
            StagedUser("ben", importIDs: ["U2"], password: "secret", type: "wizard"),
        ])
        let rooms = [
            #"{"importIds":["C1"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}"#,
            #"{"importIds":["C2"],"t":"p","users":["U1","U2"],"u":{"_id":"U1"}}"#,
        ]
        try await workspace.engine.staging.addRooms(
            from: Chunks(#"{"channels":["# + rooms.joined(separator: ",") + "]}"), format: .json)
        var messages: [String] = []
        for (index, place) in [("C1", "U1"), ("C1", "U2"), ("C2", "U1"), ("C2", "U2")].enumerated() {
            messages.append(
                #"{"_id":"m\#(index)","rid":"\#(place.0)","u":{"_id":"\#(place.1)"},"ts":1704067200000,"msg":"hello"}"#)
        }
        messages.append(#"{"_id":"m4","rid":"C1","u":{"_id":"U1"},"msg":"late"}"#)
        try await workspace.engine.staging.addMessages(
            from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)
        try await workspace.runToTheEnd()
    }

    @discardableResult
    static func retry(
        _ workspace: TestWorkspace, _ body: String = "", _ format: RetryBodyFormat = .json,
        of operation: OperationID? = nil
    ) async throws -> RetryResult {
        try await workspace.engine.retries.retry(from: Chunks(body), format: format, of: operation)
    }

    /// The ids of failed records, by the id that intake gave them.
    static func ids(_ workspace: TestWorkspace) async throws -> [String: String] {
        Dictionary(
            try await workspace.failures().map { ($0.importID, String($0.sequence.number)) }
        ) { first, _ in first }
    }

    /// Corrections of all that is wrong in `failing`.
    static func corrections(_ workspace: TestWorkspace) async throws -> String {
        let ids = try await ids(workspace)
        let items = [
            ("U2", #"{"importIds":["U2"],"emails":["ben@example.com"],"username":"ben"}"#),
            ("C2", #"{"importIds":["C2"],"name":"dock","t":"p","users":["U1","U2"],"u":{"_id":"U1"}}"#),
            ("m4", #"{"rid":"C1","u":{"_id":"U1"},"ts":1704067200000,"msg":"late"}"#),
        ]
        return #"{"records":["#
            + items.map { #"{"id":"\#(ids[$0.0] ?? "")","data":\#($0.1)}"# }.joined(separator: ",") + "]}"
    }

    /// The texts of a room's messages, with the import id of the author.
    static func messages(_ workspace: TestWorkspace, in name: String) async throws -> [String] {
        try await workspace.store.read { transaction in
            guard let room = try transaction.rooms.find(nameKey: name) else { return [] }
            return try transaction.messages.list(
                MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 100
            ).map { "\($0.id) \($0.text)" }.sorted()
        }
    }

    /// Records an issue if counts do not add up, or if they differ from what is staged.
    static func expectLaw(_ workspace: TestWorkspace) async throws {
        let operation = try await workspace.current()
        for counts in operation.counts.values {
            #expect(counts.total == counts.completed + counts.error + counts.skipped + counts.pending)
            #expect(counts.error >= 0 && counts.pending >= 0 && counts.completed >= 0)
        }
        let groups = try await workspace.engine.failures.page(offset: 0, limit: 1).groups
        for type in RecordType.allCases {
            #expect(
                groups.filter { $0.type == type }.reduce(0) { $0 + $1.count } == operation.counts[type]?.error ?? 0)
        }
        let staged = try await workspace.store.read { try $0.staging.recordCount(of: operation.id) }
        #expect(staged == operation.totalCounts.error + operation.totalCounts.pending)
    }

    /// Works until the operation is done, and checks the counts after each step.
    static func finish(_ workspace: TestWorkspace, _ worker: ImportWorker? = nil) async throws {
        let worker = worker ?? workspace.worker()
        repeat { try await expectLaw(workspace) } while try await worker.step()
        try await expectLaw(workspace)
    }

    /// How many rows requests have left.
    static func rows(_ workspace: TestWorkspace) async throws -> Int64 {
        try await workspace.files.database.read {
            try $0.integer(
                """
                SELECT (SELECT count(*) FROM import_retries) + (SELECT count(*) FROM import_retried_records)
                    + (SELECT count(*) FROM import_failed WHERE record_type LIKE '%?')
                """)
        }
    }
}

@Suite("Given an import that ended with failures", .onEveryStore)
struct RetryTests {
    /// Counts the records that conversions decode.
    private struct CountedConversion: RecordConversion {
        let base: any RecordConversion
        let counter: RecordCounter

        func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
            counter.count.withLock { $0 += claim.recordCount }
            return try await base.decode(claim, in: context)
        }
    }

    private final class RecordCounter: Sendable {
        let count = Mutex(0)
    }

    @Test func `when all are corrected, then they alone run again in the order of a run, and none fails`() async throws
    {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let before = try await workspace.current()
            #expect(before.totalCounts.error == 6)
            let (worker, counter) = (workspace.worker(), RecordCounter())
            await worker.replaceConversions { CountedConversion(base: $0, counter: counter) }

            let result = try await RetryScene.retry(workspace, try await RetryScene.corrections(workspace))
            #expect(result.count == 6)
            #expect(result.correctedCount == 3)
            #expect(result.operation.phase == .running(.starting))
            try await RetryScene.finish(workspace, worker)

            let done = try await workspace.current()
            #expect(done.phase == .ended(.done))
            #expect(done.totalCounts.error == 0)
            #expect(done.totalCounts.completed == done.totalCounts.total)
            #expect((done.startedAt, done.start) == (before.startedAt, before.start))
            #expect(counter.count.withLock { $0 } == 6)
            #expect(try await RetryScene.messages(workspace, in: "quay") == ["m0 hello", "m1 hello", "m4 late"])
            #expect(try await RetryScene.messages(workspace, in: "dock") == ["m2 hello", "m3 hello"])
            #expect(try await RetryScene.rows(workspace) == 0)
            // The password that was staged first.
            _ = try await workspace.signIn.signIn(.username("ben"), password: .plain("secret"), from: "local")
        }
    }

    @Test func `when they are tried again as they are, then they fail again under the same ids and indexes`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let before = try await workspace.failures()
            for _ in 0..<2 {
                #expect(try await RetryScene.retry(workspace).count == 6)
                try await RetryScene.finish(workspace)
            }

            let after = try await workspace.failures()
            #expect(after.map(\.sequence) == before.map(\.sequence))
            #expect(after.map(\.index) == before.map(\.index))
            #expect(after.map(\.document) == before.map(\.document))
            #expect(after.map(\.failure) == before.map(\.failure))
            #expect(after.map(\.importID) == before.map(\.importID))
        }
    }

    @Test func `when only some are named, then the others stay failed`() async throws {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let ids = try await RetryScene.ids(workspace)

            let one = try await RetryScene.retry(
                workspace,
                #"{"ids":[],"records":[{"id":\#(ids["U2"] ?? ""),"data":{"importIds":["U2"],"emails":["b@example.com"]}}]}"#
            )
            try await RetryScene.finish(workspace)
            let kind = try await RetryScene.retry(
                workspace, #"{"type":"message","code":"importer-message-unknown-user"}"#)
            try await RetryScene.finish(workspace)

            #expect((one.count, kind.count) == (1, 1))
            #expect(try await workspace.failures().map(\.importID) == ["C2", "m2", "m3", "m4"])
            #expect(try await RetryScene.messages(workspace, in: "quay") == ["m0 hello", "m1 hello"])
        }
    }

    @Test func `when a record is skipped, then it counts as skipped and is gone`() async throws {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let ids = try await RetryScene.ids(workspace)
            let items = ["U2", "m4"].map { #"{"id":"\#(ids[$0] ?? "")","skip":true}"# }

            try await RetryScene.retry(workspace, items.joined(separator: "\n"), .lines)
            try await RetryScene.finish(workspace)

            let counts = try await workspace.current().counts
            #expect(counts[.user]?.skipped == 1 && counts[.user]?.error == 0)
            // The message that it wrote in a room that was imported is skipped with its author.
            #expect(counts[.message]?.skipped == 2 && counts[.message]?.error == 2)
            #expect(try await workspace.user("ben") == nil)
        }
    }

    // MARK: Errors

    @Test func `when ids are unknown, of another import or of records that did not fail, then nothing changes`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let earlier = try await RetryScene.ids(workspace)
            try await RetryScene.failing(workspace)
            let ids = try await RetryScene.ids(workspace)
            let before = try await workspace.current()

            for (body, wrong) in [
                (#"{"ids":["1","\#(ids["C2"] ?? "")","abc"]}"#, ["1", "abc"]),
                (#"{"ids":["\#(earlier["U2"] ?? "")","\#(ids["C2"] ?? "")"]}"#, [earlier["U2"] ?? ""]),
            ] {
                await #expect(throws: ImportError.recordsNotFailed(ids: wrong)) {
                    try await RetryScene.retry(workspace, body)
                }
            }
            let item = #"{"id":"\#(ids["U2"] ?? "")","data":{"importIds":["U2"],"emails":["b@example.com"]}}"#
            await #expect(throws: ImportError.recordsRepeated(ids: [ids["U2"] ?? ""])) {
                try await RetryScene.retry(workspace, #"{"records":[\#(item),\#(item)]}"#)
            }

            #expect(try await workspace.current() == before)
            #expect(try await RetryScene.ids(workspace) == ids)
            #expect(try await RetryScene.rows(workspace) == 0)
        }
    }

    @Test func `when a correction is one that intake would reject, then nothing changes`() async throws {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let id = try await RetryScene.ids(workspace)["U2"] ?? ""
            func body(_ data: String) -> String { #"{"records":[{"id":"\#(id)","data":\#(data)}]}"# }

            await #expect(throws: ImportError.missingUserData(index: 0, field: "emails")) {
                try await RetryScene.retry(workspace, body(#"{"importIds":["U2"],"emails":[""]}"#))
            }
            await #expect(throws: ImportError.invalidRole(index: 0, role: "king")) {
                try await RetryScene.retry(
                    workspace, body(#"{"importIds":["U2"],"emails":["b@example.com"],"roles":["king"]}"#))
            }
            for wrong in [
                #"{"importIds":["U2"]}"#, #"{"importIds":["U2"],"emails":"b"}"#, "[]", "5",
                #"{"importIds":["U2"],"emails":[],"name":"\#(String(repeating: "x", count: 600))"}"#,
            ] {
                await #expect(throws: InvalidBody.self) { try await RetryScene.retry(workspace, body(wrong)) }
            }
            for wrong in [#"{"other":1}"#, "[]", "{", #"{"ids":"1"}"#, #"{"type":"cat"}"#, #"{"records":[{}]}"#] {
                await #expect(throws: InvalidBody.self) { try await RetryScene.retry(workspace, wrong) }
            }

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await RetryScene.rows(workspace) == 0)
        }
    }

    @Test func `when the import is not finished, or is history, then it is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            func refusal(of operation: OperationID? = nil) async -> ImportRejection.Reason? {
                do {
                    _ = try await RetryScene.retry(workspace, of: operation)
                } catch ImportError.rejected(let rejection) {
                    return rejection.reason
                } catch {
                    Issue.record(error)
                }
                return nil
            }
            #expect(await refusal() == .operationNotFound)
            try await workspace.stage([StagedUser("ann", type: "wizard")])
            #expect(await refusal() == .invalidOperationStatus)
            try await workspace.engine.operations.run(by: RetryScene.admin)
            #expect(await refusal() == .invalidOperationStatus)
            _ = try await workspace.engine.controls.pause(.import)
            #expect(await refusal() == .invalidOperationStatus)
            _ = try await workspace.engine.controls.resume(.import)
            try await workspace.finish()
            let first = try await workspace.current().id
            try await RetryScene.retry(workspace)
            #expect(await refusal() == .invalidOperationStatus)
            try await workspace.finish()
            #expect(await refusal(of: OperationID("none")) == .operationUnknown(OperationID("none")))

            try await workspace.importing([StagedUser("ben")])
            #expect(await refusal() == .nothingToRetry)
            #expect(await refusal(of: first) == .operationNotFound)

            try await workspace.stage([StagedUser("cid", type: "wizard")])
            try await workspace.engine.operations.run(by: RetryScene.admin)
            _ = try await workspace.engine.controls.cancel(.import)
            #expect(await refusal() == .invalidOperationStatus)
            try await workspace.engine.operations.clear()
            #expect(await refusal() == .operationNotFound)
        }
    }

    // MARK: Other imports

    @Test func `when another import follows, then failures stay readable by their operation until they are cleared`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await RetryScene.failing(workspace)
            let first = try await workspace.current().id
            try await workspace.importing([StagedUser("dan")])
            func page() async throws -> ImportFailures.Page {
                try await workspace.engine.failures.page(of: first, offset: 0, limit: 10)
            }

            #expect(try await page().total == 6)
            #expect(try await page().groups.map(\.count) == [2, 1, 1, 1, 1])
            #expect(try await workspace.failures().isEmpty)
            await #expect(throws: ImportError.rejected(ImportRejection(.operationUnknown(OperationID("none"))))) {
                try await workspace.engine.failures.page(of: OperationID("none"), offset: 0, limit: 10)
            }

            try await workspace.engine.operations.clear()
            #expect(try await page().total == 0)
        }
    }

    @Test
    func `when two failed rooms share an id and one is tried again, then no message slips into a room that is there`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            // A public room, which a later record makes private.
            _ = try await workspace.engine.operations.create(by: RetryScene.admin)
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":[{"importIds":["C1"],"name":"plans","t":"c","users":[]}]}"#), format: .json)
            try await workspace.runToTheEnd()
            try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            let rooms = ["plans", "plans"].map {
                #"{"importIds":["C1"],"name":"\#($0)","t":"p","users":["U1"],"u":{"_id":"U1"}}"#
            }
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":["# + rooms.joined(separator: ",") + "]}"), format: .json)
            try await workspace.engine.staging.addMessages(
                from: Chunks(
                    #"{"messages":[{"_id":"m","rid":"C1","u":{"_id":"U1"},"ts":1704067200000,"msg":"private"}]}"#),
                format: .json)
            try await workspace.runToTheEnd()
            let failures = try await workspace.failures()
            #expect(failures.map(\.type) == [.room, .room, .message])

            // Under another id and name the first one can be imported; the second one still fails.
            let corrected = #"{"importIds":["C9"],"name":"secret","t":"p","users":["U1"],"u":{"_id":"U1"}}"#
            for data in [corrected, nil] {
                let item =
                    #"{"id":"\#(failures[data == nil ? 1 : 0].sequence.number)""#
                    + (data.map { #","data":\#($0)}"# } ?? "}")
                try await RetryScene.retry(
                    workspace, #"{"ids":["\#(failures[2].sequence.number)"],"records":[\#(item)]}"#)
                try await RetryScene.finish(workspace)
                #expect(try await RetryScene.messages(workspace, in: "plans") == [])
            }

            #expect(try await workspace.failures().map(\.type) == [.room, .message])
        }
    }

    /// A public room of an earlier import, and then a private one of the same import id, which fails with its message.
    private static func failingPrivateRoom(_ workspace: TestWorkspace) async throws -> [FailedRecord] {
        _ = try await workspace.engine.operations.create(by: RetryScene.admin)
        try await workspace.engine.staging.addRooms(
            from: Chunks(#"{"channels":[{"importIds":["C1"],"name":"town","t":"c","users":[]}]}"#), format: .json)
        try await workspace.runToTheEnd()
        try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
        try await workspace.engine.staging.addRooms(
            from: Chunks(
                #"{"channels":[{"importIds":["C1"],"name":"secret","t":"p","users":["U1"],"u":{"_id":"U1"}}]}"#),
            format: .json)
        try await workspace.engine.staging.addMessages(
            from: Chunks(#"{"messages":[{"_id":"m","rid":"C1","u":{"_id":"U1"},"ts":1704067200000,"msg":"private"}]}"#),
            format: .json)
        try await workspace.runToTheEnd()
        let failures = try await workspace.failures()
        #expect(failures.map(\.failure.code) == [.roomKindMismatch, .messageUnknownRoom])
        return failures
    }

    @Test func `when a failed room is given up, then its messages are skipped, whatever room has its import id`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let room = try await Self.failingPrivateRoom(workspace)[0].sequence.number

            // Alone, and then with everything that is left.
            try await RetryScene.retry(workspace, #"{"ids":[],"records":[{"id":"\#(room)","skip":true}]}"#)
            try await RetryScene.finish(workspace)
            #expect(try await workspace.failures().map(\.failure.code) == [.messageUnknownRoom])
            try await RetryScene.retry(workspace)
            try await RetryScene.finish(workspace)

            #expect(try await RetryScene.messages(workspace, in: "town") == [])
            let counts = try await workspace.current().counts
            #expect(counts[.room]?.skipped == 1 && counts[.message]?.skipped == 1)
            #expect(try await workspace.current().totalCounts.error == 0)
        }
    }

    @Test func `when a failed room gets another import id, then its messages fail until they name it`() async throws {
        try await TestWorkspace.with { workspace in
            let failures = try await Self.failingPrivateRoom(workspace)
            let (room, message) = (failures[0].sequence.number, failures[1].sequence.number)
            let corrected = #"{"importIds":["C1x"],"name":"secret","t":"p","users":["U1"],"u":{"_id":"U1"}}"#

            try await RetryScene.retry(workspace, #"{"records":[{"id":"\#(room)","data":\#(corrected)}]}"#)
            try await RetryScene.finish(workspace)
            try await RetryScene.retry(workspace)
            try await RetryScene.finish(workspace)
            #expect(try await workspace.failures().map(\.failure.code) == [.messageUnknownRoom])
            #expect(try await RetryScene.messages(workspace, in: "town") == [])
            let text = #"{"_id":"m","rid":"C1x","u":{"_id":"U1"},"ts":1704067200000,"msg":"private"}"#
            try await RetryScene.retry(workspace, #"{"records":[{"id":"\#(message)","data":\#(text)}]}"#)
            try await RetryScene.finish(workspace)

            #expect(try await workspace.current().totalCounts.error == 0)
            #expect(try await RetryScene.messages(workspace, in: "town") == [])
            #expect(try await RetryScene.messages(workspace, in: "secret") == ["m private"])
        }
    }

    @Test(arguments: ["ids of the API", "usernames of tables"])
    func `when a failed user gets another import id, then the old one does not mean the account that has it`(
        source: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            let (isTable, id) = (source == "usernames of tables", source == "usernames of tables" ? "ann" : "U1")
            try await workspace.importing([StagedUser("ann", importIDs: [isTable ? "other" : id])])
            if isTable {
                let archive = StoredZip([
                    StoredZip.Entry(
                        "users.csv", "username,email,name\nann,ann@example.org,Ann\nben,ben@example.org,Ben\n"),
                    StoredZip.Entry("directmessages/1.csv", "ann,ben,1704067200000,for the other ann\n"),
                ])
                try await workspace.read(archive.bytes, named: "export.zip", importer: "csv")
                try await workspace.importFile(policies: ImportPolicies(users: .fail))
            } else {
                try await workspace.stage([
                    StagedUser("carl", importIDs: [id]),
                    StagedUser("ben", importIDs: ["U2"]),
                ])
                try await workspace.engine.staging.addRooms(
                    from: Chunks(#"{"channels":[{"importIds":["D1"],"t":"d","users":["U1","U2"]}]}"#), format: .json)
                try await workspace.runToTheEnd()
            }
            let user = try #require(try await workspace.failures().first { $0.type == .user })
            let data = #"{"username":"carl","emails":["carl@example.org"],"importIds":["carl"]}"#

            try await RetryScene.retry(
                workspace, #"{"records":[{"id":"\#(user.sequence.number)","data":\#(data)}]}"#)
            try await RetryScene.finish(workspace)

            #expect(try await workspace.user("carl") != nil)
            #expect(try await workspace.failures().first?.failure.code == .roomMissingUsers)
            let ann = try #require(try await workspace.user("ann"))
            #expect(try await workspace.store.read { try $0.rooms.find(participants: [ann.id]) } == nil)
        }
    }

    @Test func `when a retried user has what an account of the same import has, then it is a duplicate`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ann"), StagedUser("ben", type: "wizard")])
            try await workspace.runToTheEnd()
            let id = try await RetryScene.ids(workspace)["id-ben"] ?? ""

            try await RetryScene.retry(
                workspace,
                #"{"records":[{"id":"\#(id)","data":{"importIds":["id-ben"],"emails":["ann@example.com"]}}]}"#)
            try await workspace.finish()

            #expect(try await workspace.failures().map(\.failure.code) == [.userDuplicateInBatch])
        }
    }

    @Test func `when a file bound a record to an account that was there, then a retried record does not get it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", importIDs: ["ann"])])
            // Both have the address of the account; the first is the account.
            let table = "username,email,importid\nann,ann@example.com,\nanna,ann@example.com,x\n"
            try await workspace.read(Array(table.utf8), named: "users.csv", importer: "csv")
            try await workspace.importFile()
            #expect(try await workspace.failures().count == 1)
            let before = try await workspace.failures().map(\.failure.code)

            try await RetryScene.retry(workspace)
            try await workspace.finish()

            #expect(try await workspace.failures().map(\.failure.code) == before)
        }
    }

    @Test(arguments: [ImportPolicies.Users.bind, .fail, .update])
    func `when its policy is another one, then messages of people whom the run skipped have their accounts as authors`(
        policy: ImportPolicies.Users
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann")])
            try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"channels":[{"importIds":["C1"],"t":"c","users":["U1"],"u":{"_id":"U1"}}]}"#),
                format: .json)
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":[{"_id":"m","rid":"C1","u":{"_id":"U1"},"ts":1704067200000,"msg":"hi"}]}"#),
                format: .json)
            try await workspace.runToTheEnd(policies: ImportPolicies(users: .skip))
            #expect(try await workspace.current().counts[.user]?.skipped == 1)
            let room = try #require(try await workspace.failures().first { $0.type == .room })
            let data = #"{"importIds":["C1"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}"#

            _ = try await workspace.engine.retries.retry(
                from: Chunks(#"{"records":[{"id":"\#(room.sequence.number)","data":\#(data)}]}"#), format: .json,
                policies: { _, _ in ImportPolicies(users: policy) })
            try await RetryScene.finish(workspace)
            // The message was tried before or with its room.
            if try await workspace.current().totalCounts.error > 0 {
                try await RetryScene.retry(workspace)
                try await RetryScene.finish(workspace)
            }

            #expect(try await RetryScene.messages(workspace, in: "quay") == ["m hi"])
            let quay = try await workspace.store.read { try $0.rooms.find(nameKey: "quay") }
            #expect(quay?.memberCount == 1)
        }
    }

    @Test func `when a selected record is corrected to another id, then it is still selected`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([
                StagedUser("ann", importIDs: ["A"]), StagedUser("ben", importIDs: ["B"], type: "wizard"),
            ])
            try await workspace.engine.operations.start(
                ImportSelection(users: .listed(["B"]), rooms: .all, contacts: .all), by: RetryScene.admin)
            try await workspace.finish()
            let id = try await RetryScene.ids(workspace)["B"] ?? ""

            try await RetryScene.retry(
                workspace, #"{"records":[{"id":"\#(id)","data":{"importIds":["C"],"emails":["b@example.com"]}}]}"#)
            try await RetryScene.finish(workspace)

            let counts = try await workspace.current().counts[.user]
            #expect(counts?.completed == 1 && counts?.skipped == 1 && counts?.error == 0)
        }
    }

    @Test func `when many are paused on their way, then they stay failed until the import is resumed`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage((0..<2_500).map { StagedUser("u\($0)", type: "wizard") })
            try await workspace.runToTheEnd()
            try await RetryScene.retry(workspace)
            _ = try await workspace.engine.controls.pause(.import)
            try await RetryScene.finish(workspace)
            #expect(try await workspace.current().totalCounts.error == 2_500)

            _ = try await workspace.engine.controls.resume(.import)
            try await RetryScene.finish(workspace)

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await workspace.current().totalCounts.error == 2_500)
            #expect(try await RetryScene.rows(workspace) == 0)
        }
    }
}
