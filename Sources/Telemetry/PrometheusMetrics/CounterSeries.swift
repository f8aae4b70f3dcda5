internal import Metrics
internal import Synchronization

/// A number that only grows, until it is reset.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    let identity: SeriesIdentity
    /// Whole numbers are kept apart: they stay exact where a floating-point total would begin to round.
    private let total = Mutex<(whole: UInt64, fraction: Double)>((0, 0))

    init(_ identity: SeriesIdentity) {
        self.identity = identity
    }

    func increment(by amount: Int64) {
        // The format knows no falling counters.
        guard amount > 0 else { return }
        total.withLock { $0.whole &+= UInt64(amount) }
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        total.withLock { $0.fraction += amount }
    }

    func reset() {
        total.withLock { $0 = (0, 0) }
    }

    func write(into text: inout PrometheusText) {
        let (whole, fraction) = total.withLock { $0 }
        let value = fraction == 0 ? "\(whole)" : PrometheusText.number(Double(whole) + fraction)
        text.sample(identity.name, labels: identity.labelText, value: value)
    }
}
