import ImportDomain
import SQL

/// `rooms`, `room_import_ids`, `subscriptions` and `touched_rooms`.
struct RoomTables: RoomStore {
    let connection: any SQLConnection
    let clock: any WallClock

    func rooms(withImportIDs importIDs: [ImportID]) throws -> [ImportID: RoomID] {
        let pairs = try owners(
            "SELECT import_id, room_id FROM room_import_ids WHERE import_id", of: importIDs.map(\.rawValue))
        return Dictionary(uniqueKeysWithValues: pairs.map { (ImportID($0.0), $0.1) })
    }

    func rooms(named nameKeys: [String]) throws -> [String: RoomID] {
        Dictionary(try owners("SELECT name_key, id FROM rooms WHERE name_key", of: nameKeys)) { first, _ in first }
    }

    func find(ids: [RoomID]) throws -> [Room] {
        guard !ids.isEmpty else { return [] }
        return try rooms("WHERE id \(in: ids.map(\.rawValue))")
    }

    func find(id: RoomID) throws -> Room? { try rooms("WHERE id = \(id.rawValue)").first }

    func find(nameKey: String) throws -> Room? { try rooms("WHERE name_key = \(nameKey)").first }

    func nameCount(startingWith key: String) throws -> Int {
        // U+10FFFF sorts after every character that a name can go on with.
        Int(
            try connection.integer(
                "SELECT count(*) FROM rooms WHERE name_key >= \(key) AND name_key < \(key + "\u{10FFFF}")"))
    }

    func find(participants: [UserID]) throws -> Room? {
        try rooms("WHERE participants_key = \(ParticipantsKey.text(of: participants))").first
    }

    /// Each table's rows go in by the order of its key, so that a page of that index is visited once a batch.
    func insert(_ rooms: [Room], by operation: OperationID?) throws {
        var rows = BulkInsert(into: "rooms", columns: Self.columns, rowCount: rooms.count)
        for room in rooms.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
            rows.append(
                .text(room.id.rawValue), .text(room.kind.rawValue), .optional(room.name),
                .optional(room.name.map(CaseFolding.key)), .optional(ParticipantsKey.text(of: room)),
                .optional(room.displayName), .optional(room.topic), .optional(room.description),
                .optional(room.announcement), .flag(room.isArchived), .flag(room.isReadOnly),
                .optional(room.creatorID?.rawValue), room.memberCount.sqlValue, room.messageCount.sqlValue,
                .optional(room.lastMessageID?.rawValue), .optional(room.lastMessageAt?.milliseconds),
                room.createdAt.sqlValue, room.updatedAt.sqlValue)
        }
        try connection.insert(rows)
        let importIDs = rooms.flatMap { room in
            room.importIDs.enumerated().map { (room: room.id, position: $0.offset, importID: $0.element) }
        }
        try insert(importIDs, by: operation)
    }

    func update(_ room: Room, by operation: OperationID?) throws {
        try connection.execute(
            """
            UPDATE rooms SET name = \(room.name), name_key = \(room.name.map(CaseFolding.key)),
                display_name = \(room.displayName), topic = \(room.topic), description = \(room.description),
                announcement = \(room.announcement), archived = \(room.isArchived), read_only = \(room.isReadOnly),
                creator_id = \(room.creatorID?.rawValue), created_at = \(room.createdAt),
                updated_at = \(room.updatedAt)
            WHERE id = \(room.id.rawValue)
            """)
        let present = Set(
            try connection.rows(
                "SELECT import_id FROM room_import_ids WHERE room_id = \(room.id.rawValue)"
            ) { ImportID($0.text(0)) })
        let added = room.importIDs.filter { !present.contains($0) }
        try insert(
            added.enumerated().map { (room.id, present.count + $0.offset, $0.element) }, by: operation)
    }

    func bound(by operation: OperationID, among rooms: [RoomID]) throws -> Set<RoomID> {
        guard !rooms.isEmpty else { return [] }
        return Set(
            try connection.rows(
                """
                SELECT DISTINCT room_id FROM room_import_ids
                WHERE room_id \(in: rooms.map(\.rawValue)) AND operation_id = \(operation.rawValue)
                """
            ) { RoomID($0.text(0)) })
    }

    func rooms(_ condition: SQLQuery) throws -> [Room] {
        let rows: SQLQuery = """
            SELECT id, kind, name, display_name, participants_key, topic, description, announcement, archived,
                read_only, creator_id, member_count, message_count, last_message_id, last_message_at, created_at,
                updated_at
            FROM rooms
            """
        let rooms = try connection.rows(rows + " " + condition) { row in
            Room(
                id: RoomID(row.text(0)), kind: try row.value(1), name: row.optionalText(2),
                displayName: row.optionalText(3), participants: ParticipantsKey.users(in: row.text(4)),
                topic: row.optionalText(5), description: row.optionalText(6), announcement: row.optionalText(7),
                isArchived: row.flag(8), isReadOnly: row.flag(9), creatorID: row.optionalText(10).map { UserID($0) },
                memberCount: row.count(11), messageCount: row.count(12),
                lastMessageID: row.optionalText(13).map { MessageID($0) }, lastMessageAt: row.optionalTimestamp(14),
                createdAt: row.timestamp(15), updatedAt: row.timestamp(16))
        }
        return try addingImportIDs(to: rooms)
    }

    private func addingImportIDs(to rooms: [Room]) throws -> [Room] {
        guard !rooms.isEmpty else { return [] }
        var importIDs: [String: [ImportID]] = [:]
        for (room, importID) in try connection.rows(
            """
            SELECT room_id, import_id FROM room_import_ids WHERE room_id \(in: rooms.map(\.id.rawValue))
            ORDER BY room_id, position
            """,
            { row in (row.text(0), ImportID(row.text(1))) })
        {
            importIDs[room, default: []].append(importID)
        }
        return rooms.map { room in
            var room = room
            room.importIDs = importIDs[room.id.rawValue] ?? []
            return room
        }
    }

    private func insert(
        _ importIDs: [(room: RoomID, position: Int, importID: ImportID)], by operation: OperationID?
    ) throws {
        var rows = BulkInsert(
            into: "room_import_ids", columns: ["import_id", "room_id", "position", "operation_id"],
            rowCount: importIDs.count)
        for (room, position, importID) in importIDs.sorted(by: { $0.importID.rawValue < $1.importID.rawValue }) {
            rows.append(
                .text(importID.rawValue), .text(room.rawValue), position.sqlValue, .optional(operation?.rawValue))
        }
        try connection.insert(rows)
    }

    private func owners(_ selection: SQLQuery, of keys: [String]) throws -> [(String, RoomID)] {
        guard !keys.isEmpty else { return [] }
        return try connection.rows(selection + " \(in: keys)") { row in (row.text(0), RoomID(row.text(1))) }
    }

    private static let columns = [
        "id", "kind", "name", "name_key", "participants_key", "display_name", "topic", "description", "announcement",
        "archived", "read_only", "creator_id", "member_count", "message_count", "last_message_id", "last_message_at",
        "created_at", "updated_at",
    ]
}
