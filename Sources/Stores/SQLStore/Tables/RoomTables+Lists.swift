import ImportDomain
import SQL

extension RoomTables {
    func list(
        _ filter: RoomFilter, orderedBy order: RoomOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [Room] {
        let sorting: SQLQuery =
            switch (order.key, order.isDescending) {
            case (.name, false): "ORDER BY name_key NULLS LAST, id"
            case (.name, true): "ORDER BY name_key DESC NULLS LAST, id DESC"
            case (.lastMessage, false): "ORDER BY last_message_at NULLS LAST, id"
            case (.lastMessage, true): "ORDER BY last_message_at DESC NULLS LAST, id DESC"
            case (.messageCount, false): "ORDER BY message_count, id"
            case (.messageCount, true): "ORDER BY message_count DESC, id DESC"
            case (.memberCount, false): "ORDER BY member_count, id"
            case (.memberCount, true): "ORDER BY member_count DESC, id DESC"
            case (.createdAt, false): "ORDER BY created_at, id"
            case (.createdAt, true): "ORDER BY created_at DESC, id DESC"
            }
        let matching = condition(of: filter) + " " + sorting
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(Self.sizes + " " + matching + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try rooms(matching + " LIMIT \(fitting ?? limit) OFFSET \(offset)")
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
        return try UserTables(connection: connection).users(
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
            condition =
                condition + " AND id IN (SELECT room_id FROM subscriptions WHERE user_id = \(member.rawValue))"
        }
        if let text = filter.text, !text.isEmpty {
            let pattern = LikePattern.containing(text)
            condition =
                condition
                    + """
                     AND (lower(name) LIKE \(pattern) ESCAPE '\\' OR lower(display_name) LIKE \(pattern) ESCAPE '\\')
                    """
        }
        if let moment = filter.changedAfter { condition = condition + " AND updated_at > \(moment)" }
        return condition
    }
}
