import ImportDomain
import SQL

extension StagingTables {
    func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, target: Workload,
        includingSuspects: Bool
    ) throws -> Lease? {
        let now = try now()
        var batches = try claimable(type, of: operation, at: now, target: target)
        if batches.isEmpty, includingSuspects { batches = try suspect(type, of: operation, at: now) }
        guard let first = batches.first else { return nil }

        // Larger than that of every earlier claim of these batches, which is all that a fencing token has to be.
        let token = (batches.map(\.token).max() ?? 0) + 1
        for batch in batches {
            // A worker that finds its own name there lost its connection, not its life.
            try connection.execute(
                """
                UPDATE import_batches
                SET attempts = attempts + CASE WHEN lease_owner = \(worker.rawValue) THEN 0 ELSE 1 END,
                    lease_owner = \(worker.rawValue), lease_token = \(token), lease_expires_at = \(now + duration)
                WHERE number = \(batch.number)
                """)
        }
        return Lease(
            operation: operation, type: type, batches: batches.map(\.number),
            recordCount: batches.reduce(0) { $0 + $1.workload.records }, worker: worker, token: token,
            deaths: first.owner == worker.rawValue ? max(0, first.attempts - 1) : first.attempts,
            deathLimit: first.attemptLimit)
    }

    /// Batches that nobody has claimed, locked until the transaction ends.
    ///
    /// Other workers pass over whatever is looked at here: so each look takes in as many batches as were taken before,
    /// and a worker that claims at the same moment finds the rest.
    private func claimable(
        _ type: RecordType, of operation: OperationID, at now: Timestamp, target: Workload
    ) throws -> [ClaimableBatch] {
        var batches: [ClaimableBatch] = []
        var workload = Workload()
        while batches.count < 512, batches.isEmpty || !workload.reaches(target) {
            let limit = max(1, batches.count)
            let candidates = try connection.rows(
                """
                SELECT \(names: ClaimableBatch.columns) FROM import_batches
                WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                    AND number > \(batches.last?.number ?? 0) AND attempts = 0
                    AND (lease_expires_at IS NULL OR lease_expires_at <= \(now))
                ORDER BY number LIMIT \(limit) \(.lockSkippingLocked)
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
                AND attempts > 1 AND lease_expires_at > \(now) LIMIT 1
            """)
        guard !isAnotherClaimed else { return [] }
        return try connection.rows(
            """
            SELECT \(names: ClaimableBatch.columns) FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND attempts > 0 AND (lease_expires_at IS NULL OR lease_expires_at <= \(now))
            ORDER BY number LIMIT 1 \(.lockSkippingLocked)
            """, ClaimableBatch.init)
    }

    func records(of lease: Lease) throws -> [StagedRecord] {
        var records: [StagedRecord] = []
        records.reserveCapacity(lease.recordCount)
        for batch in lease.batches {
            records += try connection.rows(
                """
                SELECT sequence, import_id, document, secret FROM import_records
                WHERE sequence >= \(RecordSequence(batch: batch, position: 0).number)
                    AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
                ORDER BY sequence
                """
            ) { row in
                StagedRecord(
                    sequence: RecordSequence(number: row.integer(0)), importID: row.text(1), document: row.text(2),
                    secret: row.optionalText(3))
            }
        }
        return records
    }

    func verify(_ lease: Lease) throws {
        for batch in lease.batches {
            let isHeld = try connection.exists(
                """
                SELECT 1 FROM import_batches WHERE number = \(batch) AND lease_owner = \(lease.worker.rawValue)
                    AND lease_token = \(lease.token) \(.lock)
                """)
            guard isHeld else { throw ImportError.leaseLost }
        }
    }

    func releaseLeases(of worker: WorkerID) throws {
        try connection.execute(
            """
            UPDATE import_batches SET lease_owner = NULL, lease_expires_at = NULL,
                attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
            WHERE lease_owner = \(worker.rawValue)
            """)
    }

    func renew(_ lease: Lease, for duration: Duration) throws {
        let expiry = try now() + duration
        for batch in lease.batches {
            // A worker that is writing a batch already holds its row lock, so its lease needs no renewal.
            let isFree = try connection.exists(
                """
                SELECT 1 FROM import_batches WHERE number = \(batch) AND lease_owner = \(lease.worker.rawValue)
                    AND lease_token = \(lease.token) \(.lockSkippingLocked)
                """)
            guard isFree else { continue }
            try connection.execute("UPDATE import_batches SET lease_expires_at = \(expiry) WHERE number = \(batch)")
        }
    }

    func release(_ lease: Lease) throws {
        let (owner, token) = (lease.worker.rawValue, lease.token)
        for batch in lease.batches {
            try connection.execute(
                """
                UPDATE import_batches SET attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END,
                    lease_expires_at = CASE WHEN lease_owner = \(owner) AND lease_token = \(token)
                        THEN NULL ELSE lease_expires_at END,
                    lease_owner = CASE WHEN lease_owner = \(owner) AND lease_token = \(token)
                        THEN NULL ELSE lease_owner END
                WHERE number = \(batch) AND lease_token >= \(token)
                """)
        }
    }

    func releaseAllLeases() throws {
        try connection.execute(
            """
            UPDATE import_batches SET lease_owner = NULL, lease_expires_at = NULL
            WHERE lease_owner IS NOT NULL
            """)
        try connection.execute(
            """
            UPDATE import_operations SET preparation_owner = NULL, preparation_expires_at = NULL
            WHERE preparation_owner IS NOT NULL
            """)
    }

    /// The moment by which leases run out: the database's where processes share it, else this process's.
    func now() throws -> Timestamp {
        try connection.clockMilliseconds().map(Timestamp.init(milliseconds:)) ?? clock.now()
    }

    func hasBatches(of type: RecordType, in operation: OperationID) throws -> Bool {
        try connection.exists(
            """
            SELECT 1 FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1 LIMIT 1
            """)
    }
}

private struct ClaimableBatch {
    static let columns = [
        "number", "record_count", "weight", "secret_count", "lease_token", "attempts", "attempt_limit", "lease_owner",
    ]

    let number: Int64
    let workload: Workload
    let token: Int64
    let attempts: Int
    let attemptLimit: Int
    let owner: String?

    init(_ row: any SQLRow) {
        number = row.integer(0)
        workload = Workload(records: row.count(1), bytes: row.count(2), secrets: row.count(3))
        token = row.integer(4)
        attempts = row.count(5)
        attemptLimit = row.count(6)
        owner = row.optionalText(7)
    }
}
