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
