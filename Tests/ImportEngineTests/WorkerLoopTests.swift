import ImportDomain
import ImportFixtures
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a worker in its loop", .onEveryStore, .timeLimit(.minutes(5)))
struct WorkerLoopTests {
    /// Leases a batch and does with it what a test says.
    private actor ProbeWorker: LeasedWorker, Service {
        nonisolated let loop: WorkerLoop
        let operation: OperationID
        private let action: @Sendable (BatchClaim) async throws -> Void
        private(set) var steps = 0
        private(set) var reasonsToGiveUp: [any Error] = []
        private var isWanted = true

        init(
            _ workspace: TestWorkspace, _ change: (inout WorkerConfiguration) -> Void = { _ in },
            grace: Duration = .zero, log: some LogHandler = SwiftLogNoOpLogHandler(),
            action: @escaping @Sendable (BatchClaim) async throws -> Void
        ) async throws {
            var configuration = WorkerConfiguration()
            configuration.heartbeatInterval = .milliseconds(10)
            configuration.renewalInterval = .milliseconds(10)
            configuration.retryDelays = [.zero, .zero]
            change(&configuration)
            loop = WorkerLoop(
                .batches, engine: workspace.engine, configuration: configuration, grace: grace,
                failureMessage: "The test failed.", logger: Logger(label: "test") { _ in log })
            operation = try await workspace.current().id
            self.action = action
        }

        func run() async { await loop.run(self) }

        func work() async throws -> Bool {
            steps += 1
            let (operation, worker, duration) = (operation, loop.leases.worker, loop.leases.duration)
            guard
                let claim = try await loop.store.write({
                    try $0.staging.claim(.user, of: operation, by: worker, for: duration, target: Workload())
                })
            else { return false }
            loop.leases.hold(claim.lease)
            try await action(claim)
            try await loop.store.write { transaction in
                try transaction.leases.verify(claim.lease)
                try transaction.staging.finish(claim, with: BatchOutcome())
            }
            loop.leases.finish(claim.lease)
            return true
        }

        func isWorkWanted() -> Bool { isWanted }

        func giveUp(because error: any Error) { reasonsToGiveUp.append(error) }

        func lose() { isWanted = false }
    }

    /// One batch is staged.
    private static func with(_ test: (TestWorkspace) async throws -> Void) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(3))
            try await test(workspace)
        }
    }

    /// A claim by another worker; nil while the batch is leased.
    private static func otherClaim(_ workspace: TestWorkspace) async throws -> BatchClaim? {
        let operation = try await workspace.current().id
        return try await workspace.store.write {
            try $0.staging.claim(.user, of: operation, by: WorkerID("other"), for: .seconds(12), target: Workload())
        }
    }

    @Test func `when the work takes longer than its lease, then the lease is renewed`() async throws {
        try await Self.with { workspace in
            let worker = try await ProbeWorker(workspace) { _ in
                for _ in 0..<3 {
                    try await workspace.files.expireLeases()
                    while try await workspace.files.hasExpiredLeases() { try await Task.sleep(for: .milliseconds(10)) }
                    #expect(try await Self.otherClaim(workspace) == nil)
                }
            }

            #expect(try await worker.loop.step(of: worker))
        }
    }

    @Test func `when the work is not wanted any more, then it is cancelled, and its lease is released`() async throws {
        try await Self.with { workspace in
            let worker = try await ProbeWorker(workspace) { _ in try await Task.sleep(for: .seconds(3_600)) }
            let step = Task { try await worker.loop.step(of: worker) }
            while await worker.steps == 0 { await Task.yield() }

            await worker.lose()

            #expect(try await step.value)
            #expect(try await Self.otherClaim(workspace)?.lease.deaths == 0)
        }
    }

    @Test func `when the work fails, then its lease is released at once, and it is given up after the last delay`()
        async throws
    {
        struct Failure: Error {}
        try await Self.with { workspace in
            let worker = try await ProbeWorker(workspace) { claim in
                #expect(claim.lease.deaths == 0)
                throw Failure()
            }
            let running = Task { await worker.run() }
            while await worker.reasonsToGiveUp.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            running.cancel()
            await running.value

            #expect(await worker.steps >= 3)
            #expect(await worker.reasonsToGiveUp.allSatisfy { $0 is Failure })
            #expect(try await Self.otherClaim(workspace)?.lease.deaths == 0)
        }
    }

    @Test func `when a stop interrupts a statement, then no failure is logged`() async throws {
        try await Self.with { workspace in
            let log = FailureLog()
            let (started, start) = AsyncStream<Void>.makeStream()
            let worker = try await ProbeWorker(workspace, log: log) { _ in
                start.yield()
                try? await Task.sleep(for: .seconds(3_600))  // Ends when the work is cancelled.
                throw StoreError.failed(message: "interrupted")
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: [worker], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            let running = Task { try await group.run() }
            for await _ in started { break }

            await group.triggerGracefulShutdown()
            _ = await running.result

            #expect(log.messages == [])
            #expect(try await Self.otherClaim(workspace)?.lease.deaths == 0)
        }
    }

    @Test func `when the disk is full, then the work is tried for as long as that lasts`() async throws {
        try await Self.with { workspace in
            let worker = try await ProbeWorker(workspace) { _ in throw StoreError.full(message: "full") }
            let running = Task { await worker.run() }
            while await worker.steps < 10 { try await Task.sleep(for: .milliseconds(5)) }
            running.cancel()
            await running.value

            #expect(await worker.reasonsToGiveUp.isEmpty)
        }
    }

    @Test func `when there is nothing to do, then it waits for the signal`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([])
            let worker = try await ProbeWorker(workspace) {
                $0.pollInterval = .seconds(3_600)
            } action: { _ in
            }
            let running = Task { await worker.run() }
            while await worker.steps == 0 { try await Task.sleep(for: .milliseconds(5)) }
            let before = await worker.steps
            workspace.workSignal.notify()
            while await worker.steps == before { try await Task.sleep(for: .milliseconds(5)) }
            running.cancel()
            await running.value
        }
    }

    @Test(arguments: [Duration.zero, .seconds(3_600)])
    func `when the process is told to stop, then the work in progress is finished within the grace, else released`(
        grace: Duration
    ) async throws {
        try await Self.with { workspace in
            let (started, start) = AsyncStream<Void>.makeStream()
            let worker = try await ProbeWorker(workspace, grace: grace) { _ in
                start.yield()
                // Without a grace, only the stop ends the work.
                try await Task.sleep(for: grace == .zero ? .seconds(3_600) : .milliseconds(500))
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: [worker], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            let running = Task { try await group.run() }
            for await _ in started { break }

            await group.triggerGracefulShutdown()
            _ = await running.result

            let left = try await Self.otherClaim(workspace)
            #expect((left == nil) == (grace != .zero))
            #expect(left?.lease.deaths ?? 0 == 0)
        }
    }
}

/// Keeps warnings and errors.
private final class FailureLog: LogHandler {
    private let kept = Mutex<[String]>([])
    var messages: [String] { kept.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}  // A test needs the messages alone.
    }
    var logLevel: Logger.Level {
        get { .warning }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let message = "\(event.message)"
        kept.withLock { $0.append(message) }
    }
}
