import ImportDomain
import SQL

/// `import_undos`, `import_undo_counts`, `import_kept` and `removed_files`, and the rules by which an undo decides.
///
/// Every rule reads the workspace as if what the import created and the undo removes were gone already, so it decides the
/// same before and after that.
struct UndoTables: UndoStore {
    let connection: any SQLConnection
    let clock: any WallClock
    let changes: WorkspaceChanges

    // MARK: Progress

    func find(_ number: ImportNumber) throws -> ImportUndo? {
        guard
            let undo = try connection.rows(
                of: UndoColumn.table, "WHERE import_number = \(number.rawValue)",
                { row in
                    ImportUndo(
                        number: number, requestedBy: UserID(row.text(.requestedBy)),
                        requesterName: AccountName(
                            username: row.optionalText(.requestedUsername), name: row.optionalText(.requestedName)),
                        startedAt: row.timestamp(.startedAt), endedAt: row.optionalTimestamp(.endedAt),
                        position: UndoPosition(try row.value(.stage), after: Self.key(in: row.text(.position))))
                }
            ).first
        else { return nil }
        return ImportUndo(
            number: number, requestedBy: undo.requestedBy, requesterName: undo.requesterName, startedAt: undo.startedAt,
            endedAt: undo.endedAt,
            position: undo.position, counts: try counts(of: number))
    }

    private func counts(of number: ImportNumber) throws -> UndoCounts {
        var counts = UndoCounts()
        let rows = try connection.rows(of: UndoCountColumn.table, "WHERE import_number = \(number.rawValue)") { row in
            (try row.value(.kind) as UndoneKind, row.text(.outcome), row.count(.total))
        }
        for (kind, outcome, count) in rows {
            switch outcome {
            case UndoCountColumn.removed: counts.remove(count, kind)
            case UndoCountColumn.restored: counts.restore(count, kind)
            default: KeptReason(rawValue: outcome).map { counts.keep(count, kind, $0) }
            }
        }
        return counts
    }

    func begin(_ number: ImportNumber, by user: UserID, at moment: Timestamp) throws {
        let name = try UserTables(connection: connection, changes: changes).names(of: [user])[user]
        try connection.insert(
            one: [
                .integer(number.rawValue), .text(user.rawValue), moment.sqlValue, .null,
                .text(UndoPosition.start.stage.rawValue), .text(""), .optional(name?.username), .optional(name?.name),
            ], into: UndoColumn.table,
            // An undo that failed begins again: meanwhile another import may have used what this one created.
            """
            ON CONFLICT (import_number) DO UPDATE SET ended_at = NULL, stage = excluded.stage,
                position = excluded.position
            """)
    }

    func move(_ number: ImportNumber, to stage: UndoStage) throws { try move(number, to: UndoPosition(stage)) }

    private func move(_ number: ImportNumber, to position: UndoPosition) throws {
        try connection.execute(
            """
            UPDATE import_undos SET stage = \(position.stage.rawValue), position = \(Self.text(of: position.key))
            WHERE import_number = \(number.rawValue)
            """)
    }

    func end(_ number: ImportNumber, at moment: Timestamp) throws {
        try connection.execute(
            "UPDATE import_undos SET ended_at = \(moment) WHERE import_number = \(number.rawValue)")
    }

    /// Each part behind its number of bytes: ids may have any character.
    private static func text(of key: [String]) -> String { key.map { "\($0.utf8.count):\($0)" }.joined() }

    private static func key(in text: String) -> [String] {
        var parts: [String] = []
        var rest = text.utf8[...]
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")), let count = Int(String(rest[..<colon]) ?? "") {
            let part = rest[rest.index(after: colon)...].prefix(count)
            parts.append(String(part) ?? "")
            rest = rest[part.endIndex...]
        }
        return parts
    }

    // MARK: What is kept

    func kept(by number: ImportNumber, matching filter: KeptFilter, offset: Int, limit: Int) throws -> [KeptItem] {
        try connection.rows(
            of: KeptColumn.table,
            Self.condition(of: filter, number) + " ORDER BY kind, subject_id LIMIT \(limit) OFFSET \(offset)"
        ) { row in
            KeptItem(
                try row.value(.kind), id: row.text(.subjectID), name: row.optionalText(.name), try row.value(.reason))
        }
    }

    func keptCount(by number: ImportNumber, matching filter: KeptFilter) throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM import_kept " + Self.condition(of: filter, number)))
    }

    private static func condition(of filter: KeptFilter, _ number: ImportNumber) -> SQLQuery {
        var condition: SQLQuery = "WHERE import_number = \(number.rawValue)"
        if let kind = filter.kind { condition = condition + " AND kind = \(kind.rawValue)" }
        if let reason = filter.reason { condition = condition + " AND reason = \(reason.rawValue)" }
        return condition
    }

    func kept(by number: ImportNumber, among ids: [String], _ kind: UndoneKind) throws -> Set<ExactString> {
        guard !ids.isEmpty else { return [] }
        return Set(
            try connection.rows(
                """
                SELECT subject_id FROM import_kept
                WHERE import_number = \(number.rawValue) AND kind = \(kind.rawValue) AND subject_id \(in: ids)
                """
            ) { ExactString($0.text(0)) })
    }

    /// Which of these ids are kept, by a preview or in the table.
    private func keptIDs(
        among ids: [String], _ kind: UndoneKind, of undo: UndoSubject, in preview: (any ScratchAccess)?
    ) throws -> Set<ExactString> {
        guard let preview else { return try kept(by: undo.number, among: ids, kind) }
        return try preview.transaction { try $0.undos.kept(by: undo.number, among: ids, kind) }
    }

    // MARK: Removed files

    func removedFiles(limit: Int) throws -> [FileKey] {
        try connection.rows(of: RemovedFileColumn.table, "ORDER BY area, file_id LIMIT \(limit)") { row in
            try FileKey(try row.value(.area), id: row.text(.fileID))
        }
    }

    func forget(_ files: [FileKey]) throws {
        for file in files {
            try connection.execute(
                "DELETE FROM removed_files WHERE area = \(file.area.rawValue) AND file_id = \(file.id)")
        }
    }

    private func remove(_ files: [String], from area: FileArea) throws {
        for file in files.sorted() {
            try connection.insert(
                one: [.text(area.rawValue), .text(file)], into: RemovedFileColumn.table,
                "ON CONFLICT (area, file_id) DO NOTHING")
        }
    }

    // MARK: Decisions

    func decide(
        _ undo: UndoSubject, at position: UndoPosition, limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        var batch: UndoBatch
        switch position.stage {
        case .messages: batch = try messages(of: undo, after: position.key, limit: limit)
        case .files: batch = try files(of: undo, after: position.key, limit: limit)
        case .rooms: batch = try roomsInUse(of: undo, after: position.key, limit: limit, preview: preview)
        case .memberships: batch = try memberships(of: undo, after: position.key, limit: limit, preview: preview)
        case .roomRemoval: batch = try unusedRooms(of: undo, after: position.key, limit: limit, preview: preview)
        case .roomIDs:
            batch = try importIDs(of: undo, "room", after: position.key, limit: limit, at: .roomIDs)
        case .userIDs:
            batch = try importIDs(of: undo, "user", after: position.key, limit: limit, at: .userIDs)
        case .users: batch = try users(of: undo, after: position.key, limit: limit, preview: preview)
        case .changes: batch = try changes(of: undo, after: position.key, limit: limit, preview: preview)
        case .totals, .bytes: batch = UndoBatch(position.stage, writes: UndoWrites())
        }
        return batch
    }

    /// The key of the last row of a page; nil for the last page.
    private func end(
        of table: String, by key: [String], after last: [String], limit: Int
    ) throws -> [String]? {
        try connection.first(
            """
            SELECT \(names: key) FROM \(name: table) \(Self.lowerBound(key, last))
            ORDER BY \(names: key) LIMIT 1 OFFSET \(max(0, limit - 1))
            """
        ) { row in key.indices.map { row.text($0) } }
    }

    private static func lowerBound(_ key: [String], _ last: [String]) -> SQLQuery {
        last.isEmpty ? "" : "WHERE (\(names: key)) > (\(values: last.map(SQLValue.text)))"
    }

    /// Holds for rows of a page; the alias of the table is a part of the names of the key.
    private static func page(_ key: SQLQuery, after last: [String], upTo end: [String]?) -> SQLQuery {
        var condition: SQLQuery = last.isEmpty ? "1 = 1" : "(\(key)) > (\(values: last.map(SQLValue.text)))"
        if let end { condition = condition + " AND (\(key)) <= (\(values: end.map(SQLValue.text)))" }
        return condition
    }

    /// Holds for rows that the import did not create.
    private static func isForeign(_ column: SQLQuery, to undo: UndoSubject) -> SQLQuery {
        "(\(column) IS NULL OR \(column) <> \(undo.number.rawValue))"
    }

    /// Holds for what other imports changed.
    private static func isChanged(_ kind: String, _ id: SQLQuery, byOthersThan undo: UndoSubject) -> SQLQuery {
        """
        EXISTS (SELECT 1 FROM import_changes AS other WHERE other.subject_kind = \(kind) AND other.subject_id = \(id)
            AND other.import_number <> \(undo.number.rawValue))
        """
    }

    // MARK: Messages

    /// Holds for replies that keep the message that they answer.
    private static func isInUse(_ reply: String, of undo: UndoSubject) -> SQLQuery {
        """
        (\(isForeign("\(name: reply).import_number", to: undo)) OR \(name: reply).changed_at IS NOT NULL
            OR \(isChanged("message", "\(name: reply).id", byOthersThan: undo)))
        """
    }

    /// Why a message of the import, called `m`, stays; NULL if it goes. Threads are at most two deep.
    private static func messageReason(_ undo: UndoSubject) -> SQLQuery {
        """
        CASE WHEN m.changed_at IS NOT NULL THEN 'changed'
            WHEN \(isChanged("message", "m.id", byOthersThan: undo)) THEN 'updated-by-import'
            WHEN EXISTS (SELECT 1 FROM messages AS reply WHERE reply.thread_id = m.id AND reply.id <> m.id
                AND (\(isInUse("reply", of: undo)) OR EXISTS (SELECT 1 FROM messages AS nested
                    WHERE nested.thread_id = reply.id AND nested.id <> m.id AND \(isInUse("nested", of: undo))))
            ) THEN 'answered' END
        """
    }

    private func messages(of undo: UndoSubject, after key: [String], limit: Int) throws -> UndoBatch {
        let end = try end(of: MessageColumn.table.name, by: ["id"], after: key, limit: limit)
        let page = Self.page("m.id", after: key, upTo: end)
        var writes = UndoWrites()
        var kept: [KeptItem] = []
        // Rooms and authors of messages that stay.
        var (rooms, authors) = (Set<String>(), Set<String>())
        let own = try connection.rows(
            """
            SELECT m.id, m.room_id, m.author_id, m.thread_id, \(Self.messageReason(undo)) FROM messages AS m
            WHERE \(page) AND m.import_number = \(undo.number.rawValue) ORDER BY m.id
            """
        ) { row in
            (
                message: RemovedMessage(id: row.text(0), room: row.text(1), thread: row.optionalText(3)),
                author: row.text(2), reason: row.optionalText(4)
            )
        }
        for (message, author, stored) in own {
            guard let stored else {
                writes.messages.append(message)
                continue
            }
            kept.append(KeptItem(.message, id: message.id, name: nil, try KeptReason(stored: stored)))
            rooms.insert(message.room)
            authors.insert(author)
        }
        let isLater: SQLQuery = """
            (m.import_number > \(undo.number.rawValue)
                OR m.import_number IS NULL AND m.written_at >= \(undo.startedAt))
            """
        var hasLater = false
        for (room, author, later) in try connection.rows(
            """
            SELECT m.room_id, m.author_id, max(CASE WHEN \(isLater) THEN 1 ELSE 0 END) FROM messages AS m
            WHERE \(page) AND \(Self.isForeign("m.import_number", to: undo)) GROUP BY m.room_id, m.author_id
            """, { ($0.text(0), $0.text(1), $0.flag(2)) })
        {
            rooms.insert(room)
            authors.insert(author)
            hasLater = hasLater || later
        }
        kept += try users(of: undo, among: authors, .wroteMessages)
        kept += try connection.rows(
            """
            SELECT id, coalesce(display_name, name) FROM rooms
            WHERE import_number = \(undo.number.rawValue) AND id \(in: rooms.sorted()) ORDER BY id
            """
        ) { KeptItem(.room, id: $0.text(0), name: $0.optionalText(1), .hasMessages) }
        if hasLater {
            kept += try connection.rows(
                """
                SELECT DISTINCT s.room_id, s.user_id, u.username FROM messages AS m
                JOIN subscriptions AS s ON s.room_id = m.room_id AND s.user_id = m.author_id
                JOIN rooms AS r ON r.id = s.room_id JOIN users AS u ON u.id = s.user_id
                WHERE \(page) AND \(isLater) AND s.import_number = \(undo.number.rawValue)
                    AND \(Self.isForeign("r.import_number", to: undo))
                    AND \(Self.isForeign("u.import_number", to: undo)) ORDER BY s.room_id, s.user_id
                """
            ) { KeptItem(.membership, id: "\($0.text(0))/\($0.text(1))", name: $0.optionalText(2), .wroteInRoom) }
        }
        var batch = UndoBatch(.messages, writes: writes)
        batch.counts.remove(writes.messages.count, .message)
        batch.kept = kept
        batch.size = end == nil ? max(own.count, 1) : limit
        batch.next = end.map { UndoPosition(.messages, after: $0) }
        return batch
    }

    /// Accounts of the import among these, to be kept.
    private func users(of undo: UndoSubject, among ids: Set<String>, _ reason: KeptReason) throws -> [KeptItem] {
        guard !ids.isEmpty else { return [] }
        return try connection.rows(
            """
            SELECT id, username FROM users WHERE import_number = \(undo.number.rawValue) AND id \(in: ids.sorted())
            ORDER BY id
            """
        ) { KeptItem(.user, id: $0.text(0), name: $0.optionalText(1), reason) }
    }

    private func remove(_ messages: [RemovedMessage], of undo: UndoSubject) throws {
        guard !messages.isEmpty else { return }
        var added: [RoomID: Int] = [:]
        for message in messages { added[RoomID(message.room), default: 0] -= 1 }
        try RoomTables(connection: connection, clock: clock, changes: changes).touch(added, by: undo.operation)
        // Only first messages that stay have totals left to recount.
        let parents = Set(messages.compactMap(\.thread))
        if !parents.isEmpty {
            let threads = try connection.rows(
                """
                SELECT m.id, m.room_id FROM messages AS m WHERE m.id \(in: parents.sorted())
                    AND (\(Self.isForeign("m.import_number", to: undo)) OR \(Self.messageReason(undo)) IS NOT NULL)
                """
            ) { TouchedThread(parentID: MessageID($0.text(0)), roomID: RoomID($0.text(1)), startedAt: nil) }
            try MessageTables(connection: connection, clock: clock, changes: changes).touch(threads, by: undo.operation)
        }
        try connection.execute("DELETE FROM messages WHERE id \(in: messages.map(\.id))")
    }

    // MARK: Files

    private func files(of undo: UndoSubject, after key: [String], limit: Int) throws -> UndoBatch {
        let subjects = try connection.rows(
            """
            SELECT subject, count(*) FROM download_messages
            WHERE subject > \(key.first ?? "") GROUP BY subject ORDER BY subject LIMIT \(max(1, limit / 4))
            """
        ) { (subject: $0.text(0), links: $0.count(1)) }
        // Whole files, about as many messages as the limit says.
        var (count, links) = (0, 0)
        while count < subjects.count, count == 0 || links + subjects[count].links <= limit {
            links += subjects[count].links
            count += 1
        }
        let page = subjects[..<count].map(\.subject)
        var batch = UndoBatch(.files, writes: UndoWrites())
        guard let last = page.last else { return batch }
        var writes = UndoWrites()
        var living = Set<ExactString>()
        var gone: [String: [String]] = [:]
        for (subject, message, isGone) in try connection.rows(
            """
            SELECT link.subject, link.message_id, CASE WHEN m.id IS NULL
                OR m.import_number = \(undo.number.rawValue) AND \(Self.messageReason(undo)) IS NULL THEN 1 ELSE 0 END
            FROM download_messages AS link LEFT JOIN messages AS m ON m.id = link.message_id
            WHERE link.subject \(in: page) ORDER BY link.subject, link.message_id
            """, { ($0.text(0), $0.text(1), $0.flag(2)) })
        {
            if isGone { gone[subject, default: []].append(message) } else { living.insert(ExactString(subject)) }
        }
        writes.files = gone.sorted { $0.key < $1.key }.map { subject, messages in
            RemovedFile(subject: subject, messages: messages, isShown: living.contains(ExactString(subject)))
        }
        batch.writes = writes
        batch.counts.remove(writes.files.count { !$0.isShown }, .file)
        batch.size = max(links, 1)
        batch.next =
            count < subjects.count || subjects.count == max(1, limit / 4)
            ? UndoPosition(.files, after: [last]) : nil
        return batch
    }

    private func remove(_ file: RemovedFile) throws {
        let condition: SQLQuery = "WHERE subject = \(file.subject) AND kind IN ('file', 'archived')"
        // A download that is about to end stores its file before these rows are locked, or not at all.
        let requests: SQLQuery =
            file.isShown
            ? "SELECT file_id FROM downloads " + condition + " ORDER BY number \(.lock)"
            : "DELETE FROM downloads " + condition + " RETURNING file_id"
        let stored = Set(try connection.rows(requests) { $0.optionalText(0) }.compactMap(\.self)).sorted()
        try connection.execute(
            "DELETE FROM download_messages WHERE subject = \(file.subject) AND message_id \(in: file.messages)")
        guard !file.isShown else {
            // The file belongs to the first message that carries it.
            let first = try connection.first(
                """
                SELECT room_id, author_id, written_at FROM messages
                WHERE id IN (SELECT message_id FROM download_messages WHERE subject = \(file.subject))
                ORDER BY written_at, id LIMIT 1
                """
            ) { ($0.text(0), $0.text(1), $0.timestamp(2)) }
            guard let first, !stored.isEmpty else { return }
            try connection.execute(
                """
                UPDATE uploads SET room_id = \(first.0), user_id = \(first.1), created_at = \(first.2)
                WHERE id \(in: stored)
                """)
            return
        }
        try connection.execute("DELETE FROM uploads WHERE id \(in: stored)")
        try remove(stored, from: .uploads)
    }

    // MARK: Rooms

    /// Why a room of the import, called `r`, stays, apart from its messages; NULL if it may go.
    private static func roomReason(_ undo: UndoSubject) -> SQLQuery {
        """
        CASE WHEN r.changed_at IS NOT NULL THEN 'changed'
            WHEN \(isChanged("room", "r.id", byOthersThan: undo)) THEN 'updated-by-import'
            WHEN EXISTS (SELECT 1 FROM room_import_ids AS given WHERE given.room_id = r.id
                AND \(isForeign("given.import_number", to: undo))) THEN 'bound-by-import'
            WHEN EXISTS (SELECT 1 FROM subscriptions AS member WHERE member.room_id = r.id
                AND \(isForeign("member.import_number", to: undo))) THEN 'has-members' END
        """
    }

    private func roomsInUse(
        of undo: UndoSubject, after key: [String], limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        let end = try end(of: RoomColumn.table.name, by: ["id"], after: key, limit: limit)
        let rows = try connection.rows(
            """
            SELECT r.id, coalesce(r.display_name, r.name), r.creator_id, r.participants_key,
                CASE WHEN \(Self.isForeign("r.import_number", to: undo)) THEN 1 ELSE 0 END,
                CASE WHEN r.import_number = \(undo.number.rawValue) THEN \(Self.roomReason(undo)) END
            FROM rooms AS r WHERE \(Self.page("r.id", after: key, upTo: end)) ORDER BY r.id
            """
        ) { row in
            (
                id: row.text(0), name: row.optionalText(1), creator: row.optionalText(2),
                participants: ParticipantsKey.users(in: row.text(3)), isForeign: row.flag(4),
                reason: row.optionalText(5)
            )
        }
        let used = try keptIDs(among: rows.map(\.id), .room, of: undo, in: preview)
        var batch = UndoBatch(.rooms, writes: UndoWrites())
        var (creators, participants) = (Set<String>(), Set<String>())
        for room in rows {
            if let reason = room.reason {
                batch.kept.append(KeptItem(.room, id: room.id, name: room.name, try KeptReason(stored: reason)))
            } else if !room.isForeign, !used.contains(ExactString(room.id)) {
                continue
            }
            if let creator = room.creator { creators.insert(creator) }
            participants.formUnion(room.participants.map(\.rawValue))
        }
        batch.kept += try users(of: undo, among: creators, .createdRoom)
        batch.kept += try users(of: undo, among: participants, .participant)
        batch.size = limit
        batch.next = end.map { UndoPosition(.rooms, after: $0) }
        return batch
    }

    private func memberships(
        of undo: UndoSubject, after key: [String], limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        let end = try end(of: SubscriptionColumn.table.name, by: ["room_id", "user_id"], after: key, limit: limit)
        let rows = try connection.rows(
            """
            SELECT s.room_id, s.user_id, CASE WHEN r.import_number = \(undo.number.rawValue) THEN 1 ELSE 0 END
            FROM subscriptions AS s LEFT JOIN rooms AS r ON r.id = s.room_id LEFT JOIN users AS u ON u.id = s.user_id
            WHERE \(Self.page("s.room_id, s.user_id", after: key, upTo: end))
                AND s.import_number = \(undo.number.rawValue)
                AND (r.import_number = \(undo.number.rawValue) OR \(Self.isForeign("u.import_number", to: undo)))
            ORDER BY s.room_id, s.user_id
            """
        ) { (room: $0.text(0), user: $0.text(1), isOwn: $0.flag(2)) }
        let rooms = try keptIDs(
            among: Array(Set(rows.filter(\.isOwn).map(\.room))), .room, of: undo, in: preview)
        let used = try keptIDs(
            among: rows.filter { !$0.isOwn }.map { "\($0.room)/\($0.user)" }, .membership, of: undo, in: preview)
        var writes = UndoWrites()
        var count = 0
        for row in rows {
            if row.isOwn {
                // A room that stays keeps its members.
                guard !rooms.contains(ExactString(row.room)) else { continue }
            } else {
                guard !used.contains(ExactString("\(row.room)/\(row.user)")) else { continue }
                count += 1
            }
            writes.memberships[row.room, default: []].append(row.user)
        }
        var batch = UndoBatch(.memberships, writes: writes)
        batch.counts.remove(count, .membership)
        batch.size = limit
        batch.next = end.map { UndoPosition(.memberships, after: $0) }
        return batch
    }

    private func remove(_ users: [String], from room: String) throws {
        let count = try connection.execute(
            "DELETE FROM subscriptions WHERE room_id = \(room) AND user_id \(in: users)")
        try connection.execute(
            """
            UPDATE rooms SET member_count = member_count - \(count), updated_at = \(clock.now()) WHERE id = \(room)
            """)
    }

    private func unusedRooms(
        of undo: UndoSubject, after key: [String], limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        let end = try end(of: RoomColumn.table.name, by: ["id"], after: key, limit: limit)
        let rooms = try connection.rows(
            """
            SELECT r.id FROM rooms AS r WHERE \(Self.page("r.id", after: key, upTo: end))
                AND r.import_number = \(undo.number.rawValue) AND \(Self.roomReason(undo)) IS NULL ORDER BY r.id
            """
        ) { $0.text(0) }
        let used = try keptIDs(among: rooms, .room, of: undo, in: preview)
        var writes = UndoWrites()
        writes.rooms = rooms.filter { !used.contains(ExactString($0)) }
        var batch = UndoBatch(.roomRemoval, writes: writes)
        batch.counts.remove(writes.rooms.count, .room)
        batch.size = limit
        batch.next = end.map { UndoPosition(.roomRemoval, after: $0) }
        return batch
    }

    // MARK: Import ids

    /// Import ids that the import gave to what it did not create.
    private func importIDs(
        of undo: UndoSubject, _ kind: String, after key: [String], limit: Int, at stage: UndoStage
    ) throws -> UndoBatch {
        let (table, owners, owner) = ("\(kind)_import_ids", "\(kind)s", "\(kind)_id")
        let end = try end(of: table, by: ["import_id"], after: key, limit: limit)
        var writes = UndoWrites()
        writes.importIDs = try connection.rows(
            """
            SELECT given.import_id FROM \(name: table) AS given
            JOIN \(name: owners) AS owner ON owner.id = given.\(name: owner)
            WHERE \(Self.page("given.import_id", after: key, upTo: end))
                AND given.import_number = \(undo.number.rawValue)
                AND \(Self.isForeign("owner.import_number", to: undo)) ORDER BY given.import_id
            """
        ) { $0.text(0) }
        var batch = UndoBatch(stage, writes: writes)
        batch.counts.remove(writes.importIDs.count, .importID)
        batch.size = limit
        batch.next = end.map { UndoPosition(stage, after: $0) }
        return batch
    }

    // MARK: Accounts

    private func rights(of undo: UndoSubject, in preview: (any ScratchAccess)?) -> RemainingRights {
        RemainingRights(of: undo, connection: connection, changes: changes, isWriting: preview == nil)
    }

    /// Why an account of the import, called `u`, stays, apart from its messages, rooms and rights; NULL if it may go.
    private static func userReason(_ undo: UndoSubject) -> SQLQuery {
        """
        CASE WHEN u.last_login_at IS NOT NULL OR EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = u.id)
                THEN 'signed-in'
            WHEN u.changed_at IS NOT NULL THEN 'changed'
            WHEN \(isChanged("user", "u.id", byOthersThan: undo)) THEN 'updated-by-import'
            WHEN EXISTS (SELECT 1 FROM user_import_ids AS given WHERE given.user_id = u.id
                AND \(isForeign("given.import_number", to: undo))) THEN 'bound-by-import'
            WHEN EXISTS (SELECT 1 FROM subscriptions AS member WHERE member.user_id = u.id
                AND \(isForeign("member.import_number", to: undo))) THEN 'added-to-room' END
        """
    }

    /// The most subscriptions that are removed with the accounts of one batch.
    private static let membershipsPerBatch = 10_000

    private func users(
        of undo: UndoSubject, after key: [String], limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        var end = try end(of: UserColumn.table.name, by: ["id"], after: key, limit: limit)
        try lock(
            connection.rows(
                """
                SELECT u.id FROM users AS u
                WHERE \(Self.page("u.id", after: key, upTo: end)) AND u.import_number = \(undo.number.rawValue)
                """
            ) { $0.text(0) })
        var rows = try connection.rows(
            """
            SELECT u.id, u.username, \(Self.userReason(undo)), u.roles, u.active FROM users AS u
            WHERE \(Self.page("u.id", after: key, upTo: end)) AND u.import_number = \(undo.number.rawValue)
            ORDER BY u.id
            """
        ) { row in
            (
                id: row.text(0), name: row.optionalText(1), reason: row.optionalText(2),
                account: RemainingRights.Account(roles: try StoredRoles.roles(in: row.text(3)), isActive: row.flag(4))
            )
        }
        let used = try keptIDs(among: rows.map(\.id), .user, of: undo, in: preview)
        let rights = rights(of: undo, in: preview)
        // Accounts of many rooms make small batches.
        var memberships = 0
        let sizes = Dictionary(
            try connection.rows(
                "SELECT user_id, count(*) FROM subscriptions WHERE user_id \(in: rows.map(\.id)) GROUP BY user_id"
            ) { ($0.text(0), $0.count(1)) }
        ) { first, _ in first }
        for (index, row) in rows.enumerated() {
            memberships += sizes[row.id] ?? 0
            guard index > 0, memberships > Self.membershipsPerBatch else { continue }
            rows.removeSubrange(index...)
            end = [rows[index - 1].id]
            break
        }
        var writes = UndoWrites()
        var batch = UndoBatch(.users, writes: writes)
        for row in rows where !used.contains(ExactString(row.id)) {
            if let reason = try row.reason.map(KeptReason.init(stored:)) ?? rights.reason(toKeep: row.account) {
                batch.kept.append(KeptItem(.user, id: row.id, name: row.name, reason))
            } else {
                writes.users.append(row.id)
            }
        }
        batch.writes = writes
        batch.counts.remove(writes.users.count, .user)
        batch.size = max(rows.count + min(memberships, Self.membershipsPerBatch) / 4, 1)
        batch.next = end.map { UndoPosition(.users, after: $0) }
        return batch
    }

    /// Locks accounts and their avatars' downloads until the end of the transaction: what is decided about them is still
    /// true when it is written, and a sign-in comes before or after that. Reading locks nothing.
    ///
    /// Workers lock a download before its account.
    private func lock(_ users: [String]) throws {
        guard !users.isEmpty else { return }
        _ = try connection.rows(
            """
            SELECT number FROM downloads WHERE kind = 'avatar' AND subject \(in: users) ORDER BY number \(.lock)
            """
        ) { _ in }
        _ = try connection.rows("SELECT id FROM users WHERE id \(in: users) ORDER BY id \(.lock)") { _ in }
    }

    private func remove(users: [String]) throws {
        guard !users.isEmpty else { return }
        // Every change of a room's members locks its row first, in the order of ids.
        let rooms = try connection.rows(
            """
            SELECT room_id, count(*) FROM subscriptions WHERE user_id \(in: users) GROUP BY room_id ORDER BY room_id
            """
        ) { ($0.text(0), $0.count(1)) }
        for (room, count) in rooms {
            try connection.execute(
                """
                UPDATE rooms SET member_count = member_count - \(count), updated_at = \(clock.now()) WHERE id = \(room)
                """)
        }
        // The requests first: a download that is about to end stores its avatar before that, or not at all.
        try connection.execute("DELETE FROM downloads WHERE kind = 'avatar' AND subject \(in: users)")
        try remove(
            try connection.rows("DELETE FROM avatars WHERE user_id \(in: users) RETURNING file_id") { $0.text(0) },
            from: .avatars)
        try connection.execute(
            """
            DELETE FROM import_id_organizations
            WHERE import_id IN (SELECT import_id FROM user_import_ids WHERE user_id \(in: users))
            """)
        for table in ["subscriptions", "user_emails", "user_import_ids"] {
            try connection.execute("DELETE FROM \(name: table) WHERE user_id \(in: users)")
        }
        try connection.execute("DELETE FROM users WHERE id \(in: users)")
    }

    // MARK: Changed data

    private func changes(
        of undo: UndoSubject, after key: [String], limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch {
        // Keys have two parts: a subject is never divided.
        let condition: SQLQuery =
            key.isEmpty ? "" : " AND (subject_kind, subject_id) > (\(values: key.map(SQLValue.text)))"
        let rows = try connection.rows(
            of: ImportChangeColumn.table,
            "WHERE import_number = \(undo.number.rawValue)" + condition
                + " ORDER BY subject_kind, subject_id, field LIMIT \(limit)"
        ) { row in
            RecordedChange(
                kind: row.text(.subjectKind), id: row.text(.subjectID), field: row.text(.field),
                before: row.optionalText(.beforeValue), after: row.optionalText(.afterValue))
        }
        var subjects: [[RecordedChange]] = []
        for change in rows {
            if let last = subjects.last?.first, last.kind == change.kind, ExactString(last.id) == ExactString(change.id)
            {
                subjects[subjects.count - 1].append(change)
            } else {
                subjects.append([change])
            }
        }
        let isLast = rows.count < limit
        // The last subject may have more changes; a limit holds more than one subject has.
        if !isLast, subjects.count > 1 { subjects.removeLast() }
        let restoration = Restoration(
            undo: undo, connection: connection, clock: clock, rights: rights(of: undo, in: preview),
            keptOf: { kind, ids in try keptIDs(among: ids, kind, of: undo, in: preview) })
        var batch = UndoBatch(.changes, writes: UndoWrites())
        var writes = UndoWrites()
        for kind in ["message", "room", "user"] {
            let part = subjects.filter { $0.first?.kind == kind }
            guard !part.isEmpty else { continue }
            let (restored, items) = try restoration.decide(kind, part)
            writes.restored += restored
            batch.counts.restore(restored.count { $0.isRestored }, UndoneKind(rawValue: kind) ?? .room)
            batch.kept += items
        }
        batch.writes = writes
        batch.size = max(rows.count, 1)
        if !isLast, let last = subjects.last?.first {
            batch.next = UndoPosition(.changes, after: [last.kind, last.id])
        }
        return batch
    }

    private func restore(_ subject: RestoredSubject, of undo: UndoSubject) throws {
        try Restoration.write(subject, of: undo, on: connection, clock: clock, changes: changes)
    }

    // MARK: Writing

    func apply(_ batch: UndoBatch, of undo: UndoSubject) throws {
        guard let writes = batch.writes as? UndoWrites else {
            throw StoreError.failed(message: "The batch of an undo was decided by another store.")
        }
        changes.note()
        try remove(writes.messages, of: undo)
        for file in writes.files { try remove(file) }
        for (room, users) in writes.memberships.sorted(by: { $0.key < $1.key }) { try remove(users, from: room) }
        if !writes.rooms.isEmpty {
            for (table, column) in [
                ("room_import_ids", "room_id"), ("subscriptions", "room_id"), ("touched_rooms", "room_id"),
                ("rooms", "id"),
            ] {
                try connection.execute("DELETE FROM \(name: table) WHERE \(name: column) \(in: writes.rooms)")
            }
        }
        if !writes.importIDs.isEmpty {
            let isOfRooms = batch.stage == .roomIDs
            for table in isOfRooms ? ["room_import_ids"] : ["import_id_organizations", "user_import_ids"] {
                try connection.execute("DELETE FROM \(name: table) WHERE import_id \(in: writes.importIDs)")
            }
        }
        try remove(users: writes.users)
        for subject in writes.restored { try restore(subject, of: undo) }
        try record(batch, of: undo)
    }

    func record(_ batch: UndoBatch, of undo: UndoSubject) throws {
        var counts = batch.counts
        for item in batch.kept {
            let isNew =
                try connection.insert(
                    one: (item, undo.number), into: KeptColumn.table,
                    "ON CONFLICT (import_number, kind, subject_id) DO NOTHING") > 0
            if isNew { counts.keep(1, item.kind, item.reason) }
        }
        try add(counts, of: undo.number)
        try move(undo.number, to: batch.next ?? UndoPosition(batch.stage.next ?? batch.stage))
    }

    private func add(_ counts: UndoCounts, of number: ImportNumber) throws {
        func add(_ count: Int, _ kind: UndoneKind, _ outcome: String) throws {
            try connection.insert(
                one: [.integer(number.rawValue), .text(kind.rawValue), .text(outcome), count.sqlValue],
                into: UndoCountColumn.table,
                """
                ON CONFLICT (import_number, kind, outcome) DO UPDATE SET total = import_undo_counts.total + excluded.total
                """)
        }
        for (kind, count) in counts.removed { try add(count, kind, UndoCountColumn.removed) }
        for (kind, count) in counts.restored { try add(count, kind, UndoCountColumn.restored) }
        for (kind, reasons) in counts.kept {
            for (reason, count) in reasons { try add(count, kind, reason.rawValue) }
        }
    }
}

/// What a batch of an undo writes.
struct UndoWrites: Sendable {
    var messages: [RemovedMessage] = []
    var files: [RemovedFile] = []
    /// Accounts that leave rooms.
    var memberships: [String: [String]] = [:]
    var rooms: [String] = []
    var importIDs: [String] = []
    var users: [String] = []
    var restored: [RestoredSubject] = []
}

/// A message that is removed.
struct RemovedMessage: Sendable {
    let id: String
    let room: String
    let thread: String?
}

/// A file that messages carried which are removed.
struct RemovedFile: Sendable {
    let subject: String
    let messages: [String]
    /// Whether other messages carry it.
    let isShown: Bool
}

extension KeptReason {
    fileprivate init(stored name: String) throws {
        guard let reason = KeptReason(rawValue: name) else {
            throw StoreError.corrupt(message: "\"\(name)\" is not a reason to keep something.")
        }
        self = reason
    }
}

enum UndoColumn: Int, TableColumn {
    case importNumber, requestedBy, startedAt, endedAt, stage, position, requestedUsername, requestedName

    static let table = Table<UndoColumn>("import_undos")
}

enum UndoCountColumn: Int, TableColumn {
    case importNumber, kind, outcome, total

    static let table = Table<UndoCountColumn>("import_undo_counts")
    /// Outcomes that are not reasons to keep something.
    static let (removed, restored) = ("removed", "restored")
}

enum KeptColumn: Int, TableColumn {
    case importNumber, kind, subjectID, name, reason

    static let table = Table<KeptColumn>("import_kept")

    func value(of source: (item: KeptItem, number: ImportNumber)) -> SQLValue {
        switch self {
        case .importNumber: .integer(source.number.rawValue)
        case .kind: .text(source.item.kind.rawValue)
        case .subjectID: .text(source.item.id)
        case .name: .optional(source.item.name)
        case .reason: .text(source.item.reason.rawValue)
        }
    }
}

enum RemovedFileColumn: Int, TableColumn {
    case area, fileID

    static let table = Table<RemovedFileColumn>("removed_files")
}
