/// Builds a scrape's text.
///
/// Implemented here because the format is small and needs no client library.
///
/// Source: Prometheus, "Exposition formats", text-based format 0.0.4.
struct PrometheusText {
    private(set) var text = ""

    /// Begins a metric: its help text, if any, and its type.
    mutating func begin(_ name: String, type: String, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n" }
        text += "# TYPE \(name) \(type)\n"
    }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - name: the metric, with a histogram's suffix.
    ///   - labels: the labels as written between braces; no braces if empty.
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

    /// A number; whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Up to here a `Double` represents every whole number exactly.
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
