import ImportDomain
import SQL

/// `import_findings` and `import_finding_counts`.
struct FindingTables: FindingStore {
    let connection: any SQLConnection

    func add(_ findings: [ImportFinding], to operation: OperationID, limitPerCode: Int) throws {
        var rows = BulkInsert(
            into: "import_findings",
            columns: [
                "operation_id", "severity", "code", "entry", "position", "field", "value", "message", "amount",
            ], rowCount: findings.count)
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
            for finding in group.prefix(max(0, limitPerCode - Int(before))) {
                rows.append(
                    .text(operation.rawValue), .text(finding.severity.rawValue), .text(finding.code.rawValue),
                    .optional(finding.entry), .optional(finding.position.map(Int64.init)), .optional(finding.field),
                    .optional(finding.value), .text(finding.message), finding.count.sqlValue)
            }
        }
        try connection.insert(rows)
    }

    func removeFindings(of operation: OperationID) throws {
        try connection.execute("DELETE FROM import_findings WHERE operation_id = \(operation.rawValue)")
        try connection.execute("DELETE FROM import_finding_counts WHERE operation_id = \(operation.rawValue)")
    }

    func findings(of operation: OperationID, offset: Int, limit: Int, bytes: Int?) throws -> [ImportFinding] {
        // Alphabetical order matches severity order except for the most severe.
        let matching: SQLQuery = """
             FROM import_findings WHERE operation_id = \(operation.rawValue)
            ORDER BY CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, code, number
            """
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(
                """
                SELECT \(.byteLength(of: "message")) + coalesce(\(.byteLength(of: "entry")), 0)
                    + coalesce(\(.byteLength(of: "field")), 0) + coalesce(\(.byteLength(of: "value")), 0)
                """ + matching + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try connection.rows(
            "SELECT severity, code, entry, position, field, value, amount, message" + matching
                + " LIMIT \(fitting ?? limit) OFFSET \(offset)"
        ) { row in
            ImportFinding(
                try row.value(0), try row.value(1), entry: row.optionalText(2),
                position: row.optionalInteger(3).map(Int.init), field: row.optionalText(4), value: row.optionalText(5),
                count: row.count(6), message: row.text(7))
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
