import ImportDomain
import SQL

extension RoomTables {
    func add(_ subscriptions: [Subscription]) throws -> [RoomID: Int] {
        var places: [RoomID: [UserID: Subscription]] = [:]
        for subscription in subscriptions where places[subscription.roomID]?[subscription.userID] == nil {
            places[subscription.roomID, default: [:]][subscription.userID] = subscription
        }
        let rooms = places.keys.map(\.rawValue).sorted()
        guard !rooms.isEmpty else { return [:] }
        // Whoever adds somebody to a room holds the room, so that nobody is added twice.
        _ = try connection.rows("SELECT id FROM rooms WHERE id \(in: rooms) ORDER BY id \(.lock)") { _ in }

        var added: [RoomID: Int] = [:]
        var rows = BulkInsert(
            into: "subscriptions", columns: ["room_id", "user_id", "roles", "archived", "created_at"],
            rowCount: subscriptions.count)
        for room in rooms.map({ RoomID($0) }) {
            let wanted = places[room] ?? [:]
            let users = wanted.keys.map(\.rawValue).sorted()
            let present = Set(
                try connection.rows(
                    """
                    SELECT user_id FROM subscriptions WHERE room_id = \(room.rawValue) AND user_id \(in: users)
                    """
                ) { $0.text(0) })
            for user in users where !present.contains(user) {
                guard let place = wanted[UserID(user)] else { continue }
                rows.append(
                    .text(room.rawValue), .text(user), .text(StoredRoles.text(of: place.roles)),
                    .flag(place.isArchived), place.createdAt.sqlValue)
                added[room, default: 0] += 1
            }
        }
        try connection.insert(rows)
        for room in rooms {
            guard let count = added[RoomID(room)] else { continue }
            try connection.execute(
                "UPDATE rooms SET member_count = member_count + \(count) WHERE id = \(room)")
        }
        return added
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
        try connection.rows(
            "SELECT room_id, user_id, roles, archived, created_at FROM subscriptions " + condition
        ) { row in
            Subscription(
                roomID: RoomID(row.text(0)), userID: UserID(row.text(1)),
                roles: try StoredRoles.roles(in: row.text(2)), isArchived: row.flag(3), createdAt: row.timestamp(4))
        }
    }
}
