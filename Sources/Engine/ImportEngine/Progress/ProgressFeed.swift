public import ImportDomain
public import ServiceLifecycle
import Synchronization

/// The progress of an operation.
public struct ProgressReport: Sendable {
    /// The operation.
    public let operation: ImportOperation
    /// Its undo, if one was requested.
    public let undo: ImportUndo?
    /// Its speed, and the time until its end.
    public let estimate: ProgressEstimator.Estimate
    /// When it was read.
    public let moment: Timestamp
    /// Larger than that of every earlier report to the same listener.
    public let number: Int

    /// Whether no other report follows.
    public var isFinal: Bool { operation.lifecycle.isEnded }
}

/// Why nobody can listen.
public enum ProgressFeedRefusal: Error, Equatable, Sendable {
    /// There are as many listeners as may be.
    case full
    /// The process is stopping.
    case closed
}

/// Reports the progress of operations to listeners.
///
/// While anybody listens, one task reads the operations from the store, whichever process imports them, and passes changes
/// on. A listener has room for one report: a slow one misses those in between and delays nobody.
/// Source: docs/architecture.md, "Progress to listeners".
public final class ProgressFeed: Service {
    /// How often the feed does what.
    public struct Timing: Sendable {
        /// The time between two reports to one listener.
        public var interval: Duration = .milliseconds(250)
        /// How much longer that time is for each further listener, so that many of them take no time from the import.
        public var delayPerListener: Duration = .milliseconds(4)
        /// The time after which the latest report is repeated, so that its listener can see whether it is still wanted.
        public var repetition: Duration = .seconds(5)

        /// The timing of a server.
        public init() {}
    }

    /// One listener, until it is released.
    public final class Listener: Sendable {
        /// The reports: the present state first, the final one last. The latest may be repeated.
        public let reports: AsyncStream<ProgressReport>
        private let number: Int
        private let feed: ProgressFeed

        fileprivate init(_ reports: AsyncStream<ProgressReport>, number: Int, feed: ProgressFeed) {
            self.reports = reports
            self.number = number
            self.feed = feed
        }

        deinit { end() }

        /// Ends the reports.
        public func end() { feed.end(number) }
    }

    private struct Listening {
        let operation: OperationID
        let continuation: AsyncStream<ProgressReport>.Continuation
        var latest: ContinuousClock.Instant
    }

    private struct Watch {
        var estimator = ProgressEstimator()
        var report: ProgressReport
    }

    private struct State {
        var listeners: [Int: Listening] = [:]
        var watches: [OperationID: Watch] = [:]
        var latestListener = 0
        var latestReport = 0
        var isPolling = false
        var isClosed = false
    }

    private let store: any Store
    private let clock: any WallClock
    private let limit: Int
    private let timing: Timing
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// A feed of the engine's operations.
    ///
    /// - Parameter limit: the maximum number of listeners.
    public convenience init(engine: ImportEngine, limit: Int, timing: Timing = Timing()) {
        self.init(store: engine.store, clock: engine.clock, limit: limit, timing: timing)
    }

    init(store: any Store, clock: any WallClock, limit: Int, timing: Timing) {
        self.store = store
        self.clock = clock
        self.limit = limit
        self.timing = timing
    }

    /// Waits for the end of the process, and ends all reports then.
    public func run() async throws {
        try? await gracefulShutdown()  // The end by cancellation is an end as well.
        close()
    }

    /// How many listeners there are.
    public var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Begins to report an operation.
    ///
    /// - Parameters:
    ///   - operation: the operation as it is now.
    ///   - undo: its undo, if one was requested.
    /// - Throws: `ProgressFeedRefusal`.
    public func listen(
        to operation: ImportOperation, undo: ImportUndo? = nil
    ) throws(ProgressFeedRefusal) -> Listener {
        let (reports, continuation) = AsyncStream.makeStream(
            of: ProgressReport.self, bufferingPolicy: .bufferingNewest(1))
        let now = ContinuousClock.now
        let result: Result<(number: Int, polls: Bool), ProgressFeedRefusal> = state.withLock { state in
            guard !state.isClosed else { return .failure(.closed) }
            guard state.listeners.count < limit else { return .failure(.full) }
            let report = observe(operation, undo, at: now, &state).report
            state.latestListener += 1
            continuation.yield(report)
            guard !report.isFinal else {
                continuation.finish()
                return .success((state.latestListener, false))
            }
            state.listeners[state.latestListener] = Listening(
                operation: operation.id, continuation: continuation, latest: now)
            defer { state.isPolling = true }
            return .success((state.latestListener, !state.isPolling))
        }
        let begun = try result.get()
        if begun.polls { Task { await poll() } }
        return Listener(reports, number: begun.number, feed: self)
    }

    /// Ends all reports; nobody can listen any more.
    public func close() {
        let ended = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.map(\.continuation)
        }
        for continuation in ended { continuation.finish() }
    }

    private func end(_ listener: Int) {
        state.withLock { $0.listeners.removeValue(forKey: listener) }?.continuation.finish()
    }

    /// Reads and reports until nobody listens.
    private func poll() async {
        while true {
            // This task is never cancelled.
            try? await Task.sleep(for: timing.interval + timing.delayPerListener * (max(1, listenerCount) - 1))
            let ids = state.withLock { state in
                let ids = Set(state.listeners.values.map(\.operation))
                state.watches = state.watches.filter { ids.contains($0.key) }
                state.isPolling = !ids.isEmpty
                return ids
            }
            guard !ids.isEmpty else { return }
            do {
                let found = try await store.read { transaction in
                    try ids.map { id in
                        let operation = try transaction.operations.find(id: id)
                        return (id, operation, try operation.flatMap { try transaction.undos.find(of: $0) })
                    }
                }
                for (id, operation, undo) in found { report(operation, undo, id) }
            } catch {
                // Listeners hear of progress again once the database can be read.
            }
            repeatReports()
        }
    }

    /// Passes a change of an operation on; nil if it was deleted.
    private func report(_ operation: ImportOperation?, _ undo: ImportUndo?, _ id: OperationID) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard let operation else { return end(id, &state) }
            let (report, isNew) = observe(operation, undo, at: now, &state)
            guard isNew else { return }
            for (number, listener) in state.listeners where listener.operation == id {
                listener.continuation.yield(report)
                state.listeners[number]?.latest = now
            }
            if report.isFinal { end(id, &state) }
        }
    }

    private func end(_ id: OperationID, _ state: inout State) {
        for (number, listener) in state.listeners where listener.operation == id {
            listener.continuation.finish()
            state.listeners[number] = nil
        }
        state.watches[id] = nil
    }

    private func repeatReports() {
        let now = ContinuousClock.now
        state.withLock { state in
            for (number, listener) in state.listeners where now - listener.latest >= timing.repetition {
                guard let report = state.watches[listener.operation]?.report else { continue }
                listener.continuation.yield(report)
                state.listeners[number]?.latest = now
            }
        }
    }

    /// The report about an operation as it is now, and whether anything has changed.
    private func observe(
        _ operation: ImportOperation, _ undo: ImportUndo?, at now: ContinuousClock.Instant, _ state: inout State
    ) -> (report: ProgressReport, isNew: Bool) {
        if let known = state.watches[operation.id]?.report, known.operation == operation, known.undo == undo {
            return (known, false)
        }
        var estimator = state.watches[operation.id]?.estimator ?? ProgressEstimator()
        let estimate = estimator.add(
            ProgressEstimator.Sample(
                at: now - start, phase: operation.phase, control: operation.lifecycle.control,
                counts: operation.counts, file: operation.fileProgress))
        state.latestReport += 1
        let report = ProgressReport(
            operation: operation, undo: undo, estimate: estimate, moment: clock.now(), number: state.latestReport)
        if !report.isFinal { state.watches[operation.id] = Watch(estimator: estimator, report: report) }
        return (report, true)
    }
}
