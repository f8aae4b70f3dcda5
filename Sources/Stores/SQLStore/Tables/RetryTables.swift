import ImportDomain
import SQL

/// `import_retries` and `import_retried_records`: requests to try failed records again.
struct RetryTables: RetryStore {
    let connection: any SQLConnection
    let clock: any WallClock

    /// A request that has sent nothing for so many seconds is abandoned.
    private static let intakeSilence = 3_600
    /// The most bytes that a batch may grow to by records that are added to it.
    private static let batchBytes = 8 << 20
    /// The most values that one statement lists.
    private static let valuesAtOnce = 500

    private func now() throws -> Timestamp { try connection.currentTime(by: clock) }

    // MARK: Requests

    func find(_ sequences: [RecordSequence], includingDocuments: Bool) throws -> [StagedRetryTarget] {
        try inParts(sequences) { part in
            try connection.rows(
                """
                SELECT sequence, operation_id, record_type, state,
                    CASE WHEN \(includingDocuments ? 1 : 0) = 1 THEN document ELSE '' END
                FROM import_records WHERE sequence IN (\(values: part.map { .integer($0.number) }))
                """
            ) { row in
                StagedRetryTarget(
                    sequence: RecordSequence(number: row.integer(0)), operation: OperationID(row.text(1)),
                    type: try row.value(2), isFailed: row.text(3) == RecordState.failed.rawValue, document: row.text(4))
            }
        }
    }

    func documentSizes(of sequences: [RecordSequence]) throws -> [RecordSequence: Int] {
        let sizes = try inParts(sequences) { part in
            try connection.rows(
                """
                SELECT sequence, \(.byteLength(of: "document")) FROM import_records
                WHERE sequence IN (\(values: part.map { .integer($0.number) }))
                """
            ) { (RecordSequence(number: $0.integer(0)), $0.count(1)) }
        }
        return Dictionary(sizes) { first, _ in first }
    }

    func stage(
        _ records: [RetriedRecord], intake: IntakeID
    ) throws -> (newCount: Int, repeated: [RecordSequence]) {
        let staged = try inParts(records.map(\.sequence)) { part in
            try connection.rows(
                """
                SELECT sequence, action FROM import_retried_records
                WHERE intake_id = \(intake.rawValue) AND sequence IN (\(values: part.map { .integer($0.number) }))
                """
            ) { (RecordSequence(number: $0.integer(0)), $0.text(1)) }
        }
        let actions = Dictionary(staged) { first, _ in first }
        let now = try now()
        var repeated: [RecordSequence] = []
        var new: [RetriedRecordColumn.Source] = []
        for record in records {
            if let action = actions[record.sequence] {
                if case .again = record.action { continue }
                guard action == RetryAction.again.rawValue else {
                    repeated.append(record.sequence)
                    continue
                }
                try connection.execute(
                    """
                    DELETE FROM import_retried_records
                    WHERE intake_id = \(intake.rawValue) AND sequence = \(record.sequence.number)
                    """)
            }
            new.append((intake, record, now))
        }
        try connection.insert(new, into: RetriedRecordColumn.table)
        return (records.count { actions[$0.sequence] == nil }, repeated)
    }

    func outsiders(of intake: IntakeID, in operation: OperationID, limit: Int) throws -> [RecordSequence] {
        try connection.rows(
            """
            SELECT import_retried_records.sequence FROM import_retried_records
            LEFT JOIN import_records ON import_records.sequence = import_retried_records.sequence
                AND import_records.operation_id = \(operation.rawValue) AND import_records.state = 'failed'
            WHERE import_retried_records.intake_id = \(intake.rawValue) AND import_records.sequence IS NULL
            ORDER BY import_retried_records.sequence LIMIT \(limit)
            """
        ) { RecordSequence(number: $0.integer(0)) }
    }

    func accept(_ request: RetryRequest, of operation: OperationID) throws -> (named: Int, total: Int) {
        try connection.insert(one: (operation, request), into: RetryColumn.table)
        let listed = try connection.integer(
            "SELECT count(*) FROM import_retried_records WHERE intake_id = \(request.intake.rawValue)")
        guard case .matching(let filter) = request.scope else { return (Int(listed), Int(listed)) }
        let matching = try FailureCountTable(connection: connection).total(of: operation, matching: filter)
        let both = try connection.integer(
            """
            SELECT count(*) FROM import_retried_records
            JOIN import_records ON import_records.sequence = import_retried_records.sequence
            WHERE import_retried_records.intake_id = \(request.intake.rawValue)
                AND import_records.operation_id = \(operation.rawValue)
                AND \(StagingTables.matches(filter))
            """)
        return (Int(listed), Int(listed) + matching - Int(both))
    }

    func discard(_ intake: IntakeID, limit: Int) throws -> Bool {
        try remove(
            "SELECT sequence FROM import_retried_records WHERE intake_id = \(intake.rawValue) LIMIT \(limit)",
            of: intake) == limit
    }

    func request(of operation: OperationID) throws -> RetryRequest? {
        try connection.rows(of: RetryColumn.table, "WHERE operation_id = \(operation.rawValue)") { row in
            RetryRequest(
                intake: IntakeID(row.text(.intakeID)),
                scope: row.flag(.listed)
                    ? .listed
                    : .matching(
                        FailureFilter(
                            type: row.optionalText(.recordType).flatMap(RecordType.init(rawValue:)),
                            code: row.optionalText(.failureCode).flatMap(RecordFailure.Code.init(rawValue:)))))
        }.first
    }

    func records(
        of request: RetryRequest, in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [RetriableRecord] {
        let condition: SQLQuery =
            switch request.scope {
            case .listed:
                """
                FROM import_retried_records
                JOIN import_records ON import_records.sequence = import_retried_records.sequence
                WHERE import_retried_records.intake_id = \(request.intake.rawValue)
                    AND import_retried_records.sequence > \(sequence?.number ?? -1)
                    AND import_records.operation_id = \(operation.rawValue) AND import_records.state = 'failed'
                ORDER BY import_retried_records.sequence
                """
            case .matching(let filter):
                """
                FROM import_records
                LEFT JOIN import_retried_records ON import_retried_records.intake_id = \(request.intake.rawValue)
                    AND import_retried_records.sequence = import_records.sequence
                WHERE import_records.operation_id = \(operation.rawValue) AND import_records.state = 'failed'
                    AND import_records.sequence > \(sequence?.number ?? -1)
                    AND (import_retried_records.sequence IS NOT NULL OR (\(StagingTables.matches(filter))))
                ORDER BY import_records.sequence
                """
            }
        let fitting = try connection.fittingRows(
            """
            SELECT \(.byteLength(of: "import_records.document"))
                + coalesce(\(.byteLength(of: "import_retried_records.document")), 0) \(condition) LIMIT \(limit)
            """, bytes: bytes)
        return try connection.rows(
            """
            SELECT import_records.sequence, import_records.record_type, import_records.import_id,
                CASE WHEN import_records.record_type = 'message' THEN '' ELSE import_records.document END,
                import_retried_records.action, import_retried_records.import_id, import_retried_records.document,
                import_retried_records.secret
            \(condition) LIMIT \(fitting.count)
            """
        ) { row in
            RetriableRecord(
                sequence: RecordSequence(number: row.integer(0)), type: try row.value(1), importID: row.text(2),
                document: row.text(3), action: Self.action(row))
        }
    }

    private static func action(_ row: any SQLRow) -> RetriedRecord.Action {
        switch row.optionalText(4).flatMap(RetryAction.init(rawValue:)) {
        case .corrected:
            .corrected(RecordDraft(importID: row.text(5), document: row.text(6), secret: row.optionalText(7)))
        case .skip: .skip
        case .again, nil: .again
        }
    }

    // MARK: Records that become pending

    func requeue(_ records: [RequeuedRecord], for request: RetryRequest, in operation: OperationID) throws {
        let pending = records.filter { if case .skip = $0.record.action { false } else { true } }
        for (type, members) in Dictionary(grouping: pending, by: \.record.type) {
            try suspend(members.flatMap(\.importIDs), of: type, in: operation)
        }
        for part in parts(of: records.map(\.record.sequence)) {
            try FailureCountTable(connection: connection).subtract(part, in: operation)
            try FailureTextTable(connection: connection).remove(part, in: operation)
        }
        for record in records {
            let sequence = record.record.sequence.number
            switch record.record.action {
            case .again: break
            case .corrected(let draft):
                try connection.execute(
                    """
                    UPDATE import_records SET import_id = \(draft.importID), document = \(draft.document),
                        secret = coalesce(\(draft.secret), secret)
                    WHERE sequence = \(sequence)
                    """)
            case .skip where record.record.type == .message:
                // As messages that were not selected, they are only counted.
                try connection.execute("DELETE FROM import_records WHERE sequence = \(sequence)")
            case .skip:
                try connection.execute(
                    """
                    UPDATE import_records SET state = 'skipped', secret = NULL, \(Self.withoutFailure)
                    WHERE sequence = \(sequence)
                    """)
                for importID in record.importIDs {
                    try connection.insert(
                        one: (operation, record.record.type, importID, nil), into: SkippedIDColumn.table,
                        "ON CONFLICT (operation_id, record_type, import_id) DO NOTHING")
                }
            }
        }
        let batches = Dictionary(grouping: pending.map(\.record), by: \.sequence.batch)
        for (batch, members) in batches.sorted(by: { $0.key < $1.key }) {
            guard let type = members.first?.type else { continue }
            try requeue(members.map(\.sequence), batch: batch, of: type, for: request, in: operation)
        }
    }

    private static let withoutFailure: SQLQuery =
        "failure_code = NULL, failure_message = NULL, failure_field = NULL, clashes_with = NULL, source_index = NULL"

    /// Makes failed records of one former batch pending, in that batch again, so that they keep their ids.
    private func requeue(
        _ sequences: [RecordSequence], batch: Int64, of type: RecordType, for request: RetryRequest,
        in operation: OperationID
    ) throws {
        var workload = Workload()
        var firstIndex: Int64 = 0
        for part in parts(of: sequences) {
            let found = try connection.rows(
                """
                SELECT count(*), sum(\(.byteLength(of: "document")) + \(.byteLength(of: "import_id"))), count(secret),
                    min(source_index - (sequence & 65535))
                FROM import_records WHERE sequence IN (\(values: part.map { .integer($0.number) }))
                """
            ) { row in
                (Workload(records: row.count(0), bytes: row.count(1), secrets: row.count(2)), max(0, row.integer(3)))
            }
            for (part, index) in found { (workload, firstIndex) = (workload + part, index) }
        }
        let number = try self.batch(
            batch, with: workload, firstIndex: firstIndex, of: type, for: request, in: operation)
        let distance = (number - batch) << 16
        for part in parts(of: sequences) {
            try connection.execute(
                """
                UPDATE import_records SET state = 'pending', sequence = sequence + \(distance), \(Self.withoutFailure)
                WHERE sequence IN (\(values: part.map { .integer($0.number) }))
                """)
        }
    }

    /// The batch that records join: the former one, unless it is claimed or would be too large.
    private func batch(
        _ number: Int64, with workload: Workload, firstIndex: Int64, of type: RecordType, for request: RetryRequest,
        in operation: OperationID
    ) throws -> Int64 {
        let joined = try connection.execute(
            """
            UPDATE import_batches SET record_count = record_count + \(workload.records),
                weight = weight + \(workload.bytes), secret_count = secret_count + \(workload.secrets)
            WHERE number = \(number) AND lease_owner IS NULL AND weight + \(workload.bytes) <= \(Self.batchBytes)
            """)
        if joined > 0 { return number }
        let isFree = try !connection.exists("SELECT 1 FROM import_batches WHERE number = \(number)")
        let names = (isFree ? [BatchColumn.number.name] : []) + BatchColumn.table.inserted.map(\.name)
        let now = try now()
        // A lease of the former batch has a smaller token.
        let values: [SQLValue] =
            (isFree ? [.integer(number)] : []) + [
                .text(operation.rawValue), .text(request.intake.rawValue), .text(type.rawValue), .integer(firstIndex),
                workload.records.sqlValue, workload.bytes.sqlValue, workload.secrets.sqlValue, .flag(true),
                now.sqlValue, .integer(now.milliseconds), .integer(0), Lease.deathLimit.sqlValue,
            ]
        return try connection.integer(
            "INSERT INTO import_batches (\(names: names)) VALUES (\(values: values)) RETURNING number")
    }

    // MARK: Import ids of failed records

    /// While a request is carried out, ids of its records stand beside those of failed ones under this type.
    private static func suspended(_ type: String) -> String { "\(type)?" }

    /// What the failure of a record of this type means to others.
    private static func kinds(of type: RecordType) -> [String] {
        type == .user ? [type.rawValue, StagingTables.stranger] : [type.rawValue]
    }

    private func suspend(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        guard !importIDs.isEmpty else { return }
        for kind in Self.kinds(of: type) {
            try move(importIDs, from: kind, to: Self.suspended(kind), in: operation)
            try connection.execute(
                """
                DELETE FROM import_failed WHERE operation_id = \(operation.rawValue) AND record_type = \(kind)
                    AND import_id \(in: importIDs.map(\.rawValue))
                """)
        }
    }

    func hasSuspendedIDs(in operation: OperationID) throws -> Bool {
        try RecordType.allCases.flatMap(Self.kinds(of:)).contains { kind in
            try connection.exists(
                """
                SELECT 1 FROM import_failed
                WHERE operation_id = \(operation.rawValue) AND record_type = \(Self.suspended(kind)) LIMIT 1
                """)
        }
    }

    func restore(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        for kind in Self.kinds(of: type) {
            try move(importIDs, from: Self.suspended(kind), to: kind, in: operation)
        }
    }

    private func move(_ importIDs: [ImportID], from: String, to: String, in operation: OperationID) throws {
        try connection.execute(
            """
            INSERT INTO import_failed (\(names: ListedIDColumn.failed.columnNames))
            SELECT operation_id, CAST(\(to) AS TEXT), import_id FROM import_failed
            WHERE operation_id = \(operation.rawValue) AND record_type = \(from)
                AND import_id \(in: importIDs.map(\.rawValue))
            ON CONFLICT (operation_id, record_type, import_id) DO NOTHING
            """)
    }

    // MARK: Removal

    func forgetRecords(of request: RetryRequest, of operation: OperationID, limit: Int) throws -> Bool {
        for kind in RecordType.allCases.flatMap(Self.kinds(of:)) {
            let removed = try connection.execute(
                """
                DELETE FROM import_failed
                WHERE operation_id = \(operation.rawValue) AND record_type = \(Self.suspended(kind))
                    AND import_id IN (
                        SELECT import_id FROM import_failed
                        WHERE operation_id = \(operation.rawValue) AND record_type = \(Self.suspended(kind))
                        ORDER BY import_id LIMIT \(limit))
                """)
            if removed == limit { return true }
        }
        return try discard(request.intake, limit: limit)
    }

    func end(of operation: OperationID) throws {
        try connection.execute("DELETE FROM import_retries WHERE operation_id = \(operation.rawValue)")
    }

    /// Removes some of what ended operations and abandoned requests have left.
    ///
    /// - Returns: whether more may be left.
    func purge(limit: Int) throws -> Bool {
        try connection.execute(
            "DELETE FROM import_retries WHERE operation_id IN (SELECT id FROM import_operations WHERE retired = 1)")
        return try removeUnaccepted(
            """
            (staged_at <= \(try now() + .seconds(-Self.intakeSilence))
                OR operation_id IN (SELECT id FROM import_operations WHERE retired = 1))
            """, limit: limit)
    }

    /// Removes the records of requests that were not accepted.
    func forgetInterruptedIntakes() throws {
        while try removeUnaccepted("1 = 1", limit: 8_000) {}
    }

    private func removeUnaccepted(_ condition: SQLQuery, limit: Int) throws -> Bool {
        let intake = try connection.first(
            """
            SELECT intake_id FROM import_retried_records
            WHERE intake_id NOT IN (SELECT intake_id FROM import_retries) AND \(condition) LIMIT 1
            """
        ) { IntakeID($0.text(0)) }
        guard let intake else { return false }
        _ = try discard(intake, limit: limit)
        return true
    }

    private func remove(_ sequences: SQLQuery, of intake: IntakeID) throws -> Int {
        try connection.execute(
            """
            DELETE FROM import_retried_records
            WHERE intake_id = \(intake.rawValue) AND sequence IN (\(sequences))
            """)
    }

    private func parts(of sequences: [RecordSequence]) -> [ArraySlice<RecordSequence>] {
        stride(from: 0, to: sequences.count, by: Self.valuesAtOnce).map {
            sequences[$0..<min($0 + Self.valuesAtOnce, sequences.count)]
        }
    }

    private func inParts<Element>(
        _ sequences: [RecordSequence], _ read: (ArraySlice<RecordSequence>) throws -> [Element]
    ) rethrows -> [Element] {
        try parts(of: sequences).flatMap(read)
    }
}

private enum RetryAction: String {
    case again
    case corrected
    case skip
}

enum RetryColumn: Int, TableColumn {
    case operationID, intakeID, listed, recordType, failureCode

    static let table = Table<RetryColumn>("import_retries")

    func value(of source: (operation: OperationID, request: RetryRequest)) -> SQLValue {
        let filter: FailureFilter? =
            if case .matching(let filter) = source.request.scope { filter } else { nil }
        return switch self {
        case .operationID: .text(source.operation.rawValue)
        case .intakeID: .text(source.request.intake.rawValue)
        case .listed: .flag(filter == nil)
        case .recordType: .optional(filter?.type?.rawValue)
        case .failureCode: .optional(filter?.code?.rawValue)
        }
    }
}

enum RetriedRecordColumn: Int, TableColumn {
    case intakeID, sequence, operationID, stagedAt, action, importID, document, secret

    static let table = Table<RetriedRecordColumn>("import_retried_records")

    func value(of source: (intake: IntakeID, record: RetriedRecord, moment: Timestamp)) -> SQLValue {
        let draft: RecordDraft? = if case .corrected(let draft) = source.record.action { draft } else { nil }
        return switch self {
        case .intakeID: .text(source.intake.rawValue)
        case .sequence: .integer(source.record.sequence.number)
        case .operationID: .text(source.record.operation.rawValue)
        case .stagedAt: source.moment.sqlValue
        case .action:
            switch source.record.action {
            case .again: .text(RetryAction.again.rawValue)
            case .corrected: .text(RetryAction.corrected.rawValue)
            case .skip: .text(RetryAction.skip.rawValue)
            }
        case .importID: .optional(draft?.importID)
        case .document: .optional(draft?.document)
        case .secret: .optional(draft?.secret)
        }
    }
}
