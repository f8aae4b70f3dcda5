public import ImportDomain
import Synchronization

/// A clock that tests control.
public final class TestClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// A clock, by default at 2026-01-31T12:00:00Z.
    public init(at moment: Timestamp = Timestamp(milliseconds: 1_769_860_800_000)) { self.moment = Mutex(moment) }

    /// The current time of the clock.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Advances the clock.
    public func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
