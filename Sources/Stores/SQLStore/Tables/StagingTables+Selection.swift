import ImportDomain
import SQL

extension StagingTables {
    func select(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        // Staged ids are clipped as well.
        let distinct = Set(importIDs.map { ImportID($0.rawValue.clipped(toBytes: RecordLimits.importIDBytes)) })
        var rows = BulkInsert(
            into: "import_selection", columns: ["operation_id", "record_type", "import_id"], rowCount: distinct.count)
        for importID in distinct.map(\.rawValue).sorted() {
            rows.append(.text(operation.rawValue), .text(type.rawValue), .text(importID))
        }
        try connection.insert(rows)
    }

    func selected(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: "SELECT import_id FROM import_selection", of: type, operation)
    }

    func skipped(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: "SELECT import_id FROM import_skipped", of: type, operation)
    }

    func failed(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: "SELECT import_id FROM import_failed", of: type, operation)
    }

    private func listed(
        _ importIDs: [ImportID], in selection: SQLQuery, of type: RecordType, _ operation: OperationID
    ) throws -> Set<ImportID> {
        Set(
            try connection.rows(
                selection + """
                     WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
                        AND import_id \(in: importIDs.map(\.rawValue))
                    """
            ) { ImportID($0.text(0)) })
    }

    func records(of type: RecordType, in operation: OperationID, after sequence: RecordSequence?, limit: Int) throws
        -> [StagedRecord]
    {
        // Batches of the type first, so that a page costs what it holds, wherever the type begins.
        let start = sequence?.number ?? -1
        let batches = try connection.rows(
            """
            SELECT number FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND number >= \(start < 0 ? 0 : start >> 16)
            ORDER BY number LIMIT 64
            """
        ) { $0.integer(0) }
        var found = try connection.rows(
            """
            SELECT sequence, import_id, document FROM import_records
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
                AND state IN ('failed', 'skipped') AND sequence > \(start)
            ORDER BY sequence LIMIT \(limit)
            """, staged)
        for batch in batches where found.count < 2 * limit {
            found += try connection.rows(
                """
                SELECT sequence, import_id, document FROM import_records
                WHERE sequence > \(max(start, RecordSequence(batch: batch, position: 0).number - 1))
                    AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
                ORDER BY sequence LIMIT \(limit)
                """, staged)
        }
        return Array(found.sorted { $0.sequence < $1.sequence }.prefix(limit))
    }

    private func staged(_ row: any SQLRow) -> StagedRecord {
        StagedRecord(
            sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2))
    }
}
