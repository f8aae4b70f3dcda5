public import ImportDomain

/// Takes the records and findings of one file, and adds the entry that is being read.
///
/// It counts what is left out by rule, so that each kind is one finding.
public final class RecordSink {
    private struct Ignored: Hashable {
        let code: ImportFinding.Code
        let field: String
        let value: String
    }

    /// Values come from the export, which could have a different one in each element.
    private static let maximumKinds = 500

    /// The output of the importer.
    public let output: any ImportOutput
    /// The entry that is being read.
    public var entry: String?
    /// How many records were staged.
    public private(set) var stagedCount = 0
    private var ignored: [Ignored: (count: Int, message: String?)] = [:]

    /// A sink without records.
    public init(_ output: any ImportOutput) {
        self.output = output
    }

    /// Reads a file into a sink: throws errors of `ExportFiles` as failures of the file, and one with this message if no
    /// record was staged.
    public static func fill(
        _ output: any ImportOutput, orReportEmpty message: String, _ read: (RecordSink) throws -> Void
    ) throws {
        let sink = RecordSink(output)
        try ImportFileFailure.translating { try read(sink) }
        try sink.requireRecords(message)
    }

    /// Stages a record.
    public func stage(_ record: ImportRecord) throws {
        stagedCount += 1
        try output.stage(record)
    }

    /// Throws the failure of an empty file if no record was staged.
    public func requireRecords(_ message: String) throws {
        if stagedCount == 0 { throw ImportFileFailure(.empty, message: message) }
    }

    /// Reports a row that is not imported.
    public func refuse(line: Int, field: String? = nil, value: String? = nil, _ message: String) throws {
        try report(.error, .rowInvalid, at: line, field: field, value: value, message)
    }

    /// Reports a finding.
    ///
    /// - Parameters:
    ///   - entry: the entry that it concerns; nil for the one that is being read.
    ///   - position: the line of a table, from 1, or the index of an element, from 0.
    public func report(
        _ severity: ImportFinding.Severity, _ code: ImportFinding.Code, entry: String? = nil, at position: Int? = nil,
        field: String? = nil, value: String? = nil, count: Int = 1, _ message: String
    ) throws {
        try output.report(
            ImportFinding(
                severity, code, entry: entry ?? self.entry, position: position, field: field,
                value: value.map(Self.printable), count: count, message: message))
    }

    /// Reports the columns of a table that the importer does not read.
    public func reportIgnored(columns titles: [String], line: Int) throws {
        guard !titles.isEmpty else { return }
        let names = titles.prefix(20).map(Self.printable).joined(separator: ", ")
        try report(
            .info, .recordIgnored, at: line, field: "header", value: names, count: titles.count,
            "These columns have no meaning for the importer and are not imported.")
    }

    /// A text as it is kept: nil if it is empty, and cut with a finding if it is longer than its limit.
    public func fitting(_ text: String, _ limit: Int, field: String, line: Int) throws -> String? {
        guard text.utf8.count > limit else { return text.isEmpty ? nil : text }
        try report(
            .warning, .limitExceeded, at: line, field: field,
            "The text has \(text.utf8.count) bytes and is cut after \(limit).")
        return text.clipped(toBytes: limit)
    }

    /// The first values of a list, each of which is within its limit; a finding says how many are left out.
    public func fitting(
        _ values: [String], most: Int, bytes: Int, field: String, line: Int
    ) throws -> [String] {
        let short = values.filter { $0.utf8.count <= bytes }
        let kept = Array(short.prefix(most))
        if kept.count < values.count {
            try report(
                .warning, .limitExceeded, at: line, field: field, count: values.count - kept.count,
                "\(values.count - kept.count) values are left out: at most \(most) of at most \(bytes) bytes are kept.")
        }
        return kept
    }

    /// Replaces control characters, which could control a terminal, and cuts the value.
    public static func printable(_ value: String) -> String {
        String(
            String.UnicodeScalarView(
                value.prefix(200).unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }

    /// Counts an element that is left out by rule or is part of another one.
    ///
    /// - Parameters:
    ///   - code: an element or an entry.
    ///   - field: the field that holds its kind, as the source names it.
    ///   - value: its kind.
    ///   - message: the text of the finding; nil to say that such elements are not imported.
    public func ignore(
        _ code: ImportFinding.Code, field: String, value: String, count: Int = 1, message: String? = nil
    ) {
        var kind = Ignored(code: code, field: field, value: value.clipped(toBytes: 200))
        if ignored[kind] == nil, ignored.count >= Self.maximumKinds {
            kind = Ignored(code: code, field: field, value: "…")
        }
        ignored[kind, default: (0, message)].count += count
    }

    /// Reports what was counted.
    public func finish() throws {
        let sorted = ignored.sorted {
            ($0.key.code.rawValue, $0.key.field, $0.key.value) < ($1.key.code.rawValue, $1.key.field, $1.key.value)
        }
        ignored = [:]
        for (kind, (count, message)) in sorted {
            let subject =
                switch kind.code {
                case .entryIgnored: "Entries"
                case .valueReplaced: "Parts of messages"
                default: "Elements"
                }
            try report(
                .info, kind.code, field: kind.field, value: kind.value, count: count,
                message ?? "\(subject) with \(kind.field) \"\(kind.value)\" are not imported.")
        }
    }
}
