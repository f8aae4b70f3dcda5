import ImportDomain
import SQL

/// `import_batches` and `import_records`: what goes in and out of the staging area.
struct StagingTables: StagingArea {
    let connection: any SQLConnection
    let clock: any WallClock

    /// A request that has sent nothing for so many seconds is not heard of again.
    private static let intakeSilence = 3_600
    /// From this offset on, pages of failed records are counted from the nearer end.
    private static let deepOffset = 1_000
    /// How many batches are looked at to find some to remove.
    private static let batchesAtOnce = 512

    func stage(_ records: [RecordDraft], of type: RecordType, intake: IntakeID, operation: OperationID) throws {
        let batch = try insertBatch(
            of: type, workload: records.reduce(into: Workload()) { $0 += $1.workload }, intake: intake,
            operation: operation)
        let rows = records.enumerated().lazy.map { position, record in
            RecordColumn.Source(
                sequence: RecordSequence(batch: batch, position: position), operation: operation, type: type,
                state: .pending, importID: record.importID, document: record.document, secret: record.secret)
        }
        try connection.insert(rows, into: RecordColumn.table)
    }

    /// Inserts a batch that is not accepted yet.
    private func insertBatch(
        of type: RecordType, workload: Workload, intake: IntakeID, operation: OperationID
    ) throws -> Int64 {
        try connection.integer(
            BatchColumn.insertion + """
                VALUES (\(operation.rawValue), \(intake.rawValue), \(type.rawValue), coalesce(
                        (SELECT first_index + record_count FROM import_batches
                        WHERE intake_id = \(intake.rawValue) AND record_type = \(type.rawValue) AND accepted = 0
                        ORDER BY number DESC LIMIT 1), 0),
                    \(workload.records), \(workload.bytes), \(workload.secrets), 0, \(try now()), 0, 0,
                    \(Lease.deathLimit))
                RETURNING number
                """)
    }

    func accept(_ intake: IntakeID) throws -> [RecordType: Int] {
        // Counted by the update itself: housekeeping may purge batches at the same time.
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
        if includingFailures { try failureCounts.moveToHistory() }
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
        let hasTexts =
            try includingFailures && FailureTextTable(connection: connection).removeOfHistory(limit: limit)
        return try !batches.isEmpty || failures == limit || hasTexts || forgetAccounts(limit: limit)
            || CheckTables(connection: connection, clock: clock).purge(limit: max(1, limit / 100))
            || retries.purge(limit: limit)
            || IncompleteRecordTables.purge(limit: limit, on: connection)
    }

    private var retries: RetryTables { RetryTables(connection: connection, clock: clock) }

    /// Forgets which accounts an ended operation confirmed and described.
    private func forgetAccounts(limit: Int) throws -> Bool {
        for table in [ImportedAccountColumn.confirmed, ImportedAccountColumn.described] {
            let ended = try connection.first(
                """
                SELECT import_number FROM \(name: table.name)
                WHERE import_number IN (SELECT number FROM import_operations WHERE retired = 1) LIMIT 1
                """
            ) { ImportNumber($0.integer(0)) }
            guard let ended else { continue }
            _ = try ImportedAccountColumn.remove(from: table, of: ended, limit: limit, on: connection)
            return true
        }
        return false
    }

    /// Two ranges of an index: one operation at most is not retired, and its batches may be many.
    private func batchesOfEndedOperations(holding limit: Int) throws -> [Int64] {
        let valid =
            try connection.first("SELECT id FROM import_operations WHERE retired = 0 LIMIT 1") { $0.text(0) } ?? ""
        for range: SQLQuery in ["operation_id > \(valid)", "operation_id < \(valid)"] {
            let found = try batches(
                """
                SELECT number, record_count FROM import_batches WHERE \(range)
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
        try retries.forgetInterruptedIntakes()
    }

    func recordCount(of operation: OperationID) throws -> Int {
        let pending = try connection.integer(
            "SELECT sum(record_count) FROM import_batches WHERE operation_id = \(operation.rawValue) AND accepted = 1")
        let failed = try connection.integer(
            "SELECT count(*) FROM import_records WHERE operation_id = \(operation.rawValue) AND state = 'failed'")
        return Int(pending + failed)
    }

    func failures(
        of operation: OperationID, matching filter: FailureFilter, after sequence: RecordSequence?, offset: Int,
        limit: Int, bytes: Int?
    ) throws -> [FailedRecord] {
        // Sequences are found in an index first, so that skipped records are not read; from the nearer end.
        let found =
            "\(Self.failures(of: operation, matching: filter)) AND sequence > \(sequence?.number ?? -1)" as SQLQuery
        var (isReversed, skipped, count) = (false, offset, limit)
        if offset > Self.deepOffset, sequence == nil {
            let total = try failureCounts.total(of: operation, matching: filter)
            guard offset < total else { return [] }
            if offset > total / 2 {
                count = min(limit, total - offset)
                (isReversed, skipped) = (true, total - offset - count)
            }
        }
        let direction: SQLQuery = isReversed ? "DESC" : ""
        let page: SQLQuery = """
            WHERE sequence IN (
                SELECT sequence FROM import_records WHERE \(found)
                ORDER BY sequence \(direction) LIMIT \(count) OFFSET \(skipped))
            ORDER BY sequence
            """
        let fitting = try bytes.map {
            try connection.fittingRows(
                """
                SELECT \(.byteLength(of: "document")) + \(.byteLength(of: "failure_message"))
                FROM import_records \(page)
                """, bytes: $0
            ).count
        }
        return try connection.rows(of: RecordColumn.table, "\(page) LIMIT \(fitting ?? limit)") { row in
            FailedRecord(
                sequence: RecordSequence(number: row.integer(.sequence)), type: try row.value(.recordType),
                importID: row.text(.importID), index: row.optionalInteger(.sourceIndex).map(Int.init),
                document: row.text(.document),
                failure: RecordFailure(
                    code: try row.value(.failureCode), message: row.text(.failureMessage),
                    field: row.optionalText(.failureField), clashesWith: row.optionalText(.clashesWith)))
        }
    }

    func failureReasons(of operation: OperationID) throws -> [FailureGroup] {
        try failureCounts.reasons(of: operation)
    }

    func failureGroups(of operation: OperationID, matching filter: FailureFilter) throws -> [FailureGroup] {
        try failureCounts.groups(of: operation, matching: filter)
    }

    private var failureCounts: FailureCountTable { FailureCountTable(connection: connection) }

    /// Holds for the failed records of an operation that match.
    static func failures(of operation: OperationID, matching filter: FailureFilter) -> SQLQuery {
        let condition: SQLQuery = "operation_id = \(operation.rawValue) AND state = 'failed' AND \(matches(filter))"
        guard let search = filter.search else { return condition }
        return "\(condition) AND \(FailureTextTable.contains(search, of: operation))"
    }

    /// Holds for failed records that match, whatever the search.
    static func matches(_ filter: FailureFilter) -> SQLQuery {
        switch (filter.type?.rawValue, filter.code?.rawValue) {
        case (nil, nil): "1 = 1"
        case (let type?, nil): "record_type = \(type)"
        case (nil, let code?): "failure_code = \(code)"
        case (let type?, let code?): "record_type = \(type) AND failure_code = \(code)"
        }
    }

    /// The pending records of a batch: a range of the primary key.
    static func pendingRecords(of batch: Int64) -> SQLQuery {
        """
        FROM import_records WHERE sequence >= \(RecordSequence(batch: batch, position: 0).number)
            AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
        """
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
            try connection.execute("DELETE \(Self.pendingRecords(of: batch))")
            try connection.execute("DELETE FROM import_packs WHERE batch_number = \(batch)")
            try connection.execute("DELETE FROM import_batch_index WHERE batch_number = \(batch)")
            try connection.execute("DELETE FROM import_batches WHERE number = \(batch)")
        }
    }

    // MARK: Division

    func divide(_ claim: BatchClaim, into parts: Int) throws {
        let sequences = try sequences(of: claim)
        guard let batch = claim.batches.first, !sequences.isEmpty else { return }
        let size = max(1, (sequences.count + parts - 1) / parts)
        for start in stride(from: 0, to: sequences.count, by: size) {
            let members = sequences[start..<min(start + size, sequences.count)]
            guard let first = members.first, let last = members.last else { continue }
            // Records keep their positions, so the index of the first one stays.
            let part = try insertPart(of: batch, offset: 0, records: members.count, in: claim)
            try connection.execute(
                """
                UPDATE import_records
                SET sequence = sequence + \(RecordSequence(batch: part, position: 0).number
                    - RecordSequence(batch: batch, position: 0).number)
                WHERE sequence >= \(first.number) AND sequence <= \(last.number) AND state = 'pending'
                """)
            try connection.execute(
                """
                UPDATE import_batches SET secret_count = (
                    SELECT count(secret) FROM import_records
                    WHERE sequence >= \(RecordSequence(batch: part, position: 0).number)
                        AND sequence < \(RecordSequence(batch: part + 1, position: 0).number))
                WHERE number = \(part)
                """)
        }
        try remove([batch])
    }

    func divide(_ claim: BatchClaim, into packs: [RecordPack]) throws {
        guard let batch = claim.batches.first else { return }
        var offset = 0
        for pack in packs {
            let part = try insertPart(of: batch, offset: offset, records: pack.count, in: claim)
            try connection.insert([StagedPack(batch: part, payload: pack.payload)], into: PackColumn.table)
            offset += pack.count
        }
        try remove([batch])
    }

    func sequences(of claim: BatchClaim) throws -> [RecordSequence] {
        try claim.batches.flatMap { batch in
            try connection.rows("SELECT sequence \(Self.pendingRecords(of: batch)) ORDER BY sequence") {
                RecordSequence(number: $0.integer(0))
            }
        }
    }

    func fail(_ claim: BatchClaim, because failure: RecordFailure) throws -> Int {
        var faults = try sequences(of: claim).map { RecordFault($0, failure) }
        if claim.type == .message {
            // What a pack holds is unknown; each of its messages is counted, and shown without its content.
            for batch in claim.batches
            where try connection.exists("SELECT 1 FROM import_packs WHERE batch_number = \(batch)") {
                let count = try connection.integer("SELECT record_count FROM import_batches WHERE number = \(batch)")
                faults += (0..<Int(count)).map {
                    RecordFault(RecordSequence(batch: batch, position: $0), failure, document: "{}")
                }
            }
        }
        try finish(claim, with: BatchOutcome(faults: faults))
        return faults.count
    }

    /// A batch that holds a part of another one. One more end of the process divides it again; a single record is given
    /// a second attempt, because other reasons may have ended the process at the same time.
    ///
    /// - Parameter offset: how far into the batch the part begins, if its positions are counted anew.
    private func insertPart(of batch: Int64, offset: Int, records: Int, in claim: BatchClaim) throws -> Int64 {
        let deaths = claim.lease.deaths
        let limit = deaths == 0 ? Lease.deathLimit : deaths + (records == 1 ? 2 : 1)
        return try connection.integer(
            BatchColumn.insertion + """
                SELECT operation_id, intake_id, record_type, first_index + \(offset), \(records),
                    weight * \(records) / CASE WHEN record_count > 0 THEN record_count ELSE 1 END, 0,
                    accepted, staged_at, 0, \(deaths), \(limit)
                FROM import_batches WHERE number = \(batch)
                RETURNING number
                """)
    }

    // MARK: Claims

    private var leases: LeaseTables { LeaseTables(connection: connection, clock: clock) }

    private func now() throws -> Timestamp { try connection.currentTime(by: clock) }

    func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, target: Workload,
        includingSuspects: Bool
    ) throws -> BatchClaim? {
        let now = try now()
        var batches = try claimable(type, of: operation, at: now, target: target)
        if batches.isEmpty, includingSuspects { batches = try suspect(type, of: operation, at: now) }
        guard let first = batches.first else { return nil }
        return BatchClaim(
            try leases.claim(batches.map(\.row), as: .batches, by: worker, until: now + duration), operation: operation,
            type: type, recordCount: batches.reduce(0) { $0 + $1.workload.records }, deathLimit: first.deathLimit)
    }

    /// Batches that no worker holds, locked until the transaction ends.
    ///
    /// Other workers pass over whatever is looked at here: so each look takes in as many batches as were taken before,
    /// and a worker that claims at the same time finds the rest.
    private func claimable(
        _ type: RecordType, of operation: OperationID, at now: Timestamp, target: Workload
    ) throws -> [ClaimableBatch] {
        var batches: [ClaimableBatch] = []
        var workload = Workload()
        while batches.count < 512, batches.isEmpty || !workload.reaches(target) {
            let limit = max(1, batches.count)
            let candidates = try connection.rows(
                of: BatchColumn.table,
                """
                WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                    AND number > \(batches.last?.row.number ?? 0) AND lease_attempts = 0
                    AND \(LeaseTables.isFree(at: now)) ORDER BY number LIMIT \(limit) \(.lockSkippingLocked)
                """, ClaimableBatch.init)
            for candidate in candidates {
                workload += candidate.workload
                guard batches.isEmpty || workload.fits(in: target) else { return batches }
                batches.append(candidate)
            }
            if candidates.count < limit { break }
        }
        return batches
    }

    /// The first batch whose process ended in the middle of it; none while another of them is being imported.
    private func suspect(
        _ type: RecordType, of operation: OperationID, at now: Timestamp
    ) throws -> [ClaimableBatch] {
        try connection.take(.suspects)
        // A claim of a batch without earlier attempts has one.
        let isAnotherClaimed = try connection.exists(
            """
            SELECT 1 FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND lease_attempts > 1 AND lease_expires_at > \(now) LIMIT 1
            """)
        guard !isAnotherClaimed else { return [] }
        return try connection.rows(
            of: BatchColumn.table,
            """
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND lease_attempts > 0 AND \(LeaseTables.isFree(at: now))
            ORDER BY number LIMIT 1 \(.lockSkippingLocked)
            """, ClaimableBatch.init)
    }

    func batches(
        of type: RecordType, in operation: OperationID, after batch: Int64, target: Workload
    ) throws -> BatchClaim? {
        var (found, workload) = ([ClaimableBatch](), Workload())
        for candidate in try connection.rows(
            of: BatchColumn.table,
            """
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND number > \(batch) ORDER BY number LIMIT 64
            """, ClaimableBatch.init)
        {
            workload += candidate.workload
            guard found.isEmpty || workload.fits(in: target) else { break }
            found.append(candidate)
        }
        guard !found.isEmpty else { return nil }
        return BatchClaim(
            Lease(.batches, items: found.map(\.row.number), worker: WorkerID(""), token: 0), operation: operation,
            type: type, recordCount: found.reduce(0) { $0 + $1.workload.records })
    }

    func records(of claim: BatchClaim) throws -> [StagedRecord] {
        var records: [StagedRecord] = []
        records.reserveCapacity(claim.recordCount)
        for batch in claim.batches {
            records += try connection.rows(
                "SELECT sequence, import_id, document, secret \(Self.pendingRecords(of: batch)) ORDER BY sequence"
            ) { row in
                StagedRecord(
                    sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2),
                    secret: row.optionalText(3))
            }
        }
        return records
    }

    func hasBatches(of type: RecordType, in operation: OperationID) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1 LIMIT 1
            """)
    }

    // MARK: Packs

    func stage(_ pack: RecordPack, intake: IntakeID, operation: OperationID) throws {
        let batch = try insertBatch(
            of: .message, workload: pack.workload, intake: intake, operation: operation)
        try connection.insert([StagedPack(batch: batch, payload: pack.payload)], into: PackColumn.table)
        guard let span = pack.writtenAt else { return }
        try connection.execute(
            """
            UPDATE import_batches SET first_written_at = \(span.lowerBound), last_written_at = \(span.upperBound)
            WHERE number = \(batch)
            """)
    }

    func messageSpan(of operation: OperationID) throws -> ClosedRange<Timestamp>? {
        let span = try connection.first(
            """
            SELECT min(first_written_at), max(last_written_at) FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = 'message' AND accepted = 1
            """
        ) { row in
            row.isNull(0) ? nil : (Timestamp(milliseconds: row.integer(0)), Timestamp(milliseconds: row.integer(1)))
        }
        return span.flatMap { $0 }.map { $0.0...$0.1 }
    }

    func packs(of claim: BatchClaim) throws -> [StagedPack] {
        try claim.batches.compactMap { batch in
            try connection.first("SELECT payload FROM import_packs WHERE batch_number = \(batch)") { row in
                StagedPack(batch: batch, payload: row.bytes(0))
            }
        }
    }

    func finish(_ claim: BatchClaim, with outcome: BatchOutcome) throws {
        var rows: [RecordColumn.Source] = []
        var firstIndexes: [Int64: Int64] = [:]
        for fault in outcome.faults {
            let failure = fault.failure
            let batch = fault.sequence.batch
            let first =
                try firstIndexes[batch]
                ?? connection.integer("SELECT first_index FROM import_batches WHERE number = \(batch)")
            firstIndexes[batch] = first
            let index = first + Int64(fault.sequence.position)
            try note(fault.importIDs, as: claim.type.rawValue, in: ListedIDColumn.failed, claim)
            if let document = fault.document {
                rows.append(
                    RecordColumn.Source(
                        sequence: fault.sequence, operation: claim.operation, type: claim.type, state: .failed,
                        importID: fault.packedID, document: document, failure: failure, index: index))
                continue
            }
            try connection.execute(
                """
                UPDATE import_records SET state = 'failed', failure_code = \(failure.code.rawValue),
                    failure_message = \(failure.message), failure_field = \(failure.field),
                    clashes_with = \(failure.clashesWith), source_index = \(index)
                WHERE sequence = \(fault.sequence.number)
                """)
        }
        try failureCounts.add(
            Dictionary(outcome.faults.map { ($0.failure.code.rawValue, 1) }, uniquingKeysWith: +),
            of: claim.type.rawValue, in: claim.operation)
        try skip(outcome.skipped, of: claim)
        try note(outcome.strangers, as: Self.stranger, in: ListedIDColumn.failed, claim)
        try remove(claim.batches)
        // A message that was tried before has a row already, which is removed with its batch.
        try connection.insert(rows, into: RecordColumn.table)
    }

    /// How many values one statement lists.
    private static let valuesAtOnce = 500

    private func inParts<Element>(_ elements: [Element], _ work: (ArraySlice<Element>) throws -> Void) rethrows {
        for start in stride(from: 0, to: elements.count, by: Self.valuesAtOnce) {
            try work(elements[start..<min(start + Self.valuesAtOnce, elements.count)])
        }
    }

    private func skip(_ records: [SkippedRecord], of claim: BatchClaim) throws {
        try inParts(records) { part in
            try connection.execute(
                """
                UPDATE import_records SET state = 'skipped'
                WHERE sequence IN (\(values: part.map { .integer($0.sequence.number) }))
                """)
        }
        // Another record with the id may have been skipped without an account: the order does not matter.
        var accounts: [ImportID: UserID?] = [:]
        for record in records {
            for importID in record.importIDs { accounts[importID] = (accounts[importID] ?? nil) ?? record.account }
        }
        try inParts(accounts.sorted { $0.key.rawValue < $1.key.rawValue }) { part in
            try connection.insert(
                part.map { (claim.operation, claim.type, $0.key, $0.value) }, into: SkippedIDColumn.table,
                onConflict: """
                    (operation_id, record_type, import_id)
                        DO UPDATE SET account_id = coalesce(import_skipped.account_id, excluded.account_id)
                    """)
        }
    }

    private func note(
        _ importIDs: [ImportID], as type: String, in table: Table<ListedIDColumn>, _ claim: BatchClaim
    ) throws {
        try inParts(importIDs.distinct()) { part in
            try connection.insert(
                part.map { [.text(claim.operation.rawValue), .text(type), .text($0.rawValue)] }, into: table,
                onConflict: "(operation_id, record_type, import_id) DO NOTHING")
        }
    }

    // MARK: Selection

    func select(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        // Staged ids are clipped as well.
        let distinct = Set(importIDs.map { ImportID($0.rawValue.clipped(toBytes: RecordLimits.importIDBytes)) })
        try connection.insert(
            distinct.map(\.rawValue).sorted().lazy.map {
                [.text(operation.rawValue), .text(type.rawValue), .text($0)]
            }, into: ListedIDColumn.selected)
    }

    func addToSelection(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        let present = try selected(among: importIDs, of: type, in: operation)
        try select(importIDs.filter { !present.contains($0) }, of: type, in: operation)
    }

    func removeFromSelection(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws {
        try connection.execute(
            "DELETE FROM import_selection \(Self.condition(importIDs, of: type.rawValue, operation))")
    }

    func selected(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: ListedIDColumn.selected, of: type.rawValue, operation)
    }

    func skipped(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        Set(
            try connection.rows(
                of: SkippedIDColumn.table, Self.condition(importIDs, of: type.rawValue, operation)
            ) { ImportID($0.text(.importID)) })
    }

    func accounts(ofSkipped importIDs: [ImportID], in operation: OperationID) throws -> [ImportID: UserID] {
        guard !importIDs.isEmpty else { return [:] }
        let pairs = try connection.rows(
            of: SkippedIDColumn.table, Self.condition(importIDs, of: RecordType.user.rawValue, operation)
        ) { row in
            row.optionalText(.accountID).map { (ImportID(row.text(.importID)), UserID($0)) }
        }
        return Dictionary(pairs.compactMap(\.self)) { first, _ in first }
    }

    func hasFailedIDs(in operation: OperationID) throws -> Bool {
        try connection.exists("SELECT 1 FROM import_failed WHERE operation_id = \(operation.rawValue) LIMIT 1")
    }

    func failed(among importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: ListedIDColumn.failed, of: type.rawValue, operation)
    }

    func strangers(among importIDs: [ImportID], in operation: OperationID) throws -> Set<ImportID> {
        try listed(importIDs, in: ListedIDColumn.failed, of: Self.stranger, operation)
    }

    /// Strangers stand beside the ids of failed records, as a type of their own.
    static let stranger = "stranger"

    private func listed(
        _ importIDs: [ImportID], in table: Table<ListedIDColumn>, of type: String, _ operation: OperationID
    ) throws -> Set<ImportID> {
        Set(
            try connection.rows(of: table, Self.condition(importIDs, of: type, operation)) {
                ImportID($0.text(.importID))
            })
    }

    private static func condition(_ importIDs: [ImportID], of type: String, _ operation: OperationID) -> SQLQuery {
        """
        WHERE operation_id = \(operation.rawValue) AND record_type = \(type)
            AND import_id \(in: importIDs.map(\.rawValue))
        """
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
                "\(Self.pendingRecords(of: batch)) AND sequence > \(start)", bytes: rest, from: connection)
            rest = max(0, rest - added.bytes)
            isCut = added.isCut
        }
        return page.records
    }
}

/// What a record in the staging area waits for.
enum RecordState: String {
    case pending
    case failed
    case skipped
}

private struct ClaimableBatch {
    let row: LeasedRow
    let workload: Workload
    let deathLimit: Int

    init(_ row: TableRow<BatchColumn>) {
        self.row = LeasedRow(row)
        workload = Workload(
            records: row.count(.recordCount), bytes: row.count(.weight), secrets: row.count(.secretCount))
        deathLimit = row.count(.attemptLimit)
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
        let fitting = try connection.fittingRows(
            "SELECT \(.byteLength(of: "document")) \(condition) ORDER BY sequence LIMIT \(limit)", bytes: bytes)
        let rows = try connection.rows(
            "SELECT sequence, import_id, document \(condition) ORDER BY sequence LIMIT \(fitting.count)"
        ) { row in
            StagedRecord(
                sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2))
        }
        found += rows
        if fitting.isCut, let last = rows.last?.sequence { end = end.map { min($0, last) } ?? last }
        return (rows.reduce(0) { $0 + $1.document.utf8.count }, fitting.isCut)
    }
}

enum BatchColumn: Int, LeasedColumn {
    case number, operationID, intakeID, recordType, firstIndex, recordCount, weight, secretCount, accepted, stagedAt,
        leaseToken, leaseAttempts, attemptLimit, leaseOwner, leaseExpiresAt, firstWrittenAt, lastWrittenAt

    static let table = Table<BatchColumn>(
        "import_batches",
        defaulted: Set([number, leaseOwner, leaseExpiresAt, firstWrittenAt, lastWrittenAt].map(\.rawValue)))
    /// Values, or a selection, of the columns of a new batch follow.
    static let insertion: SQLQuery = "INSERT INTO import_batches (\(names: table.inserted.map(\.name))) "

    /// Batches are inserted by statements that return their numbers.
    func value(of source: Never) -> SQLValue {}
}

enum RecordColumn: Int, TableColumn {
    /// A new record.
    struct Source {
        let sequence: RecordSequence
        let operation: OperationID
        let type: RecordType
        let state: RecordState
        let importID: String
        let document: String
        var secret: String?
        var failure: RecordFailure?
        /// The index of a failed record in its request or file.
        var index: Int64?
    }

    case sequence, operationID, recordType, state, importID, document, secret, failureCode, failureMessage,
        failureField, clashesWith, sourceIndex

    static let table = Table<RecordColumn>("import_records")

    func value(of source: Source) -> SQLValue {
        switch self {
        case .sequence: .integer(source.sequence.number)
        case .operationID: .text(source.operation.rawValue)
        case .recordType: .text(source.type.rawValue)
        case .state: .text(source.state.rawValue)
        case .importID: .text(source.importID)
        case .document: .text(source.document)
        case .secret: .optional(source.secret)
        case .failureCode: .optional(source.failure?.code.rawValue)
        case .failureMessage: .optional(source.failure?.message)
        case .failureField: .optional(source.failure?.field)
        case .clashesWith: .optional(source.failure?.clashesWith)
        case .sourceIndex: .optional(source.index)
        }
    }
}

enum PackColumn: Int, TableColumn {
    case batchNumber, payload

    static let table = Table<PackColumn>("import_packs")

    func value(of pack: StagedPack) -> SQLValue {
        switch self {
        case .batchNumber: .integer(pack.batch)
        case .payload: .blob(pack.payload)
        }
    }
}

/// Import ids that an operation lists: those selected for the import, and those of failed records.
enum ListedIDColumn: Int, TableColumn {
    case operationID, recordType, importID

    static let selected = Table<ListedIDColumn>("import_selection")
    static let failed = Table<ListedIDColumn>("import_failed")
    static var table: Table<Self> { selected }
}

/// Import ids of skipped records, with the accounts that these describe.
enum SkippedIDColumn: Int, TableColumn {
    case operationID, recordType, importID, accountID

    static let table = Table<SkippedIDColumn>("import_skipped")

    func value(
        of source: (operation: OperationID, type: RecordType, importID: ImportID, account: UserID?)
    ) -> SQLValue {
        switch self {
        case .operationID: .text(source.operation.rawValue)
        case .recordType: .text(source.type.rawValue)
        case .importID: .text(source.importID.rawValue)
        case .accountID: .optional(source.account?.rawValue)
        }
    }
}
