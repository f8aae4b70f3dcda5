import ImportDomain
import ImportFixtures
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given listeners to an import", .onEveryStore, .timeLimit(.minutes(10)))
struct ProgressFeedTests {
    /// A timing that no test has to wait for.
    private static var timing: ProgressFeed.Timing {
        var timing = ProgressFeed.Timing()
        timing.interval = .milliseconds(5)
        timing.delayPerListener = .microseconds(20)
        timing.repetition = .milliseconds(50)
        return timing
    }

    private static func feed(
        _ workspace: TestWorkspace, store: (any Store)? = nil, limit: Int = 512
    ) -> ProgressFeed {
        ProgressFeed(store: store ?? workspace.store, clock: workspace.clock, limit: limit, timing: timing)
    }

    @Test func `when it runs, then reports come in order, and the last one is its end`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage(StagedUser.crowd(300))
            let feed = Self.feed(workspace)
            let listener = try feed.listen(to: try await workspace.current())
            let (received, reception) = AsyncStream<Void>.makeStream()
            async let reports = listener.reports.reduce(into: [ProgressReport]()) { reports, report in
                reports.append(report)
                reception.yield()
            }
            // A listener that has not taken its first report when the import runs misses it.
            for await _ in received { break }
            try await workspace.runToTheEnd()

            let distinct = await reports.reduce(into: [ProgressReport]()) { list, report in
                if report.number != list.last?.number { list.append(report) }
            }
            #expect(distinct.first?.operation.phase == .ready)
            #expect(distinct.last?.operation.phase == .ended(.done))
            #expect(distinct.last?.operation.totalCounts.created == 300)
            #expect(distinct.allSatisfy { $0.operation.id == operation.id })
            #expect(distinct.map(\.number) == distinct.map(\.number).sorted())
            let done = distinct.map { $0.operation.totalCounts.total - $0.operation.totalCounts.pending }
            #expect(done == done.sorted())
            #expect(feed.listenerCount == 0)
        }
    }

    @Test func `when many listen, then the store is read as often as for one, and each hears the end`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(20))
            let store = CountingStore(workspace.store)
            let feed = Self.feed(workspace, store: store)
            let operation = try await workspace.current()
            let listeners = try (0..<200).map { _ in try feed.listen(to: operation) }
            let before = (store.reads, ContinuousClock.now)
            repeat { try await Task.sleep(for: .milliseconds(200)) } while store.reads == before.0
            let reads = store.reads - before.0
            // Each listener delays the next report a little.
            let most = (ContinuousClock.now - before.1) / (Self.timing.interval + Self.timing.delayPerListener * 199)
            try await workspace.runToTheEnd()

            // One read for all of them each time.
            #expect(Double(reads) <= most + 1)
            for listener in listeners {
                let last = await listener.reports.reduce(nil) { $1 }
                #expect(last?.operation.phase == .ended(.done))
            }
        }
    }

    @Test func `when one reads nothing meanwhile, then it gets the latest report and misses those before`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.stage(StagedUser.crowd(20))
            let feed = Self.feed(workspace)
            let slow = try feed.listen(to: try await workspace.current())
            try await workspace.runToTheEnd()
            while feed.listenerCount > 0 { try await Task.sleep(for: .milliseconds(5)) }

            let reports = await slow.reports.reduce(into: [ProgressReport]()) { $0.append($1) }
            #expect(reports.map(\.operation.phase) == [.ended(.done)])
        }
    }

    @Test func `when nobody listens any more, then nothing is read`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([StagedUser("ada")])
            let store = CountingStore(workspace.store)
            let feed = Self.feed(workspace, store: store)
            var listener: ProgressFeed.Listener? = try feed.listen(to: try await workspace.current())
            while store.reads == 0 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(listener != nil)
            listener = nil
            #expect(feed.listenerCount == 0)
            // A read may be on its way; with a listener, this would not end.
            var reads: Int
            repeat {
                reads = store.reads
                try await Task.sleep(for: .milliseconds(200))
            } while store.reads != reads
        }
    }

    @Test func `when an import has ended, is deleted, or the process stops, then the reports end`() async throws {
        try await TestWorkspace.with { workspace in
            let ended = try await workspace.importing([StagedUser("ada")])
            let feed = Self.feed(workspace)
            let result = await (try feed.listen(to: ended)).reports.reduce(into: []) { $0.append($1.isFinal) }
            let canceled = try await workspace.stage([StagedUser("bob")])
            let deleted = try feed.listen(to: canceled)
            _ = try await workspace.engine.controls.cancel()
            let last = await deleted.reports.reduce(nil) { $1 }
            let open = try feed.listen(to: try await workspace.stage([StagedUser("eve")]))
            feed.close()
            let rest = await open.reports.reduce(into: []) { $0.append($1.isFinal) }

            #expect(result == [true])
            #expect(last?.operation.phase == .ended(.canceled))
            #expect(rest == [false])
            #expect(throws: ProgressFeedRefusal.closed) { try feed.listen(to: ended) }
        }
    }

    @Test func `when there are too many, then the next one is rejected until one has ended`() async throws {
        try await TestWorkspace.with { workspace in
            let operation = try await workspace.stage([StagedUser("ada")])
            let feed = Self.feed(workspace, limit: 2)
            let first = try feed.listen(to: operation)
            let second = try feed.listen(to: operation)

            #expect(throws: ProgressFeedRefusal.full) { try feed.listen(to: operation) }
            first.end()
            _ = try feed.listen(to: operation)
            withExtendedLifetime(second) {}
        }
    }
}

/// A store that counts its read transactions.
private final class CountingStore: Store {
    private let base: any Store
    private let count = Mutex(0)

    init(_ base: any Store) { self.base = base }

    var reads: Int { count.withLock { $0 } }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        count.withLock { $0 += 1 }
        return try await base.read(work)
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result { try await base.write(work) }

    func userRows(by number: ImportNumber?) -> any UserRows { base.userRows(by: number) }

    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows { base.rows(of: messages, by: number) }

    var isShared: Bool { base.isShared }

    func endStalledTransactions(olderThan age: Duration) async throws {
        try await base.endStalledTransactions(olderThan: age)
    }

    func analyze() async throws { try await base.analyze() }
}
