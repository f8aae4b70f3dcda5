import ImportDomain
import ImportEngine
import ImportFixtures
import RandomNumbers
import Testing

@Suite("Given workers on a running operation", .onEveryStore)
struct WorkerTests {
    /// Two workers at the same time, until nothing is left.
    private static func importTogether(in workspace: TestWorkspace) async throws {
        try await withThrowingTaskGroup { group in
            for worker in [workspace.worker(), workspace.worker()] {
                group.addTask {
                    while try await workspace.current().lifecycle.isRunning { _ = try await worker.step() }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `when a worker stops at any step, then another one finishes with exact counts`() async throws {
        for stepsBeforeTheStop in 0..<6 {
            try await TestWorkspace.with { workspace in
                try await workspace.stage(StagedUser.crowd(5_000))
                try await workspace.engine.operations.run(by: UserID("nobody"))
                let first = workspace.worker()
                for _ in 0..<stepsBeforeTheStop { _ = try await first.step() }

                // The first worker vanishes; its leases expire, including that of a batch it may be claiming.
                for _ in 0..<3 where try await workspace.current().lifecycle.isRunning {
                    try await workspace.files.expireLeases()
                    try await workspace.finish()
                }

                let operation = try await workspace.current()
                #expect(operation.phase == .ended(.done))
                #expect(operation.totalCounts == ImportCounts(total: 5_000, completed: 5_000))
                #expect(try await workspace.store.read { try $0.users.count() } == 5_002)
            }
        }
    }

    @Test func `when two workers share an operation, then every user is imported once`() async throws {
        try await TestWorkspace.with { workspace in
            for start in stride(from: 0, to: 6_000, by: 500) {
                if start == 0 {
                    try await workspace.stage(StagedUser.crowd(500))
                } else {
                    try await workspace.add(StagedUser.crowd(500, from: start))
                }
            }
            try await workspace.engine.operations.run(by: UserID("nobody"))

            try await Self.importTogether(in: workspace)

            #expect(try await workspace.current().totalCounts == ImportCounts(total: 6_000, completed: 6_000))
            #expect(try await workspace.store.read { try $0.users.count() } == 6_002)
        }
    }

    @Test func `when two workers have to number the same name, then every user gets one of its own`() async throws {
        try await TestWorkspace.with { workspace in
            let users = (0..<4_000).map { StagedUser(nil, importIDs: ["\($0)"], emails: ["sam@x.\($0).example"]) }
            try await workspace.stage(users)
            try await workspace.engine.operations.run(by: UserID("nobody"))

            try await Self.importTogether(in: workspace)

            #expect(try await workspace.current().totalCounts == ImportCounts(total: 4_000, completed: 4_000))
            // Beside "sam" and "sam.x", all of them are numbered.
            #expect(try await workspace.store.read { try $0.users.usernameCount(startingWith: "sam-") } >= 3_998)
        }
    }

    @Test func `when it runs as a service, then it wakes for work and stops on request`() async throws {
        try await TestWorkspace.with { workspace in
            let worker = workspace.worker()
            let service = Task { try await worker.run() }
            try await workspace.stage(StagedUser.crowd(3_000))

            try await workspace.engine.operations.run(by: UserID("nobody"))
            while try await workspace.current().lifecycle.isRunning { await Task.yield() }
            service.cancel()
            try await service.value

            #expect(try await workspace.current().totalCounts.completed == 3_000)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `when records of every fate are imported, then the counts add up after every step`(seed: UInt64) async throws {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: seed)
            let users = (0..<3_000).map { _ in
                let number = Int.random(in: 0..<2_000, using: &random)
                return StagedUser(
                    Bool.random(using: &random) ? "person\(number)" : nil, importIDs: ["\(number)"],
                    emails: ["p\(Int.random(in: 0..<2_000, using: &random))@example.com"],
                    type: Int.random(in: 0..<20, using: &random) == 0 ? "wizard" : nil)
            }
            try await workspace.stage(users)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            let worker = workspace.worker()

            repeat {
                let operation = try await workspace.current()
                let counts = operation.totalCounts
                let (accounts, staged) = try await workspace.store.read {
                    (try $0.users.count() - 2, try $0.staging.recordCount(of: operation.id))
                }
                #expect(counts.total == 3_000)
                #expect(accounts == counts.completed - counts.unchanged)
                #expect(staged == counts.pending + counts.error)
            } while try await worker.step()

            let counts = try await workspace.current().totalCounts
            #expect(counts.pending == 0)
            #expect(counts.error > 0 && counts.unchanged > 0 && counts.completed > counts.unchanged)
        }
    }
}
