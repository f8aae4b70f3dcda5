import ImportDomain
import SQL

/// Batches that became smaller ones, and batches that ended as failures, because of what happened while they were
/// imported.
extension StagingTables {
    func divide(_ lease: Lease, into parts: Int) throws {
        let sequences = try sequences(of: lease)
        guard let batch = lease.batches.first, !sequences.isEmpty else { return }
        let size = max(1, (sequences.count + parts - 1) / parts)
        for start in stride(from: 0, to: sequences.count, by: size) {
            let members = sequences[start..<min(start + size, sequences.count)]
            guard let first = members.first, let last = members.last else { continue }
            let part = try insertPart(of: batch, records: members.count, in: lease)
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

    func divide(_ lease: Lease, into packs: [RecordPack]) throws {
        guard let batch = lease.batches.first else { return }
        for pack in packs {
            let part = try insertPart(of: batch, records: pack.count, in: lease)
            var rows = BulkInsert(into: "import_packs", columns: ["batch_number", "payload"], rowCount: 1)
            rows.append(.integer(part), .blob(pack.payload))
            try connection.insert(rows)
        }
        try remove([batch])
    }

    func sequences(of lease: Lease) throws -> [RecordSequence] {
        try lease.batches.flatMap { batch in
            try connection.rows(
                """
                SELECT sequence FROM import_records
                WHERE sequence >= \(RecordSequence(batch: batch, position: 0).number)
                    AND sequence < \(RecordSequence(batch: batch + 1, position: 0).number) AND state = 'pending'
                ORDER BY sequence
                """
            ) { RecordSequence(number: $0.integer(0)) }
        }
    }

    func fail(_ lease: Lease, because failure: RecordFailure) throws -> Int {
        let isPacked = lease.type == .message
        var faults: [RecordFault] = []
        if isPacked {
            // What a pack holds is unknown; each of its messages is counted, and shown without its content.
            for batch in lease.batches {
                let count = try connection.integer("SELECT record_count FROM import_batches WHERE number = \(batch)")
                faults += (0..<Int(count)).map {
                    RecordFault(RecordSequence(batch: batch, position: $0), failure, document: "{}")
                }
            }
        } else {
            faults = try sequences(of: lease).map { RecordFault($0, failure) }
        }
        try finish(lease, with: LeaseOutcome(faults: faults))
        return faults.count
    }

    /// A batch that holds a part of another one. One more end of the process divides it again; a single record is given
    /// a second attempt, because other reasons may have ended the process at the same time.
    private func insertPart(of batch: Int64, records: Int, in lease: Lease) throws -> Int64 {
        let limit = lease.deaths == 0 ? Lease.deathLimit : lease.deaths + (records == 1 ? 2 : 1)
        return try connection.integer(
            """
            INSERT INTO import_batches (operation_id, intake_id, record_type, record_count, weight, secret_count,
                accepted, staged_at, lease_token, attempts, attempt_limit)
            SELECT operation_id, intake_id, record_type, \(records),
                weight * \(records) / CASE WHEN record_count > 0 THEN record_count ELSE 1 END, 0,
                accepted, staged_at, 0, \(lease.deaths), \(limit)
            FROM import_batches WHERE number = \(batch)
            RETURNING number
            """)
    }
}
