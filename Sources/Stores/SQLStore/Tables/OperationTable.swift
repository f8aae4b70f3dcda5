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
                (id, importer_key, created_at, created_by, step, valid, updated_at, preparation_token)
            VALUES (\(operation.id.rawValue), \(operation.importerKey.rawValue), \(operation.createdAt),
                \(operation.createdBy.rawValue), \(operation.step.rawValue), \(operation.isValid),
                \(operation.updatedAt), 0)
            """)
        // What may change is listed once.
        try update(operation)
    }

    func update(_ operation: ImportOperation) throws {
        try connection.execute(
            """
            UPDATE import_operations
            SET step = \(operation.step.rawValue), valid = \(operation.isValid), updated_at = \(operation.updatedAt),
                file_id = \(operation.file?.id.rawValue), file_name = \(operation.file?.name),
                content_type = \(operation.file?.contentType), source_url = \(operation.file?.sourceURL),
                preparing_entry = \(operation.preparingEntry),
                started_at = \(operation.startedAt), started_by = \(operation.start?.user.rawValue), matching = \(operation.start?.matching.rawValue),
                listed_types = \(operation.start.map { $0.listedTypes.map(\.rawValue).sorted().joined(separator: ",") }),
                failure_code = \(operation.failure?.code.rawValue), failure_message = \(operation.failure?.message),
                failure_entry = \(operation.failure?.entry)
            WHERE id = \(operation.id.rawValue)
            """)
    }

    func invalidateAll(at moment: Timestamp) throws {
        try connection.take(.operations)
        for var operation in try operations(
            "SELECT \(part: columns) FROM import_operations WHERE valid = 1 \(.lock)")
        {
            operation.invalidate(at: moment)
            try update(operation)
        }
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
        id, importer_key, created_at, created_by, step, valid, updated_at, file_id, file_name, content_type,
        preparing_entry, started_by, matching, listed_types, failure_code, failure_message, failure_entry, source_url,
        started_at
        """

    private func operations(_ query: SQLQuery) throws -> [ImportOperation] {
        try connection.rows(query) { row in
            var operation = ImportOperation(
                id: OperationID(row.text(0)), importerKey: ImporterKey(row.text(1)), createdAt: row.timestamp(2),
                createdBy: UserID(row.text(3)), step: try row.value(4), isValid: row.flag(5),
                updatedAt: row.timestamp(6))
            if let name = row.optionalText(8) {
                // Operations that ended in earlier versions kept the name only; nobody reads their files.
                operation.file = OperationFile(
                    id: FileID(row.optionalText(7) ?? ""), name: name, contentType: row.optionalText(9),
                    sourceURL: row.optionalText(17))
            }
            operation.startedAt = row.optionalInteger(18).map(Timestamp.init(milliseconds:))
            operation.preparingEntry = row.optionalText(10)
            if let user = row.optionalText(11) {
                operation.start = ImportStart(
                    user: UserID(user), matching: try row.value(12),
                    listedTypes: Set(
                        row.text(13).split(separator: ",").compactMap { RecordType(rawValue: String($0)) }))
            }
            if !row.isNull(14) {
                operation.failure = ImportFileFailure(
                    try row.value(14), message: row.text(15), entry: row.optionalText(16))
            }
            return operation
        }.map(addingCounts)
    }

    /// Counts move without touching the operation, so that several workers can write at the same time.
    private func addingCounts(to operation: ImportOperation) throws -> ImportOperation {
        var operation = operation
        for (type, counts, updatedAt) in try connection.rows(
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
            operation.counts[type] = counts
            operation.updatedAt = max(operation.updatedAt, updatedAt)
        }
        return operation
    }
}
