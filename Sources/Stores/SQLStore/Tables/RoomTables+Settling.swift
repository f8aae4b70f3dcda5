import ImportDomain
import SQL

extension RoomTables {
    func touch(_ added: [RoomID: Int], by operation: OperationID) throws {
        var rows = BulkInsert(
            into: "touched_rooms", columns: ["operation_id", "room_id", "added"], rowCount: added.count)
        for (room, count) in added.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            rows.append(.text(operation.rawValue), .text(room.rawValue), count.sqlValue)
        }
        try connection.insert(rows)
    }

    func settle(_ operation: OperationID, limit: Int) throws -> Bool {
        for (room, added) in try takeTouched(by: operation, limit: limit) {
            let latest = try connection.first(
                """
                SELECT id, written_at FROM messages
                WHERE room_id = \(room) AND hidden = 0 AND (thread_id IS NULL OR shown_in_room = 1)
                ORDER BY written_at DESC, sequence DESC, id DESC LIMIT 1
                """
            ) { (id: $0.text(0), writtenAt: $0.timestamp(1)) }
            try connection.execute(
                """
                UPDATE rooms SET message_count = message_count + \(added), last_message_id = \(latest?.id),
                    last_message_at = \(latest?.writtenAt), updated_at = \(clock.now())
                WHERE id = \(room)
                """)
        }
        return try connection.exists(
            "SELECT 1 FROM touched_rooms WHERE operation_id = \(operation.rawValue) LIMIT 1")
    }

    /// Takes away some of what is written down of rooms, and sums it up, in the order of the rooms.
    ///
    /// What another process has in hand is left to it; when there is nothing else, it is waited for, so that whoever
    /// hears that nothing is left can rely on it. Only rows that are locked are removed, so that processes never wait
    /// for each other in a circle.
    private func takeTouched(by operation: OperationID, limit: Int) throws -> [(room: String, added: Int)] {
        func touched(_ lock: SQLClause) throws -> [(number: String, room: String, added: Int)] {
            try connection.rows(
                """
                SELECT CAST(number AS TEXT), room_id, added FROM touched_rooms
                WHERE operation_id = \(operation.rawValue) ORDER BY room_id LIMIT \(limit) \(lock)
                """
            ) { row in (row.text(0), row.text(1), row.count(2)) }
        }
        var rows = try touched(.lockSkippingLocked)
        if rows.isEmpty { rows = try touched(.lock) }
        guard !rows.isEmpty else { return [] }
        let added = Dictionary(rows.map { ($0.room, $0.added) }, uniquingKeysWith: +)
        // The rooms lead to the rows by the index; their numbers say which.
        try connection.execute(
            """
            DELETE FROM touched_rooms
            WHERE operation_id = \(operation.rawValue) AND room_id \(in: Array(added.keys))
                AND CAST(number AS TEXT) \(in: rows.map(\.number))
            """)
        return added.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
