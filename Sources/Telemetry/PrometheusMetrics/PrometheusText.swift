/// Builds a scrape's text.
///
/// It is written out here because that keeps the build small: one file format, no client library.
///
/// Source: Prometheus, "Exposition formats", text-based format 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    /// Begins a metric: its explanation, if there is one, and its type.
    mutating func begin(_ name: String, type: String, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - name: the metric, with a histogram's suffix.
    ///   - labels: the labels as they stand between the braces; without any there are no braces.
    ///   - value: the value as text.
    mutating func sample(_ name: String, labels: String = "", value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// A number: whole ones without a fraction, so that counts read as counts.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Up to here every whole number has a value of its own.
        if value.magnitude < 0x1p53, value == value.rounded() { return "\(Int64(value))" }
        return "\(value)"
    }

    /// Escapes backslashes and line ends, and the quotes of label values.
    static func escaped(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { [UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\"")].contains($0) })
        else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
