internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// A table that lies in no archive: of users, rooms, contacts or messages.
///
/// The file's name or the first row tells of what. Source: docs/importers/csv.md, "The archive".
struct SingleCSVTable: DelimitedTable {
    let sink: RecordSink
    private let conversations = Conversations()
    /// Nil until the first row tells.
    private var content: (any DelimitedTable)?

    init(_ file: ImportFile, sink: RecordSink) {
        self.sink = sink
        let name = file.name
        switch CSVDetection(entryNamed: name.split(separator: "/").last.map(String.init) ?? "") {
        case .rooms:
            content = CSVRooms(
                sink: sink, conversations: conversations, directCapacity: file.directRoomCapacity)
        case .contacts: content = ContactTable(sink: sink, isAlone: true)
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
            return CSVMessages(place: .byColumn, sink: sink, conversations: conversations)
        }
        switch header.format {
        case .contactTable: return ContactTable(sink: sink, isAlone: true)
        case .userTable, .messageTable, nil: break
        case .some(let format): throw format.refusal()
        }
        if UserColumns(header) != nil || isUser(row) { return CSVUsers(sink: sink) { _ in } }
        if AccountStatus.isSlack(row.trimmed(2)) { throw ExportFormat.slackMembers.refusal() }
        throw ImportFileFailure(
            .unrecognized,
            message: "The file is a table, and its first row does not tell of what. A list of users has the columns "
                + "username, e-mail address and name. For messages name the columns in the first row: room, username, "
                + "time, text.")
    }

    /// Whether a row without a header is one of username, e-mail address and name.
    ///
    /// Anything else must not become accounts that are called by a time, a room or a text.
    private func isUser(_ row: borrowing DelimitedRow) -> Bool {
        guard row.count > 1 else { return true }
        guard !row.hasSurplus(beyond: 3), !AccountStatus.isSlack(row.trimmed(2)), !isTime(row, 0), !isTime(row, 2)
        else {
            return false
        }
        let email = row.trimmed(1)
        if email.isEmpty { return true }
        let parts = email.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !email.contains(where: \.isWhitespace)
            || row.list(1).count > 1 && row.list(1).allSatisfy { $0.contains("@") && !$0.contains(" ") }
    }

    /// Whether a cell is a timestamp; short numbers can be usernames.
    private func isTime(_ row: borrowing DelimitedRow, _ column: Int) -> Bool {
        guard column < row.count, row.trimmed(column).utf8.count >= 9 else { return false }
        do throws(TimeCell.Refusal) {
            _ = try TimeCell(row.bytes(column))
            return true
        } catch { return false }
    }
}
