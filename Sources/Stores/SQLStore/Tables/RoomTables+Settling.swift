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

    /// Takes away what is written down of some rooms, and sums it up.
    ///
    /// Rooms that another process is settling are left to it; when there are no others, it is waited for, so that
    /// whoever hears that nothing is left can rely on it.
    private func takeTouched(by operation: OperationID, limit: Int) throws -> [(room: String, added: Int)] {
        let touched: SQLQuery = """
            SELECT room_id FROM touched_rooms WHERE operation_id = \(operation.rawValue)
            ORDER BY room_id LIMIT \(limit)
            """
        var rooms = try connection.rows(touched + " \(.lockSkippingLocked)") { $0.text(0) }
        if rooms.isEmpty { rooms = try connection.rows(touched + " \(.lock)") { $0.text(0) } }
        guard !rooms.isEmpty else { return [] }
        var added: [String: Int] = [:]
        for (room, count) in try connection.rows(
            """
            DELETE FROM touched_rooms
            WHERE operation_id = \(operation.rawValue) AND room_id \(in: Array(Set(rooms)).sorted())
            RETURNING room_id, added
            """,
            { row in (row.text(0), row.count(1)) })
        {
            added[room, default: 0] += count
        }
        return added.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
