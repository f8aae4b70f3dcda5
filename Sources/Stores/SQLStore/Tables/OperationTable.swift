import ImportDomain
import SQL

/// `import_operations` and `import_counts`.
struct OperationTable: OperationStore {
    let connection: any SQLConnection
    let clock: any WallClock

    func current() throws -> ImportOperation? {
        try connection.take(.operations)
        return try operations(
            """
            SELECT \(part: columns) FROM import_operations
            ORDER BY number DESC LIMIT 1 \(.lock)
            """
        ).first
    }

    func find(id: OperationID) throws -> ImportOperation? {
        try connection.take(.operations)
        return try operations("SELECT \(part: columns) FROM import_operations WHERE id = \(id.rawValue) \(.lock)").first
    }

    func hold(id: OperationID) throws -> ImportOperation? {
        try connection.take(.operationsAsTheyAre)
        return try operations("SELECT \(part: columns) FROM import_operations WHERE id = \(id.rawValue) \(.lockShared)")
            .first
    }

    func latest(_ limit: Int) throws -> [ImportOperation] {
        try operations(
            """
            SELECT \(part: columns) FROM import_operations
            ORDER BY updated_at DESC, number DESC LIMIT \(limit)
            """)
    }

    func insert(_ operation: ImportOperation) throws {
        try connection.execute(
            """
            INSERT INTO import_operations
                (id, importer_key, created_at, created_by, updated_at, preparation_token)
            VALUES (\(operation.id.rawValue), \(operation.importerKey.rawValue), \(operation.createdAt),
                \(operation.createdBy.rawValue), \(operation.updatedAt), 0)
            """)
        // What may change is listed once.
        try update(operation)
    }

    func update(_ operation: ImportOperation) throws {
        let lifecycle = StoredLifecycle(operation.lifecycle)
        try connection.execute(
            """
            UPDATE import_operations
            SET phase = \(lifecycle.phase), stage = \(lifecycle.stage), control = \(lifecycle.control),
                retired = \(lifecycle.isRetired), updated_at = \(operation.updatedAt),
                file_id = \(operation.file?.id.rawValue), file_name = \(operation.file?.name),
                content_type = \(operation.file?.contentType), source_url = \(operation.file?.sourceURL),
                preparing_entry = \(operation.entry),
                file_bytes_read = \(operation.fileProgress?.bytesRead),
                file_bytes_total = \(operation.fileProgress?.bytesTotal),
                started_at = \(operation.startedAt), started_by = \(operation.start?.user.rawValue), 
                user_policy = \(operation.start?.policies.users.rawValue),
                listed_types = \(operation.start.map { $0.listedTypes.map(\.rawValue).sorted().joined(separator: ",") }),
                failure_code = \(operation.failure?.code.rawValue), failure_message = \(operation.failure?.message),
                failure_entry = \(operation.failure?.entry)
            WHERE id = \(operation.id.rawValue)
            """)
    }

    func retireAll(at moment: Timestamp) throws {
        try connection.take(.operations)
        for var operation in try operations(
            "SELECT \(part: columns) FROM import_operations WHERE retired = 0 \(.lock)")
        {
            try operation.apply(.retire, at: moment)
            try update(operation)
        }
    }

    func unsettled() throws -> OperationID? {
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
        try connection.execute(
            """
            INSERT INTO import_counts
                (operation_id, record_type, total, completed, error, skipped, unchanged, updated, updated_at)
            VALUES (\(operation.rawValue), \(type.rawValue), 0, 0, 0, 0, 0, 0, \(moment))
            ON CONFLICT (operation_id, record_type) DO NOTHING
            """)
        try connection.execute(
            """
            UPDATE import_counts SET total = total + \(change.total), completed = completed + \(change.completed),
                error = error + \(change.error), skipped = skipped + \(change.skipped),
                unchanged = unchanged + \(change.unchanged), updated = updated + \(change.updated),
                updated_at = \(moment)
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
            """)
    }

    private let columns: StaticString = """
        id, importer_key, created_at, created_by, phase, stage, control, retired, updated_at, file_id, file_name,
        content_type, source_url, preparing_entry, started_by, user_policy, listed_types, started_at, failure_code,
        failure_message, failure_entry, number, file_bytes_read, file_bytes_total
        """

    private func operations(_ query: SQLQuery) throws -> [ImportOperation] {
        // The counts are asked for when the rows are read: one statement runs at a time.
        try connection.rows(query, Self.operation).map(addingCounts)
    }

    private static func operation(_ row: any SQLRow) throws -> ImportOperation {
        ImportOperation(
            id: OperationID(row.text(0)), number: ImportNumber(row.integer(21)), importerKey: ImporterKey(row.text(1)),
            createdAt: row.timestamp(2),
            createdBy: UserID(row.text(3)),
            lifecycle: try StoredLifecycle(
                phase: row.text(4), stage: row.optionalText(5), control: row.text(6), isRetired: row.flag(7)
            ).lifecycle(),
            updatedAt: row.timestamp(8),
            // Operations that ended in earlier versions kept the name only; nobody reads their files.
            file: row.optionalText(10).map { name in
                OperationFile(
                    id: FileID(row.optionalText(9) ?? ""), name: name, contentType: row.optionalText(11),
                    sourceURL: row.optionalText(12))
            },
            entry: row.optionalText(13),
            fileProgress: row.isNull(22)
                ? nil : FileProgress(bytesRead: row.integer(22), bytesTotal: row.integer(23)),
            start: try row.optionalText(14).map { user in
                ImportStart(
                    user: UserID(user), policies: ImportPolicies(users: try row.value(15)),
                    listedTypes: Set(
                        row.text(16).split(separator: ",").compactMap { RecordType(rawValue: String($0)) }))
            },
            startedAt: row.optionalTimestamp(17),
            failure: row.isNull(18)
                ? nil : ImportFileFailure(try row.value(18), message: row.text(19), entry: row.optionalText(20)))
    }

    /// Counts move without touching the operation, so that several workers can write at the same time.
    private func addingCounts(to operation: ImportOperation) throws -> ImportOperation {
        var counts: [RecordType: ImportCounts] = [:]
        var updatedAt = operation.updatedAt
        for (type, count, moment) in try connection.rows(
            """
            SELECT record_type, total, completed, error, skipped, unchanged, updated, updated_at
            FROM import_counts WHERE operation_id = \(operation.id.rawValue)
            """,
            { row in
                let type: RecordType = try row.value(0)
                let counts = ImportCounts(
                    total: row.count(1), completed: row.count(2), error: row.count(3), skipped: row.count(4),
                    unchanged: row.count(5), updated: row.count(6))
                return (type, counts, row.timestamp(7))
            })
        {
            counts[type] = count
            updatedAt = max(updatedAt, moment)
        }
        return operation.with(counts, updatedAt: updatedAt)
    }

    // MARK: Preparation

    func claimPreparation(by worker: WorkerID, for duration: Duration) throws -> PreparationClaim? {
        let now = try leaseClock()
        guard let operation = try current(), operation.lifecycle.hasFileWork else { return nil }
        // A worker that finds its own name there lost its connection, not its life.
        return try connection.first(
            """
            UPDATE import_operations SET
                preparation_attempts = preparation_attempts
                    + CASE WHEN preparation_owner = \(worker.rawValue) THEN 0 ELSE 1 END,
                preparation_owner = \(worker.rawValue), preparation_token = preparation_token + 1, preparation_expires_at = \(now + duration)
            WHERE id = \(operation.id.rawValue)
                AND (preparation_expires_at IS NULL OR preparation_expires_at <= \(now))
            RETURNING preparation_token, preparation_attempts
            """
        ) {
            PreparationClaim(
                operation: operation, worker: worker, token: $0.integer(0), deaths: max(0, $0.count(1) - 1))
        }
    }

    func renew(_ claim: PreparationClaim, for duration: Duration) throws {
        _ = try verify(claim)
        try connection.execute(
            """
            UPDATE import_operations SET preparation_expires_at = \(try leaseClock() + duration)
            WHERE id = \(claim.operation.id.rawValue)
            """)
    }

    func verify(_ claim: PreparationClaim) throws -> ImportOperation {
        guard let operation = try find(id: claim.operation.id), operation.lifecycle.hasFileWork,
            try connection.exists(
                """
                SELECT 1 FROM import_operations WHERE id = \(claim.operation.id.rawValue)
                    AND preparation_owner = \(claim.worker.rawValue) AND preparation_token = \(claim.token)
                """)
        else { throw ImportError.leaseLost }
        return operation
    }

    func finishPreparation(_ claim: PreparationClaim) throws {
        try connection.execute(
            """
            UPDATE import_operations
            SET preparation_owner = NULL, preparation_expires_at = NULL, preparation_attempts = 0
            WHERE id = \(claim.operation.id.rawValue) AND preparation_token = \(claim.token)
            """)
    }

    func forgiveAttempt(of claim: PreparationClaim) throws {
        try connection.execute(
            """
            UPDATE import_operations SET preparation_attempts = preparation_attempts - 1
            WHERE id = \(claim.operation.id.rawValue) AND preparation_token > \(claim.token)
                AND preparation_attempts > 0
            """)
    }

    func releasePreparations(of worker: WorkerID) throws {
        try connection.execute(
            """
            UPDATE import_operations SET preparation_owner = NULL, preparation_expires_at = NULL,
                preparation_attempts = CASE WHEN preparation_attempts > 0 THEN preparation_attempts - 1 ELSE 0 END
            WHERE preparation_owner = \(worker.rawValue)
            """)
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

    private func leaseClock() throws -> Timestamp {
        try connection.clockMilliseconds().map(Timestamp.init(milliseconds:)) ?? clock.now()
    }
}
