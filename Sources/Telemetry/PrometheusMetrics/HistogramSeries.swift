internal import Metrics
internal import Synchronization

/// A distribution over fixed buckets: of a recorder's values, or a timer's seconds.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
    private struct Observations {
        /// One per bucket, and one for larger values; not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    let identity: SeriesIdentity
    private let buckets: HistogramBuckets
    private let observations: Mutex<Observations>

    init(_ identity: SeriesIdentity, buckets: HistogramBuckets) {
        self.identity = identity
        self.buckets = buckets
        observations = Mutex(Observations(counts: Array(repeating: 0, count: buckets.upperBounds.count + 1)))
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        // A NaN would make the sum NaN permanently.
        guard !value.isNaN else { return }
        let index = buckets.upperBounds.firstIndex { value <= $0 } ?? buckets.upperBounds.count
        observations.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }

    func write(into text: inout PrometheusText) {
        let observations = observations.withLock { $0 }
        let labels = identity.labelText
        var cumulative: UInt64 = 0
        for (count, bound) in zip(observations.counts, buckets.upperBounds + [.infinity]) {
            cumulative += count
            let bucket = "\(labels)\(labels.isEmpty ? "" : ",")le=\"\(PrometheusText.number(bound))\""
            text.sample(identity.name + "_bucket", labels: bucket, value: "\(cumulative)")
        }
        text.sample(identity.name + "_sum", labels: labels, value: PrometheusText.number(observations.sum))
        text.sample(identity.name + "_count", labels: labels, value: "\(cumulative)")
    }
}
