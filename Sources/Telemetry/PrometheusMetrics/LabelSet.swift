/// The labels that identify one series of a metric, sorted by name.
struct LabelSet: Hashable, Sendable {
    private struct Label: Hashable {
        let name: String
        var value: String
    }

    private var labels: [Label] = []

    /// Labels from a metric's dimensions; for a repeated name the last value wins.
    init(_ dimensions: [(String, String)]) {
        for (name, value) in dimensions {
            let label = Label(name: PrometheusName.label(name), value: value)
            guard let index = labels.firstIndex(where: { $0.name >= label.name }) else {
                labels.append(label)
                continue
            }
            if labels[index].name == label.name {
                labels[index].value = value
            } else {
                labels.insert(label, at: index)
            }
        }
    }

    /// The labels of the overflow series.
    static let overflow = LabelSet([("overflow", "true")])

    /// The labels as written between braces.
    var text: String {
        labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    }
}
