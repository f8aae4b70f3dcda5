import ImportDomain
import SQL

extension StagingTables {
    func stage(_ pack: RecordPack, intake: IntakeID, operation: OperationID) throws {
        let batch = try insertBatch(
            of: .message, workload: pack.workload, intake: intake, operation: operation)
        var rows = BulkInsert(into: "import_packs", columns: ["batch_number", "payload"], rowCount: 1)
        rows.append(.integer(batch), .blob(pack.payload))
        try connection.insert(rows)
    }

    func packs(of lease: Lease) throws -> [StagedPack] {
        try lease.batches.compactMap { batch in
            try connection.first("SELECT payload FROM import_packs WHERE batch_number = \(batch)") { row in
                StagedPack(batch: batch, payload: row.bytes(0))
            }
        }
    }

    func finish(_ lease: Lease, with outcome: LeaseOutcome) throws {
        var rows = BulkInsert(
            into: "import_records",
            columns: [
                "sequence", "operation_id", "record_type", "state", "import_id", "document", "failure_code",
                "failure_message", "failure_field", "clashes_with",
            ], rowCount: outcome.faults.count)
        for fault in outcome.faults {
            let failure = fault.failure
            try note(fault.importIDs, in: "INSERT INTO import_failed", lease)
            if let document = fault.document {
                rows.append(
                    .integer(fault.sequence.number), .text(lease.operation.rawValue), .text(lease.type.rawValue),
                    .text(RecordState.failed.rawValue), .text(""), .text(document), .text(failure.code.rawValue),
                    .text(failure.message), .optional(failure.field), .optional(failure.clashesWith))
                continue
            }
            try connection.execute(
                """
                UPDATE import_records SET state = 'failed', failure_code = \(failure.code.rawValue),
                    failure_message = \(failure.message), failure_field = \(failure.field),
                    clashes_with = \(failure.clashesWith)
                WHERE sequence = \(fault.sequence.number)
                """)
        }
        try connection.insert(rows)
        for record in outcome.skipped {
            try connection.execute(
                "UPDATE import_records SET state = 'skipped' WHERE sequence = \(record.sequence.number)")
            try note(record.importIDs, in: "INSERT INTO import_skipped", lease)
        }
        try note(outcome.strangers, in: "INSERT INTO import_failed", lease)
        try remove(lease.batches)
    }

    private func note(_ importIDs: [ImportID], in insertion: SQLQuery, _ lease: Lease) throws {
        for importID in importIDs {
            try connection.execute(
                insertion + """
                     (operation_id, record_type, import_id)
                    VALUES (\(lease.operation.rawValue), \(lease.type.rawValue), \(importID.rawValue))
                    ON CONFLICT (operation_id, record_type, import_id) DO NOTHING
                    """)
        }
    }
}
