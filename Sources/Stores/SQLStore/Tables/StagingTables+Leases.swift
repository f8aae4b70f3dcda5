import ImportDomain
import SQL

extension StagingTables {
    func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, target: Workload
    ) throws -> Lease? {
        let now = try now()
        let batches = try claimable(type, of: operation, at: now, target: target)
        guard !batches.isEmpty else { return nil }

        // Larger than that of every earlier claim of these batches, which is all that a fencing token has to be.
        let token = (batches.map(\.token).max() ?? 0) + 1
        for batch in batches {
            try connection.execute(
                """
                UPDATE import_batches
                SET lease_owner = \(worker.rawValue), lease_token = \(token), lease_expires_at = \(now + duration)
                WHERE number = \(batch.number)
                """)
        }
        return Lease(
            operation: operation, type: type, batches: batches.map(\.number),
            recordCount: batches.reduce(0) { $0 + $1.workload.records }, worker: worker, token: token)
    }

    /// Batches that nobody holds, locked until the transaction ends.
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
                SELECT number, record_count, weight, secret_count, lease_token FROM import_batches
                WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                    AND number > \(batches.last?.number ?? 0)
                    AND (lease_expires_at IS NULL OR lease_expires_at <= \(now))
                ORDER BY number LIMIT \(limit) \(.lockSkippingLocked)
                """
            ) { row in
                ClaimableBatch(
                    number: row.integer(0),
                    workload: Workload(records: row.count(1), bytes: row.count(2), secrets: row.count(3)),
                    token: row.integer(4))
            }
            for candidate in candidates {
                workload += candidate.workload
                guard batches.isEmpty || workload.fits(in: target) else { return batches }
                batches.append(candidate)
            }
            if candidates.count < limit { break }
        }
        return batches
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
            UPDATE import_batches SET lease_owner = NULL, lease_expires_at = NULL
            WHERE lease_owner = \(worker.rawValue)
            """)
    }

    func renew(_ lease: Lease, for duration: Duration) throws {
        let expiry = try now() + duration
        for batch in lease.batches {
            // Who is writing a batch holds its row, and need not have its lease prolonged.
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
        for batch in lease.batches {
            try connection.execute(
                """
                UPDATE import_batches SET lease_owner = NULL, lease_expires_at = NULL
                WHERE number = \(batch) AND lease_owner = \(lease.worker.rawValue) AND lease_token = \(lease.token)
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
    let number: Int64
    let workload: Workload
    let token: Int64
}
