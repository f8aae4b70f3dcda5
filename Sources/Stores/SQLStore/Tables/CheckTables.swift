import ImportDomain
import SQL

/// `import_checks` and `import_check_pages`.
struct CheckTables: CheckStore {
    let connection: any SQLConnection
    let clock: any WallClock

    /// A check without progress for so many seconds belongs to a process that has ended.
    private static let longestSilence = 600
    /// How many complete checks an operation keeps: administrators may compare selections and policies.
    private static let checksPerOperation = 3

    private func now() throws -> Timestamp { try connection.currentTime(by: clock) }

    func find(_ key: String, of operation: OperationID) throws -> StoredCheck? {
        try connection.rows(
            of: CheckColumn.table,
            """
            WHERE operation_id = \(operation.rawValue) AND digest = \(key) AND complete = 1
            ORDER BY number DESC LIMIT 1
            """
        ) { row in
            StoredCheck(
                number: CheckNumber(row.integer(.number)), recordCount: row.count(.recordCount),
                result: row.text(.result))
        }.first
    }

    func begin(_ key: String, of operation: OperationID) throws -> CheckNumber {
        CheckNumber(
            try connection.integer(
                CheckColumn.table.insertion(of: (operation, key, try now())) + "RETURNING number"))
    }

    func add(_ pages: [CheckPage], to check: CheckNumber) throws {
        try progress(of: check, "changed_at = \(try now())")
        try connection.insert(pages.map { (check, $0) }, into: CheckPageColumn.table)
    }

    func finish(_ check: CheckNumber, recordCount: Int, result: String) throws {
        try progress(
            of: check, "changed_at = \(try now()), complete = 1, record_count = \(recordCount), result = \(result)")
    }

    private func progress(of check: CheckNumber, _ values: SQLQuery) throws {
        let changed = try connection.execute(
            "UPDATE import_checks SET \(values) WHERE number = \(check.rawValue) AND complete = 0")
        guard changed == 1 else { throw ImportError.leaseLost }
    }

    func page(
        of check: CheckNumber, _ type: RecordType, _ outcome: CheckOutcome, at place: CheckPlace
    ) throws -> CheckPage? {
        let (column, number): (CheckPageColumn, Int) =
            switch place {
            case .position(let position): (.position, position)
            case .index(let index): (.firstIndex, index)
            }
        return try page(
            of: check, type, outcome, "AND \(name: column.name) <= \(number) ORDER BY \(name: column.name) DESC")
            ?? page(of: check, type, outcome, "ORDER BY position")
    }

    private func page(
        of check: CheckNumber, _ type: RecordType, _ outcome: CheckOutcome, _ condition: SQLQuery
    ) throws -> CheckPage? {
        try connection.rows(
            of: CheckPageColumn.table,
            """
            WHERE check_number = \(check.rawValue) AND record_type = \(type.rawValue)
                AND outcome = \(outcome.rawValue) \(condition) LIMIT 1
            """
        ) { row in
            CheckPage(
                type: try row.value(.recordType), outcome: try row.value(.outcome), position: row.count(.position),
                count: row.count(.recordCount), firstIndex: row.count(.firstIndex), payload: row.bytes(.payload))
        }.first
    }

    func abandon(_ check: CheckNumber) throws {
        try connection.execute(
            "UPDATE import_checks SET changed_at = 0 WHERE number = \(check.rawValue) AND complete = 0")
    }

    func purge(limit: Int) throws -> Bool {
        guard let check = try uselessCheck() else { return false }
        let removed = try connection.execute(
            """
            DELETE FROM import_check_pages WHERE check_number = \(check) AND (record_type, outcome, position) IN (
                SELECT record_type, outcome, position FROM import_check_pages WHERE check_number = \(check)
                ORDER BY record_type, outcome, position LIMIT \(limit))
            """)
        if removed < limit { try connection.execute("DELETE FROM import_checks WHERE number = \(check)") }
        return true
    }

    private func uselessCheck() throws -> Int64? {
        let ended = try connection.first(
            """
            SELECT number FROM import_checks
            WHERE operation_id NOT IN (SELECT id FROM import_operations WHERE retired = 0)
                OR complete = 0 AND changed_at < \(try now() + .seconds(-Self.longestSilence)) LIMIT 1
            """
        ) { $0.integer(0) }
        if let ended { return ended }
        // At most one operation is not retired.
        return try connection.first(
            """
            SELECT number FROM import_checks WHERE complete = 1
            ORDER BY number DESC LIMIT 1 OFFSET \(Self.checksPerOperation)
            """
        ) { $0.integer(0) }
    }
}

enum CheckColumn: Int, TableColumn {
    case number, operationID, digest, complete, changedAt, recordCount, result

    static let table = Table<CheckColumn>("import_checks", defaulted: [number.rawValue])

    func value(of source: (operation: OperationID, key: String, moment: Timestamp)) -> SQLValue {
        switch self {
        case .number: .null
        case .operationID: .text(source.operation.rawValue)
        case .digest: .text(source.key)
        case .complete, .recordCount: .integer(0)
        case .changedAt: source.moment.sqlValue
        case .result: .text("")
        }
    }
}

enum CheckPageColumn: Int, TableColumn {
    case checkNumber, recordType, outcome, position, recordCount, firstIndex, payload

    static let table = Table<CheckPageColumn>("import_check_pages")

    func value(of source: (check: CheckNumber, page: CheckPage)) -> SQLValue {
        switch self {
        case .checkNumber: .integer(source.check.rawValue)
        case .recordType: .text(source.page.type.rawValue)
        case .outcome: .text(source.page.outcome.rawValue)
        case .position: source.page.position.sqlValue
        case .recordCount: source.page.count.sqlValue
        case .firstIndex: source.page.firstIndex.sqlValue
        case .payload: .blob(source.page.payload)
        }
    }
}
