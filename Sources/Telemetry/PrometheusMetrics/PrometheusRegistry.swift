public import Metrics
internal import Synchronization

/// Keeps what the process measures, for Prometheus to fetch.
///
/// Names and labels are used as callers give them, apart from characters that the format does not allow. A name belongs
/// to the first kind of metric that used it; another kind appears with its kind appended, such as `jobs_gauge`.
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

        /// The name under which a kind of metric is kept.
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
    ///   - seriesLimit: how many series a metric may have; what comes after shares one with the label
    ///     `overflow="true"`. At least 1.
    ///   - recorderBuckets: the buckets of recorders.
    ///   - timerBuckets: the buckets of timers, in seconds.
    ///   - process: what to tell about the process itself, if anything.
    public init(
        seriesLimit: Int = 1_000, recorderBuckets: HistogramBuckets = .sizes,
        timerBuckets: HistogramBuckets = .seconds, process: ProcessMetrics? = nil
    ) {
        precondition(seriesLimit >= 1, "A metric has one series at least")
        self.seriesLimit = seriesLimit
        self.recorderBuckets = recorderBuckets
        self.timerBuckets = timerBuckets
        self.process = process
    }

    /// Explains a metric to people; before or after it is first used.
    ///
    /// - Parameters:
    ///   - label: the metric's name, as its users give it.
    ///   - help: a sentence.
    public func describe(_ label: String, _ help: String) {
        state.withLock { $0.help[PrometheusName.metric(label)] = help }
    }

    /// Everything measured so far in the text format 0.0.4, in the order of names and labels.
    public func render() -> String {
        // Callers that look up a metric wait only for the list, not for the text.
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
            help: "How often a series was asked for beyond the number that its metric may have.")
        for family in families {
            text.sample(name, labels: LabelSet([("metric", family.name)]).text, value: "\(family.overflowCount)")
        }
    }
}
