import ImportDomain
import ImportFixtures
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given records that are decided and not written yet", .onEveryStore)
struct OutdatedDecisionTests {
    /// Counts how often decisions are made.
    private struct CountedConversion: RecordConversion {
        let base: any RecordConversion
        let counter: DecisionCounter

        func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
            CountedRecords(base: try await base.decode(claim, in: context), counter: counter)
        }
    }

    private struct CountedRecords: DecodedBatch {
        let base: any DecodedBatch
        let counter: DecisionCounter

        func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
            counter.count.withLock { $0 += 1 }
            return try base.decide(by: directory)
        }
    }

    private final class DecisionCounter: Sendable {
        let count = Mutex(0)
    }

    /// Decides the first batch of a stage, runs a change, and continues.
    ///
    /// - Returns: the number of decisions in the stage.
    private static func racing(
        _ workspace: TestWorkspace, in stage: ImportPhase, of type: RecordType,
        with happening: @escaping @Sendable (any StoreTransaction) throws -> Void
    ) async throws -> Int {
        let (worker, counter) = (workspace.worker(), DecisionCounter())
        while try await workspace.current().phase != stage { _ = try await worker.step() }
        await worker.replaceConversions { CountedConversion(base: $0, counter: counter) }
        try await worker.prepareUpcoming(of: .init(operation: try await workspace.current().id, type: type), after: nil)
        #expect(try await worker.upcomingBatch()?.decided != nil)
        try await workspace.store.write(happening)
        while try await workspace.current().phase == stage { _ = try await worker.step() }
        let count = counter.count.withLock { $0 }
        try await workspace.finish(worker)
        return count
    }

    private static func codes(_ workspace: TestWorkspace) async throws -> [RecordFailure.Code] {
        try await workspace.failures().map(\.failure.code)
    }

    private static func account(_ id: String, _ username: String, _ address: String, roles: [String] = ["user"]) -> User
    {
        User(
            id: UserID(id), username: username, roles: roles, emails: [EmailAddress(address)],
            createdAt: Timestamp(milliseconds: 1))
    }

    // MARK: Users

    @Test func `when there are no other writers, then they are written as they were decided`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada"), StagedUser("ben")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let count = try await Self.racing(workspace, in: .running(.users), of: .user) { _ in }

            #expect(count == 1)
            #expect(try await workspace.current().totalCounts.completed == 2)
        }
    }

    @Test(arguments: [
        ("ada", "other@example.com", RecordFailure.Code.userUsernameTaken),
        ("other", "ada@example.com", .userEmailTaken),
    ])
    func `when another person takes a username or an address, then the record fails`(
        username: String, address: String, code: RecordFailure.Code
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada"), StagedUser("ben")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let count = try await Self.racing(workspace, in: .running(.users), of: .user) {
                try $0.users.insert([Self.account("late", username, address)], by: nil)
            }

            #expect(count == 2)
            #expect(try await Self.codes(workspace) == [code])
            #expect(try await workspace.user("ben") != nil)
        }
    }

    @Test func `when an import id is given to another person, then the record fails`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
            _ = try await Self.racing(workspace, in: .running(.users), of: .user) { transaction in
                try transaction.users.insert([Self.account("late", "late", "late@example.com")], by: nil)
                try transaction.users.bind(
                    [(ImportID("id-ada"), UserID("late"))], by: ImportNumber(99))
            }

            #expect(try await Self.codes(workspace) == [.userImportIDTaken])
        }
    }

    @Test func `when the account of a person is deleted, then the person gets a new one`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.store.write {
                try $0.users.insert([Self.account("old", "ada", "ada@example.com")], by: nil)
            }
            try await workspace.read(Array("ada,ada@example.com,Ada\n".utf8), named: "users.csv", importer: "csv")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            _ = try await Self.racing(workspace, in: .running(.users), of: .user) { try $0.users.delete(UserID("old")) }

            let ada = try #require(try await workspace.user("ada"))
            #expect(ada.id != UserID("old"))
            #expect(!ada.importIDs.isEmpty)
        }
    }

    @Test func `when the account of a username becomes an administrator, then the person is not taken for it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.store.write { transaction in
                var user = Self.account("old", "ada", "")
                user.emails = []
                try transaction.users.insert([user], by: nil)
            }
            try await workspace.read(Array("ada,ada@example.com,Ada\n".utf8), named: "users.csv", importer: "csv")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            _ = try await Self.racing(workspace, in: .running(.users), of: .user) { transaction in
                var user = try #require(try transaction.users.find(id: UserID("old")))
                user.roles = ["admin"]
                try transaction.users.update(user)
            }

            #expect(try await workspace.user("ada")?.importIDs.isEmpty == true)
            #expect(try await workspace.user("ada-1") != nil)
        }
    }

    @Test func `when the batch before is taken over, then what was decided on top of it is decided again`() async throws
    {
        try await TestWorkspace.with { workspace in
            // Two bodies are two batches; the second repeats the first person.
            try await workspace.stage([StagedUser("ada")])
            try await workspace.add([StagedUser("ada"), StagedUser("ben")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
            var configuration = WorkerConfiguration()
            configuration.claimBytes = 1
            let (worker, id) = (workspace.worker(configuration), try await workspace.current().id)
            while try await workspace.current().phase != .running(.users) { _ = try await worker.step() }
            try await worker.prepareUpcoming(of: .init(operation: id, type: .user), after: nil)
            #expect(try await worker.upcomingBatch()?.decided != nil)
            try await workspace.files.expireLeases()
            // Batches without attempts are claimed first.
            let claims = try await workspace.store.write { transaction in
                try (0..<2).compactMap { _ in
                    try transaction.staging.claim(
                        .user, of: id, by: WorkerID("thief"), for: .seconds(60), target: Workload())
                }
            }
            try #require(claims.count == 2)
            try await workspace.store.write { try $0.leases.release(claims[0].lease) }

            _ = try await worker.step()
            _ = try await worker.step()
            #expect(try await workspace.user("ben") != nil)
            #expect(try await workspace.user("ada") != nil)
            try await workspace.store.write { try $0.leases.release(claims[1].lease) }
            try await workspace.finish(workspace.worker())

            let counts = try await workspace.current().totalCounts
            #expect((counts.completed, counts.unchanged, counts.pending) == (3, 1, 0))
        }
    }

    // MARK: Rooms

    private static let export = SlackExport(
        users: [#"{"id":"U1","name":"ann","profile":{"email":"ann@example.com"}}"#],
        channels: [#"{"id":"C1","name":"plans","creator":"U1","members":["U1"]}"#],
        groups: [], messages: ["plans": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"hello"}"#]])

    @Test(arguments: [RoomKind.channel, .privateGroup])
    func `when a room of its name appears, then the record is decided by what that room is`(kind: RoomKind) async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.export.bytes, named: "export.zip", importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let count = try await Self.racing(workspace, in: .running(.rooms), of: .room) {
                try $0.rooms.insert(
                    [Room(id: RoomID("late"), kind: kind, name: "plans", createdAt: Timestamp(milliseconds: 1))],
                    by: nil)
            }

            #expect(count == 2)
            let carrier = try await workspace.store.read { try $0.rooms.rooms(withImportIDs: [ImportID("C1")]) }
            #expect(carrier[ImportID("C1")] == (kind == .channel ? RoomID("late") : nil))
            #expect(
                try await Self.codes(workspace) == (kind == .channel ? [] : [.roomKindMismatch, .messageUnknownRoom]))
        }
    }

    // MARK: Messages

    @Test func `when a message gets a later edit meanwhile, then the edit stays`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.export.bytes, named: "export.zip", importer: "slack")
            try await workspace.importFile()
            let edited = SlackExport(
                users: [], channels: [#"{"id":"C1","name":"plans","creator":"U1","members":["U1"]}"#], groups: [],
                messages: [
                    "plans": [
                        #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"hello again","edited":{"user":"U1","ts":"1704456060.000000"}}"#
                    ]
                ])
            try await workspace.read(edited.bytes, named: "export.zip", importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let room = try #require(
                try await workspace.store.read { try $0.rooms.rooms(withImportIDs: [ImportID("C1")]) }[ImportID("C1")])
            func messages() async throws -> [Message] {
                try await workspace.store.read {
                    try $0.messages.list(MessageFilter(roomID: room), order: .newestFirst, offset: 0, limit: 10)
                }
            }
            var later = try #require(try await messages().first)
            later.text = "hello at last"
            later.editedAt = Timestamp(milliseconds: 1_704_456_120_000)
            let written = later
            let count = try await Self.racing(workspace, in: .running(.messages), of: .message) {
                try $0.messages.update(written)
            }

            #expect(count == 2)
            #expect(try await messages().map(\.text) == ["hello at last"])
        }
    }
}
