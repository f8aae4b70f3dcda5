/// One metric with one set of labels; callers record into it, and scrapes read it.
protocol Series: AnyObject, Sendable {
    var identity: SeriesIdentity { get }

    /// Adds the series' samples.
    func write(into text: inout PrometheusText)
}

/// What a series is called.
struct SeriesIdentity: Sendable {
    let name: String
    let labels: LabelSet
    /// The labels as they stand between the braces; kept, because each scrape needs them.
    let labelText: String

    init(name: String, labels: LabelSet) {
        self.name = name
        self.labels = labels
        labelText = labels.text
    }
}

/// What the series of a metric are; a name is used for one kind only.
enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
    case timer

    /// The format's word: it knows no timers.
    var type: String { self == .timer ? "histogram" : rawValue }
}
