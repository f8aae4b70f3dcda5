import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import Testing
import WorkspaceServices

@Suite("Given a collection and another one of twice its size", .onEveryStore)
struct CountedWorkTests {
    private typealias Fixtures = RoomFixtures

    /// The work that a test counts in its own workspace.
    private static func work(
        _ test: (TestWorkspace, WorkspaceStore, CountedDatabase) async throws -> Void
    ) async throws -> CountedDatabase.Work {
        try await TestWorkspace.with { workspace in
            let counted = CountedDatabase(workspace.files.database)
            let store = try await WorkspaceStore.open(counted, clock: workspace.clock)
            try await test(workspace, store, counted)
            return counted.take()
        }
    }

    /// Twice the input takes about twice the work, and no more statements than allowed.
    private static func expectProportion(
        _ small: CountedDatabase.Work, _ large: CountedDatabase.Work, moreStatements: Int = 0
    ) {
        #expect(large.statements <= small.statements + moreStatements)
        #expect(large.rows <= small.rows * 5 / 2)
        #expect(large.visitedRows <= small.visitedRows * 5 / 2)
        if StoreKind.current == .postgresql { #expect(small.visitedRows > 0) }
    }

    @Test func `when twice as much is staged, then looking for workers that hold some of it is as much work`()
        async throws
    {
        func look(_ users: Int) async throws -> CountedDatabase.Work {
            try await Self.work { workspace, store, counted in
                let operation = try await workspace.stage(StagedUser.crowd(users, password: "secret")).id
                _ = counted.take()

                let isClaimed = try await store.write { try $0.operations.isClaimed(operation) }

                #expect(!isClaimed)
            }
        }

        let (small, large) = (try await look(2_000), try await look(4_000))
        #expect(large.statements == small.statements)
        #expect(large.visitedRows == small.visitedRows)
    }

    @Test func `when twice as many accounts match, then they are skipped with as many statements`() async throws {
        func skip(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { workspace, store, counted in
                let operation = try await workspace.stage(StagedUser.crowd(count)).id
                let claim = try #require(
                    try await store.write {
                        try $0.staging.claim(
                            .user, of: operation, by: WorkerID("w"), for: .seconds(60),
                            target: Workload(records: count, bytes: .max, secrets: .max))
                    })
                let sequences = try await store.read { try $0.staging.sequences(of: claim) }
                let outcome = BatchOutcome(
                    skipped: sequences.enumerated().map { index, sequence in
                        SkippedRecord(
                            sequence, importIDs: [ImportID("a\(index)"), ImportID("b\(index / 2)")],
                            account: UserID("u\(index)"))
                    }, strangers: sequences.indices.map { ImportID("s\($0)") })
                _ = counted.take()

                try await store.write { try $0.staging.finish(claim, with: outcome) }

                let accounts = try await workspace.store.read {
                    try $0.staging.accounts(ofSkipped: [ImportID("a1"), ImportID("b1")], in: operation)
                }
                #expect(accounts == [ImportID("a1"): UserID("u1"), ImportID("b1"): UserID("u2")])
            }
        }

        let (small, large) = (try await skip(100), try await skip(200))
        #expect(large.statements == small.statements)
    }

    @Test func `when twice as many accounts are updated, then each takes one more statement`() async throws {
        func update(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { workspace, store, counted in
                let users = (0..<count).map { Fixtures.user("u\($0)") }
                try await store.write { try $0.users.insert(users, by: nil) }
                let updates = users.map { user in
                    var changed = user
                    changed.name = "new"
                    changed.emails = [EmailAddress("new-\(user.id)@example.com")]
                    return (before: user, after: changed)
                }
                _ = counted.take()

                try await store.write { transaction in
                    try transaction.users.update(updates, by: ImportNumber(1))
                    try transaction.users.bind(
                        users.map { (ImportID("i-\($0.id)"), $0.id) }, by: ImportNumber(1))
                    try transaction.users.confirm(users.map(\.id), by: ImportNumber(1))
                }

                let stored = try await workspace.store.read { try $0.users.find(ids: [users[1].id]) }
                #expect(stored.first?.name == "new")
                #expect(stored.first?.importIDs.last == ImportID("i-\(users[1].id)"))
            }
        }

        let (small, large) = (try await update(100), try await update(200))
        #expect(large.statements == small.statements + 100)
    }

    @Test func `when an account has twice as many addresses, then users.update reads twice as many rows`() async throws
    {
        func update(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { workspace, store, counted in
                var user = Fixtures.user("ada")
                user.emails = (0..<count).map { EmailAddress("ada\($0)@example.com") }
                let stored = user
                try await store.write { try $0.users.insert([stored], by: nil) }
                let accounts = AccountService(
                    WorkspaceEnvironment(
                        store: store, files: workspace.files.files, clock: workspace.clock,
                        identifiers: workspace.identifiers, passwords: workspace.passwords,
                        openScratch: workspace.environment.openScratch))
                let caller = try await workspace.administrator()
                var values = AccountValues()
                values.username = "eve"
                values.bio = "new"
                values.isVerified = true
                _ = counted.take()

                let updated = try await accounts.update(user.id, with: values, by: caller)

                #expect(updated.emails.count == count)
                #expect(updated.username == "eve")
            }
        }

        Self.expectProportion(try await update(1_000), try await update(2_000))
    }

    @Test func `when twice as many people replied in a thread, then its followers take twice as many rows`()
        async throws
    {
        func recount(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { _, store, counted in
                let answers = (0..<count).map {
                    Fixtures.message("m\($0)", by: "u\($0)", at: Int64(10 + $0), thread: "p")
                }
                try await store.write { transaction in
                    try transaction.rooms.insert([Fixtures.room("r")], by: nil)
                    try transaction.messages.insert([Fixtures.message("p", at: 1)] + answers)
                    // Each batch of an import notes the thread once.
                    for _ in 0..<(count / 100) {
                        let thread = TouchedThread(parentID: MessageID("p"), roomID: RoomID("r"), startedAt: nil)
                        try transaction.messages.touch([thread], by: Fixtures.operation)
                    }
                }
                _ = counted.take()

                try await Fixtures.recount(store, limit: 500)

                let parent = try await store.read { try $0.messages.find(ids: [MessageID("p")]) }.first
                #expect(parent?.replyCount == count)
            }
        }

        Self.expectProportion(try await recount(1_000), try await recount(2_000))
    }

    @Test func `when there are twice as many threads, then their followers take twice as many rows`() async throws {
        func recount(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { _, store, counted in
                try await store.write { transaction in
                    try transaction.rooms.insert([Fixtures.room("r")], by: nil)
                    try transaction.messages.insert(
                        (0..<count).flatMap { number in
                            [
                                Fixtures.message("p\(number)", at: 1),
                                Fixtures.message("a\(number)", by: "u\(number)", at: 2, thread: "p\(number)"),
                            ]
                        })
                    try transaction.messages.touch(
                        (0..<count).map {
                            TouchedThread(parentID: MessageID("p\($0)"), roomID: RoomID("r"), startedAt: nil)
                        }, by: Fixtures.operation)
                }
                _ = counted.take()

                try await Fixtures.recount(store, limit: 10)
            }
        }
        var (small, large) = (try await recount(400), try await recount(800))
        // PostgreSQL scans so few threads sequentially, regardless of indexes.
        (small.visitedRows, large.visitedRows) = (1, 1)

        // A constant number of statements per ten threads.
        Self.expectProportion(small, large, moreStatements: small.statements + 5)
    }

    @Test func `when twice as many records are failed and pending in turn, then all pages read twice as many rows`()
        async throws
    {
        func readPages(_ count: Int) async throws -> CountedDatabase.Work {
            try await Self.work { workspace, store, counted in
                let operation = try await workspace.stage(StagedUser.crowd(count)).id
                // Records fail in the middle of batches that are not imported yet.
                try await workspace.files.database.write {
                    _ = try $0.execute(
                        """
                        UPDATE import_records SET state = 'failed', failure_code = \("user-invalid-email"),
                            failure_message = \("x")
                        WHERE sequence % 2 = 0
                        """)
                }
                _ = counted.take()

                var sequences: [RecordSequence] = []
                while true {
                    let last = sequences.last
                    let page = try await store.read {
                        try $0.staging.records(of: .user, in: operation, after: last, limit: 100, bytes: .max)
                    }
                    if page.isEmpty { break }
                    sequences += page.map(\.sequence)
                }

                #expect(sequences.count == count)
                #expect(sequences == sequences.sorted())
            }
        }
        let (small, large) = (try await readPages(4_000), try await readPages(8_000))

        Self.expectProportion(small, large, moreStatements: small.statements * 3 / 2)
    }
}
