import ImportDomain
import SQL

extension OperationTable {
    func claimPreparation(by worker: WorkerID, for duration: Duration) throws -> PreparationClaim? {
        let now = try leaseClock()
        guard let operation = try current(), operation.lifecycle.hasFileWork else { return nil }
        // A worker that finds its own name there lost its connection, not its life.
        return try connection.first(
            """
            UPDATE import_operations SET
                preparation_attempts = preparation_attempts
                    + CASE WHEN preparation_owner = \(worker.rawValue) THEN 0 ELSE 1 END,
                preparation_owner = \(worker.rawValue), preparation_token = preparation_token + 1, preparation_expires_at = \(now + duration)
            WHERE id = \(operation.id.rawValue)
                AND (preparation_expires_at IS NULL OR preparation_expires_at <= \(now))
            RETURNING preparation_token, preparation_attempts
            """
        ) {
            PreparationClaim(
                operation: operation, worker: worker, token: $0.integer(0), deaths: max(0, $0.count(1) - 1))
        }
    }

    func renew(_ claim: PreparationClaim, for duration: Duration) throws {
        _ = try verify(claim)
        try connection.execute(
            """
            UPDATE import_operations SET preparation_expires_at = \(try leaseClock() + duration)
            WHERE id = \(claim.operation.id.rawValue)
            """)
    }

    func verify(_ claim: PreparationClaim) throws -> ImportOperation {
        guard let operation = try find(id: claim.operation.id), operation.lifecycle.hasFileWork,
            try connection.exists(
                """
                SELECT 1 FROM import_operations WHERE id = \(claim.operation.id.rawValue)
                    AND preparation_owner = \(claim.worker.rawValue) AND preparation_token = \(claim.token)
                """)
        else { throw ImportError.leaseLost }
        return operation
    }

    func finishPreparation(_ claim: PreparationClaim) throws {
        try connection.execute(
            """
            UPDATE import_operations
            SET preparation_owner = NULL, preparation_expires_at = NULL, preparation_attempts = 0
            WHERE id = \(claim.operation.id.rawValue) AND preparation_token = \(claim.token)
            """)
    }

    func forgiveAttempt(of claim: PreparationClaim) throws {
        try connection.execute(
            """
            UPDATE import_operations SET preparation_attempts = preparation_attempts - 1
            WHERE id = \(claim.operation.id.rawValue) AND preparation_token > \(claim.token)
                AND preparation_attempts > 0
            """)
    }

    func releasePreparations(of worker: WorkerID) throws {
        try connection.execute(
            """
            UPDATE import_operations SET preparation_owner = NULL, preparation_expires_at = NULL,
                preparation_attempts = CASE WHEN preparation_attempts > 0 THEN preparation_attempts - 1 ELSE 0 END
            WHERE preparation_owner = \(worker.rawValue)
            """)
    }

    func filesOfEndedOperations() throws -> [FileID] {
        try connection.rows(
            """
            SELECT file_id FROM import_operations
            WHERE retired = 1 AND file_removed = 0 AND file_id IS NOT NULL LIMIT 100
            """
        ) { FileID($0.text(0)) }
    }

    func forgetFile(_ file: FileID) throws {
        // Its name stays: it is part of the history.
        try connection.execute(
            """
            UPDATE import_operations SET file_removed = 1
            WHERE file_id = \(file.rawValue) AND retired = 1 AND file_removed = 0
            """)
    }

    private func leaseClock() throws -> Timestamp {
        try connection.clockMilliseconds().map(Timestamp.init(milliseconds:)) ?? clock.now()
    }
}
