import DelimitedText
import ImportAPI

/// A report for people, as a table of rows: Markdown for tickets, CSV for spreadsheets.
struct ReportDocument {
    /// A table with a heading.
    private struct Section {
        let title: String
        let columns: [String]
        let rows: [[String]]
    }

    private let title: String
    private let sections: [Section]

    init(_ report: ReportResponse) {
        let operation = report.operation
        title = "Import \(operation._id)"
        func person(_ person: PersonBody) -> String {
            guard let username = person.username else { return person._id }
            return person.name.map { "\($0) (@\(username))" } ?? "@\(username)"
        }
        let facts: [(String, String?)] = [
            ("Importer", "\(operation.type) (\(operation.importerKey))"),
            ("State", operation.undone ? "undone" : operation.state), ("Status", operation.status),
            ("Requested", operation.control), ("File", operation.file?.name),
            ("Size", operation.file?.size.map { "\($0) bytes" }), ("SHA-256", operation.file?.sha256),
            ("Created by", person(operation.user)), ("Created at", operation.createdAt),
            ("Started by", operation.startedBy.map(person)), ("Started at", operation.startedAt),
            ("Ended at", operation.endedAt), ("Undone by", operation.undoneBy.map(person)),
            ("Undone at", operation.undoneAt), ("Duration", operation.duration.map { "\($0) s" }),
            ("Policy for users", operation.policy?.users), ("Policy for rooms", operation.policy?.rooms),
            ("Policy for guests", operation.policy?.guests), ("Policy for downloads", operation.policy?.downloads),
            ("Failure", operation.failure.map { "\($0.message) (\($0.code))" }), ("Report made at", report.ts),
        ]
        let counts = operation.counts
        let types: [(String, ControlResponse.Counts?)] = [
            ("Users", counts.users), ("Contacts", counts.contacts), ("Rooms", counts.channels),
            ("Messages", counts.messages), ("All", operation.totals),
        ]
        sections =
            [
                Section(
                    title: "Operation", columns: ["Field", "Value"],
                    rows: facts.compactMap { name, value in value.map { [name, $0] } }),
                Section(
                    title: "Records",
                    columns: ["Type", "Total", "Created", "Updated", "Unchanged", "Skipped", "Failed", "Pending"],
                    rows: types.compactMap { name, counts in
                        counts.map {
                            [name]
                                + [$0.total, $0.created, $0.updated, $0.unchanged, $0.skipped, $0.failed, $0.pending]
                                .map(String.init)
                        }
                    }),
                Section(
                    title: "Failed records", columns: ["Type", "Reason", "Records"],
                    rows: report.failures.map { [$0.type, $0.code, String($0.count)] }),
                Section(
                    title: "Findings", columns: ["Severity", "Code", "Findings", "Elements", "Examples"],
                    rows: report.findings.map { finding in
                        [finding.severity, finding.code, String(finding.findings), String(finding.elements)]
                            + [finding.examples.map(Self.example).joined(separator: "; ")]
                    }),
            ] + Self.sections(of: report.undo)
    }

    private static func sections(of undo: UndoReportBody?) -> [Section] {
        guard let undo else { return [] }
        let (summary, end) = (undo.summary, undo.endedAt ?? "in progress")
        let types = [
            ("Users", summary.users), ("Rooms", summary.channels), ("Messages", summary.messages),
            ("Memberships", summary.memberships), ("Import ids", summary.importIds), ("Files", summary.files),
        ]
        return [
            Section(
                title: "Undo", columns: ["Type", "Removed", "Restored", "Kept", "Requested at", "Ended at"],
                rows: types.map { name, counts in
                    [name] + [counts.removed, counts.restored, counts.kept].map(String.init) + [undo.startedAt, end]
                }),
            Section(
                title: "Kept by the undo", columns: ["Type", "Reason", "Count", "Sentence", "Examples"],
                rows: undo.reasons.map { reason in
                    [reason.type, reason.code, String(reason.count), reason.message]
                        + [reason.examples.map { $0.name ?? $0.id }.joined(separator: "; ")]
                }),
        ]
    }

    private static func example(_ finding: FindingBody) -> String {
        let place = [finding.entry, finding.position.map { "\($0)" }, finding.field].compactMap(\.self)
        return (place.isEmpty ? "" : place.joined(separator: " ") + ": ") + finding.message
    }

    /// The report in Markdown.
    var markdown: String {
        var text = "# \(Self.escaped(title))\n"
        for section in sections {
            text += "\n## \(section.title)\n\n"
            guard !section.rows.isEmpty else {
                text += "None.\n"
                continue
            }
            text += Self.row(section.columns) + Self.row(section.columns.map { _ in "---" }, isEscaped: true)
            for row in section.rows { text += Self.row(row) }
        }
        return text
    }

    private static func row(_ cells: [String], isEscaped: Bool = false) -> String {
        "| " + cells.map { isEscaped ? $0 : escaped($0) }.joined(separator: " | ") + " |\n"
    }

    /// Text without meaning in Markdown and HTML, in one line.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if character.isNewline || character == "\t" {
                escaped += " "
            } else if "\\`*_{}[]<>()#+!|~&$".contains(character) {
                escaped += "\\\(character)"
            } else {
                escaped.append(character)
            }
        }
    }

    /// The report as CSV: one table with every column of the sections, the first of which names the section.
    ///
    /// Spreadsheets take it for UTF-8 by its byte order mark.
    var csv: String {
        let columns = sections.flatMap(\.columns).reduce(into: [String]()) { columns, column in
            if !columns.contains(column) { columns.append(column) }
        }
        let rows = sections.flatMap { section in
            section.rows.map { row in
                let cells = Dictionary(zip(section.columns, row)) { first, _ in first }
                return [section.title] + columns.map { cells[$0] ?? "" }
            }
        }
        var writer = DelimitedTextWriter(byteOrderMark: true)
        for row in [["Section"] + columns] + rows {
            for cell in row { writer.field(cell) }
            writer.endRow()
        }
        return String(decoding: writer.take(), as: UTF8.self)
    }
}
