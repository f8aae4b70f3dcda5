import Glibc
import Synchronization

/// How long transactions wait for a file that another program has locked.
///
/// Transactions wait one behind the other. When the first has waited for the whole limit, those behind it fail at once,
/// as do later ones, until a transaction succeeds again.
final class LockPatience: Sendable {
    /// Without an attempt for so long, nothing is known of the lock any more.
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

    /// Waits a little on the database's own thread, if the limit is not reached.
    ///
    /// - Parameter attempts: how often this transaction has waited before.
    /// - Returns: whether another attempt is worth it.
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

    /// The file was not locked any more.
    func reset() { state.withLock { $0 = nil } }
}
