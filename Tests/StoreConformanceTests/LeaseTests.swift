import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import SQLStore
import Testing

@Suite("Given work that a worker leased", .onEveryStore)
struct LeaseTests {
    /// A workspace with one item of a kind of work.
    private struct Scene {
        let workspace: TestWorkspace
        let work: Lease.Work
        let operation: OperationID

        var store: any Store { workspace.store }

        func claim(_ worker: String, for duration: Duration = .seconds(12)) async throws -> Lease? {
            let (work, operation, worker) = (work, operation, WorkerID(worker))
            return try await store.write { transaction in
                switch work {
                case .batches:
                    try transaction.staging.claim(.user, of: operation, by: worker, for: duration, target: Workload())?
                        .lease
                case .file: try transaction.operations.claimFile(by: worker, for: duration)?.lease
                case .downloads:
                    try transaction.downloads.claim(by: worker, for: duration, limit: 1, perHost: 1, running: [:])
                        .first?
                        .lease
                }
            }
        }

        func expire() async throws { try await workspace.files.expireLeases() }

        func expectLost(_ lease: Lease, sourceLocation: SourceLocation = #_sourceLocation) async {
            await #expect(throws: ImportError.leaseLost, sourceLocation: sourceLocation) {
                try await store.write { try $0.leases.verify(lease) }
            }
        }
    }

    private static func with(_ work: Lease.Work, _ test: (Scene) async throws -> Void) async throws {
        try await TestWorkspace.with { workspace in
            switch work {
            case .batches:
                try await workspace.stage(StagedUser.crowd(3))
                try await workspace.engine.operations.run(by: UserID("nobody"))
            case .file:
                let upload = try await workspace.engine.importFiles.beginUpload()
                try await upload.write(Array("ann,ann@example.com,Ann\n".utf8))
                try await workspace.engine.importFiles.accept(
                    upload, named: "users.csv", contentType: nil, importer: ImporterKey("csv"), by: UserID("nobody"))
                _ = try await workspace.engine.importFiles.preview()
            case .downloads:
                try await workspace.stage([])
                let room = Room(id: RoomID("r"), kind: .channel, name: "r", createdAt: workspace.clock.now())
                let message = Message(
                    id: MessageID("m"), roomID: room.id, authorID: UserID("a"), writtenAt: workspace.clock.now(),
                    sequence: 1, text: "")
                let file = FileReference(
                    id: "F", name: "f", source: "slack", location: .remote(url: "https://files.test/f"))
                try await workspace.store.write { transaction in
                    try transaction.rooms.insert([room], by: nil)
                    try transaction.messages.insert([message])
                    try transaction.downloads.enqueue([WantedFile(file, in: message)], by: nil)
                    try transaction.downloads.enqueueFiles()
                }
            }
            try await test(Scene(workspace: workspace, work: work, operation: workspace.current().id))
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when the lease has not expired, then no other worker can claim the work`(work: Lease.Work) async throws {
        try await Self.with(work) { scene in
            let lease = try #require(try await scene.claim("first"))

            #expect(try await scene.claim("second") == nil)
            try await scene.store.write { try $0.leases.verify(lease) }
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when another worker took the work over, then the first one can neither write nor renew nor release it`(
        work: Lease.Work
    ) async throws {
        try await Self.with(work) { scene in
            let first = try #require(try await scene.claim("first"))
            try await scene.expire()
            let second = try #require(try await scene.claim("second"))
            #expect(second.token > first.token)

            await scene.expectLost(first)
            try await scene.store.write { try $0.leases.release(first) }
            #expect(try await scene.claim("third") == nil)
            try await scene.store.write { try $0.leases.verify(second) }
            try await scene.expire()
            try await scene.store.write { try $0.leases.renew(first, for: .seconds(60)) }
            #expect(try await scene.claim("third") != nil)
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when its worker was paused and claims the work again, then nothing is written under the earlier lease`(
        work: Lease.Work
    ) async throws {
        try await Self.with(work) { scene in
            let early = try #require(try await scene.claim("worker"))
            try await scene.expire()
            let late = try #require(try await scene.claim("worker"))

            await scene.expectLost(early)
            try await scene.store.write { try $0.leases.verify(late) }
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when it is renewed, then no other worker can claim the work`(work: Lease.Work) async throws {
        try await Self.with(work) { scene in
            let lease = try #require(try await scene.claim("first"))
            try await scene.expire()

            try await scene.store.write { try $0.leases.renew(lease, for: .seconds(60)) }

            #expect(try await scene.claim("second") == nil)
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when its process ends, then the claim counts; when it is released, then not`(work: Lease.Work) async throws {
        try await Self.with(work) { scene in
            for number in 0..<4 {
                let dead = try #require(try await scene.claim("dead \(number)"))
                #expect(dead.deaths == number)
                try await scene.expire()
            }
            let lease = try #require(try await scene.claim("released"))
            try await scene.store.write { try $0.leases.release(lease) }
            let again = try #require(try await scene.claim("stopped"))
            try await scene.store.write { try $0.leases.releaseAll(work, of: again.worker) }

            #expect(try await scene.claim("last")?.deaths == 4)
        }
    }

    @Test(arguments: Lease.Work.allCases)
    func `when a single process starts again, then it can claim the work, and the claim of before counts`(
        work: Lease.Work
    ) async throws {
        try await Self.with(work) { scene in
            _ = try #require(try await scene.claim("before"))

            try await scene.store.write { try $0.leases.releaseAll() }

            #expect(try await scene.claim("after")?.deaths == 1)
        }
    }
}

@Suite("Given a database whose downloads have no fencing token", .onEveryStore)
struct LeaseMigrationTests {
    @Test func `when it is opened, then claims of batches, files and downloads are kept, and new ones have tokens`()
        async throws
    {
        let clock = TestClock()
        let files = try await TestStore.open(.current, clock: clock)
        try await files.windBack(to: 13)
        try await files.database.write { connection in
            try connection.run(
                script: """
                    INSERT INTO import_operations (id, importer_key, created_at, created_by, phase, updated_at,
                        file_id, file_name, preparation_token, preparation_owner, preparation_expires_at, preparation_attempts)
                    VALUES ('o', 'csv', 1, 'u', 'reading', 1, 'f', 'a.csv', 7, 'gone', 0, 1);
                    INSERT INTO import_batches (operation_id, intake_id, record_type, record_count, weight, secret_count,
                        accepted, staged_at, lease_token, attempts, attempt_limit, lease_owner, lease_expires_at)
                    VALUES ('o', 'i', 'user', 1, 1, 0, 1, 1, 7, 1, 3, 'gone', 0);
                    INSERT INTO downloads
                        (kind, subject, url, host, name, state, attempts, due_at, lease_owner, lease_expires_at, claims)
                    VALUES ('file', 's', 'https://a.test/f', 'a.test', 'f', 'queued', 0, 0, 'gone', 0, 1);
                    """)
        }

        let store = try await WorkspaceStore.open(files.database, clock: clock)
        let leases = try await store.write { transaction in
            let worker = WorkerID("next")
            return [
                try transaction.staging.claim(
                    .user, of: OperationID("o"), by: worker, for: .seconds(12), target: Workload())?.lease,
                try transaction.operations.claimFile(by: worker, for: .seconds(12))?.lease,
                try transaction.downloads.claim(by: worker, for: .seconds(12), limit: 1, perHost: 1, running: [:])
                    .first?
                    .lease,
            ].compactMap { $0 }
        }

        #expect(leases.map(\.token) == [8, 8, 1])
        #expect(leases.map(\.deaths) == [1, 1, 1])
        try await files.remove()
    }
}
