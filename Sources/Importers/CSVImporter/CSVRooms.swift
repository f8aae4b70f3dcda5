internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// `channels.csv`: one room a row.
///
/// Source: docs/importers/csv.md, "Rooms".
struct CSVRooms: PositionedTable {
    let sink: RecordSink
    private let conversations: Conversations
    private let directCapacity: Int
    var columns: RoomColumns?
    let fixedColumns = RoomColumns.positions
    let advice =
        " (name, creator, private or public, members between semicolons). Put fields that hold separators in quotes."

    /// - Parameter directCapacity: the most participants of a direct room.
    init(sink: RecordSink, conversations: Conversations, directCapacity: Int) {
        self.sink = sink
        self.conversations = conversations
        self.directCapacity = directCapacity
    }

    func begin(_ columns: RoomColumns, line: Int) throws {
        guard columns.kind == nil else { return }
        try sink.report(
            .warning, .valueReplaced, at: line, field: "private",
            "No column says who can read the rooms. All of them become private. Add a column \"private\".")
    }

    func stage(_ row: borrowing DelimitedRow, _ columns: RoomColumns) throws {
        let name = row.name(columns.name)
        guard !name.isEmpty, name.utf8.count <= SourceName.maximumBytes else {
            return try sink.refuse(
                line: row.line, field: "name", value: name,
                "A room needs a name of 1 to \(SourceName.maximumBytes) bytes.")
        }
        guard !CSVDetection.isDirectFolder(name) else {
            return try sink.refuse(
                line: row.line, field: "name", value: name,
                "No room can have this name: the folder of this name holds direct messages. Rename the room and its "
                    + "folder.")
        }
        let id = RoomIdentity.room(named: name)
        guard try conversations.list(room: id) else {
            return try sink.refuse(
                line: row.line, field: "name", value: name,
                "Another row has a room of this name, letter case aside. Join the two rows, or rename one room.")
        }
        var room = RoomRecord(importIDs: [id], kind: .privateGroup, name: name, isIdentifiedByName: true)
        let creator = row.name(columns.creator)
        if !creator.isEmpty { room.creatorID = conversations.people.importID(of: creator) }
        room.memberIDs = row.list(columns.members).map { conversations.people.importID(of: $0) }
            .distinct { ExactString($0) }
        room.topic = try sink.fitting(
            row.trimmed(columns.topic), RecordLimits.descriptionBytes, field: "topic", line: row.line)
        room.description = try sink.fitting(
            row.trimmed(columns.description), RecordLimits.descriptionBytes, field: "description", line: row.line)
        try setKind(of: &room, row, columns)
        try sink.stage(.room(room))
    }

    /// Makes the room what the row says, and private if the row does not say it in known words.
    private func setKind(of room: inout RoomRecord, _ row: borrowing DelimitedRow, _ columns: RoomColumns) throws {
        let cell = row.name(columns.kind)
        switch RoomKindWord(cell, title: columns.kindTitle) {
        case .open: room.kind = .channel
        case .closed: room.kind = .privateGroup
        case .direct:
            var participants = room.memberIDs
            if let creator = room.creatorID, !participants.contains(where: { ExactString($0) == ExactString(creator) })
            {
                participants.insert(creator, at: 0)
            }
            guard (2...max(2, directCapacity)).contains(participants.count) else {
                return try sink.report(
                    .warning, .valueReplaced, at: row.line, field: "private", value: cell,
                    "A direct room has 2 to \(max(2, directCapacity)) participants, and this one has "
                        + "\(participants.count). It becomes a private room.")
            }
            room.kind = .direct
            room.name = nil
            room.creatorID = nil
            room.memberIDs = participants
        case .unknown:
            // One finding stands for a whole file without the column.
            if columns.kind == nil { return }
            try sink.report(
                .warning, .valueReplaced, at: row.line, field: "private", value: cell,
                "This is not a known kind of room (\(cell.isEmpty ? "nothing" : "\"\(cell.prefix(50))\"")). The room "
                    + "becomes private. Write private, public or direct.")
        }
    }
}
