import ImportDomain
import SQL

/// `import_operations` and `import_counts`.
struct OperationTable: OperationStore {
    let connection: any SQLConnection
    let clock: any WallClock

    func current() throws -> ImportOperation? {
        try connection.take(.operations)
        return try operations("WHERE deleted = 0 ORDER BY number DESC LIMIT 1 \(.lock)").first
    }

    func find(id: OperationID) throws -> ImportOperation? {
        try connection.take(.operations)
        return try operations("WHERE id = \(id.rawValue) AND deleted = 0 \(.lock)").first
    }

    func hold(id: OperationID) throws -> ImportOperation? {
        try connection.take(.operationsAsTheyAre)
        return try operations("WHERE id = \(id.rawValue) AND deleted = 0 \(.lockShared)").first
    }

    func undoing() throws -> ImportOperation? {
        try operations("WHERE phase = 'undoing' AND deleted = 0 ORDER BY number LIMIT 1").first
    }

    func latest(_ limit: Int) throws -> [ImportOperation] {
        try operations("WHERE deleted = 0 ORDER BY updated_at DESC, number DESC LIMIT \(limit)")
    }

    func history(offset: Int, limit: Int) throws -> [ImportOperation] {
        try operations("WHERE deleted = 0 ORDER BY number DESC LIMIT \(limit) OFFSET \(offset)")
    }

    func count() throws -> Int {
        Int(try connection.integer("SELECT count(*) FROM import_operations WHERE deleted = 0"))
    }

    func insert(_ operation: ImportOperation) throws {
        try connection.insert(one: operation, into: OperationColumn.table)
        try storeName(of: "created_by", in: operation)
    }

    func update(_ operation: ImportOperation) throws {
        try connection.execute(
            """
            UPDATE import_operations SET \(set: OperationColumn.updated, of: operation)
            WHERE id = \(operation.id.rawValue)
            """)
        if operation.phase == .running(.starting) { try storeName(of: "started_by", in: operation) }
    }

    /// Stores the names of an account as they are now, unless they are stored already.
    private func storeName(of account: String, in operation: ImportOperation) throws {
        let (username, name) = ("\(account)_username", "\(account)_name")
        try connection.execute(
            """
            UPDATE import_operations SET
                \(name: username) = (
                    SELECT users.username FROM users WHERE users.id = import_operations.\(name: account)),
                \(name: name) = (
                    SELECT users.name FROM users WHERE users.id = import_operations.\(name: account))
            WHERE id = \(operation.id.rawValue) AND \(name: username) IS NULL AND \(name: name) IS NULL
            """)
    }

    func recordControl(by user: UserID?, at moment: Timestamp?, of operation: OperationID) throws {
        try connection.execute(
            """
            UPDATE import_operations SET control_at = \(moment?.milliseconds),
                control_by = \(user?.rawValue),
                control_by_username = (SELECT username FROM users WHERE id = \(user?.rawValue)),
                control_by_name = (SELECT name FROM users WHERE id = \(user?.rawValue))
            WHERE id = \(operation.rawValue)
            """)
    }

    func people(of operations: [OperationID]) throws -> [OperationID: OperationPeople] {
        let found = try connection.rows(
            of: OperationColumn.table, "WHERE id \(in: operations.map(\.rawValue))"
        ) { row in
            (
                OperationID(row.text(.id)),
                OperationPeople(
                    creator: AccountName(
                        username: row.optionalText(.createdByUsername), name: row.optionalText(.createdByName)),
                    starter: AccountName(
                        username: row.optionalText(.startedByUsername), name: row.optionalText(.startedByName)),
                    control: row.isNull(.controlAt)
                        ? nil
                        : ControlRequest(
                            user: row.optionalText(.controlBy).map { UserID($0) },
                            name: AccountName(
                                username: row.optionalText(.controlByUsername), name: row.optionalText(.controlByName)),
                            at: row.timestamp(.controlAt)))
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    func retireAll(at moment: Timestamp) throws {
        try connection.take(.operations)
        for var operation in try operations("WHERE retired = 0 \(.lock)") {
            try operation.apply(.retire, at: moment)
            try update(operation)
        }
    }

    func operationToRecount() throws -> OperationID? {
        for query: SQLQuery in [
            "SELECT operation_id FROM touched_threads LIMIT 1", "SELECT operation_id FROM touched_rooms LIMIT 1",
        ] {
            if let id = try connection.first(query, { OperationID($0.text(0)) }) { return id }
        }
        return nil
    }

    func addToCounts(
        _ change: ImportCounts, of type: RecordType, in operation: OperationID, at moment: Timestamp
    ) throws {
        // Two statements, because a single upsert would hold the change itself against the table's rules.
        try connection.insert(
            one: (operation, type, ImportCounts(), moment), into: CountColumn.table,
            "ON CONFLICT (operation_id, record_type) DO NOTHING")
        let source = (operation, type, change, moment)
        try connection.execute(
            """
            UPDATE import_counts SET \(adding: CountColumn.counts, of: source),
                \(set: [CountColumn.updatedAt], of: source)
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
            """)
    }

    private func operations(_ condition: SQLQuery) throws -> [ImportOperation] {
        // The counts are asked for when the rows are read: one statement runs at a time.
        try connection.rows(of: OperationColumn.table, condition, Self.operation).map(addingCounts)
    }

    /// Follows a type, and a colon, in `listed_types` if the records are listed that are not selected.
    fileprivate static let excluded = "except"

    /// The types in `listed_types` that have a suffix that matches.
    private static func types(_ text: String, where matches: (String?) -> Bool) -> Set<RecordType> {
        Set(
            text.split(separator: ",").compactMap { part in
                let words = part.split(separator: ":").map(String.init)
                return matches(words.dropFirst().first) ? words.first.flatMap { RecordType(rawValue: $0) } : nil
            })
    }

    private static func operation(_ row: TableRow<OperationColumn>) throws -> ImportOperation {
        ImportOperation(
            id: OperationID(row.text(.id)), number: ImportNumber(row.integer(.number)),
            importerKey: ImporterKey(row.text(.importerKey)),
            createdAt: row.timestamp(.createdAt), createdBy: UserID(row.text(.createdBy)),
            lifecycle: try StoredLifecycle(
                phase: row.text(.phase), stage: row.optionalText(.stage), control: row.text(.control),
                isRetired: row.flag(.retired)
            ).lifecycle(),
            updatedAt: row.timestamp(.updatedAt),
            // Operations that ended in earlier versions kept the name only; nobody reads their files.
            file: row.optionalText(.fileName).map { name in
                OperationFile(
                    id: FileID(row.optionalText(.fileID) ?? ""), name: name,
                    contentType: row.optionalText(.contentType), sourceURL: row.optionalText(.sourceURL),
                    content: row.optionalText(.fileSHA256).map { digest in
                        ReceivedContent(sizeBytes: row.integer(.fileSize), sha256: digest)
                    })
            },
            entry: row.optionalText(.preparingEntry),
            fileProgress: row.isNull(.fileBytesRead)
                ? nil
                : FileProgress(
                    bytesRead: row.integer(.fileBytesRead), bytesTotal: row.integer(.fileBytesTotal)),
            start: try row.optionalText(.startedBy).map { user in
                ImportStart(
                    user: UserID(user),
                    policies: ImportPolicies(
                        users: try row.value(.userPolicy), rooms: try row.value(.roomPolicy),
                        guests: try row.value(.guestPolicy), downloads: try row.value(.downloadPolicy)),
                    listedTypes: types(row.text(.listedTypes)) { _ in true },
                    excludedTypes: types(row.text(.listedTypes)) { $0 == excluded })
            },
            startedAt: row.optionalTimestamp(.startedAt), endedAt: row.optionalTimestamp(.endedAt),
            runCount: row.count(.runCount),
            failure: row.isNull(.failureCode)
                ? nil
                : ImportFileFailure(
                    try row.value(.failureCode), message: row.text(.failureMessage),
                    entry: row.optionalText(.failureEntry)))
    }

    /// Counts move without touching the operation, so that several workers can write at the same time.
    private func addingCounts(to operation: ImportOperation) throws -> ImportOperation {
        var counts: [RecordType: ImportCounts] = [:]
        var updatedAt = operation.updatedAt
        for (type, count, moment) in try connection.rows(
            of: CountColumn.table, "WHERE operation_id = \(operation.id.rawValue)",
            { row in
                let type: RecordType = try row.value(.recordType)
                let counts = ImportCounts(
                    total: row.count(.total), completed: row.count(.completed), error: row.count(.error),
                    skipped: row.count(.skipped), unchanged: row.count(.unchanged), updated: row.count(.updated))
                return (type, counts, row.timestamp(.updatedAt))
            })
        {
            counts[type] = count
            updatedAt = max(updatedAt, moment)
        }
        return operation.with(counts, updatedAt: updatedAt)
    }

    // MARK: Removal

    /// Many rows that belong to an operation. Batches are purged, and rows of the workspace keep the number.
    private struct Part {
        let table: String
        /// The column by which some rows are chosen.
        let key: String
        /// Holds for these rows; with it an index finds them.
        let condition: SQLQuery
    }

    private static func parts(of operation: String, _ number: Int64) -> [Part] {
        ["failed", "skipped"].map {
            Part(
                table: "import_records", key: "sequence",
                condition: "operation_id = \(operation) AND state = '" + SQLQuery(stringLiteral: $0) + "'")
        }
            + [
                ("import_findings", "number"), ("import_selection", "import_id"), ("import_skipped", "import_id"),
                ("import_failed", "import_id"), ("import_failure_texts", "sequence"),
            ].map { Part(table: $0, key: $1, condition: "operation_id = \(operation)") } + [
                Part(table: "import_kept", key: "subject_id", condition: "import_number = \(number)")
            ]
    }

    func hide(_ id: OperationID) throws {
        try connection.execute("UPDATE import_operations SET deleted = 1 WHERE id = \(id.rawValue) AND retired = 1")
    }

    func hasHidden() throws -> Bool {
        try connection.exists("SELECT 1 FROM import_operations WHERE deleted = 1 LIMIT 1")
    }

    func removeHidden(limit: Int) throws -> Bool {
        let hidden = try connection.rows(
            """
            SELECT id, number, CASE WHEN file_id IS NULL OR file_removed = 1 THEN 0 ELSE 1 END
            FROM import_operations WHERE deleted = 1 ORDER BY number
            """
        ) { (id: $0.text(0), number: $0.integer(1), hasFile: $0.flag(2)) }
        for operation in hidden {
            let isStaged = try connection.exists(
                "SELECT 1 FROM import_batches WHERE operation_id = \(operation.id) LIMIT 1")
            guard !isStaged else { continue }
            if try removeChanges(by: operation.number, limit: limit) { return true }
            for part in Self.parts(of: operation.id, operation.number) {
                let removed = try connection.execute(
                    """
                    DELETE FROM \(name: part.table) WHERE \(part.condition) AND \(name: part.key) IN (
                        SELECT \(name: part.key) FROM \(name: part.table) WHERE \(part.condition) LIMIT \(limit))
                    """)
                if removed > 0 { return true }
            }
            guard !operation.hasFile else { continue }
            for table in ["import_counts", "import_finding_counts", "import_failure_counts"] {
                try connection.execute("DELETE FROM \(name: table) WHERE operation_id = \(operation.id)")
            }
            for table in ["import_undos", "import_undo_counts"] {
                try connection.execute("DELETE FROM \(name: table) WHERE import_number = \(operation.number)")
            }
            try connection.execute("DELETE FROM import_operations WHERE id = \(operation.id)")
            return true
        }
        return false
    }

    /// Removes some of what is known of an import's changes, and marks these rows as changed: the undo of another import
    /// keeps them.
    private func removeChanges(by number: Int64, limit: Int) throws -> Bool {
        let subjects = try connection.rows(
            """
            SELECT DISTINCT subject_kind, subject_id FROM import_changes WHERE import_number = \(number)
            ORDER BY subject_kind, subject_id LIMIT \(limit)
            """
        ) { (kind: $0.text(0), id: $0.text(1)) }
        for kind in Set(subjects.map(\.kind)).sorted() {
            let ids = subjects.filter { $0.kind == kind }.map(\.id)
            try connection.execute(
                """
                UPDATE \(name: kind + "s") SET changed_at = \(clock.now()) WHERE changed_at IS NULL AND id \(in: ids)
                """)
            let avatars = try earlierAvatars(of: kind, ids, by: number)
            try connection.execute(
                """
                DELETE FROM import_changes
                WHERE import_number = \(number) AND subject_kind = \(kind) AND subject_id \(in: ids)
                """)
            for (user, file) in avatars { try StoredAvatar.remove([file], of: user, on: connection) }
        }
        return !subjects.isEmpty
    }

    /// The earlier avatars that an undo of an import would restore.
    private func earlierAvatars(of kind: String, _ ids: [String], by number: Int64) throws -> [(String, FileID)] {
        guard kind == "user" else { return [] }
        return try connection.rows(
            """
            SELECT subject_id, before_value FROM import_changes
            WHERE import_number = \(number) AND subject_kind = 'user' AND field = \(StoredAvatar.field)
                AND before_value IS NOT NULL AND subject_id \(in: ids)
            """
        ) { ($0.text(0), try StoredAvatar(text: $0.text(1)).file?.id) }.compactMap { user, file in
            file.map { (user, $0) }
        }
    }

    // MARK: Files

    private var leases: LeaseTables { LeaseTables(connection: connection, clock: clock) }

    func claimFile(by worker: WorkerID, for duration: Duration) throws -> FileClaim? {
        let now = try connection.currentTime(by: clock)
        guard let operation = try current(), operation.lifecycle.hasFileWork,
            let row = try connection.rows(
                of: OperationColumn.table,
                "WHERE id = \(operation.id.rawValue) AND " + LeaseTables.isFree(at: now), LeasedRow.init
            ).first
        else { return nil }
        return FileClaim(
            try leases.claim([row], as: .file, by: worker, until: now + duration), operation: operation)
    }

    func verify(_ claim: FileClaim) throws -> ImportOperation {
        guard let operation = try find(id: claim.operation.id), operation.lifecycle.hasFileWork else {
            throw ImportError.leaseLost
        }
        try leases.verify(claim.lease)
        return operation
    }

    func isClaimed(_ id: OperationID) throws -> Bool {
        let now = try connection.currentTime(by: clock)
        guard
            try !connection.exists(
                "SELECT 1 FROM import_operations WHERE id = \(id.rawValue) AND lease_expires_at > \(now)")
        else { return true }
        // Leases are few: those of other operations are skipped here, so that the index of leases is used.
        return try connection.rows(
            "SELECT operation_id FROM import_batches WHERE lease_owner IS NOT NULL AND lease_expires_at > \(now)"
        ) { $0.text(0) }.contains(id.rawValue)
    }

    func finishFile(_ claim: FileClaim) throws {
        try connection.execute(
            "UPDATE import_operations SET \(LeaseTables.ended) WHERE id = \(claim.operation.id.rawValue)")
    }

    func filesOfEndedOperations() throws -> [FileID] {
        try connection.rows(
            """
            SELECT file_id FROM import_operations
            WHERE retired = 1 AND file_removed = 0 AND file_id IS NOT NULL LIMIT 100
            """
        ) { FileID($0.text(0)) }
    }

    func forgetFile(_ file: FileID) throws {
        // Its name stays: it is part of the history.
        try connection.execute(
            """
            UPDATE import_operations SET file_removed = 1
            WHERE file_id = \(file.rawValue) AND retired = 1 AND file_removed = 0
            """)
    }
}

enum OperationColumn: Int, LeasedColumn {
    case number, id, importerKey, createdAt, createdBy, updatedAt, phase, stage, control, retired, fileID, fileName,
        contentType, sourceURL, preparingEntry, fileBytesRead, fileBytesTotal, startedAt, startedBy, userPolicy,
        roomPolicy, guestPolicy, downloadPolicy, listedTypes, failureCode, failureMessage, failureEntry, leaseToken,
        leaseOwner, leaseExpiresAt, leaseAttempts, fileRemoved, endedAt, fileSize, fileSHA256, deleted,
        createdByUsername, createdByName, startedByUsername, startedByName, runCount,
        controlAt, controlBy, controlByUsername, controlByName

    static let table = Table<OperationColumn>(
        "import_operations",
        defaulted: Set(
            [
                number, leaseOwner, leaseExpiresAt, leaseAttempts, fileRemoved, deleted, createdByUsername,
                createdByName, startedByUsername, startedByName, controlAt, controlBy, controlByUsername, controlByName,
            ].map(\.rawValue)))
    static let updated = table.inserted.filter {
        ![.id, .importerKey, .createdAt, .createdBy, .leaseToken].contains($0)
    }

    func value(of operation: ImportOperation) -> SQLValue {
        switch self {
        case .id: .text(operation.id.rawValue)
        case .importerKey: .text(operation.importerKey.rawValue)
        case .createdAt: operation.createdAt.sqlValue
        case .createdBy: .text(operation.createdBy.rawValue)
        case .updatedAt: operation.updatedAt.sqlValue
        case .phase: .text(StoredLifecycle(operation.lifecycle).phase)
        case .stage: .optional(StoredLifecycle(operation.lifecycle).stage)
        case .control: .text(StoredLifecycle(operation.lifecycle).control)
        case .retired: .flag(StoredLifecycle(operation.lifecycle).isRetired)
        case .fileID: .optional(operation.file?.id.rawValue)
        case .fileName: .optional(operation.file?.name)
        case .contentType: .optional(operation.file?.contentType)
        case .sourceURL: .optional(operation.file?.sourceURL)
        case .preparingEntry: .optional(operation.entry)
        case .fileBytesRead: .optional(operation.fileProgress?.bytesRead)
        case .fileBytesTotal: .optional(operation.fileProgress?.bytesTotal)
        case .startedAt: .optional(operation.startedAt?.milliseconds)
        case .startedBy: .optional(operation.start?.user.rawValue)
        case .userPolicy: .optional(operation.start?.policies.users.rawValue)
        case .roomPolicy: .optional(operation.start?.policies.rooms.rawValue)
        case .guestPolicy: .optional(operation.start?.policies.guests.rawValue)
        case .downloadPolicy: .optional(operation.start?.policies.downloads.rawValue)
        case .listedTypes:
            .optional(
                operation.start.map { start in
                    start.listedTypes
                        .map { $0.rawValue + (start.excludedTypes.contains($0) ? ":\(OperationTable.excluded)" : "") }
                        .sorted().joined(separator: ",")
                })
        case .failureCode: .optional(operation.failure?.code.rawValue)
        case .failureMessage: .optional(operation.failure?.message)
        case .failureEntry: .optional(operation.failure?.entry)
        case .endedAt: .optional(operation.endedAt?.milliseconds)
        case .fileSize: .optional(operation.file?.content?.sizeBytes)
        case .fileSHA256: .optional(operation.file?.content?.sha256)
        case .runCount: operation.runCount.sqlValue
        case .leaseToken: .integer(0)
        case .number, .leaseOwner, .leaseExpiresAt, .leaseAttempts, .fileRemoved, .deleted, .createdByUsername,
            .createdByName, .startedByUsername, .startedByName, .controlAt, .controlBy, .controlByUsername,
            .controlByName:
            .null
        }
    }
}

enum CountColumn: Int, TableColumn {
    case operationID, recordType, total, completed, error, skipped, unchanged, updated, updatedAt

    static let table = Table<CountColumn>("import_counts")
    static let counts: [CountColumn] = [.total, .completed, .error, .skipped, .unchanged, .updated]

    func value(
        of source: (operation: OperationID, type: RecordType, counts: ImportCounts, moment: Timestamp)
    ) -> SQLValue {
        switch self {
        case .operationID: .text(source.operation.rawValue)
        case .recordType: .text(source.type.rawValue)
        case .total: source.counts.total.sqlValue
        case .completed: source.counts.completed.sqlValue
        case .error: source.counts.error.sqlValue
        case .skipped: source.counts.skipped.sqlValue
        case .unchanged: source.counts.unchanged.sqlValue
        case .updated: source.counts.updated.sqlValue
        case .updatedAt: source.moment.sqlValue
        }
    }
}
