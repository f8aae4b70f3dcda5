internal import ImportDomain
internal import Synchronization

/// Tracks arriving bytes and enforces the total and idle time.
final class ProgressWatch: Sendable {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant
    private let state: Mutex<State>
    private let idleTime: Duration
    private let totalTime: Duration

    private struct State {
        var latest: ContinuousClock.Instant
        /// How many bytes have to arrive to restart the idle time; the first byte of a step does.
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

    /// Restarts the idle time: another step begins, or a local one has ended.
    func advance() {
        let now = clock.now
        state.withLock { $0 = State(latest: now) }
    }

    /// Counts arrived bytes. The first byte of a step, and each sufficient number, restart the idle time.
    ///
    /// If each byte did, a server that sends one now and then would hold the download for the total time.
    func advance(bytes: Int) {
        let now = clock.now
        state.withLock { state in
            state.missing -= bytes
            if state.missing <= 0 { state = State(latest: now, missing: FetchLimits.progressBytes) }
        }
    }

    /// Waits until one of the times expires; nil if the task is cancelled first.
    func expiry() async -> RemoteFileError? {
        while true {
            let now = clock.now
            let idleEnd = state.withLock { $0.latest }.advanced(by: idleTime)
            if now >= end {
                return .retryable(.totalTimeout, "The download took longer than the \(totalTime) allowed.")
            }
            if now >= idleEnd {
                return .retryable(.idleTimeout, "Nothing, or almost nothing, arrived for \(idleTime).")
            }
            do {
                try await clock.sleep(until: min(end, idleEnd))
            } catch {
                // The download has ended.
                return nil
            }
        }
    }
}
