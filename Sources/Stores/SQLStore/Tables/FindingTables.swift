import ImportDomain
import SQL

/// `import_findings` and `import_finding_counts`.
struct FindingTables: FindingStore {
    let connection: any SQLConnection

    func add(_ findings: [ImportFinding], to operation: OperationID, limitPerCode: Int) throws {
        var kept: [FindingColumn.Source] = []
        for (key, group) in Dictionary(grouping: findings, by: { Key(severity: $0.severity, code: $0.code) }) {
            let elements = group.reduce(0) { $0 + $1.count }
            let before = try connection.integer(
                """
                SELECT findings FROM import_finding_counts WHERE operation_id = \(operation.rawValue)
                    AND severity = \(key.severity.rawValue) AND code = \(key.code.rawValue)
                """)
            try connection.execute(
                """
                INSERT INTO import_finding_counts (operation_id, severity, code, findings, elements)
                VALUES (\(operation.rawValue), \(key.severity.rawValue), \(key.code.rawValue), \(group.count),
                    \(elements))
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
        let matching: SQLQuery = """
            WHERE operation_id = \(operation.rawValue)
            ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code, number
            """
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(
                """
                SELECT \(.byteLength(of: "message")) + coalesce(\(.byteLength(of: "entry")), 0)
                    + coalesce(\(.byteLength(of: "field")), 0) + coalesce(\(.byteLength(of: "value")), 0)
                FROM import_findings 
                """ + matching + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try connection.rows(
            of: FindingColumn.table, matching + " LIMIT \(fitting ?? limit) OFFSET \(offset)"
        ) { row in
            ImportFinding(
                try row.value(.severity), try row.value(.code), entry: row.optionalText(.entry),
                position: row.optionalInteger(.position).map(Int.init), field: row.optionalText(.field),
                value: row.optionalText(.value), count: row.count(.amount), message: row.text(.message))
        }
    }

    func findingCounts(of operation: OperationID) throws -> [FindingCount] {
        try connection.rows(
            """
            SELECT severity, code, findings, elements FROM import_finding_counts
            WHERE operation_id = \(operation.rawValue)
            ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code
            """
        ) { row in
            FindingCount(
                severity: try row.value(0), code: try row.value(1), findings: row.count(2), elements: row.count(3))
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
