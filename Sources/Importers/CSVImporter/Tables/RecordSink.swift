internal import ExportFiles
internal import ImportDomain

/// Where the records and findings of one file go, with the place that they come from.
final class RecordSink {
    let output: any ImportOutput
    /// The entry that is being read.
    var entry: String?
    /// How many records were handed over.
    private(set) var stagedCount = 0

    init(_ output: any ImportOutput) {
        self.output = output
    }

    /// Hands over a record.
    func stage(_ record: ImportRecord) throws {
        stagedCount += 1
        try output.stage(record)
    }

    /// Writes down a row that is not imported.
    func refuse(line: Int, field: String? = nil, value: String? = nil, _ message: String) throws {
        try report(.error, .rowInvalid, line: line, field: field, value: value, message)
    }

    /// Writes down something about the entry that is being read.
    func report(
        _ severity: ImportFinding.Severity, _ code: ImportFinding.Code, line: Int? = nil, field: String? = nil,
        value: String? = nil, count: Int = 1, _ message: String
    ) throws {
        try output.report(
            ImportFinding(
                severity, code, entry: entry, position: line, field: field, value: value.map(Self.printable),
                count: count, message: message))
    }

    /// A text as it is kept: nil if it is empty, and cut with a finding if it is longer than its limit.
    func fitting(_ text: String, _ limit: Int, field: String, line: Int) throws -> String? {
        guard text.utf8.count > limit else { return text.isEmpty ? nil : text }
        try report(
            .warning, .limitExceeded, line: line, field: field,
            "The text has \(text.utf8.count) bytes and is cut after \(limit).")
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    /// The first values of a list, each of which is within its limit; a finding says how many are left out.
    func fitting(
        _ values: [String], most: Int, bytes: Int, field: String, line: Int
    ) throws -> [String] {
        let short = values.filter { $0.utf8.count <= bytes }
        let kept = Array(short.prefix(most))
        if kept.count < values.count {
            try report(
                .warning, .limitExceeded, line: line, field: field, count: values.count - kept.count,
                "\(values.count - kept.count) values are left out: at most \(most) of at most \(bytes) bytes are kept.")
        }
        return kept
    }

    /// Writes down the columns that a header has and nobody reads.
    func reportIgnored(_ titles: [String], line: Int) throws {
        guard !titles.isEmpty else { return }
        let names = titles.prefix(20).map(Self.printable).joined(separator: ", ")
        try report(
            .info, .recordIgnored, line: line, field: "header", value: names, count: titles.count,
            "These columns have no meaning for the importer and are not imported.")
    }

    /// Control characters could do things to a terminal.
    private static func printable(_ value: String) -> String {
        String(
            String.UnicodeScalarView(
                value.prefix(200).unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
