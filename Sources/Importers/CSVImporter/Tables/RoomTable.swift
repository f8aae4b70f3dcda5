internal import ExportFiles
internal import ImportDomain

/// `channels.csv`: one room a row.
///
/// Source: docs/importers/csv.md, "Rooms".
struct RoomTable: DelimitedTable {
    private let sink: RecordSink
    private let conversations: Conversations
    private var columns: RoomColumns?

    init(sink: RecordSink, conversations: Conversations) {
        self.sink = sink
        self.conversations = conversations
    }

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if let columns {
            try stage(row, columns)
        } else if let named = RoomColumns(HeaderRow(row)) {
            columns = named
            try sink.reportIgnored(named.ignoredTitles, line: row.line)
        } else {
            columns = .positions
            try stage(row, .positions)
        }
    }

    private func stage(_ row: borrowing DelimitedRow, _ columns: RoomColumns) throws {
        guard row.count >= columns.minimumCount, !row.hasSurplus(beyond: columns.count) else {
            try sink.refuse(
                line: row.line,
                "The row has \(row.count) fields where \(columns.count) belong (name, creator, private or public, "
                    + "members between semicolons). Put fields that hold separators in quotes.")
            return
        }
        let name = row.name(columns.name)
        guard !name.isEmpty, name.utf8.count <= SourceName.maximumBytes else {
            try sink.refuse(
                line: row.line, field: "name", value: name,
                "A room needs a name of 1 to \(SourceName.maximumBytes) bytes.")
            return
        }
        guard name.lowercased() != CSVLayout.directFolder else {
            try sink.refuse(
                line: row.line, field: "name", value: name,
                "No room can have this name: the folder of this name holds direct messages. Rename the room and its "
                    + "folder.")
            return
        }
        let id = RoomIdentity.room(named: name)
        guard try conversations.list(room: id) else {
            try sink.refuse(
                line: row.line, field: "name", value: name,
                "Another row has a room of this name, letter case aside. Join the two rows, or rename one room.")
            return
        }
        var room = RoomRecord(importIDs: [id], kind: isPrivate(row, columns) ? .privateGroup : .channel, name: name)
        let creator = row.name(columns.creator)
        if !creator.isEmpty { room.creatorID = conversations.people.importID(of: creator) }
        var seen: Set<String> = []
        room.memberIDs = row.list(columns.members).map { conversations.people.importID(of: $0) }
            .filter { seen.insert($0).inserted }
        let (topic, description) = (row.trimmed(columns.topic), row.trimmed(columns.description))
        room.topic = topic.isEmpty ? nil : topic
        room.description = description.isEmpty ? nil : description
        try sink.stage(.room(room))
    }

    private func isPrivate(_ row: borrowing DelimitedRow, _ columns: RoomColumns) -> Bool {
        switch row.trimmed(columns.kind).lowercased() {
        case "private": true
        case "true", "yes", "1", "p": columns.hasHeader
        default: false
        }
    }
}
