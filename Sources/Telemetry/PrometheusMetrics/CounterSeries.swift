internal import Metrics
internal import Synchronization

/// A number that only increases until it is reset.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
    let identity: SeriesIdentity
    /// Whole numbers are counted separately, because a floating-point total would round.
    private let total = Mutex<(whole: UInt64, fraction: Double)>((0, 0))

    init(_ identity: SeriesIdentity) {
        self.identity = identity
    }

    func increment(by amount: Int64) {
        // Counters cannot decrease.
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
