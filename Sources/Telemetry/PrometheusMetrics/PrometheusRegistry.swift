public import Metrics
internal import Synchronization

/// The registry of metrics, scraped by Prometheus.
///
/// Names and labels stay unchanged except for invalid characters. A name belongs to the first kind of metric that uses
/// it; another kind gets its kind appended, such as `jobs_gauge`.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    /// The `Content-Type` of the text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    struct State {
        var kinds: [String: MetricKind] = [:]
        var help: [String: String] = [:]
        var counters = SeriesTable<CounterSeries>()
        var gauges = SeriesTable<GaugeSeries>()
        var histograms = SeriesTable<HistogramSeries>()
        var timers = SeriesTable<HistogramSeries>()

        /// The name for a kind of metric.
        mutating func claim(_ label: String, for kind: MetricKind) -> String {
            var name = PrometheusName.metric(label)
            while let owner = kinds[name], owner != kind { name += "_\(kind.rawValue)" }
            kinds[name] = kind
            return name
        }
    }

    let seriesLimit: Int
    let recorderBuckets: HistogramBuckets
    let timerBuckets: HistogramBuckets
    private let process: ProcessMetrics?
    let state = Mutex(State())

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - seriesLimit: the maximum of series of a metric; later ones share one with the label `overflow="true"`. At
    ///     least 1.
    ///   - recorderBuckets: the buckets of recorders.
    ///   - timerBuckets: the buckets of timers, in seconds.
    ///   - process: metrics of the process, if any.
    public init(
        seriesLimit: Int = 1_000, recorderBuckets: HistogramBuckets = .sizes,
        timerBuckets: HistogramBuckets = .seconds, process: ProcessMetrics? = nil
    ) {
        precondition(seriesLimit >= 1, "A metric has at least one series")
        self.seriesLimit = seriesLimit
        self.recorderBuckets = recorderBuckets
        self.timerBuckets = timerBuckets
        self.process = process
    }

    /// Sets the help text of a metric, before or after its first use.
    ///
    /// - Parameters:
    ///   - label: the metric's name.
    ///   - help: a sentence.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[PrometheusName.metric(label)] = help }
    }

    /// All metrics in the text format 0.0.4, sorted by name and labels.
    public func render() -> String {
        // Copy the list under the lock, and write the text outside.
        let (families, help) = state.withLock { state in
            (
                state.counters.listing(kind: .counter) + state.gauges.listing(kind: .gauge)
                    + state.histograms.listing(kind: .histogram) + state.timers.listing(kind: .timer),
                state.help
            )
        }

        let ordered = families.sorted { $0.name < $1.name }
        var text = PrometheusText()
        for family in ordered {
            text.begin(family.name, type: family.kind.type, help: help[family.name])
            for series in family.series.sorted(by: { $0.identity.labelText < $1.identity.labelText }) {
                series.write(into: &text)
            }
        }
        writeOverflow(of: ordered, into: &text)
        process?.write(into: &text)
        return text.text
    }

    private func writeOverflow(of families: [FamilyListing], into text: inout PrometheusText) {
        let families = families.filter { $0.overflowCount > 0 }
        guard !families.isEmpty else { return }
        let name = "metrics_series_overflow_total"
        text.begin(
            name, type: MetricKind.counter.type,
            help: "Requests for series beyond a metric's limit.")
        for family in families {
            text.sample(name, labels: LabelSet([("metric", family.name)]).text, value: "\(family.overflowCount)")
        }
    }
}
