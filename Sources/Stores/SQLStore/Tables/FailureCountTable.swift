import ImportDomain
import SQL

/// `import_failure_counts`: how many records of an operation failed, by type and reason.
///
/// Counts change in the transactions that change the records. Counting 100,000 records takes PostgreSQL up to half a second
/// while their table is not vacuumed.
struct FailureCountTable {
    let connection: any SQLConnection

    /// Adds to the counts of failed records of one type.
    func add(_ counts: [String: Int], of type: String, in operation: OperationID) throws {
        // In one order, in which concurrent transactions lock the rows.
        for (code, count) in counts.sorted(by: { $0.key < $1.key }) where count != 0 {
            try connection.insert(
                one: (operation, type, code, count), into: FailureCountColumn.table,
                """
                ON CONFLICT (operation_id, record_type, code)
                DO UPDATE SET staged = import_failure_counts.staged + excluded.staged
                """)
        }
    }

    /// Subtracts failed records.
    func subtract(_ sequences: some Collection<RecordSequence>, in operation: OperationID) throws {
        let counts = try connection.rows(
            """
            SELECT record_type, failure_code, count(*) FROM import_records
            WHERE sequence IN (\(values: sequences.map { .integer($0.number) })) AND state = 'failed'
            GROUP BY record_type, failure_code
            """
        ) { (type: $0.text(0), code: $0.text(1), count: $0.count(2)) }
        for (type, members) in Dictionary(grouping: counts, by: \.type).sorted(by: { $0.key < $1.key }) {
            try add(
                Dictionary(members.map { ($0.code, -$0.count) }, uniquingKeysWith: +), of: type, in: operation)
        }
    }

    /// How many failed records of an operation match, by type and reason.
    func groups(of operation: OperationID, matching filter: FailureFilter) throws -> [FailureGroup] {
        if filter.search != nil {
            return try connection.rows(
                """
                SELECT record_type, failure_code, count(*) FROM import_records
                WHERE \(StagingTables.failures(of: operation, matching: filter))
                GROUP BY record_type, failure_code ORDER BY record_type, failure_code
                """
            ) { FailureGroup(type: try $0.value(0), code: try $0.value(1), count: $0.count(2)) }
        }
        return try groups(of: operation) { $0.count(.staged) }.filter { group in
            (filter.type ?? group.type) == group.type && (filter.code ?? group.code) == group.code
        }
    }

    /// How many failed records of an operation match.
    func total(of operation: OperationID, matching filter: FailureFilter) throws -> Int {
        try groups(of: operation, matching: filter).reduce(0) { $0 + $1.count }
    }

    /// How many records of an operation failed, by type and reason, those that were removed included.
    func reasons(of operation: OperationID) throws -> [FailureGroup] {
        try groups(of: operation) { $0.count(.staged) + $0.count(.records) }
    }

    private func groups(
        of operation: OperationID, _ count: (TableRow<FailureCountColumn>) -> Int
    ) throws -> [FailureGroup] {
        try connection.rows(
            of: FailureCountColumn.table, "WHERE operation_id = \(operation.rawValue) ORDER BY record_type, code"
        ) { row in
            FailureGroup(type: try row.value(.recordType), code: try row.value(.code), count: count(row))
        }.filter { $0.count > 0 }
    }

    /// Counts the failed records of operations that are history as removed.
    func moveToHistory() throws {
        try connection.execute(
            """
            UPDATE import_failure_counts SET records = records + staged, staged = 0
            WHERE staged > 0 AND operation_id IN (SELECT id FROM import_operations WHERE retired = 1)
            """)
    }
}

/// `staged` counts failed records, `records` those that were removed.
enum FailureCountColumn: Int, TableColumn {
    case operationID, recordType, code, records, staged

    static let table = Table<FailureCountColumn>("import_failure_counts")

    func value(of source: (operation: OperationID, type: String, code: String, count: Int)) -> SQLValue {
        switch self {
        case .operationID: .text(source.operation.rawValue)
        case .recordType: .text(source.type)
        case .code: .text(source.code)
        case .records: .integer(0)
        case .staged: source.count.sqlValue
        }
    }
}
