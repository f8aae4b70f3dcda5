import ImportDomain
import SQL

extension MessageTables {
    func list(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [Message] {
        let sorting: SQLQuery =
            switch order {
            case .oldestFirst: "ORDER BY written_at, sequence, id"
            case .newestFirst: "ORDER BY written_at DESC, sequence DESC, id DESC"
            }
        let matching = condition(of: filter) + " " + sorting
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(
                "SELECT \(.byteLength(of: "text")) + coalesce(\(.byteLength(of: "document")), 0) FROM messages "
                    + matching + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try messages(matching + " LIMIT \(fitting ?? limit) OFFSET \(offset)")
    }

    func count(_ filter: MessageFilter) throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM messages " + condition(of: filter)))
    }

    private func condition(of filter: MessageFilter) -> SQLQuery {
        var condition: SQLQuery =
            if let thread = filter.threadID {
                // The room is compared as an expression, which leaves the choice of index to the thread.
                """
                WHERE thread_id = \(thread.rawValue) AND room_id || '' = \(filter.roomID.rawValue) AND hidden = 0
                """
            } else {
                "WHERE room_id = \(filter.roomID.rawValue) AND hidden = 0"
            }
        if filter.leavesOutThreads { condition = condition + " AND (thread_id IS NULL OR shown_in_room = 1)" }
        switch (filter.oldest, filter.isInclusive) {
        case (nil, _): break
        case (let oldest?, true): condition = condition + " AND written_at >= \(oldest)"
        case (let oldest?, false): condition = condition + " AND written_at > \(oldest)"
        }
        switch (filter.latest, filter.isInclusive) {
        case (nil, _): break
        case (let latest?, true): condition = condition + " AND written_at <= \(latest)"
        case (let latest?, false): condition = condition + " AND written_at < \(latest)"
        }
        if let text = filter.text {
            condition = condition + " AND lower(text) LIKE \(LikePattern.containing(text)) ESCAPE '\\'"
        }
        if filter.isPinned { condition = condition + " AND pinned = 1" }
        if !filter.mentions.isEmpty { condition = condition + mentionCondition(filter.mentions) }
        return condition
    }

    /// Mentions are found in the text of their list, where a quoted key and id cannot be part of somebody's name.
    ///
    /// What is replaced must have been there: databases agree on this test for a part of a text, letter case respected.
    private func mentionCondition(_ users: [UserID]) -> SQLQuery {
        var condition: SQLQuery = " AND document IS NOT NULL AND ("
        for (index, user) in users.enumerated() {
            if index > 0 { condition = condition + " OR " }
            condition =
                condition
                    + """
                    replace(document\(.asJSON) ->> 'mentions', \("\"_id\":\"\(user.rawValue)\""), '')
                        <> document\(.asJSON) ->> 'mentions'
                    """
        }
        return condition + ")"
    }
}
