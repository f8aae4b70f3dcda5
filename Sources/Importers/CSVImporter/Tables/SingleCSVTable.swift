internal import ExportFiles
internal import ImportDomain

/// A table that lies in no archive: of users, rooms, contacts or messages.
///
/// The file's name or the first row tells of what. Source: docs/importers/csv.md, "The archive".
struct SingleCSVTable: DelimitedTable {
    private let sink: RecordSink
    private let conversations = Conversations()
    /// Nil until the first row tells.
    private var content: (any DelimitedTable)?

    init(fileNamed name: String, sink: RecordSink) {
        self.sink = sink
        switch CSVLayout(entryNamed: name.split(separator: "/").last.map(String.init) ?? "") {
        case .rooms: content = RoomTable(sink: sink, conversations: conversations)
        case .contacts: content = ContactTable(sink: sink)
        default: break
        }
    }

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if content == nil { content = try table(for: row) }
        try content?.receive(row)
    }

    mutating func finish() throws {
        try content?.finish()
        try conversations.stageUnlistedRooms(into: sink)
    }

    private func table(for row: borrowing DelimitedRow) throws -> any DelimitedTable {
        let header = HeaderRow(row)
        if let columns = MessageColumns(header), columns.room != nil || columns.receiver != nil {
            return MessageTable(place: .byColumn, sink: sink, conversations: conversations)
        }
        guard UserColumns(header) == nil, row.count > 1 else { return users() }
        let second = row.bytes(1)
        guard !UnsafeRawBufferPointer(trimming: second).isEmpty, !second.contains(UInt8(ascii: "@")) else {
            return users()
        }
        throw ImportFileFailure(
            .unrecognized,
            message: "The file is a table, and its first row does not tell of what. A list of users has the columns "
                + "username, e-mail address and name. For messages name the columns in the first row: room, username, "
                + "time, text.")
    }

    private func users() -> UserTable { UserTable(sink: sink) { _ in } }
}
