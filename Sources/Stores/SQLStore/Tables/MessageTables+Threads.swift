import ImportDomain
import JSON
import SQL

extension MessageTables {
    /// How many followers a settled thread gets from its answers.
    private static let followerLimit = 200

    func touch(_ threads: [TouchedThread], by operation: OperationID) throws {
        var rows = BulkInsert(
            into: "touched_threads", columns: ["operation_id", "parent_id", "room_id", "started_at"],
            rowCount: threads.count)
        for thread in threads.sorted(by: { $0.parentID.rawValue < $1.parentID.rawValue }) {
            rows.append(
                .text(operation.rawValue), .text(thread.parentID.rawValue), .text(thread.roomID.rawValue),
                .optional(thread.startedAt?.milliseconds))
        }
        try connection.insert(rows)
    }

    func settle(_ operation: OperationID, limit: Int) throws -> Bool {
        let threads = try takeTouched(by: operation, limit: limit)
        try insertStandIns(for: threads, operation: operation)
        try settleParents(threads.map(\.parentID.rawValue))
        return try connection.exists(
            "SELECT 1 FROM touched_threads WHERE operation_id = \(operation.rawValue) LIMIT 1")
    }

    /// Takes away some of what is written down of threads: each once, with the earliest start that a source tells.
    ///
    /// What another process has in hand is left to it; when there is nothing else, it is waited for, so that whoever
    /// hears that nothing is left can rely on it. Only rows that are locked are removed, so that processes never wait
    /// for each other in a circle; settling a thread twice does no harm.
    private func takeTouched(by operation: OperationID, limit: Int) throws -> [TouchedThread] {
        func touched(_ lock: SQLClause) throws -> [(number: String, parent: String)] {
            try connection.rows(
                """
                SELECT CAST(number AS TEXT), parent_id FROM touched_threads
                WHERE operation_id = \(operation.rawValue) ORDER BY parent_id LIMIT \(limit) \(lock)
                """
            ) { row in (row.text(0), row.text(1)) }
        }
        var rows = try touched(.lockSkippingLocked)
        if rows.isEmpty { rows = try touched(.lock) }
        guard !rows.isEmpty else { return [] }
        let parents = Array(Set(rows.map(\.parent)))
        // Also from rows that are left for later: the first piece of a thread makes its stand-in.
        let threads = try connection.rows(
            """
            SELECT parent_id, min(room_id), min(started_at) FROM touched_threads
            WHERE operation_id = \(operation.rawValue) AND parent_id \(in: parents)
            GROUP BY parent_id ORDER BY parent_id
            """
        ) { row in
            TouchedThread(
                parentID: MessageID(row.text(0)), roomID: RoomID(row.text(1)), startedAt: row.optionalTimestamp(2))
        }
        // The threads lead to the rows by the index; their numbers say which.
        try connection.execute(
            """
            DELETE FROM touched_threads
            WHERE operation_id = \(operation.rawValue) AND parent_id \(in: parents)
                AND CAST(number AS TEXT) \(in: rows.map(\.number))
            """)
        return threads
    }

    /// Gives threads whose first message is not there one to hang from.
    private func insertStandIns(for threads: [TouchedThread], operation: OperationID) throws {
        var missing = try missing(of: threads)
        guard !missing.isEmpty else { return }
        // Whoever makes a stand-in holds its room, so that nobody makes it twice; then it is looked for again.
        let rooms = Array(Set(missing.map(\.roomID.rawValue)))
        _ = try connection.rows("SELECT id FROM rooms WHERE id \(in: rooms) ORDER BY id \(.lock)") { _ in }
        missing = try self.missing(of: missing)
        guard !missing.isEmpty else { return }
        var firstAnswers: [TouchedThread: Timestamp] = [:]
        for (thread, first) in try connection.rows(
            """
            SELECT thread_id, room_id, min(written_at) FROM messages
            WHERE thread_id \(in: missing.map(\.parentID.rawValue)) GROUP BY thread_id, room_id
            """,
            { row in
                let thread = TouchedThread(
                    parentID: MessageID(row.text(0)), roomID: RoomID(row.text(1)), startedAt: nil)
                return (thread, row.timestamp(2))
            })
        {
            firstAnswers[thread] = first
        }
        var standIns: [Message] = []
        var added: [RoomID: Int] = [:]
        for thread in missing {
            let first = firstAnswers[
                TouchedThread(parentID: thread.parentID, roomID: thread.roomID, startedAt: nil)]
            guard let moment = thread.startedAt ?? first.map({ $0 + .milliseconds(-1) }) else { continue }
            standIns.append(
                Message(
                    id: thread.parentID, roomID: thread.roomID, authorID: .rocketCat, writtenAt: moment, sequence: 0,
                    text: Message.standInText))
            added[thread.roomID, default: 0] += 1
        }
        try insert(standIns)
        try RoomTables(connection: connection, clock: clock).touch(added, by: operation)
    }

    /// Those threads whose first message is not there.
    private func missing(of threads: [TouchedThread]) throws -> [TouchedThread] {
        guard !threads.isEmpty else { return [] }
        let present = Set(
            try connection.rows("SELECT id FROM messages WHERE id \(in: threads.map(\.parentID.rawValue))") {
                $0.text(0)
            })
        return threads.filter { !present.contains($0.parentID.rawValue) }
    }

    private func settleParents(_ parents: [String]) throws {
        guard !parents.isEmpty else { return }
        let followers = try followers(of: parents)
        let settled = try connection.rows(
            """
            SELECT parents.id, parents.document, count(*), max(answers.written_at)
            FROM messages AS parents JOIN messages AS answers ON answers.thread_id = parents.id
            WHERE parents.id \(in: parents) AND answers.room_id = parents.room_id
            GROUP BY parents.id ORDER BY parents.id
            """
        ) { row in
            (id: row.text(0), document: row.optionalText(1), count: row.count(2), latest: row.timestamp(3))
        }
        var rows = BulkInsert(
            into: "settled_threads", columns: ["parent_id", "reply_count", "last_reply_at", "document"],
            rowCount: settled.count)
        for thread in settled {
            let document = try ThreadFollowers.document(thread.document, adding: followers[thread.id] ?? [])
            rows.append(.text(thread.id), thread.count.sqlValue, thread.latest.sqlValue, .text(document))
        }
        try connection.insert(rows)
        try connection.execute(
            """
            UPDATE messages SET reply_count = settled.reply_count, last_reply_at = settled.last_reply_at,
                document = settled.document
            FROM settled_threads AS settled WHERE messages.id = settled.parent_id
            """)
        try connection.execute("DELETE FROM settled_threads")
    }

    /// Whoever answered first in each thread, in that order.
    private func followers(of parents: [String]) throws -> [String: [String]] {
        var followers: [String: [String]] = [:]
        for (thread, author) in try connection.rows(
            """
            SELECT thread_id, author_id FROM (
                SELECT answers.thread_id, answers.author_id,
                    row_number() OVER (
                        PARTITION BY answers.thread_id ORDER BY min(answers.written_at), answers.author_id) AS place
                FROM messages AS parents JOIN messages AS answers ON answers.thread_id = parents.id
                WHERE parents.id \(in: parents) AND answers.room_id = parents.room_id
                GROUP BY answers.thread_id, answers.author_id
            ) AS authors
            WHERE place <= \(Self.followerLimit) ORDER BY thread_id, place
            """,
            { row in (row.text(0), row.text(1)) })
        {
            followers[thread, default: []].append(author)
        }
        return followers
    }
}
