import ImportDomain
import SQL

extension StagingTables {
    func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, recordTarget: Int,
        weightTarget: Int
    ) throws -> Lease? {
        let now = try now()
        let candidates = try connection.rows(
            """
            SELECT number, record_count, weight, lease_token FROM import_batches
            WHERE operation_id = \(operation.rawValue) AND record_type = \(type.rawValue) AND accepted = 1
                AND (lease_expires_at IS NULL OR lease_expires_at <= \(now))
            ORDER BY number LIMIT 512 \(.lockSkippingLocked)
            """
        ) { row in
            (number: row.integer(0), records: row.count(1), weight: row.count(2), token: row.integer(3))
        }

        var batches: [Int64] = []
        var (records, weight, latestToken) = (0, 0, Int64(0))
        for candidate in candidates {
            let isWithinTargets =
                records + candidate.records <= recordTarget && weight + candidate.weight <= weightTarget
            guard batches.isEmpty || isWithinTargets else { break }
            batches.append(candidate.number)
            records += candidate.records
            weight += candidate.weight
            latestToken = max(latestToken, candidate.token)
        }
        guard !batches.isEmpty else { return nil }

        // Larger than that of every earlier claim of these batches, which is all that a fencing token has to be.
        let token = latestToken + 1
        for batch in batches {
            try connection.execute(
                """
                UPDATE import_batches
                SET lease_owner = \(worker.rawValue), lease_token = \(token), lease_expires_at = \(now + duration)
                WHERE number = \(batch)
                """)
        }
        return Lease(
            operation: operation, type: type, batches: batches, recordCount: records, worker: worker, token: token)
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

    func renewLeases(of worker: WorkerID, for duration: Duration) throws {
        try connection.execute(
            """
            UPDATE import_batches SET lease_expires_at = \(try now() + duration)
            WHERE lease_owner = \(worker.rawValue)
            """)
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
