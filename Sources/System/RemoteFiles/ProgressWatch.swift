internal import ImportDomain
internal import Synchronization

/// Knows when something last arrived, and says when to give up.
final class ProgressWatch: Sendable {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant
    private let state: Mutex<State>
    private let idleTime: Duration
    private let totalTime: Duration

    private struct State {
        var latest: ContinuousClock.Instant
        /// How many bytes have to arrive before the idle time begins anew; at the beginning any do.
        var missing = 0
    }

    /// Starts both times.
    init(totalTime: Duration, idleTime: Duration) {
        let now = clock.now
        end = now.advanced(by: totalTime)
        state = Mutex(State(latest: now))
        self.idleTime = idleTime
        self.totalTime = totalTime
    }

    /// Another step begins, or one that is not the other side's has ended: the idle time begins anew.
    func advance() {
        let now = clock.now
        state.withLock { $0 = State(latest: now) }
    }

    /// Bytes have arrived: with the first of a step, and whenever enough have come, the idle time begins anew.
    ///
    /// Were each byte enough, a server that sends one now and then would keep its place until the total time is over.
    func advance(bytes: Int) {
        let now = clock.now
        state.withLock { state in
            state.missing -= bytes
            if state.missing <= 0 { state = State(latest: now, missing: FetchLimits.progressBytes) }
        }
    }

    /// Waits until one of the times is over; nil when the task is cancelled before.
    func expiry() async -> RemoteFileError? {
        while true {
            let now = clock.now
            let idleEnd = state.withLock { $0.latest }.advanced(by: idleTime)
            if now >= end {
                return .retryable(.totalTimeout, "The download took longer than the \(totalTime) allowed.")
            }
            if now >= idleEnd {
                return .retryable(.idleTimeout, "Nothing, or next to nothing, arrived for \(idleTime).")
            }
            do {
                try await clock.sleep(until: min(end, idleEnd))
            } catch {
                // The download has ended, one way or another.
                return nil
            }
        }
    }
}
