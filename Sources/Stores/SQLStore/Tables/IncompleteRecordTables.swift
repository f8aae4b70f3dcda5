import ImportDomain
import SQL

/// `import_missing_members` and `import_incomplete_messages`.
struct IncompleteRecordTables: IncompleteRecordStore {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    // MARK: Rooms

    func note(_ members: [MissingMember], by number: ImportNumber) throws {
        guard !members.isEmpty else { return }
        // Nearly every room has one record; the people of a second one may be recorded already.
        let rooms = Set(members.map(\.roomID.rawValue)).sorted()
        let repeated = Set(
            try connection.rows(
                """
                SELECT DISTINCT room_id FROM import_missing_members
                WHERE import_number = \(number.rawValue) AND room_id \(in: rooms)
                """
            ) { RoomID($0.text(0)) })
        var keys = Set<MissingMember>()
        let new = members.filter {
            !repeated.contains($0.roomID)
                && keys.insert(MissingMember($0.importID, in: $0.roomID, at: $0.position)).inserted
        }
        try connection.insert(new.map { ($0, number) }, into: MissingMemberColumn.table)
        for member in members where repeated.contains(member.roomID) {
            try connection.insert(
                one: (member, number), into: MissingMemberColumn.table,
                "ON CONFLICT (import_number, room_id, position, import_id) DO NOTHING")
        }
    }

    func members(of number: ImportNumber, after member: MissingMember?, limit: Int) throws -> [MissingMember] {
        let last: SQLQuery =
            member.map {
                """
                AND (room_id, position, import_id)
                    > (\($0.roomID.rawValue), \($0.position), \($0.importID.rawValue))
                """
            } ?? ""
        return try connection.rows(
            of: MissingMemberColumn.table,
            """
            WHERE import_number = \(number.rawValue) \(last) ORDER BY room_id, position, import_id LIMIT \(limit)
            """
        ) { row in
            MissingMember(
                ImportID(row.text(.importID)), in: RoomID(row.text(.roomID)), at: row.count(.position),
                admitsGuest: row.flag(.admitsGuest),
                standIn: row.optionalText(.standInID).map {
                    MissingMember.StandIn(UserID($0), leaves: row.flag(.standInLeaves))
                })
        }
    }

    func remove(_ members: [MissingMember], of number: ImportNumber) throws {
        for member in members {
            try connection.execute(
                """
                DELETE FROM import_missing_members
                WHERE import_number = \(number.rawValue) AND room_id = \(member.roomID.rawValue)
                    AND position = \(member.position) AND import_id = \(member.importID.rawValue)
                """)
        }
    }

    func handOver(_ room: RoomID, to member: MissingMember, _ user: UserID, by number: ImportNumber) throws -> Bool {
        guard let standIn = member.standIn else { return false }
        let room = room.rawValue
        let isHandedOver = try connection.execute(
            """
            UPDATE rooms SET creator_id = \(user.rawValue), updated_at = \(clock.now())
            WHERE id = \(room) AND import_number = \(number.rawValue) AND creator_id = \(standIn.user.rawValue)
            """)
        guard isHandedOver > 0 else { return false }
        changes.note()
        let (owner, none) = (StoredRoles.text(of: ["owner"]), StoredRoles.text(of: []))
        try connection.execute(
            "UPDATE subscriptions SET roles = \(owner) WHERE room_id = \(room) AND user_id = \(user.rawValue)")
        let isOwn: SQLQuery = """
            WHERE room_id = \(room) AND user_id = \(standIn.user.rawValue) AND import_number = \(number.rawValue)
            """
        try connection.execute("UPDATE subscriptions SET roles = \(none) \(isOwn) AND roles = \(owner)")
        if standIn.leaves {
            let removed = try connection.execute(
                """
                DELETE FROM subscriptions \(isOwn) AND NOT EXISTS (
                    SELECT 1 FROM messages WHERE room_id = \(room) AND author_id = \(standIn.user.rawValue))
                """)
            try connection.execute("UPDATE rooms SET member_count = member_count - \(removed) WHERE id = \(room)")
        }
        // A person before the new owner may still take over; a person after does not.
        try connection.execute(
            """
            UPDATE import_missing_members SET stand_in_leaves = 0,
                stand_in_id = CASE WHEN position < \(member.position) THEN CAST(\(user.rawValue) AS TEXT) END
            WHERE import_number = \(number.rawValue) AND room_id = \(room)
            """)
        return true
    }

    // MARK: Messages

    func note(_ messages: [IncompleteMessage], by number: ImportNumber) throws {
        guard !messages.isEmpty else { return }
        let latest = Dictionary(messages.map { ($0.id, $0) }) { $1 }
        try remove(Array(latest.keys), of: number)
        try connection.insert(
            latest.values.sorted { $0.id.rawValue < $1.id.rawValue }.map { ($0, number) },
            into: IncompleteMessageColumn.table)
    }

    func messages(
        of number: ImportNumber, after message: MessageID?, limit: Int, bytes: Int
    ) throws -> [IncompleteMessage] {
        let condition: SQLQuery = """
            WHERE import_number = \(number.rawValue) AND message_id > \(message?.rawValue ?? "")
            ORDER BY message_id LIMIT
            """
        let fitting = try connection.fittingRows(
            "SELECT \(.byteLength(of: "document")) FROM import_incomplete_messages \(condition) \(limit)", bytes: bytes)
        return try connection.rows(of: IncompleteMessageColumn.table, "\(condition) \(fitting.count)") { row in
            IncompleteMessage(
                id: MessageID(row.text(.messageID)), sequence: RecordSequence(number: row.integer(.sequence)),
                document: row.text(.document),
                people: try StoredRoles.roles(in: row.text(.people)).map { ImportID($0) },
                rooms: try StoredRoles.roles(in: row.text(.rooms)).map { ImportID($0) })
        }
    }

    func remove(_ messages: [MessageID], of number: ImportNumber) throws {
        guard !messages.isEmpty else { return }
        try connection.execute(
            """
            DELETE FROM import_incomplete_messages
            WHERE import_number = \(number.rawValue) AND message_id \(in: messages.map(\.rawValue))
            """)
    }

    // MARK: Removal

    func forget(_ number: ImportNumber, limit: Int) throws -> Bool {
        try Self.forget(number.rawValue, limit: limit, on: connection)
    }

    private static func forget(_ number: Int64, limit: Int, on connection: any SQLConnection) throws -> Bool {
        let members = try connection.execute(
            """
            DELETE FROM import_missing_members
            WHERE import_number = \(number) AND (room_id, position, import_id) IN (
                SELECT room_id, position, import_id FROM import_missing_members WHERE import_number = \(number)
                ORDER BY room_id, position, import_id LIMIT \(limit))
            """)
        let messages = try connection.execute(
            """
            DELETE FROM import_incomplete_messages
            WHERE import_number = \(number) AND message_id IN (
                SELECT message_id FROM import_incomplete_messages WHERE import_number = \(number)
                ORDER BY message_id LIMIT \(limit))
            """)
        return members == limit || messages == limit
    }

    /// Removes some of what is known of imports that cannot be retried any more.
    ///
    /// - Returns: whether more may be left.
    static func purge(limit: Int, on connection: any SQLConnection) throws -> Bool {
        for table in [MissingMemberColumn.table.name, IncompleteMessageColumn.table.name] {
            let ended = try connection.first(
                """
                SELECT import_number FROM \(name: table)
                WHERE import_number IN (SELECT number FROM import_operations WHERE retired = 1) LIMIT 1
                """
            ) { $0.integer(0) }
            guard let ended else { continue }
            _ = try forget(ended, limit: limit, on: connection)
            return true
        }
        return false
    }
}

enum MissingMemberColumn: Int, TableColumn {
    case importNumber, roomID, position, importID, admitsGuest, standInID, standInLeaves

    static let table = Table<MissingMemberColumn>("import_missing_members")

    func value(of source: (member: MissingMember, number: ImportNumber)) -> SQLValue {
        switch self {
        case .importNumber: .integer(source.number.rawValue)
        case .roomID: .text(source.member.roomID.rawValue)
        case .position: source.member.position.sqlValue
        case .importID: .text(source.member.importID.rawValue)
        case .admitsGuest: .flag(source.member.admitsGuest)
        case .standInID: .optional(source.member.standIn?.user.rawValue)
        case .standInLeaves: .flag(source.member.standIn?.leaves ?? false)
        }
    }
}

enum IncompleteMessageColumn: Int, TableColumn {
    case importNumber, messageID, sequence, document, people, rooms

    static let table = Table<IncompleteMessageColumn>("import_incomplete_messages")

    func value(of source: (message: IncompleteMessage, number: ImportNumber)) -> SQLValue {
        switch self {
        case .importNumber: .integer(source.number.rawValue)
        case .messageID: .text(source.message.id.rawValue)
        case .sequence: .integer(source.message.sequence.number)
        case .document: .text(source.message.document)
        case .people: .text(StoredRoles.text(of: source.message.people.map(\.rawValue)))
        case .rooms: .text(StoredRoles.text(of: source.message.rooms.map(\.rawValue)))
        }
    }
}
