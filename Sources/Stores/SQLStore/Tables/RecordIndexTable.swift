import ImportDomain
import SQL

/// `import_batch_index`.
struct RecordIndexTable: RecordIndexStore {
    let connection: any SQLConnection

    /// How many records one statement finds by their sequences.
    private static let sequencesAtOnce = 500

    func batches(
        of type: RecordType, in operation: OperationID, after batch: Int64, limit: Int, withTexts: Bool
    ) throws -> [IndexedBatch] {
        let columns: SQLQuery =
            withTexts ? "b.number, b.record_count, i.flags, i.texts" : "b.number, b.record_count, i.flags"
        return try connection.rows(
            """
            SELECT \(columns) FROM import_batches b LEFT JOIN import_batch_index i ON i.batch_number = b.number
            WHERE b.operation_id = \(operation.rawValue) AND b.record_type = \(type.rawValue) AND b.accepted = 1
                AND b.number > \(batch)
            ORDER BY b.number LIMIT \(limit)
            """
        ) { row in
            IndexedBatch(
                number: row.integer(0), recordCount: row.count(1),
                index: row.isNull(2)
                    ? nil : BatchIndex(flags: row.bytes(2), texts: withTexts ? row.bytes(3) : []))
        }
    }

    func unindexedBatches(
        of type: RecordType, in operation: OperationID, after batch: Int64, limit: Int
    ) throws -> [Int64] {
        try connection.rows(
            """
            SELECT number FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND number > \(batch)
                AND NOT EXISTS (SELECT 1 FROM import_batch_index WHERE batch_number = number)
            ORDER BY number LIMIT \(limit)
            """
        ) { $0.integer(0) }
    }

    func records(of batch: Int64) throws -> [StagedRecord] {
        try connection.rows(
            "SELECT sequence, import_id, document \(StagingTables.pendingRecords(of: batch)) ORDER BY sequence",
            Self.record)
    }

    func add(_ index: BatchIndex, of batch: Int64) throws {
        // The lock keeps a purge from removing the batch meanwhile, which would leave the index behind.
        guard try connection.exists("SELECT 1 FROM import_batches WHERE number = \(batch) \(.lock)") else { return }
        try connection.insert(
            one: (batch, index), into: BatchIndexColumn.table, "ON CONFLICT (batch_number) DO NOTHING")
    }

    func records(at sequences: [RecordSequence], bytes: Int) throws -> [StagedRecord] {
        var (records, rest) = ([StagedRecord](), bytes)
        for start in stride(from: 0, to: sequences.count, by: Self.sequencesAtOnce) where rest > 0 {
            let part = sequences[start..<min(start + Self.sequencesAtOnce, sequences.count)]
            let found: SQLQuery = """
                FROM import_records WHERE sequence IN (\(values: part.map { .integer($0.number) }))
                ORDER BY sequence
                """
            let fitting = try connection.fittingRows("SELECT \(.byteLength(of: "document")) \(found)", bytes: rest)
            let added = try connection.rows(
                "SELECT sequence, import_id, document \(found) LIMIT \(fitting.count)", Self.record)
            rest = fitting.isCut ? 0 : rest - added.reduce(0) { $0 + $1.document.utf8.count }
            records += added
        }
        return records
    }

    private static func record(_ row: any SQLRow) -> StagedRecord {
        StagedRecord(
            sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2))
    }
}

enum BatchIndexColumn: Int, TableColumn {
    case batchNumber, flags, texts

    static let table = Table<BatchIndexColumn>("import_batch_index")

    func value(of source: (batch: Int64, index: BatchIndex)) -> SQLValue {
        switch self {
        case .batchNumber: .integer(source.batch)
        case .flags: .blob(source.index.flags)
        case .texts: .blob(source.index.texts)
        }
    }
}
