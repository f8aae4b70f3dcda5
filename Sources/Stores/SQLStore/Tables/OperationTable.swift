import ImportDomain
import SQL

/// `import_operations` and `import_counts`.
struct OperationTable: OperationStore {
    let connection: any SQLConnection

    func current() throws -> ImportOperation? {
        try operations("SELECT \(part: columns) FROM import_operations ORDER BY created_at DESC, number DESC LIMIT 1")
            .first
    }

    func find(id: OperationID) throws -> ImportOperation? {
        try operations("SELECT \(part: columns) FROM import_operations WHERE id = \(id.rawValue)").first
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
                (id, importer_key, created_at, created_by, step, valid, updated_at, lease_counter)
            VALUES (\(operation.id.rawValue), \(operation.importerKey.rawValue), \(operation.createdAt),
                \(operation.createdBy.rawValue), \(operation.step.rawValue), \(operation.isValid),
                \(operation.updatedAt), 0)
            """)
    }

    func update(_ operation: ImportOperation) throws {
        try connection.execute(
            """
            UPDATE import_operations
            SET step = \(operation.step.rawValue), valid = \(operation.isValid), updated_at = \(operation.updatedAt)
            WHERE id = \(operation.id.rawValue)
            """)
    }

    func invalidateAll(at moment: Timestamp) throws {
        for var operation in try operations(
            "SELECT \(part: columns) FROM import_operations WHERE valid = 1 \(.lock)")
        {
            operation.invalidate(at: moment)
            try update(operation)
        }
    }

    func addToCounts(_ change: ImportCounts, of type: RecordType, in operation: OperationID) throws {
        // Two statements, because a single upsert would hold the change itself against the table's rules.
        try connection.execute(
            """
            INSERT INTO import_counts
                (operation_id, record_type, total, completed, error, skipped, unchanged, updated)
            VALUES (\(operation.rawValue), \(type.rawValue), 0, 0, 0, 0, 0, 0)
            ON CONFLICT (operation_id, record_type) DO NOTHING
            """)
        try connection.execute(
            """
            UPDATE import_counts SET total = total + \(change.total), completed = completed + \(change.completed),
                error = error + \(change.error), skipped = skipped + \(change.skipped),
                unchanged = unchanged + \(change.unchanged), updated = updated + \(change.updated)
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
            """)
    }

    private let columns: StaticString = "id, importer_key, created_at, created_by, step, valid, updated_at"

    private func operations(_ query: SQLQuery) throws -> [ImportOperation] {
        try connection.rows(query) { row in
            ImportOperation(
                id: OperationID(row.text(0)), importerKey: ImporterKey(row.text(1)), createdAt: row.timestamp(2),
                createdBy: UserID(row.text(3)), step: try row.value(4), isValid: row.flag(5),
                updatedAt: row.timestamp(6))
        }.map { operation in
            var operation = operation
            operation.counts = try counts(of: operation.id)
            return operation
        }
    }

    private func counts(of operation: OperationID) throws -> [RecordType: ImportCounts] {
        let rows = try connection.rows(
            """
            SELECT record_type, total, completed, error, skipped, unchanged, updated
            FROM import_counts WHERE operation_id = \(operation.rawValue)
            """
        ) { row in
            let type: RecordType = try row.value(0)
            return (
                type,
                ImportCounts(
                    total: row.count(1), completed: row.count(2), error: row.count(3), skipped: row.count(4),
                    unchanged: row.count(5), updated: row.count(6))
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
