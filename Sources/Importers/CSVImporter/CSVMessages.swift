internal import DelimitedText
internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// A table of messages: one of a room's folder, one of direct messages, or one with a column for the room.
///
/// Source: docs/importers/csv.md, "Messages".
struct CSVMessages: PositionedTable {
    /// Whose messages the rows are.
    enum Place {
        /// Those of a room, by the name of its folder.
        case room(named: String)
        /// Those of two people each.
        case direct
        /// Those of the room that a column names, or of two people where a column names a receiver.
        case byColumn
    }

    let sink: RecordSink
    let conversations: Conversations
    private let place: Place
    var columns: MessageColumns?
    let advice = ". Put a text that holds separators or quotes in quotes, and double the quotes inside."
    private var identity = MessageIdentity()
    private var times = TimeSummary()
    /// The room of the row before, because rows of one room stand together.
    private var room: CurrentRoom
    /// The conversation of the row before.
    private var direct = CurrentConversation()

    init(place: Place, sink: RecordSink, conversations: Conversations) {
        self.place = place
        self.sink = sink
        self.conversations = conversations
        room = CurrentRoom()
        conversations.recentRows.forget()
        if case .room(let name) = place { room.enter(name, conversations) }
    }

    var fixedColumns: MessageColumns {
        if case .direct = place { .directPositions } else { .roomPositions }
    }

    mutating func finish() throws {
        try times.report(to: sink)
    }

    mutating func stage(_ row: borrowing DelimitedRow, _ columns: MessageColumns) throws {
        guard row.bytes(columns.author).count <= SourceName.maximumBytes,
            let author = try conversations.people.person(row.bytes(columns.author))
        else {
            return try sink.refuse(
                line: row.line, field: "username",
                "The author is missing, or the name has more than \(SourceName.maximumBytes) bytes.")
        }
        if author.isNewStranger { try reportStranger(author, line: row.line) }
        let time: TimeCell
        do throws(TimeCell.Refusal) {
            time = try TimeCell(row.bytes(columns.time))
        } catch {
            return try sink.refuse(line: row.line, field: "time", value: row[columns.time], error.message)
        }
        guard let roomID = try enterRoom(row, columns, author: author, time: time) else { return }
        times.note(time, line: row.line)
        try stage(row.bytes(columns.text), in: roomID, by: author, at: time.milliseconds, line: row.line)
    }

    /// The import id of the row's room, or nil after the row was rejected.
    private mutating func enterRoom(
        _ row: borrowing DelimitedRow, _ columns: MessageColumns, author: CSVPeople.Person, time: TimeCell
    ) throws -> String? {
        if let receiver = columns.receiver {
            let bytes = row.bytes(receiver)
            if bytes.count <= SourceName.maximumBytes, let other = try conversations.people.person(bytes) {
                if other.isNewStranger { try reportStranger(other, line: row.line) }
                return try direct.enter(author, other, conversations, sink)
            }
            if columns.room == nil {
                try sink.refuse(line: row.line, field: "to", "The direct message has no receiver.")
                return nil
            }
        }
        if let column = columns.room {
            let name = row.name(column)
            guard !name.isEmpty, name.utf8.count <= SourceName.maximumBytes else {
                try sink.refuse(
                    line: row.line, field: "room",
                    "The room is missing, or its name has more than \(SourceName.maximumBytes) bytes.")
                return nil
            }
            if case .byColumn = place { room.enter(name, conversations) }
        }
        if !room.isListed {
            try conversations.note(messageIn: room.id, named: room.name, by: author, at: time.milliseconds)
        }
        return room.id
    }

    private mutating func stage(
        _ text: UnsafeRawBufferPointer, in roomID: String, by author: CSVPeople.Person, at milliseconds: Int64,
        line: Int
    ) throws {
        let first = identity.digest(
            room: roomID, author: author.importID, milliseconds: milliseconds, text: text, ordinal: 0)
        let ordinal = conversations.recentRows.ordinal(of: first.key)
        let digest =
            ordinal == 0
            ? first
            : identity.digest(
                room: roomID, author: author.importID, milliseconds: milliseconds, text: text, ordinal: ordinal)
        var message = MessageRecord(
            id: digest.id, roomID: roomID, authorID: author.importID,
            writtenAt: Timestamp(milliseconds: milliseconds), text: "")
        if CSVText.isNeeded(for: text) {
            let content = CSVText.scan(text, people: conversations.people)
            message.text = content.text
            message.mentionIDs = content.mentionIDs
            if content.isCutShort {
                try sink.report(
                    .warning, .limitExceeded, at: line, field: "text", count: 1,
                    "The text mentions more than \(RecordLimits.mentionsPerMessage) people or has too many @; names "
                        + "behind the first \(content.mentionIDs.count) are not taken for mentions.")
            }
        } else {
            message.text = String(decoding: text, as: UTF8.self)
        }
        try sink.stage(.message(message))
    }

    private func reportStranger(_ person: CSVPeople.Person, line: Int) throws {
        try sink.report(
            .warning, .valueReplaced, at: line, field: "username", value: person.importID,
            "This person is not in users.csv. What they wrote goes to the account of that name, and fails if the "
                + "workspace has none.")
    }
}

/// The conversation of two people that rows are read into, until other people are named.
private struct CurrentConversation {
    private var pair: UInt64?
    private var id = ""

    /// Goes to the conversation of two people, or of one with themselves, and stages it if it is new.
    ///
    /// - Returns: its import id.
    mutating func enter(
        _ one: CSVPeople.Person, _ other: CSVPeople.Person, _ conversations: Conversations, _ sink: RecordSink
    ) throws -> String {
        let wanted = UInt64(min(one.number, other.number)) << 32 | UInt64(max(one.number, other.number))
        if wanted == pair { return id }
        pair = wanted
        id = RoomIdentity.direct(one.importID, other.importID)
        if try conversations.note(pair: wanted) {
            let (first, second) = RoomIdentity.sorted(one.importID, other.importID)
            var room = RoomRecord(importIDs: [id], kind: .direct)
            room.memberIDs = first == second ? [first] : [first, second]
            try sink.stage(.room(room))
        }
        return id
    }
}

/// The room that rows are read into, until another one is named.
private struct CurrentRoom {
    private(set) var name = ""
    private(set) var id = ""
    private(set) var isListed = false

    /// Goes to a room.
    mutating func enter(_ name: String, _ conversations: Conversations) {
        if name == self.name { return }
        self.name = name
        id = RoomIdentity.room(named: name)
        isListed = conversations.isListed(room: id)
    }
}
