import ImportDomain
import SQL

/// `messages` and `touched_threads`.
struct MessageTables: MessageStore {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    func find(ids: [MessageID]) throws -> [Message] {
        guard !ids.isEmpty else { return [] }
        return try messages("WHERE id \(in: ids.map(\.rawValue))")
    }

    func recordDigests(of ids: [MessageID]) throws -> [MessageID: Int64] {
        guard !ids.isEmpty else { return [:] }
        let rows = try connection.rows(
            "SELECT id, record_digest FROM messages WHERE id \(in: ids.map(\.rawValue)) AND record_digest IS NOT NULL"
        ) { (MessageID($0.text(0)), $0.integer(1)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func insert(_ messages: [Message], by number: ImportNumber?) throws {
        try insert(MessageRows(Self.rows(of: messages, by: number)))
    }

    func insert(_ rows: MessageRows) throws {
        guard let insert = rows.rows as? BulkInsert else {
            throw StoreError.failed(message: "The rows of messages were made by another store.")
        }
        guard insert.rowCount > 0 else { return }
        changes.note()
        try connection.insert(insert)
    }

    /// Rows go in by the order of their ids, so that a page of that index is visited once a batch; ids of most sources
    /// are in order already.
    static func rows(of messages: [Message], by number: ImportNumber?) -> BulkInsert {
        let rows = order(of: messages).lazy.map { index in
            MessageColumn.Source(messages: messages, index: index, number: number)
        }
        return BulkInsert(rows, into: MessageColumn.table)
    }

    func update(_ message: Message, replacing before: Message, by number: ImportNumber) throws {
        try write(message)
        let changes = MessageColumn.updated.compactMap { column in
            let (old, new) = (column.value(of: .init(before)), column.value(of: .init(message)))
            return old == new
                ? nil
                : ImportChange(
                    .message(message.id), field: column.name, before: old.recordedText, after: new.recordedText)
        }
        try ImportChangeTable(connection: connection).record(changes, by: number)
    }

    func update(_ message: Message) throws {
        try write(message)
        try connection.execute(
            "UPDATE messages SET changed_at = \(clock.now()) WHERE id = \(message.id.rawValue)")
    }

    private func write(_ message: Message) throws {
        changes.note()
        try connection.execute(
            """
            UPDATE messages SET \(set: MessageColumn.updated, of: .init(message)) WHERE id = \(message.id.rawValue)
            """)
    }

    func messages(_ condition: SQLQuery) throws -> [Message] {
        try connection.rows(of: MessageColumn.table, condition) { row in
            Message(
                id: MessageID(row.text(.id)), roomID: RoomID(row.text(.roomID)), authorID: UserID(row.text(.authorID)),
                writtenAt: row.timestamp(.writtenAt), sequence: row.integer(.sequence), text: row.text(.text),
                systemKind: row.optionalText(.systemKind), threadID: row.optionalText(.threadID).map { MessageID($0) },
                isShownInRoom: row.flag(.shownInRoom), replyCount: row.count(.replyCount),
                lastReplyAt: row.optionalTimestamp(.lastReplyAt), editedAt: row.optionalTimestamp(.editedAt),
                isPinned: row.flag(.pinned), isHidden: row.flag(.hidden),
                // Damaged details are left out, so that the room stays readable.
                details: (try? StoredMessageDetails.details(in: row.optionalText(.document))) ?? MessageDetails(),
                recordDigest: row.optionalInteger(.recordDigest))
        }
    }

    /// The indices of messages in the order of their ids.
    private static func order(of messages: [Message]) -> [Int] {
        let isOrdered = messages.indices.dropFirst().allSatisfy {
            messages[$0 - 1].id.rawValue <= messages[$0].id.rawValue
        }
        if isOrdered { return Array(messages.indices) }
        return messages.indices.sorted { messages[$0].id.rawValue < messages[$1].id.rawValue }
    }

    // MARK: Lists

    func list(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [Message] {
        let sorting: SQLQuery =
            switch order {
            case .oldestFirst: "ORDER BY written_at, sequence, id"
            case .newestFirst: "ORDER BY written_at DESC, sequence DESC, id DESC"
            }
        return try messages(
            connection.page(
                "\(condition(of: filter)) \(sorting)",
                sizes: "SELECT \(.byteLength(of: "text")) + coalesce(\(.byteLength(of: "document")), 0) FROM messages",
                offset: offset, limit: Int64(limit), bytes: bytes))
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
        if !filter.mentions.isEmpty { condition = condition + " AND " + StoredMessageDetails.mentions(filter.mentions) }
        return condition
    }

    // MARK: Threads

    /// How many followers a recounted thread gets from its answers.
    private static let followerLimit = 200

    func touch(_ threads: [TouchedThread], by operation: OperationID) throws {
        try connection.insert(
            threads.sorted { $0.parentID.rawValue < $1.parentID.rawValue }.map { thread in
                [
                    .text(operation.rawValue), .text(thread.parentID.rawValue), .text(thread.roomID.rawValue),
                    .optional(thread.startedAt?.milliseconds),
                ]
            }, into: TouchedThreadColumn.table)
    }

    func recountThreads(of operation: OperationID, limit: Int) throws -> Bool {
        let touched = TouchedRows<TouchedThreadColumn>(operation: operation, connection: connection)
        let rows = try touched.lock(limit: limit) { $0.text(.parentID) }
        let threads = try threads(rows.map(\.value), of: operation)
        try touched.remove(rows)
        try insertStandIns(for: threads, operation: operation)
        try recount(threads.map(\.parentID.rawValue), by: operation)
        return try touched.exist()
    }

    /// Touched threads, each with the earliest start that a source states, also in rows that are left for later: the
    /// first chunk of a thread makes its stand-in.
    private func threads(_ parents: [String], of operation: OperationID) throws -> [TouchedThread] {
        guard !parents.isEmpty else { return [] }
        return try connection.rows(
            """
            SELECT parent_id, min(room_id), min(started_at) FROM touched_threads
            WHERE operation_id = \(operation.rawValue) AND parent_id \(in: Array(Set(parents)))
            GROUP BY parent_id ORDER BY parent_id
            """
        ) { row in
            TouchedThread(
                parentID: MessageID(row.text(0)), roomID: RoomID(row.text(1)), startedAt: row.optionalTimestamp(2))
        }
    }

    /// Gives threads whose first message is not there one to hang from.
    private func insertStandIns(for threads: [TouchedThread], operation: OperationID) throws {
        var missing = try missing(of: threads)
        guard !missing.isEmpty else { return }
        // Inserting a placeholder locks its room, so that it is inserted once; so look again under the lock.
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
        let number = try connection.first(
            "SELECT number FROM import_operations WHERE id = \(operation.rawValue)"
        ) { ImportNumber($0.integer(0)) }
        try insert(standIns, by: number)
        try RoomTables(connection: connection, clock: clock, changes: changes).touch(added, by: operation)
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

    private func recount(_ parents: [String], by operation: OperationID) throws {
        guard !parents.isEmpty else { return }
        changes.note()
        let number = try connection.first(
            "SELECT number FROM import_operations WHERE id = \(operation.rawValue) AND phase <> 'undoing'"
        ) { $0.integer(0) }
        try connection.execute(
            """
            UPDATE messages SET reply_count = 0, last_reply_at = NULL
            WHERE id \(in: parents) AND reply_count > 0 AND NOT EXISTS (
                SELECT 1 FROM messages AS answers
                WHERE answers.thread_id = messages.id AND answers.room_id = messages.room_id)
            """)
        let followers = try followers(of: parents)
        let counted = try connection.rows(
            """
            SELECT parents.id, parents.document, count(*), max(answers.written_at), parents.import_number
            FROM messages AS parents JOIN messages AS answers ON answers.thread_id = parents.id
            WHERE parents.id \(in: parents) AND answers.room_id = parents.room_id
            GROUP BY parents.id ORDER BY parents.id
            """
        ) { row in
            (
                id: row.text(0), document: row.optionalText(1), count: row.count(2), latest: row.timestamp(3),
                number: row.optionalInteger(4)
            )
        }
        var recorded: [ImportChange] = []
        let rows = try counted.map { thread -> [SQLValue] in
            // Damaged details end the import here; otherwise they would be overwritten.
            var details = try StoredMessageDetails.details(in: thread.document)
            let before = details.followers
            details.addFollowers(followers[thread.id] ?? [])
            if number != nil, thread.number != number, details.followers.count > before.count {
                recorded.append(
                    ImportChange(
                        .message(MessageID(thread.id)), field: ImportChange.followersField,
                        before: FollowerList.text(of: before), after: FollowerList.text(of: details.followers)))
            }
            return [
                .text(thread.id), thread.count.sqlValue, thread.latest.sqlValue,
                .text(StoredMessageDetails.text(of: details) ?? "{}"),
            ]
        }
        try connection.insert(rows, into: RecountedThreadColumn.table)
        try connection.execute(
            """
            UPDATE messages SET reply_count = counted.reply_count, last_reply_at = counted.last_reply_at,
                document = counted.document
            FROM settled_threads AS counted WHERE messages.id = counted.parent_id
            """)
        try connection.execute("DELETE FROM settled_threads")
        guard let number else { return }
        try ImportChangeTable(connection: connection).record(recorded, by: ImportNumber(number))
    }

    /// The first authors of replies in each thread, in order.
    private func followers(of parents: [String]) throws -> [String: [UserID]] {
        var followers: [String: [UserID]] = [:]
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
            { row in (row.text(0), UserID(row.text(1))) })
        {
            followers[thread, default: []].append(author)
        }
        return followers
    }
}

/// Followers of a thread as one text, as a change of them is kept: ids with commas between them.
enum FollowerList {
    static func text(of users: [UserID]) -> String { users.map(\.rawValue).joined(separator: ",") }
    static func users(in text: String?) -> Set<UserID> {
        Set((text ?? "").split(separator: ",").map { UserID(String($0)) })
    }
}

enum MessageColumn: Int, TableColumn {
    /// A message, read in place, and the import that made it.
    struct Source {
        let messages: [Message]
        let index: Int
        let number: ImportNumber?

        init(messages: [Message], index: Int, number: ImportNumber?) {
            (self.messages, self.index, self.number) = (messages, index, number)
        }

        init(_ message: Message) { self.init(messages: [message], index: 0, number: nil) }
    }

    case id, roomID, authorID, writtenAt, sequence, text, systemKind, threadID, shownInRoom, replyCount, lastReplyAt,
        editedAt, pinned, hidden, document, importNumber, recordDigest, changedAt

    static let table = Table<MessageColumn>("messages", defaulted: [changedAt.rawValue])
    /// Only recounts change thread counts.
    static let updated = allCases.filter {
        ![.id, .replyCount, .lastReplyAt, .importNumber, .changedAt].contains($0)
    }

    func value(of source: Source) -> SQLValue {
        switch self {
        case .id: .text(source.messages[source.index].id.rawValue)
        case .roomID: .text(source.messages[source.index].roomID.rawValue)
        case .authorID: .text(source.messages[source.index].authorID.rawValue)
        case .writtenAt: source.messages[source.index].writtenAt.sqlValue
        case .sequence: .integer(source.messages[source.index].sequence)
        case .text: .text(source.messages[source.index].text)
        case .systemKind: .optional(source.messages[source.index].systemKind)
        case .threadID: .optional(source.messages[source.index].threadID?.rawValue)
        case .shownInRoom: .flag(source.messages[source.index].isShownInRoom)
        case .replyCount: source.messages[source.index].replyCount.sqlValue
        case .lastReplyAt: .optional(source.messages[source.index].lastReplyAt?.milliseconds)
        case .editedAt: .optional(source.messages[source.index].editedAt?.milliseconds)
        case .pinned: .flag(source.messages[source.index].isPinned)
        case .hidden: .flag(source.messages[source.index].isHidden)
        case .document: .optional(StoredMessageDetails.text(of: source.messages[source.index].details))
        case .importNumber: .optional(source.number?.rawValue)
        case .recordDigest: .optional(source.messages[source.index].recordDigest)
        case .changedAt: .null
        }
    }
}

enum TouchedThreadColumn: Int, TouchedColumn {
    case operationID, parentID, roomID, startedAt, number

    static let table = Table<TouchedThreadColumn>("touched_threads", defaulted: [number.rawValue])
    static let subject = parentID
}

/// New values of threads, from which one statement updates their first messages.
enum RecountedThreadColumn: Int, TableColumn {
    case parentID, replyCount, lastReplyAt, document

    static let table = Table<RecountedThreadColumn>("settled_threads")
}
