import ImportDomain
import SQL

/// `rooms`, `room_import_ids`, `subscriptions` and `touched_rooms`.
struct RoomTables: RoomStore {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    func rooms(withImportIDs importIDs: [ImportID]) throws -> [ImportID: RoomID] {
        let pairs = try connection.pairs(
            "SELECT import_id, room_id FROM room_import_ids WHERE import_id", of: importIDs.map(\.rawValue))
        return Dictionary(uniqueKeysWithValues: pairs.map { (ImportID($0.key), RoomID($0.id)) })
    }

    func rooms(named nameKeys: [String]) throws -> [String: RoomID] {
        let pairs = try connection.pairs("SELECT name_key, id FROM rooms WHERE name_key", of: nameKeys)
        return Dictionary(pairs.map { ($0.key, RoomID($0.id)) }) { first, _ in first }
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

    func nameCount(startingWith key: String, createdBy number: ImportNumber) throws -> Int {
        Int(
            try connection.integer(
                """
                SELECT count(*) FROM rooms WHERE name_key >= \(key) AND name_key < \(key + "\u{10FFFF}")
                    AND import_number = \(number.rawValue)
                """))
    }

    func find(participants: [UserID]) throws -> Room? {
        try rooms("WHERE participants_key = \(ParticipantsKey.text(of: participants))").first
    }

    /// Each table's rows go in by the order of its key, so that a page of that index is visited once a batch.
    func insert(_ rooms: [Room], by number: ImportNumber?) throws {
        changes.note()
        let rows = rooms.sorted { $0.id.rawValue < $1.id.rawValue }.map { RoomColumn.Source(room: $0, number: number) }
        try connection.insert(rows, into: RoomColumn.table)
        try insert(
            rooms.flatMap { room in
                room.importIDs.enumerated().map { (importID: $1, room: room.id, position: $0, number: number) }
            })
    }

    func update(_ room: Room, by number: ImportNumber?) throws {
        changes.note()
        try connection.execute(
            """
            UPDATE rooms SET \(set: RoomColumn.updated, of: RoomColumn.Source(room: room, number: nil))
            WHERE id = \(room.id.rawValue)
            """)
        if number == nil {
            try connection.execute("UPDATE rooms SET changed_at = \(clock.now()) WHERE id = \(room.id.rawValue)")
        }
        let present = Set(
            try connection.rows(
                "SELECT import_id FROM room_import_ids WHERE room_id = \(room.id.rawValue)"
            ) { ImportID($0.text(0)) })
        let added = room.importIDs.filter { !present.contains($0) }
        try insert(
            added.enumerated().map { (importID: $1, room: room.id, position: present.count + $0, number: number) })
    }

    func isMade(_ room: RoomID, withAnyOf importIDs: [ImportID]) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM rooms JOIN room_import_ids ON room_import_ids.room_id = rooms.id
            WHERE rooms.id = \(room.rawValue) AND room_import_ids.import_number = rooms.import_number
                AND room_import_ids.import_id \(in: importIDs.map(\.rawValue)) LIMIT 1
            """)
    }

    func bound(by number: ImportNumber, among rooms: [RoomID]) throws -> Set<RoomID> {
        guard !rooms.isEmpty else { return [] }
        return Set(
            try connection.rows(
                """
                SELECT DISTINCT room_id FROM room_import_ids
                WHERE room_id \(in: rooms.map(\.rawValue)) AND import_number = \(number.rawValue)
                """
            ) { RoomID($0.text(0)) })
    }

    func rooms(_ condition: SQLQuery) throws -> [Room] {
        let rooms = try connection.rows(of: RoomColumn.table, condition) { row in
            Room(
                id: RoomID(row.text(.id)), kind: try row.value(.kind), name: row.optionalText(.name),
                displayName: row.optionalText(.displayName),
                participants: ParticipantsKey.users(in: row.text(.participantsKey)), topic: row.optionalText(.topic),
                description: row.optionalText(.description), announcement: row.optionalText(.announcement),
                isArchived: row.flag(.archived), isReadOnly: row.flag(.readOnly),
                creatorID: row.optionalText(.creatorID).map { UserID($0) }, memberCount: row.count(.memberCount),
                messageCount: row.count(.messageCount),
                lastMessageID: row.optionalText(.lastMessageID).map { MessageID($0) },
                lastMessageAt: row.optionalTimestamp(.lastMessageAt), createdAt: row.timestamp(.createdAt),
                updatedAt: row.timestamp(.updatedAt))
        }
        return try addingImportIDs(to: rooms)
    }

    private func addingImportIDs(to rooms: [Room]) throws -> [Room] {
        guard !rooms.isEmpty else { return [] }
        let importIDs = Dictionary(
            grouping: try connection.rows(
                of: RoomImportIDColumn.table,
                "WHERE room_id \(in: rooms.map(\.id.rawValue)) ORDER BY room_id, position"
            ) { row in (room: row.text(.roomID), value: ImportID(row.text(.importID))) }, by: \.room)
        return rooms.map { room in
            var room = room
            room.importIDs = importIDs[room.id.rawValue]?.map(\.value) ?? []
            return room
        }
    }

    private func insert(_ importIDs: [RoomImportIDColumn.Source]) throws {
        try connection.insert(
            importIDs.sorted { $0.importID.rawValue < $1.importID.rawValue }, into: RoomImportIDColumn.table)
    }

    // MARK: Lists

    func list(
        _ filter: RoomFilter, orderedBy order: RoomOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [Room] {
        let direction: SQLQuery = order.isDescending ? " DESC" : ""
        let sorting: SQLQuery =
            switch order.key {
            case .name: "name_key\(direction) NULLS LAST"
            case .lastMessage: "last_message_at\(direction) NULLS LAST"
            case .messageCount: "message_count\(direction)"
            case .memberCount: "member_count\(direction)"
            case .createdAt: "created_at\(direction)"
            }
        return try rooms(
            connection.page(
                "\(condition(of: filter)) ORDER BY \(sorting), id\(direction)", sizes: Self.sizes, offset: offset,
                limit: Int64(limit), bytes: bytes))
    }

    func count(_ filter: RoomFilter) throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM rooms " + condition(of: filter)))
    }

    /// The latest message is shown with its room, so it counts.
    private static let sizes: SQLQuery = """
        SELECT coalesce(\(.byteLength(of: "name")), 0) + coalesce(\(.byteLength(of: "display_name")), 0)
            + coalesce(\(.byteLength(of: "participants_key")), 0) + coalesce(\(.byteLength(of: "topic")), 0)
            + coalesce(\(.byteLength(of: "description")), 0) + coalesce(\(.byteLength(of: "announcement")), 0)
            + coalesce(
                (SELECT \(.byteLength(of: "text")) + coalesce(\(.byteLength(of: "document")), 0)
                 FROM messages WHERE id = rooms.last_message_id), 0)
        FROM rooms
        """

    func members(
        of room: RoomID, matching filter: String?, orderedBy order: UserOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [User] {
        let memberCount = try connection.integer("SELECT member_count FROM rooms WHERE id = \(room.rawValue)")
        // The members of a crowded room are met soon on the way through all usernames; those of others are fetched
        // and sorted.
        let membership: SQLQuery =
            memberCount > Self.crowd
            ? """
            WHERE EXISTS (SELECT 1 FROM subscriptions WHERE room_id = \(room.rawValue) AND user_id = users.id)
            """
            : "WHERE id IN (SELECT user_id FROM subscriptions WHERE room_id = \(room.rawValue))"
        return try UserTables(connection: connection, changes: changes).users(
            membership + nameCondition(filter), orderedBy: order, offset: offset, limit: limit, bytes: bytes)
    }

    func memberCount(of room: RoomID, matching filter: String?) throws -> Int {
        Int(
            try connection.integer(
                """
                SELECT count(*) FROM users
                WHERE id IN (SELECT user_id FROM subscriptions WHERE room_id = \(room.rawValue))
                """ + nameCondition(filter)))
    }

    private static let crowd = 10_000

    private func nameCondition(_ filter: String?) -> SQLQuery {
        guard let filter, !filter.isEmpty else { return "" }
        let pattern = LikePattern.containing(filter)
        return " AND (lower(username) LIKE \(pattern) ESCAPE '\\' OR lower(name) LIKE \(pattern) ESCAPE '\\')"
    }

    private func condition(of filter: RoomFilter) -> SQLQuery {
        // With a single kind the index gives the order by name as well.
        var condition: SQLQuery =
            if filter.kinds.count == 1, let kind = filter.kinds.first {
                "WHERE kind = \(kind.rawValue)"
            } else {
                "WHERE kind \(in: filter.kinds.map(\.rawValue))"
            }
        if let member = filter.memberID {
            condition = "\(condition) AND id IN (SELECT room_id FROM subscriptions WHERE user_id = \(member.rawValue))"
        }
        if let text = filter.text, !text.isEmpty {
            let pattern = LikePattern.containing(text)
            condition = """
                \(condition) AND (lower(name) LIKE \(pattern) ESCAPE '\\'
                    OR lower(display_name) LIKE \(pattern) ESCAPE '\\')
                """
        }
        if let moment = filter.changedAfter { condition = condition + " AND updated_at > \(moment)" }
        return condition
    }

    // MARK: Recount

    func touch(_ added: [RoomID: Int], by operation: OperationID) throws {
        try connection.insert(
            added.sorted { $0.key.rawValue < $1.key.rawValue }.map { room, count in
                [.text(operation.rawValue), .text(room.rawValue), count.sqlValue]
            }, into: TouchedRoomColumn.table)
    }

    func recountRooms(of operation: OperationID, limit: Int) throws -> Bool {
        let touched = TouchedRows<TouchedRoomColumn>(operation: operation, connection: connection)
        let rows = try touched.lock(limit: limit) { (room: $0.text(.roomID), added: $0.count(.added)) }
        try touched.remove(rows)
        let sums = Dictionary(rows.map(\.value), uniquingKeysWith: +)
        for (room, added) in sums.sorted(by: { $0.key < $1.key }) {
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
        return try touched.exist()
    }

    // MARK: Subscriptions

    func add(_ subscriptions: [Subscription]) throws -> [RoomID: Int] {
        var places: [RoomID: [UserID: Subscription]] = [:]
        for subscription in subscriptions where places[subscription.roomID]?[subscription.userID] == nil {
            places[subscription.roomID, default: [:]][subscription.userID] = subscription
        }
        let rooms = places.keys.map(\.rawValue).sorted()
        guard !rooms.isEmpty else { return [:] }
        changes.note()
        // Adding members locks the room, so that no member is added twice.
        _ = try connection.rows("SELECT id FROM rooms WHERE id \(in: rooms) ORDER BY id \(.lock)") { _ in }

        var added: [RoomID: Int] = [:]
        var rows: [SubscriptionColumn.Source] = []
        rows.reserveCapacity(subscriptions.count)
        for room in rooms.map({ RoomID($0) }) {
            let wanted = places[room] ?? [:]
            let users = wanted.keys.map(\.rawValue).sorted()
            let present = try members(of: room, among: Set(wanted.keys))
            for user in users where !present.contains(UserID(user)) {
                guard let place = wanted[UserID(user)] else { continue }
                rows.append(
                    SubscriptionColumn.Source(
                        room: room, user: UserID(user), roles: StoredRoles.text(of: place.roles),
                        isArchived: place.isArchived, createdAt: place.createdAt, number: nil))
                added[room, default: 0] += 1
            }
        }
        try connection.insert(rows, into: SubscriptionColumn.table)
        for room in rooms {
            guard let count = added[RoomID(room)] else { continue }
            try connection.execute(
                "UPDATE rooms SET member_count = member_count + \(count) WHERE id = \(room)")
        }
        return added
    }

    func join(_ joining: [JoiningMembers], by number: ImportNumber?) throws {
        guard !joining.isEmpty else { return }
        changes.note()
        // Adding members locks the room.
        _ = try connection.rows(
            "SELECT id FROM rooms WHERE id \(in: Set(joining.map(\.roomID.rawValue)).sorted()) ORDER BY id \(.lock)"
        ) { _ in }
        let ordered = joining.sorted { $0.roomID.rawValue < $1.roomID.rawValue }
        let (member, owner) = (StoredRoles.text(of: []), StoredRoles.text(of: ["owner"]))
        let rows = ordered.lazy.flatMap { members in
            members.users.lazy.map { user in
                SubscriptionColumn.Source(
                    room: members.roomID, user: user, roles: user == members.ownerID ? owner : member,
                    isArchived: members.isArchived, createdAt: members.joinedAt, number: number)
            }
        }
        try connection.insert(rows, into: SubscriptionColumn.table)
        for members in ordered where !members.users.isEmpty {
            try connection.execute(
                """
                UPDATE rooms SET member_count = member_count + \(members.users.count)
                WHERE id = \(members.roomID.rawValue)
                """)
        }
    }

    func memberCount(of room: RoomID) throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM subscriptions WHERE room_id = \(room.rawValue)"))
    }

    func members(of room: RoomID, among users: Set<UserID>) throws -> Set<UserID> {
        Set(
            try connection.rows(
                """
                SELECT user_id FROM subscriptions
                WHERE room_id = \(room.rawValue) AND user_id \(in: users.map(\.rawValue).sorted())
                """
            ) { UserID($0.text(0)) })
    }

    func setArchived(_ isArchived: Bool, subscriptionsOf room: RoomID) throws {
        try connection.execute(
            "UPDATE subscriptions SET archived = \(isArchived) WHERE room_id = \(room.rawValue)")
    }

    func subscription(of user: UserID, in room: RoomID) throws -> Subscription? {
        try subscriptions("WHERE room_id = \(room.rawValue) AND user_id = \(user.rawValue)").first
    }

    func subscriptions(of user: UserID, limit: Int) throws -> [Subscription] {
        try subscriptions("WHERE user_id = \(user.rawValue) ORDER BY room_id LIMIT \(limit)")
    }

    private func subscriptions(_ condition: SQLQuery) throws -> [Subscription] {
        try connection.rows(of: SubscriptionColumn.table, condition) { row in
            Subscription(
                roomID: RoomID(row.text(.roomID)), userID: UserID(row.text(.userID)),
                roles: try StoredRoles.roles(in: row.text(.roles)), isArchived: row.flag(.archived),
                createdAt: row.timestamp(.createdAt))
        }
    }
}

enum RoomColumn: Int, TableColumn {
    /// A room, and the import that made it.
    struct Source {
        let room: Room
        let number: ImportNumber?
    }

    case id, kind, name, nameKey, participantsKey, displayName, topic, description, announcement, archived, readOnly,
        creatorID, memberCount, messageCount, lastMessageID, lastMessageAt, createdAt, updatedAt,
        importNumber, changedAt

    static let table = Table<RoomColumn>("rooms", defaulted: [changedAt.rawValue])
    /// Counts and the latest message are changed by recounts and by subscriptions.
    static let updated: [RoomColumn] = [
        .name, .nameKey, .displayName, .topic, .description, .announcement, .archived, .readOnly, .creatorID,
        .createdAt, .updatedAt,
    ]

    func value(of source: Source) -> SQLValue {
        let room = source.room
        return switch self {
        case .id: .text(room.id.rawValue)
        case .kind: .text(room.kind.rawValue)
        case .name: .optional(room.name)
        case .nameKey: .optional(room.name.map(CaseFolding.key))
        case .participantsKey: .optional(ParticipantsKey.text(of: room))
        case .displayName: .optional(room.displayName)
        case .topic: .optional(room.topic)
        case .description: .optional(room.description)
        case .announcement: .optional(room.announcement)
        case .archived: .flag(room.isArchived)
        case .readOnly: .flag(room.isReadOnly)
        case .creatorID: .optional(room.creatorID?.rawValue)
        case .memberCount: room.memberCount.sqlValue
        case .messageCount: room.messageCount.sqlValue
        case .lastMessageID: .optional(room.lastMessageID?.rawValue)
        case .lastMessageAt: .optional(room.lastMessageAt?.milliseconds)
        case .createdAt: room.createdAt.sqlValue
        case .updatedAt: room.updatedAt.sqlValue
        case .importNumber: .optional(source.number?.rawValue)
        case .changedAt: .null
        }
    }
}

enum RoomImportIDColumn: Int, TableColumn {
    case importID, roomID, position, importNumber

    static let table = Table<RoomImportIDColumn>("room_import_ids")

    func value(of source: (importID: ImportID, room: RoomID, position: Int, number: ImportNumber?)) -> SQLValue {
        switch self {
        case .importID: .text(source.importID.rawValue)
        case .roomID: .text(source.room.rawValue)
        case .position: source.position.sqlValue
        case .importNumber: .optional(source.number?.rawValue)
        }
    }
}

enum SubscriptionColumn: Int, TableColumn {
    /// A new subscription, with its roles as they are stored.
    struct Source {
        let room: RoomID
        let user: UserID
        let roles: String
        let isArchived: Bool
        let createdAt: Timestamp
        let number: ImportNumber?
    }

    case roomID, userID, roles, archived, createdAt, importNumber

    static let table = Table<SubscriptionColumn>("subscriptions")

    func value(of source: Source) -> SQLValue {
        switch self {
        case .roomID: .text(source.room.rawValue)
        case .userID: .text(source.user.rawValue)
        case .roles: .text(source.roles)
        case .archived: .flag(source.isArchived)
        case .createdAt: source.createdAt.sqlValue
        case .importNumber: .optional(source.number?.rawValue)
        }
    }
}

enum TouchedRoomColumn: Int, TouchedColumn {
    case operationID, roomID, added, number

    static let table = Table<TouchedRoomColumn>("touched_rooms", defaulted: [number.rawValue])
    static let subject = roomID
}
