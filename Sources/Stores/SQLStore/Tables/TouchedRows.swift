import ImportDomain
import SQL

/// The columns of a table to which imports append what they touched, to be recounted when they end.
protocol TouchedColumn: TableColumn {
    static var number: Self { get }
    /// What was touched: a room, or the first message of a thread.
    static var subject: Self { get }
}

/// What an import touched and nobody has recounted yet.
struct TouchedRows<Column: TouchedColumn> {
    /// A locked row: its number, its subject, and what was read of it.
    typealias Row<Value> = (number: String, subject: String, value: Value)

    let operation: OperationID
    let connection: any SQLConnection

    private var ofOperation: SQLQuery { "WHERE operation_id = \(operation.rawValue)" }

    /// Locks some rows, in the order of their subjects.
    ///
    /// Rows that another process has locked are skipped. If there are no others, it waits for them, so that a caller can
    /// rely on an empty result.
    func lock<Value>(limit: Int, _ read: (TableRow<Column>) throws -> Value) throws -> [Row<Value>] {
        func rows(_ lock: SQLClause) throws -> [Row<Value>] {
            try connection.rows(
                of: Column.table, "\(ofOperation) ORDER BY \(name: Column.subject.name) LIMIT \(limit) \(lock)"
            ) { (String($0.integer(.number)), $0.text(.subject), try read($0)) }
        }
        let free = try rows(.lockSkippingLocked)
        return free.isEmpty ? try rows(.lock) : free
    }

    /// Removes locked rows and no others, so that processes never wait for each other in a circle.
    func remove<Value>(_ rows: [Row<Value>]) throws {
        guard !rows.isEmpty else { return }
        // The index finds rows by their subjects; the numbers select among them.
        try connection.execute(
            """
            DELETE FROM \(name: Column.table.name) \(ofOperation)
                AND \(name: Column.subject.name) \(in: Array(Set(rows.map(\.subject))))
                AND CAST(number AS TEXT) \(in: rows.map(\.number))
            """)
    }

    /// Whether any rows are left.
    func exist() throws -> Bool {
        try connection.exists("SELECT 1 FROM \(name: Column.table.name) \(ofOperation) LIMIT 1")
    }
}
