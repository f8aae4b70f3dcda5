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

    /// Takes away what is written down of some threads: one each, with the earliest start that a source tells.
    ///
    /// Threads that another process is settling are left to it; when there are no others, it is waited for, so that
    /// whoever hears that nothing is left can rely on it.
    private func takeTouched(by operation: OperationID, limit: Int) throws -> [TouchedThread] {
        let touched: SQLQuery = """
            SELECT parent_id FROM touched_threads WHERE operation_id = \(operation.rawValue)
            ORDER BY parent_id LIMIT \(limit)
            """
        var parents = try connection.rows(touched + " \(.lockSkippingLocked)") { $0.text(0) }
        if parents.isEmpty { parents = try connection.rows(touched + " \(.lock)") { $0.text(0) } }
        guard !parents.isEmpty else { return [] }
        var threads: [MessageID: TouchedThread] = [:]
        for thread in try connection.rows(
            """
            DELETE FROM touched_threads
            WHERE operation_id = \(operation.rawValue) AND parent_id \(in: Array(Set(parents)).sorted())
            RETURNING parent_id, room_id, started_at
            """,
            { row in
                TouchedThread(
                    parentID: MessageID(row.text(0)), roomID: RoomID(row.text(1)),
                    startedAt: row.optionalTimestamp(2))
            })
        {
            let known = threads[thread.parentID]
            let starts = [known?.startedAt, thread.startedAt].compactMap { $0 }
            let room = min(known?.roomID.rawValue ?? thread.roomID.rawValue, thread.roomID.rawValue)
            threads[thread.parentID] = TouchedThread(
                parentID: thread.parentID, roomID: RoomID(room), startedAt: starts.min())
        }
        return threads.values.sorted { $0.parentID.rawValue < $1.parentID.rawValue }
    }

    /// Gives threads whose first message is not there one to hang from.
    private func insertStandIns(for threads: [TouchedThread], operation: OperationID) throws {
        guard !threads.isEmpty else { return }
        let present = Set(
            try connection.rows("SELECT id FROM messages WHERE id \(in: threads.map(\.parentID.rawValue))") {
                $0.text(0)
            })
        let missing = threads.filter { !present.contains($0.parentID.rawValue) }
        guard !missing.isEmpty else { return }
        var firstAnswers: [String: Timestamp] = [:]
        for (thread, room, first) in try connection.rows(
            """
            SELECT thread_id, room_id, min(written_at) FROM messages
            WHERE thread_id \(in: missing.map(\.parentID.rawValue)) GROUP BY thread_id, room_id
            """,
            { row in (row.text(0), row.text(1), row.timestamp(2)) })
        {
            firstAnswers[thread + " " + room] = first
        }
        var standIns: [Message] = []
        var added: [RoomID: Int] = [:]
        for thread in missing {
            let first = firstAnswers["\(thread.parentID) \(thread.roomID)"]
            guard let moment = thread.startedAt ?? first.map({ $0 + .milliseconds(-1) }) else { continue }
            standIns.append(
                Message(
                    id: thread.parentID, roomID: thread.roomID, authorID: .rocketCat, writtenAt: moment, sequence: 0,
                    text: "Message not in the export."))
            added[thread.roomID, default: 0] += 1
        }
        try insert(standIns)
        try RoomTables(connection: connection, clock: clock).touch(added, by: operation)
    }

    private func settleParents(_ parents: [String]) throws {
        guard !parents.isEmpty else { return }
        let followers = try followers(of: parents)
        let settled = try connection.rows(
            """
            SELECT parents.id, parents.document, count(*), max(answers.written_at)
            FROM messages AS parents JOIN messages AS answers ON answers.thread_id = parents.id
            WHERE parents.id \(in: parents) AND answers.room_id = parents.room_id
            GROUP BY parents.id
            """
        ) { row in
            (id: row.text(0), document: row.optionalText(1), count: row.count(2), latest: row.timestamp(3))
        }
        for thread in settled {
            let document = try ThreadFollowers.document(thread.document, adding: followers[thread.id] ?? [])
            try connection.execute(
                """
                UPDATE messages SET reply_count = \(thread.count), last_reply_at = \(thread.latest),
                    document = \(document)
                WHERE id = \(thread.id)
                """)
        }
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
