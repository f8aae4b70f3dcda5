public import ImportDomain
import Synchronization

/// A clock that moves only when it is told to.
public final class TestClock: WallClock {
    private let moment: Mutex<Timestamp>

    /// A clock that stands at 2026-01-31T12:00:00Z unless told otherwise.
    public init(at moment: Timestamp = Timestamp(milliseconds: 1_769_860_800_000)) { self.moment = Mutex(moment) }

    /// The moment at which the clock stands.
    public func now() -> Timestamp { moment.withLock { $0 } }

    /// Moves the clock on.
    public func advance(by duration: Duration) { moment.withLock { $0 = $0 + duration } }
}
