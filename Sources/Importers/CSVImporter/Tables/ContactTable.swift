internal import ExportFiles
internal import ImportDomain

/// `contacts.csv`: a header, and one customer of the live chat a row.
///
/// Source: docs/importers/contacts.md, "Columns".
struct ContactTable: DelimitedTable {
    private let sink: RecordSink
    private var header: Header?
    private var identity = MessageIdentity()
    private var recent = RecentRows()

    init(sink: RecordSink) {
        self.sink = sink
    }

    /// Where the table has what.
    private struct Header {
        var id: Int?
        var name: Int?
        var emails: Int?
        var phones: Int?
        var manager: Int?
        var customFields: [(index: Int, name: String)]
        var count: Int

        init(_ row: HeaderRow) {
            id = row.index(of: "id")
            name = row.index(of: "name")
            emails = row.index(of: "emails", "email")
            phones = row.index(of: "phones", "phone")
            manager = row.index(of: "manager")
            count = row.count
            let used = Set([id, name, emails, phones, manager].compactMap { $0 })
            customFields = row.titles.indices.filter { !used.contains($0) }
                .map { ($0, row.titles[$0].isEmpty ? "column\($0)" : row.titles[$0]) }
        }
    }

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if let header {
            try stage(row, header)
        } else {
            header = Header(HeaderRow(row))
        }
    }

    private mutating func stage(_ row: borrowing DelimitedRow, _ header: Header) throws {
        guard !row.hasSurplus(beyond: header.count) else {
            try sink.refuse(
                line: row.line,
                "The row has \(row.count) fields where \(header.count) belong. Put fields that hold separators in "
                    + "quotes.")
            return
        }
        let name = row.trimmed(header.name)
        let emails = row.list(header.emails)
        let phones = row.list(header.phones)
        guard !name.isEmpty || !emails.isEmpty || !phones.isEmpty else {
            try sink.report(
                .info, .recordIgnored, line: row.line, "A contact without name, e-mail address and phone is left out.")
            return
        }
        let id = row.trimmed(header.id)
        let manager = row.name(header.manager)
        var contact = ContactRecord(importIDs: [id.isEmpty ? madeID(row) : id], emails: emails, phones: phones)
        contact.name = name.isEmpty ? nil : name
        contact.managerUsername = manager.isEmpty ? nil : manager
        contact.customFields = JSONObjectText.fields(header.customFields.map { ($0.name, row.trimmed($0.index)) })
        try sink.stage(.contact(contact))
    }

    /// An identity made of all fields, so that the same file gives the same one.
    private mutating func madeID(_ row: borrowing DelimitedRow) -> String {
        var fields = ["contact"]
        for index in 0..<row.count { fields.append(row[index]) }
        let first = identity.digest(of: fields, ordinal: 0)
        let ordinal = recent.ordinal(of: first.key)
        return ordinal == 0 ? first.id : identity.digest(of: fields, ordinal: ordinal).id
    }
}
