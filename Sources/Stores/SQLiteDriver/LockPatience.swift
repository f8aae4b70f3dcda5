import Glibc
import Synchronization

/// How long transactions wait for a file that another program has locked.
///
/// Transactions wait in a queue. After the first has waited for the whole limit, the others fail at once, until a
/// transaction succeeds again.
final class LockPatience: Sendable {
    /// After this time without an attempt, the state of the lock is unknown.
    private static let memory: Duration = .seconds(60)

    private struct State {
        /// When the file was first found locked, and last.
        var first: ContinuousClock.Instant
        var last: ContinuousClock.Instant
    }

    private let limit: Duration
    private let clock = ContinuousClock()
    private let state = Mutex<State?>(nil)

    init(limit: Duration) { self.limit = limit }

    /// Waits on the database's own thread, unless the limit is reached.
    ///
    /// - Parameter attempts: how often this transaction has already waited.
    /// - Returns: whether to try again.
    func wait(after attempts: Int) -> Bool {
        let now = clock.now
        let isWorthIt = state.withLock { state in
            let first = state.flatMap { now - $0.last < Self.memory ? $0.first : nil } ?? now
            state = State(first: first, last: now)
            return now - first < limit
        }
        if isWorthIt { usleep(UInt32(1_000 * min(attempts + 1, 50))) }
        return isWorthIt
    }

    /// Records that the file is not locked any more.
    func reset() { state.withLock { $0 = nil } }
}
