import ImportDomain
import ImportFixtures
import Passwords
import SQL
import SQLStore
import Testing
import WorkspaceServices

@Suite("Given a workspace in the middle of an import, and an empty database")
struct WorkspaceCopyTests {
    static let directions = StoreKind.allCases.flatMap { from in StoreKind.allCases.map { (from, $0) } }

    /// A filled workspace, its administrator's token, and an empty store of the other kind.
    static func with(
        _ from: StoreKind, _ to: StoreKind,
        _ test: (_ source: TestWorkspace, _ user: String, _ token: String, _ destination: TestStore) async throws ->
            Void
    ) async throws {
        try await TestWorkspace.with(from) { source in
            let signedIn = try await FilledWorkspace.fill(source)
            let destination = try await TestStore.open(to, clock: source.clock)
            do {
                try await test(source, signedIn.user.id.rawValue, signedIn.token, destination)
                try await destination.remove()
            } catch {
                try await destination.remove()
                throw error
            }
        }
    }

    @Test(arguments: directions)
    func `when it is copied there and back, then every row is as it was, but for leases`(
        from: StoreKind, to: StoreKind
    ) async throws {
        try await Self.with(from, to) { source, _, _, destination in
            let back = try await TestStore.open(from, clock: source.clock)
            var expected = try await FilledWorkspace.contents(of: source.files.database)
            let leased = try await source.files.database.read {
                try $0.integer("SELECT count(*) FROM import_batches WHERE lease_owner IS NOT NULL")
            }

            let report = try await WorkspaceCopy(from: source.files.database, to: destination.database).run()
            _ = try await WorkspaceCopy(from: destination.database, to: back.database).run()

            let found = try await FilledWorkspace.contents(of: back.database)
            try await source.files.database.write {
                _ = try $0.execute("UPDATE import_batches SET lease_owner = NULL, lease_expires_at = NULL")
            }
            expected["import_batches"] = try await FilledWorkspace.contents(of: source.files.database)["import_batches"]
            #expect(leased == 1)
            #expect(found == expected)
            #expect(report.tables.map(\.name) == WorkspaceTable.all.map(\.name))
            for table in report.tables {
                #expect(table.rows > 0 || table.name == "settled_threads", "\(table.name)")
                #expect(table.rows == found[table.name]?.count, "\(table.name)")
            }
            try await back.remove()
        }
    }

    @Test(arguments: directions)
    func `when a server continues there, then old tokens are valid and the import ends`(
        from: StoreKind, to: StoreKind
    ) async throws {
        try await Self.with(from, to) { source, user, token, files in
            _ = try await WorkspaceCopy(from: source.files.database, to: files.database).run()

            let there = try TestWorkspace(over: files, clock: source.clock, identifiers: source.identifiers)
            let caller = try await there.signIn.authenticate(userID: user, token: token)
            try await there.finish()
            let operation = try await there.current()
            let signedIn = try await there.signIn.signIn(.username("third"), password: .plain("countess"), from: "x")
            let failures = try await there.failures()
            await there.passwords.close()

            #expect(caller?.user.username == "admin")
            #expect(operation.phase == .ended(.done))
            #expect(operation.counts[.user]?.completed == 2)
            #expect(signedIn.user.username == "third")
            #expect(failures.map(\.failure.clashesWith) == ["u1"])
        }
    }

    @Test(arguments: directions)
    func `when it has given numbers that are gone, then those are not given again`(
        from: StoreKind, to: StoreKind
    ) async throws {
        try await Self.with(from, to) { source, _, _, destination in
            let count: SQLQuery = "SELECT max(number) FROM import_batches"
            let largest = try await source.files.database.write { connection in
                let largest = try connection.integer(count)
                _ = try connection.execute("DELETE FROM import_batches")
                return largest
            }
            _ = try await WorkspaceCopy(from: source.files.database, to: destination.database).run()

            try await destination.store.write { transaction in
                try transaction.staging.stage(
                    [], of: .user, intake: IntakeID("new"), operation: OperationID("o"))
            }

            #expect(largest == 4)
            #expect(try await destination.database.read { try $0.integer(count) } == 5)
        }
    }

    @Test(arguments: [
        ("users", "UPDATE users SET bio = NULL WHERE id = 'u1'"),
        ("users", "UPDATE users SET utc_offset = 1.5 WHERE id = 'u3'"),
        ("users", "UPDATE users SET nickname = name WHERE id = 'u1'"),
        ("user_emails", "UPDATE user_emails SET position = 1 - position WHERE user_id = 'u1'"),
        ("login_failures", "INSERT INTO login_failures SELECT * FROM login_failures"),
        ("import_batches", "UPDATE import_batches SET lease_owner = 'x' WHERE number = 3"),
        ("import_records", "UPDATE import_records SET document = document || ' '"),
        ("import_records", "DELETE FROM import_records WHERE state = 'failed'"),
    ])
    func `when a row is changed before it is read back, then the copy fails and names the table`(
        table: String, change: String
    ) async throws {
        for kind in StoreKind.allCases {
            try await Self.with(.sqlite, kind) { source, _, _, destination in
                let tampered = WatchedDatabase(destination.database, beforeRead: Self.statement(change))

                let error = await #expect(throws: WorkspaceCopyError.self) {
                    try await WorkspaceCopy(from: source.files.database, to: tampered).run()
                }

                guard case .tableNotVerified(table, _, _) = error else {
                    Issue.record("\(kind): \(String(describing: error))")
                    return
                }
                await #expect(throws: StoreError.self, "\(kind)") {
                    try await WorkspaceStore.open(destination.database, clock: source.clock)
                }
            }
        }
    }

    /// A statement without values.
    private static func statement(_ text: String) -> SQLQuery { SQLQuery(stringLiteral: text) }

    @Test(arguments: directions)
    func `when it was interrupted, then no server starts there, and the next run starts over`(
        from: StoreKind, to: StoreKind
    ) async throws {
        try await Self.with(from, to) { source, _, _, destination in
            let breaking = WatchedDatabase(destination.database, writes: 6)

            await #expect(throws: WatchedDatabase.Interruption.self) {
                try await WorkspaceCopy(from: source.files.database, to: breaking).run()
            }
            let refusal = await #expect(throws: StoreError.self) {
                try await WorkspaceStore.open(destination.database, clock: source.clock)
            }
            _ = try await WorkspaceCopy(from: source.files.database, to: destination.database).run()

            guard case .incompatible(let message) = refusal else {
                Issue.record("\(String(describing: refusal))")
                return
            }
            #expect(message.contains("ferry migrate"))
            let found = try await FilledWorkspace.contents(of: destination.database)
            let expected = try await FilledWorkspace.contents(of: source.files.database)
            #expect(found["users"] == expected["users"])
            #expect(found["import_records"] == expected["import_records"])
        }
    }

    @Test func `when it is cancelled, then it stops between two pages and the destination stays marked`() async throws {
        try await Self.with(.sqlite, .postgresql) { source, _, _, destination in
            let (steps, step) = AsyncStream<CopyProgress>.makeStream()
            let copy = Task {
                // The copy is cancelled at its first page.
                try await WorkspaceCopy(from: source.files.database, to: destination.database) { progress in
                    step.yield(progress)
                    withUnsafeCurrentTask { $0?.cancel() }
                }.run()
            }

            let result = await copy.result
            step.finish()

            #expect(throws: CancellationError.self) { try result.get() }
            var seen: [CopyProgress] = []
            for await progress in steps { seen.append(progress) }
            #expect(seen.map(\.table) == ["users"])
            await #expect(throws: StoreError.self) {
                try await WorkspaceStore.open(destination.database, clock: source.clock)
            }
        }
    }
}
