import ImportDomain
import SQL

/// `import_batches` and `import_records`: what goes in and out of the staging area.
struct StagingTables: StagingArea {
    let connection: any SQLConnection
    let clock: any WallClock

    /// A request that has sent nothing for so many seconds is not heard of again.
    private static let intakeSilence = 3_600
    /// How many batches are looked at to find some to remove.
    private static let batchesAtOnce = 512

    func stage(_ records: [RecordDraft], of type: RecordType, intake: IntakeID, operation: OperationID) throws {
        let batch = try insertBatch(
            of: type, workload: records.reduce(into: Workload()) { $0 += $1.workload }, intake: intake,
            operation: operation)
        try connection.insert(
            into: "import_records",
            columns: ["sequence", "operation_id", "record_type", "state", "import_id", "document", "secret"]
        ) { rows in
            for (position, record) in records.enumerated() {
                try rows.append(
                    .integer(RecordSequence(batch: batch, position: position).number), .text(operation.rawValue),
                    .text(type.rawValue), .text(RecordState.pending.rawValue), .text(record.importID),
                    .text(record.document), .optional(record.secret))
            }
        }
    }

    /// A batch that nobody sees yet.
    func insertBatch(
        of type: RecordType, workload: Workload, intake: IntakeID, operation: OperationID
    ) throws -> Int64 {
        try connection.integer(
            """
            INSERT INTO import_batches (operation_id, intake_id, record_type, record_count, weight, secret_count,
                accepted, staged_at, lease_token)
            VALUES (\(operation.rawValue), \(intake.rawValue), \(type.rawValue), \(workload.records),
                \(workload.bytes), \(workload.secrets), 0, \(try now()), 0)
            RETURNING number
            """)
    }

    func accept(_ intake: IntakeID) throws -> [RecordType: Int] {
        // What is counted is what is accepted: some of it may be tidied away at the same moment.
        let accepted: [(RecordType, Int)] = try connection.rows(
            """
            UPDATE import_batches SET accepted = 1 WHERE intake_id = \(intake.rawValue) AND accepted = 0
            RETURNING record_type, record_count
            """
        ) { row in (try row.value(0), row.count(1)) }
        return accepted.reduce(into: [:]) { counts, batch in counts[batch.0, default: 0] += batch.1 }
    }

    func discard(_ intake: IntakeID, limit: Int) throws -> Bool {
        try remove(
            try batches(
                """
                SELECT number, record_count FROM import_batches WHERE intake_id = \(intake.rawValue) AND accepted = 0
                ORDER BY number LIMIT \(Self.batchesAtOnce) \(.lockSkippingLocked)
                """, holding: limit))
        return try connection.exists(
            "SELECT 1 FROM import_batches WHERE intake_id = \(intake.rawValue) AND accepted = 0 LIMIT 1")
    }

    func purge(includingFailures: Bool, limit: Int) throws -> Bool {
        let batches = try batchesOfEndedOperations(holding: limit) + batchesOfSilentIntakes(holding: limit)
        try remove(Array(Set(batches)).sorted())
        let failures =
            includingFailures
            ? try connection.execute(
                """
                DELETE FROM import_records WHERE sequence IN (
                    SELECT sequence FROM import_records WHERE state <> 'pending'
                        AND operation_id IN (SELECT id FROM import_operations WHERE retired = 1)
                    LIMIT \(limit))
                """)
            : try connection.execute(
                """
                UPDATE import_records SET secret = NULL WHERE sequence IN (
                    SELECT sequence FROM import_records WHERE state = 'failed' AND secret IS NOT NULL
                        AND operation_id IN (SELECT id FROM import_operations WHERE retired = 1)
                    LIMIT \(limit))
                """)
        return try !batches.isEmpty || failures == limit || forgetConfirmed(limit: limit)
    }

    /// Forgets what ended operations found confirmed.
    private func forgetConfirmed(limit: Int) throws -> Bool {
        try connection.execute(
            """
            DELETE FROM import_confirmed WHERE operation_id = (
                    SELECT operation_id FROM import_confirmed
                    WHERE operation_id IN (SELECT id FROM import_operations WHERE retired = 1) LIMIT 1)
                AND user_id IN (
                    SELECT user_id FROM import_confirmed
                    WHERE operation_id IN (SELECT id FROM import_operations WHERE retired = 1)
                    ORDER BY operation_id, user_id LIMIT \(limit))
            """) > 0
    }

    /// Two ranges of an index: one operation at most is not retired, and its batches may be many.
    private func batchesOfEndedOperations(holding limit: Int) throws -> [Int64] {
        let valid =
            try connection.first("SELECT id FROM import_operations WHERE retired = 0 LIMIT 1") { $0.text(0) } ?? ""
        for range: SQLQuery in ["operation_id > \(valid)", "operation_id < \(valid)"] {
            let found = try batches(
                "SELECT number, record_count FROM import_batches WHERE " + range + """
                     ORDER BY operation_id, record_type, accepted, number
                    LIMIT \(Self.batchesAtOnce) \(.lockSkippingLocked)
                    """, holding: limit)
            if !found.isEmpty { return found }
        }
        return []
    }

    private func batchesOfSilentIntakes(holding limit: Int) throws -> [Int64] {
        try batches(
            """
            SELECT number, record_count FROM import_batches
            WHERE accepted = 0 AND intake_id NOT IN (
                SELECT intake_id FROM import_batches
                WHERE accepted = 0 AND staged_at > \(try now() + .seconds(-Self.intakeSilence)))
            ORDER BY number LIMIT \(Self.batchesAtOnce) \(.lockSkippingLocked)
            """, holding: limit)
    }

    func forgetInterruptedIntakes() throws {
        try remove(try connection.rows("SELECT number FROM import_batches WHERE accepted = 0") { $0.integer(0) })
    }

    func recordCount(of operation: OperationID) throws -> Int {
        let pending = try connection.integer(
            "SELECT sum(record_count) FROM import_batches WHERE operation_id = \(operation.rawValue) AND accepted = 1")
        let failed = try connection.integer(
            "SELECT count(*) FROM import_records WHERE operation_id = \(operation.rawValue) AND state = 'failed'")
        return Int(pending + failed)
    }

    func failures(
        of operation: OperationID, matching filter: FailureFilter, offset: Int, limit: Int, bytes: Int?
    ) throws -> [FailedRecord] {
        let matching: SQLQuery = """
             FROM import_records
            WHERE operation_id = \(operation.rawValue) AND state = 'failed'
                AND record_type = coalesce(\(filter.type?.rawValue), record_type)
                AND failure_code = coalesce(\(filter.code?.rawValue), failure_code)
            ORDER BY sequence
            """
        let fitting = try bytes.map { bytes in
            try connection.fittingCount(
                "SELECT \(.byteLength(of: "document")) + \(.byteLength(of: "failure_message"))" + matching
                    + " LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        }
        return try connection.rows(
            "SELECT sequence, record_type, document, failure_code, failure_message, failure_field, clashes_with"
                + matching + " LIMIT \(fitting ?? limit) OFFSET \(offset)"
        ) { row in
            FailedRecord(
                sequence: RecordSequence(number: row.integer(0)), type: try row.value(1), document: row.text(2),
                failure: RecordFailure(
                    code: try row.value(3), message: row.text(4), field: row.optionalText(5),
                    clashesWith: row.optionalText(6)))
        }
    }

    func failureCount(of operation: OperationID, matching filter: FailureFilter) throws -> Int {
        Int(
            try connection.integer(
                """
                SELECT count(*) FROM import_records
                WHERE operation_id = \(operation.rawValue) AND state = 'failed'
                    AND record_type = coalesce(\(filter.type?.rawValue), record_type)
                    AND failure_code = coalesce(\(filter.code?.rawValue), failure_code)
                """))
    }

    /// The first batches of a query for their numbers and sizes that hold so many records together; one at least.
    private func batches(_ query: SQLQuery, holding limit: Int) throws -> [Int64] {
        var records = 0
        return try connection.rows(query) { (number: $0.integer(0), records: $0.count(1)) }
            .prefix { batch in
                defer { records += batch.records }
                return records < limit
            }
            .map(\.number)
    }

    /// Removes batches and their pending records.
    func remove(_ batches: [Int64]) throws {
        for batch in batches {
            try connection.execute(
                """
                DELETE FROM import_records
                WHERE sequence >= \(RecordSequence(batch: batch, position: 0).number)
                    AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
                """)
            try connection.execute("DELETE FROM import_packs WHERE batch_number = \(batch)")
            try connection.execute("DELETE FROM import_batches WHERE number = \(batch)")
        }
    }
}

/// What a record in the staging area waits for.
enum RecordState: String {
    case pending
    case failed
    case skipped
}
