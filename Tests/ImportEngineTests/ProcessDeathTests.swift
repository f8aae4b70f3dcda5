import ImportDomain
import ImportFixtures
import JSON
import SQL
import Testing

@testable import ImportEngine

@Suite("Given work that ended its process", .onEveryStore)
struct ProcessDeathTests {
    /// The end of a process: its worker vanishes.
    private struct Death: Error {}

    /// Ends the process, or is rejected by the database, for records that contain a word.
    private struct HostileConversion: RecordConversion {
        enum Effect {
            case death
            case rejection
        }

        let base: any RecordConversion
        let effect: Effect

        func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
            let documents = try await context.store.read { transaction in
                try transaction.staging.records(of: claim).map(\.document)
                    + transaction.staging.packs(of: claim).map {
                        String(decoding: try PackLines($0).content, as: UTF8.self)
                    }
            }
            let records = try await base.decode(claim, in: context)
            guard documents.contains(where: { $0.contains("poison") }) else { return records }
            if effect == .death { throw Death() }
            return RejectedRecords(base: records)
        }
    }

    /// Records that the database rejects.
    private struct RejectedRecords: DecodedBatch {
        let base: any DecodedBatch

        func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
            let decisions = try base.decide(by: directory)
            return BatchDecisions(records: decisions.records, changes: decisions.changes) { transaction in
                try decisions.apply(transaction)
                throw StoreError.invalidValue(message: "index row size 4000 exceeds maximum 2704")
            }
        }
    }

    private static let people = StagedUser.crowd(300) + [StagedUser("poison", emails: ["poison@example.com"])]

    private static func worker(_ workspace: TestWorkspace, _ effect: HostileConversion.Effect) async -> ImportWorker {
        let worker = workspace.worker()
        await worker.replaceConversions { HostileConversion(base: $0, effect: effect) }
        return worker
    }

    /// Works in consecutive processes until the operation has ended.
    ///
    /// - Returns: how many processes ended during their work.
    private static func workThroughDeaths(_ workspace: TestWorkspace) async throws -> Int {
        var deaths = 0
        while try await workspace.current().lifecycle.isRunning, deaths < 30 {
            let worker = await Self.worker(workspace, .death)
            do {
                while try await worker.step() {}
            } catch is Death {
                deaths += 1
            }
            try await workspace.files.expireLeases()
        }
        return deaths
    }

    @Test func `when one user ends it each time, then that user alone is flagged, and all others are imported`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))

            let deaths = try await Self.workThroughDeaths(workspace)

            let done = try await workspace.current()
            #expect(done.phase == .ended(.done))
            #expect(done.counts[.user]?.completed == 300)
            #expect(done.counts[.user]?.error == 1)
            #expect((3...12).contains(deaths))
            let failures = try await workspace.failures()
            #expect(failures.map(\.failure.code) == [.processEnded])
            #expect(failures.first?.document.contains("poison") == true)
            #expect(failures.first?.failure.message.contains("The process ended") == true)
        }
    }

    @Test func `when one message ends it each time, then that message alone is flagged`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            let room = #"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["U1"],"u":{"_id":"U1"}}]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(room), format: .json)
            let messages = (0..<300).map { number in
                #"{"_id":"m\#(number)","rid":"C1","u":{"_id":"U1"},"ts":"2024-01-01T00:00:00.000Z","msg":"\#(number == 77 ? "poison" : "hello")"}"#
            }
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":["# + messages.joined(separator: ",") + "]}"), format: .json)
            try await workspace.engine.operations.run(by: UserID("nobody"))

            let deaths = try await Self.workThroughDeaths(workspace)

            let done = try await workspace.current()
            #expect(done.phase == .ended(.done))
            #expect(done.counts[.message]?.completed == 299)
            #expect(done.counts[.message]?.error == 1)
            #expect((3...12).contains(deaths))
            let failures = try await workspace.failures()
            #expect(failures.map(\.failure.code) == [.processEnded])
            #expect(failures.first?.document.contains("poison") == true)
        }
    }

    @Test func `when the database rejects one value, then that record alone is flagged, with the database's reason`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(Self.people)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = await Self.worker(workspace, .rejection)

            while try await worker.step() {}

            let done = try await workspace.current()
            #expect(done.phase == .ended(.done))
            #expect(done.counts[.user]?.completed == 300)
            #expect(done.counts[.user]?.error == 1)
            let failure = try #require(try await workspace.failures().first?.failure)
            #expect(failure.code == .internalError)
            #expect(failure.message.hasPrefix("The database does not accept a value of this record:"))
            #expect(failure.message.contains("Correct the record in its source and import it again."))
            #expect(
                failure.message.hasSuffix("The database reports: index row size 4000 exceeds maximum 2704."))
        }
    }

    @Test func `when a rule of the real database rejects one record, then its failure states what to do`() async throws
    {
        try await TestWorkspace.with { workspace in
            let rule =
                switch StoreKind.current {
                case .sqlite:
                    """
                    CREATE TRIGGER no_poison BEFORE INSERT ON users WHEN NEW.username = 'poison'
                    BEGIN SELECT RAISE(ABORT, 'no poison here'); END;
                    """
                case .postgresql:
                    "ALTER TABLE users ADD CONSTRAINT \"no poison here\" CHECK (username <> 'poison');"
                }
            try await workspace.files.database.write { try $0.run(script: rule) }

            let done = try await workspace.importing(Self.people)

            #expect(done.phase == .ended(.done))
            #expect(done.counts[.user]?.completed == 300)
            let failure = try #require(try await workspace.failures().first?.failure)
            let parts = failure.message.split(separator: "The database reports: ")
            #expect(parts.count == 2)
            #expect(parts.first?.contains("Correct the record") == true)
            #expect(parts.last?.contains("no poison here") == true)
        }
    }

    @Test func `when workers are stopped in order, or outlive their leases, then no attempt counts`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(10))
            try await workspace.engine.operations.run(by: UserID("nobody"))
            _ = try await workspace.worker().step()
            let operation = try await workspace.current().id
            func claim(_ worker: String) async throws -> BatchClaim? {
                try await workspace.store.write {
                    try $0.staging.claim(
                        .user, of: operation, by: WorkerID(worker), for: .seconds(12), target: Workload())
                }
            }
            for _ in 0..<5 {
                let stopped = try #require(try await claim("stopped"))
                #expect(stopped.lease.deaths == 0)
                try await workspace.store.write { try $0.leases.releaseAll(.batches, of: stopped.lease.worker) }
            }
            let sleeper = try #require(try await claim("sleeper"))
            try await workspace.files.expireLeases()
            let successor = try #require(try await claim("successor"))
            #expect(successor.lease.deaths == 1)

            try await workspace.store.write { try $0.leases.release(sleeper.lease) }
            try await workspace.store.write { try $0.leases.release(successor.lease) }

            #expect(try await claim("last")?.lease.deaths == 0)
        }
    }

    @Test func `when a suspect is being imported, then no other suspect is claimed`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(32, password: "secret"))
            try await workspace.engine.operations.run(by: UserID("nobody"))
            _ = try await workspace.worker().step()
            let operation = try await workspace.current().id
            func claim(_ worker: String) async throws -> BatchClaim? {
                try await workspace.store.write {
                    try $0.staging.claim(
                        .user, of: operation, by: WorkerID(worker), for: .seconds(12), target: Workload())
                }
            }
            _ = try #require(try await claim("first"))
            _ = try #require(try await claim("second"))
            try await workspace.files.expireLeases()

            let suspect = try #require(try await claim("third"))
            let other = try await claim("fourth")

            #expect(suspect.lease.deaths == 1)
            #expect(other == nil)
        }
    }

    @Test func `when it read a file three times, then the operation ends and reports why`() async throws {
        try await TestWorkspace.with { workspace in
            let upload = try await workspace.engine.importFiles.beginUpload()
            try await upload.write(Array("ann,ann@example.com,Ann\n".utf8))
            try await workspace.engine.importFiles.accept(
                upload, named: "users.csv", contentType: nil, importer: ImporterKey("csv"), by: UserID("nobody"))
            _ = try await workspace.engine.importFiles.preview()
            func claim(_ worker: String) async throws -> FileClaim? {
                try await workspace.store.write {
                    try $0.operations.claimFile(by: WorkerID(worker), for: .seconds(12))
                }
            }
            for _ in 0..<5 {
                let stopped = try #require(try await claim("stopped"))
                try await workspace.store.write { try $0.leases.releaseAll(.file, of: stopped.lease.worker) }
            }
            for number in 0..<3 {
                #expect(try await claim("dead \(number)")?.lease.deaths == number)
                try await workspace.files.expireLeases()
            }

            _ = try await workspace.filePreparation().step()

            let ended = try await workspace.current()
            #expect(ended.phase == .ended(.failed))
            #expect(ended.failure?.code == .processEnded)
            await #expect(throws: ImportError.self) { _ = try await workspace.engine.importFiles.preview() }
        }
    }

    @Test func `when the server keeps failing, then the operation has the reason`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(3))
            try await workspace.engine.operations.run(by: UserID("nobody"))

            try await workspace.worker().giveUp(because: StoreError.failed(message: "disk I/O error"))

            let ended = try await workspace.current()
            #expect(ended.phase == .ended(.failed))
            #expect(ended.failure?.code == .importStopped)
            #expect(ended.failure?.message.contains("disk I/O error") == true)
        }
    }
}
