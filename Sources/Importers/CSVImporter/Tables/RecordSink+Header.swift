internal import ImportDomain
internal import ImporterKit

extension RecordSink {
    /// Writes down the columns that a header has and nobody reads.
    func reportIgnored(_ titles: [String], line: Int) throws {
        guard !titles.isEmpty else { return }
        let names = titles.prefix(20).map(RecordSink.printable).joined(separator: ", ")
        try report(
            .info, .recordIgnored, line: line, field: "header", value: names, count: titles.count,
            "These columns have no meaning for the importer and are not imported.")
    }
}
