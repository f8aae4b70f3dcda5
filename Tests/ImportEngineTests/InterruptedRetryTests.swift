import ImportDomain
import ImportFixtures
import Logging
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a retry whose process ends", .onEveryStore)
struct InterruptedRetryTests {
    /// The end of a process.
    private struct Death: Error {}

    /// A store whose process ends before one of its writes, which is after the write before that one.
    private final class MortalStore: Store {
        private let base: any Store
        private let lastWrite: Int
        private let writes = Mutex(0)

        /// - Parameter lastWrite: the number of the write, from 0, before which the process ends.
        init(_ base: any Store, lastWrite: Int) {
            self.base = base
            self.lastWrite = lastWrite
        }

        var isDead: Bool { writes.withLock { $0 > lastWrite } }
        var isShared: Bool { base.isShared }

        func read<Result: Sendable>(
            _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
        ) async throws -> Result {
            if isDead { throw Death() }
            return try await base.read(work)
        }

        func write<Result: Sendable>(
            _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
        ) async throws -> Result {
            let number = writes.withLock { count in
                defer { count += 1 }
                return count
            }
            guard number < lastWrite else { throw Death() }
            return try await base.write(work)
        }

        func userRows(by number: ImportNumber?) -> any UserRows { base.userRows(by: number) }
        func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows {
            base.rows(of: messages, by: number)
        }
        func endStalledTransactions(olderThan age: Duration) async throws {}
        func analyze() async throws {}
    }

    /// What the workspace holds at the end.
    private struct Outcome: Equatable {
        var quay: [String]
        var dock: [String]
        var users: [String]
        var counts: [RecordType: ImportCounts]
        var failures: Int
        var rows: Int64
    }

    private static func result(_ workspace: TestWorkspace) async throws -> Outcome {
        Outcome(
            quay: try await RetryScene.messages(workspace, in: "quay"),
            dock: try await RetryScene.messages(workspace, in: "dock"),
            users: try await ["ann", "ben"].asyncCompactMap { try await workspace.user($0)?.username },
            counts: try await workspace.current().counts, failures: try await workspace.failures().count,
            rows: try await RetryScene.rows(workspace))
    }

    /// Tries again what failed, in a process that ends with a write, and then in one that lives.
    ///
    /// - Returns: whether the process ended.
    private static func interrupted(_ workspace: TestWorkspace, lastWrite: Int) async throws -> Bool {
        try await RetryScene.failing(workspace)
        let body = try await RetryScene.corrections(workspace)
        let store = MortalStore(workspace.store, lastWrite: lastWrite)
        let environment = WorkspaceEnvironment(
            store: store, files: workspace.environment.files, clock: workspace.clock,
            identifiers: workspace.identifiers, passwords: workspace.passwords,
            openScratch: workspace.environment.openScratch)
        let mortal = ImportEngine(
            environment, importers: [], fetcher: workspace.engine.fetcher, workSignal: WorkSignal())
        do {
            _ = try await mortal.retries.retry(from: Chunks(body), format: .json)
            let worker = ImportWorker(engine: mortal, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            while try await worker.step() { try await RetryScene.expectLaw(workspace) }
        } catch is Death {}
        try await workspace.files.expireLeases()
        try await RetryScene.expectLaw(workspace)
        // The client sends the request again unless it was accepted.
        do {
            try await RetryScene.retry(workspace, body)
            try await workspace.store.write { try $0.staging.forgetInterruptedIntakes() }
        } catch ImportError.rejected {
            // It runs, or has run.
        } catch ImportError.recordsNotFailed {
            #expect(try await workspace.current().phase == .ended(.done))
        }
        try await RetryScene.finish(workspace)
        return store.isDead
    }

    @Test func `when it ends before or after any of its writes, then the result is the same`() async throws {
        let expected = try await TestWorkspace.with { workspace in
            #expect(try await !Self.interrupted(workspace, lastWrite: .max - 1))
            return try await Self.result(workspace)
        }
        #expect(expected.failures == 0 && expected.rows == 0 && expected.dock.count == 2 && expected.users.count == 2)

        var (points, hasEnded) = (0, true)
        while hasEnded {
            let number = points
            hasEnded = try await TestWorkspace.with { workspace in
                let hasEnded = try await Self.interrupted(workspace, lastWrite: number)
                let outcome = try await Self.result(workspace)
                #expect(outcome == expected, "write \(number)")
                return hasEnded
            }
            points += hasEnded ? 1 : 0
        }
        print("Kill points of a retry on \(StoreKind.current.rawValue): \(points)")
        #expect(points > 20)
    }
}

extension Sequence {
    fileprivate func asyncCompactMap<Output>(_ transform: (Element) async throws -> Output?) async rethrows -> [Output]
    {
        var outputs: [Output] = []
        for element in self {
            if let output = try await transform(element) { outputs.append(output) }
        }
        return outputs
    }
}
