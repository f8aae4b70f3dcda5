import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given staged users that workers claim", .onEveryStore)
struct ClaimTests {
    /// A running operation whose batches tests claim without importing.
    private struct Scene {
        let workspace: TestWorkspace
        let operation: OperationID

        /// - Parameter target: an empty target claims a single batch.
        func claim(_ worker: String, target: Workload = Workload()) async throws -> BatchClaim? {
            try await workspace.store.write {
                try $0.staging.claim(
                    .user, of: operation, by: WorkerID(worker), for: .seconds(15), target: target)
            }
        }

        /// The sizes of all batches, claimed one after the other.
        func batchSizes() async throws -> [Int] {
            var sizes: [Int] = []
            while let lease = try await claim("counter") { sizes.append(lease.recordCount) }
            return sizes
        }
    }

    /// - Parameter size: the bytes of each chunk of the body.
    private static func with<Result>(
        _ users: [StagedUser], size: Int = 1 << 16, _ test: (Scene) async throws -> Result
    ) async throws -> Result {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))
            try await workspace.engine.staging.addUsers(from: Chunks(StagedUser.body(users), size: size), format: .json)
            try await workspace.engine.operations.run(by: UserID("nobody"))
            return try await test(Scene(workspace: workspace, operation: operation.id))
        }
    }

    @Test(arguments: [100, 1 << 16, 1 << 24])
    func `when users bring passwords, then batches are small, in chunks of any size`(size: Int) async throws {
        let users = StagedUser.crowd(40, password: "secret") + StagedUser.crowd(20, from: 40)

        let sizes = try await Self.with(users, size: size) { try await $0.batchSizes() }

        #expect(sizes == [16, 16, 28])
    }

    @Test(arguments: [1 << 10, 1 << 24])
    func `when users bring no passwords, then batches are large, in chunks of any size`(
        size: Int
    ) async throws {
        let sizes = try await Self.with(StagedUser.crowd(4_500), size: size) { try await $0.batchSizes() }

        #expect(sizes == [2_000, 2_000, 500])
    }

    @Test(arguments: [1 << 10, 1 << 16, 1 << 24])
    func `when rooms are staged, then their batches are as large, in chunks of any size`(size: Int)
        async throws
    {
        let rooms = (0..<4_500).map {
            #"{"_id":"r\#($0)","importIds":["r\#($0)"],"name":"room\#($0)","users":[],"t":"c"}"#
        }
        let body = #"{"channels":["# + rooms.joined(separator: ",") + "]}"
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.engine.operations.create(by: UserID("nobody"))

            try await workspace.engine.staging.addRooms(from: Chunks(body, size: size), format: .json)

            var sizes: [Int] = []
            while let lease = try await workspace.store.write({
                try $0.staging.claim(
                    .room, of: operation.id, by: WorkerID("counter"), for: .seconds(15), target: Workload())
            }) {
                sizes.append(lease.recordCount)
            }
            #expect(sizes == [2_000, 2_000, 500])
        }
    }

    @Test func `when users are long, then batches end before they take much memory`() async throws {
        let avatar = "\"avatarUrl\": \"data:,\(String(repeating: "x", count: 500_000))\""
        let users = (0..<20).map { StagedUser("person\($0)", more: [avatar]) }

        let sizes = try await Self.with(users, size: 1 << 24) { try await $0.batchSizes() }

        #expect(sizes == [9, 9, 2])
    }

    @Test(arguments: [
        (Workload(records: 1_000, bytes: 1 << 20, secrets: 64), 64),
        (Workload(records: 40, bytes: 1 << 20, secrets: 64), 32),
        (Workload(records: 1_000, bytes: 1, secrets: 64), 16),
        (Workload(records: 1_000, bytes: 1 << 20, secrets: 0), 16),
        (Workload(records: 1_000, bytes: 1 << 20, secrets: 1_000), 160),
    ])
    func `when a worker names a target, then it gets as many batches as fit into every part of it, or one`(
        target: Workload, records: Int
    ) async throws {
        let lease = try await Self.with(StagedUser.crowd(160, password: "secret")) {
            try await $0.claim("worker", target: target)
        }

        #expect(lease?.recordCount == records)
    }

    @Test(arguments: [(10_000, 128), (800, 100), (100, 32), (0, 32)])
    func `when the end of an import is near, then fewer passwords are claimed at once`(pending: Int, secrets: Int) {
        let target = WorkerConfiguration().claim(of: .user, records: 2_000, pending: pending, concurrentHashings: 2)

        #expect(target == Workload(records: 2_000, bytes: 8 << 20, secrets: secrets))
    }

    @Test func `when as many workers as there are batches claim at the same time, then each gets one`() async throws {
        try await Self.with(StagedUser.crowd(256, password: "secret")) { scene in
            let target = Workload(records: 1_000, bytes: 1 << 20, secrets: 16)
            let batches = try await withThrowingTaskGroup { group in
                for number in 0..<16 {
                    group.addTask { try await scene.claim("worker \(number)", target: target)?.batches ?? [] }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(batches.allSatisfy { $0.count == 1 })
            #expect(Set(batches).count == 16)
        }
    }

    @Test func `when a part of a lease was taken over, then the rest can be renewed and released`() async throws {
        try await Self.with(StagedUser.crowd(64, password: "secret")) { scene in
            let store = scene.workspace.store
            let all = Workload(records: 1_000, bytes: 1 << 20, secrets: 64)
            let sleeper = try #require(try await scene.claim("sleeper", target: all))
            try await scene.workspace.files.expireLeases()
            let successor = try #require(try await scene.claim("successor"))

            try await store.write { try $0.leases.renew(sleeper.lease, for: .seconds(15)) }
            #expect(try await scene.claim("early", target: all) == nil)
            try await store.write { try $0.leases.release(sleeper.lease) }
            let late = try #require(try await scene.claim("late", target: all))

            #expect(late.batches == Array(sleeper.batches.dropFirst()))
            try await store.write { try $0.leases.verify(successor.lease) }
        }
    }

    @Test func `when a claim was lost with its connection, then its worker does not keep it`() async throws {
        try await Self.with(StagedUser.crowd(10)) { scene in
            let worker = scene.workspace.worker()
            // The worker does not know this lease.
            let lost = try #require(try await scene.claim(worker.loop.leases.worker.rawValue))
            try await scene.workspace.files.expireLeases()

            try await worker.loop.leases.renew()

            #expect(try await scene.claim("successor")?.batches == lost.batches)
        }
    }

    @Test func `when a batch is in progress, then its worker keeps it`() async throws {
        try await Self.with(StagedUser.crowd(10)) { scene in
            let worker = scene.workspace.worker()
            try await worker.prepareUpcoming(of: .init(operation: scene.operation, type: .user), after: nil)
            _ = try await worker.upcomingBatch()
            try await scene.workspace.files.expireLeases()

            try await worker.loop.leases.renew()

            #expect(try await scene.claim("successor") == nil)
            await worker.dropUpcoming()
            try await worker.loop.leases.releaseAll()
            #expect(try await scene.claim("successor") != nil)
        }
    }

    @Test func `when a batch was taken over, then the worker that had it writes nothing`() async throws {
        try await Self.with(StagedUser.crowd(10)) { scene in
            let store = scene.workspace.store
            let sleeper = try #require(try await scene.claim("sleeper"))

            #expect(try await scene.claim("early") == nil)
            try await scene.workspace.files.expireLeases()
            let successor = try #require(try await scene.claim("successor"))

            #expect(successor.lease.token > sleeper.lease.token)
            await #expect(throws: ImportError.leaseLost) {
                try await store.write { try $0.leases.verify(sleeper.lease) }
            }
            try await store.write { try $0.leases.verify(successor.lease) }
        }
    }
}
