import ImportDomain
import SQL

/// `import_findings` and `import_finding_counts`.
struct FindingTables: FindingStore {
    let connection: any SQLConnection

    func add(_ findings: [ImportFinding], to operation: OperationID, limitPerCode: Int) throws {
        var kept: [FindingColumn.Source] = []
        for (key, group) in Dictionary(grouping: findings, by: { Key(severity: $0.severity, code: $0.code) }) {
            let before = try connection.integer(
                """
                SELECT findings FROM import_finding_counts WHERE operation_id = \(operation.rawValue)
                    AND severity = \(key.severity.rawValue) AND code = \(key.code.rawValue)
                """)
            let count = FindingCount(
                severity: key.severity, code: key.code, findings: group.count,
                elements: group.reduce(0) { $0 + $1.count })
            try connection.insert(
                one: (operation, count), into: FindingCountColumn.table,
                """
                ON CONFLICT (operation_id, severity, code) DO UPDATE SET
                    findings = import_finding_counts.findings + excluded.findings,
                    elements = import_finding_counts.elements + excluded.elements
                """)
            kept += group.prefix(max(0, limitPerCode - Int(before))).map { (operation, $0) }
        }
        try connection.insert(kept, into: FindingColumn.table)
    }

    func removeFindings(of operation: OperationID) throws {
        try connection.execute("DELETE FROM import_findings WHERE operation_id = \(operation.rawValue)")
        try connection.execute("DELETE FROM import_finding_counts WHERE operation_id = \(operation.rawValue)")
    }

    func findings(of operation: OperationID, offset: Int, limit: Int, bytes: Int?) throws -> [ImportFinding] {
        // Alphabetical order matches severity order except for the most severe.
        let page = try connection.page(
            """
            WHERE operation_id = \(operation.rawValue)
            ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code, number
            """,
            sizes: """
                SELECT \(.byteLength(of: "message")) + coalesce(\(.byteLength(of: "entry")), 0)
                    + coalesce(\(.byteLength(of: "field")), 0) + coalesce(\(.byteLength(of: "value")), 0)
                FROM import_findings
                """, offset: offset, limit: Int64(limit), bytes: bytes)
        return try connection.rows(of: FindingColumn.table, page, Self.finding)
    }

    func examples(of count: FindingCount, in operation: OperationID, limit: Int) throws -> [ImportFinding] {
        try connection.rows(
            of: FindingColumn.table,
            """
            WHERE operation_id = \(operation.rawValue) AND severity = \(count.severity.rawValue)
                AND code = \(count.code.rawValue) ORDER BY number LIMIT \(limit)
            """, Self.finding)
    }

    private static func finding(_ row: TableRow<FindingColumn>) throws -> ImportFinding {
        ImportFinding(
            try row.value(.severity), try row.value(.code), entry: row.optionalText(.entry),
            position: row.optionalInteger(.position).map(Int.init), field: row.optionalText(.field),
            value: row.optionalText(.value), count: row.count(.amount), message: row.text(.message))
    }

    func findingCounts(of operation: OperationID) throws -> [FindingCount] {
        try connection.rows(
            of: FindingCountColumn.table,
            """
            WHERE operation_id = \(operation.rawValue)
            ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code
            """
        ) { row in
            FindingCount(
                severity: try row.value(.severity), code: try row.value(.code), findings: row.count(.findings),
                elements: row.count(.elements))
        }
    }

    private struct Key: Hashable {
        let severity: ImportFinding.Severity
        let code: ImportFinding.Code
    }
}

enum FindingColumn: Int, TableColumn {
    case number, operationID, severity, code, entry, position, field, value, message, amount

    static let table = Table<FindingColumn>("import_findings", defaulted: [number.rawValue])

    func value(of source: (operation: OperationID, finding: ImportFinding)) -> SQLValue {
        switch self {
        case .number: .null
        case .operationID: .text(source.operation.rawValue)
        case .severity: .text(source.finding.severity.rawValue)
        case .code: .text(source.finding.code.rawValue)
        case .entry: .optional(source.finding.entry)
        case .position: .optional(source.finding.position.map(Int64.init))
        case .field: .optional(source.finding.field)
        case .value: .optional(source.finding.value)
        case .message: .text(source.finding.message)
        case .amount: source.finding.count.sqlValue
        }
    }
}

enum FindingCountColumn: Int, TableColumn {
    case operationID, severity, code, findings, elements

    static let table = Table<FindingCountColumn>("import_finding_counts")

    func value(of source: (operation: OperationID, count: FindingCount)) -> SQLValue {
        switch self {
        case .operationID: .text(source.operation.rawValue)
        case .severity: .text(source.count.severity.rawValue)
        case .code: .text(source.count.code.rawValue)
        case .findings: source.count.findings.sqlValue
        case .elements: source.count.elements.sqlValue
        }
    }
}
