internal import ImportDomain
internal import Synchronization

/// Knows when something last arrived, and says when to give up.
final class ProgressWatch: Sendable {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant
    private let latest: Mutex<ContinuousClock.Instant>
    private let idleTime: Duration
    private let totalTime: Duration

    /// Starts both times.
    init(totalTime: Duration, idleTime: Duration) {
        let now = clock.now
        end = now.advanced(by: totalTime)
        latest = Mutex(now)
        self.idleTime = idleTime
        self.totalTime = totalTime
    }

    /// Something has arrived: the idle time begins anew.
    func advance() {
        let now = clock.now
        latest.withLock { $0 = now }
    }

    /// Waits until one of the times is over; nil when the task is cancelled before.
    func expiry() async -> RemoteFileError? {
        while true {
            let now = clock.now
            let idleEnd = latest.withLock { $0 }.advanced(by: idleTime)
            if now >= end {
                return .retryable(.totalTimeout, "The download took longer than the \(totalTime) allowed.")
            }
            if now >= idleEnd {
                return .retryable(.idleTimeout, "Nothing arrived for \(idleTime).")
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
