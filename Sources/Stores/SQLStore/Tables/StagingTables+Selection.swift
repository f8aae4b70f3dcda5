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

    func records(
        of type: RecordType, in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [StagedRecord] {
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
        var page = SelectionPage(limit: limit)
        try page.add(
            """
             FROM import_records WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue)
                AND state <> 'pending' AND sequence > \(start)
            """, bytes: bytes, from: connection)
        // Pending records of all batches share one limit: batches follow each other, so the first cut is the last.
        var (rest, isCut) = (bytes, false)
        for batch in batches where page.count < 2 * limit && !isCut {
            let added = try page.add(
                """
                 FROM import_records
                WHERE sequence > \(max(start, RecordSequence(batch: batch, position: 0).number - 1))
                    AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
                """, bytes: rest, from: connection)
            rest = max(0, rest - added.bytes)
            isCut = added.isCut
        }
        return page.records
    }
}

/// A page of records that several queries find, each in staging order.
private struct SelectionPage {
    let limit: Int
    private var found: [StagedRecord] = []
    /// The last record of a query that was cut: later records belong to later pages.
    private var end: RecordSequence?

    init(limit: Int) { self.limit = limit }

    var count: Int { found.count }

    var records: [StagedRecord] {
        let page = found.sorted { $0.sequence < $1.sequence }.prefix(limit)
        guard let end else { return Array(page) }
        return Array(page.prefix { $0.sequence <= end })
    }

    /// - Parameter condition: a statement from its `FROM` on, without an order.
    @discardableResult
    mutating func add(
        _ condition: SQLQuery, bytes: Int, from connection: any SQLConnection
    ) throws -> (bytes: Int, isCut: Bool) {
        let matching = condition + " ORDER BY sequence"
        let fitting = try connection.fittingRows(
            "SELECT \(.byteLength(of: "document"))" + matching + " LIMIT \(limit)", bytes: bytes)
        let rows = try connection.rows(
            "SELECT sequence, import_id, document" + matching + " LIMIT \(fitting.count)"
        ) { row in
            StagedRecord(
                sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2))
        }
        found += rows
        if fitting.isCut, let last = rows.last?.sequence { end = end.map { min($0, last) } ?? last }
        return (rows.reduce(0) { $0 + $1.document.utf8.count }, fitting.isCut)
    }
}
