/// One metric with one set of labels.
protocol Series: AnyObject, Sendable {
    var identity: SeriesIdentity { get }

    /// Adds the series' samples.
    func write(into text: inout PrometheusText)
}

/// The name and labels of a series.
struct SeriesIdentity: Sendable {
    let name: String
    let labels: LabelSet
    /// The labels as written between braces; cached for scrapes.
    let labelText: String

    init(name: String, labels: LabelSet) {
        self.name = name
        self.labels = labels
        labelText = labels.text
    }
}

/// The kind of a metric; a name has one kind only.
enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
    case timer

    /// The type in the text format, which has no timers.
    var type: String { self == .timer ? "histogram" : rawValue }
}
