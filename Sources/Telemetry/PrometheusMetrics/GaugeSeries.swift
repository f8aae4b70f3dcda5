internal import Metrics
internal import Synchronization

/// A number that rises and falls: a meter, or a recorder of the last value.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let identity: SeriesIdentity
    private let value = Mutex<Double>(0)

    init(_ identity: SeriesIdentity) {
        self.identity = identity
    }

    func set(_ newValue: Int64) {
        set(Double(newValue))
    }

    func set(_ newValue: Double) {
        value.withLock { $0 = newValue }
    }

    func increment(by amount: Double) {
        value.withLock { $0 += amount }
    }

    func decrement(by amount: Double) {
        value.withLock { $0 -= amount }
    }

    func record(_ newValue: Int64) {
        set(Double(newValue))
    }

    func record(_ newValue: Double) {
        set(newValue)
    }

    func write(into text: inout PrometheusText) {
        let value = value.withLock { $0 }
        text.sample(identity.name, labels: identity.labelText, value: PrometheusText.number(value))
    }
}
