import ImportDomain
import SQL

/// `messages` and `touched_threads`.
struct MessageTables: MessageStore {
    let connection: any SQLConnection
    let clock: any WallClock

    func find(ids: [MessageID]) throws -> [Message] {
        guard !ids.isEmpty else { return [] }
        return try messages("WHERE id \(in: ids.map(\.rawValue))")
    }

    /// Rows go in by the order of their ids, so that a page of that index is visited once a batch; ids of most sources
    /// are in order already.
    func insert(_ messages: [Message]) throws {
        try connection.insert(into: "messages", columns: Self.columns) { rows in
            for index in Self.order(of: messages) {
                let message = messages[index]
                try rows.append(
                    .text(message.id.rawValue), .text(message.roomID.rawValue), .text(message.authorID.rawValue),
                    message.writtenAt.sqlValue, .integer(message.sequence), .text(message.text),
                    .optional(message.systemKind), .optional(message.threadID?.rawValue), .flag(message.isShownInRoom),
                    message.replyCount.sqlValue, .optional(message.lastReplyAt?.milliseconds),
                    .optional(message.editedAt?.milliseconds), .flag(message.isPinned), .flag(message.isHidden),
                    .optional(message.document))
            }
        }
    }

    func update(_ message: Message) throws {
        try connection.execute(
            """
            UPDATE messages SET room_id = \(message.roomID.rawValue), author_id = \(message.authorID.rawValue),
                written_at = \(message.writtenAt), sequence = \(message.sequence), text = \(message.text),
                system_kind = \(message.systemKind), thread_id = \(message.threadID?.rawValue),
                shown_in_room = \(message.isShownInRoom), edited_at = \(message.editedAt),
                pinned = \(message.isPinned), hidden = \(message.isHidden), document = \(message.document)
            WHERE id = \(message.id.rawValue)
            """)
    }

    func messages(_ condition: SQLQuery) throws -> [Message] {
        let rows: SQLQuery = """
            SELECT id, room_id, author_id, written_at, sequence, text, system_kind, thread_id, shown_in_room,
                reply_count, last_reply_at, edited_at, pinned, hidden, document
            FROM messages
            """
        return try connection.rows(rows + " " + condition) { row in
            Message(
                id: MessageID(row.text(0)), roomID: RoomID(row.text(1)), authorID: UserID(row.text(2)),
                writtenAt: row.timestamp(3), sequence: row.integer(4), text: row.text(5),
                systemKind: row.optionalText(6), threadID: row.optionalText(7).map { MessageID($0) },
                isShownInRoom: row.flag(8), replyCount: row.count(9), lastReplyAt: row.optionalTimestamp(10),
                editedAt: row.optionalTimestamp(11), isPinned: row.flag(12), isHidden: row.flag(13),
                document: row.optionalText(14))
        }
    }

    /// The indices of messages in the order of their ids.
    private static func order(of messages: [Message]) -> [Int] {
        let isOrdered = messages.indices.dropFirst().allSatisfy {
            messages[$0 - 1].id.rawValue <= messages[$0].id.rawValue
        }
        if isOrdered { return Array(messages.indices) }
        return messages.indices.sorted { messages[$0].id.rawValue < messages[$1].id.rawValue }
    }

    private static let columns = [
        "id", "room_id", "author_id", "written_at", "sequence", "text", "system_kind", "thread_id", "shown_in_room",
        "reply_count", "last_reply_at", "edited_at", "pinned", "hidden", "document",
    ]
}
