import ImportDomain
import SQL

/// `import_failure_texts`.
struct FailureTextTable: FailureTextStore {
    let connection: any SQLConnection

    /// How many texts one statement adds.
    private static let textsAtOnce = 200

    func isIncomplete(of operation: OperationID) throws -> Bool {
        // Records and texts go in the same transactions, so their numbers are equal if none is missing.
        let texts = try connection.integer(
            "SELECT count(*) FROM import_failure_texts WHERE operation_id = \(operation.rawValue)")
        return try texts < FailureCountTable(connection: connection).total(of: operation, matching: FailureFilter())
    }

    func recordsWithout(
        in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [(type: RecordType, record: StagedRecord)] {
        let found: SQLQuery = """
            FROM import_records
            WHERE \(StagingTables.failures(of: operation, matching: FailureFilter()))
                AND sequence > \(sequence?.number ?? -1)
                AND NOT EXISTS (SELECT 1 FROM import_failure_texts texts
                    WHERE texts.operation_id = \(operation.rawValue) AND texts.sequence = import_records.sequence)
            ORDER BY sequence
            """
        let fitting = try connection.fittingRows(
            "SELECT \(.byteLength(of: "document")) \(found) LIMIT \(limit)", bytes: bytes)
        return try connection.rows(
            "SELECT record_type, sequence, import_id, document \(found) LIMIT \(fitting.count)"
        ) { row in
            (
                try row.value(0),
                StagedRecord(
                    sequence: RecordSequence(number: row.integer(1)), importID: row.text(2), document: row.text(3))
            )
        }
    }

    func add(_ texts: [(sequence: RecordSequence, text: String)], in operation: OperationID) throws {
        for start in stride(from: 0, to: texts.count, by: Self.textsAtOnce) {
            try add(texts[start..<min(start + Self.textsAtOnce, texts.count)], in: operation)
        }
    }

    private func add(_ texts: ArraySlice<(sequence: RecordSequence, text: String)>, in operation: OperationID) throws {
        let numbers = texts.map { SQLValue.integer($0.sequence.number) }
        // The lock keeps a retry from taking the records meanwhile, which would leave the texts behind.
        let failed = Set(
            try connection.rows(
                """
                SELECT sequence FROM import_records WHERE sequence IN (\(values: numbers)) AND state = 'failed'
                ORDER BY sequence \(.lock)
                """
            ) { $0.integer(0) })
        let rows = texts.filter { failed.contains($0.sequence.number) }.map {
            (operation: operation, sequence: $0.sequence, text: $0.text)
        }
        try connection.insert(rows, into: FailureTextColumn.table, onConflict: "(operation_id, sequence) DO NOTHING")
    }

    /// Removes the texts of records that are tried again.
    func remove(_ sequences: some Collection<RecordSequence>, in operation: OperationID) throws {
        try connection.execute(
            """
            DELETE FROM import_failure_texts WHERE operation_id = \(operation.rawValue)
                AND sequence IN (\(values: sequences.map { .integer($0.number) }))
            """)
    }

    /// Removes texts of operations that are history, and whose failed records are removed.
    func removeOfHistory(limit: Int) throws -> Bool {
        try connection.execute(
            """
            DELETE FROM import_failure_texts WHERE sequence IN (
                SELECT sequence FROM import_failure_texts
                WHERE operation_id IN (SELECT id FROM import_operations WHERE retired = 1) LIMIT \(limit))
            """) == limit
    }

    /// Holds for records of an operation with a text that contains this.
    static func contains(_ search: String, of operation: OperationID) -> SQLQuery {
        """
        EXISTS (SELECT 1 FROM import_failure_texts texts
            WHERE texts.operation_id = \(operation.rawValue) AND texts.sequence = import_records.sequence
                AND texts.texts LIKE \(LikePattern.containing(search)) ESCAPE '\\')
        """
    }
}

enum FailureTextColumn: Int, TableColumn {
    case operationID, sequence, texts

    static let table = Table<FailureTextColumn>("import_failure_texts")

    func value(of source: (operation: OperationID, sequence: RecordSequence, text: String)) -> SQLValue {
        switch self {
        case .operationID: .text(source.operation.rawValue)
        case .sequence: .integer(source.sequence.number)
        case .texts: .text(source.text)
        }
    }
}
