internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// `contacts.csv`: a header, and one customer of the live chat a row.
///
/// Source: docs/importers/contacts.md, "Columns".
struct ContactTable: DelimitedTable {
    let sink: RecordSink
    private let isAlone: Bool
    private var header: Header?
    private var identity = MessageIdentity()
    private var recent = RecentRows()

    /// - Parameter isAlone: whether the table is the whole file, which is rejected if it is of something else.
    init(sink: RecordSink, isAlone: Bool) {
        self.sink = sink
        self.isAlone = isAlone
    }

    /// Column positions in the table.
    private struct Header {
        var id: Int?
        var name: Int?
        var emails: Int?
        var phones: Int?
        var manager: Int?
        var customFields: [(index: Int, name: String)]
        var count: Int

        /// Whether a column says who the contact is.
        var namesAnything: Bool { name != nil || emails != nil || phones != nil }

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
            return
        }
        let titles = HeaderRow(row)
        let found = Header(titles)
        header = found
        if let format = titles.format, format != .contactTable, format != .userTable || titles.hasUsername, isAlone {
            throw format.refusal()
        }
        guard !found.namesAnything else { return }
        if isAlone {
            throw ImportFileFailure(
                .unrecognized,
                message: "The first line names none of the columns name, emails, phones and manager. Add a line with "
                    + "the names of the columns; for a table of users choose the importer csv.")
        }
        try sink.report(
            .error, .entryUnreadable, at: row.line, field: "header",
            "The first line names none of the columns name, emails, phones and manager, so no row is a contact.")
    }

    private mutating func stage(_ row: borrowing DelimitedRow, _ header: Header) throws {
        guard try requireFields(row, of: header.count) else { return }
        let name =
            try sink.fitting(
                row.trimmed(header.name), RecordLimits.nameBytes, field: "name", line: row.line) ?? ""
        let emails = try sink.fitting(
            row.list(header.emails), most: RecordLimits.addressesPerUser, bytes: RecordLimits.addressBytes,
            field: "emails", line: row.line)
        let phones = try sink.fitting(
            row.list(header.phones), most: RecordLimits.addressesPerUser, bytes: RecordLimits.addressBytes,
            field: "phones", line: row.line)
        guard !name.isEmpty || !emails.isEmpty || !phones.isEmpty else {
            return try sink.report(
                .info, .recordIgnored, at: row.line, "A contact without name, e-mail address and phone is left out.")
        }
        let id = row.trimmed(header.id)
        let manager = row.name(header.manager)
        guard id.utf8.count <= RecordLimits.importIDBytes, manager.utf8.count <= SourceName.maximumBytes else {
            return try sink.refuse(
                line: row.line, field: id.utf8.count <= RecordLimits.importIDBytes ? "manager" : "id",
                "The id or the manager's username is too long: at most \(RecordLimits.importIDBytes) and "
                    + "\(SourceName.maximumBytes) bytes.")
        }
        var contact = ContactRecord(importIDs: [id.isEmpty ? madeID(row) : id], emails: emails, phones: phones)
        contact.name = name.isEmpty ? nil : name
        contact.managerUsername = manager.isEmpty ? nil : manager
        contact.customFields = CustomFields.text(header.customFields.map { ($0.name, row.trimmed($0.index)) })
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
