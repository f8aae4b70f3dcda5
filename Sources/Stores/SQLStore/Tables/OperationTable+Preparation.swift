import ImportDomain
import SQL

extension OperationTable {
    func claimPreparation(by worker: WorkerID, for duration: Duration) throws -> PreparationClaim? {
        let now = try leaseClock()
        guard let operation = try current(), operation.isValid, operation.step.isHandlingFile else { return nil }
        let token = try connection.first(
            """
            UPDATE import_operations SET preparation_owner = \(worker.rawValue),
                preparation_token = preparation_token + 1, preparation_expires_at = \(now + duration)
            WHERE id = \(operation.id.rawValue)
                AND (preparation_expires_at IS NULL OR preparation_expires_at <= \(now))
            RETURNING preparation_token
            """
        ) { $0.integer(0) }
        return token.map { PreparationClaim(operation: operation, worker: worker, token: $0) }
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
        guard let operation = try find(id: claim.operation.id), operation.isValid, operation.step.isHandlingFile,
            try connection.exists(
                """
                SELECT 1 FROM import_operations WHERE id = \(claim.operation.id.rawValue)
                    AND preparation_owner = \(claim.worker.rawValue) AND preparation_token = \(claim.token)
                """)
        else { throw ImportError.leaseLost }
        return operation
    }

    func releasePreparations(of worker: WorkerID) throws {
        try connection.execute(
            """
            UPDATE import_operations SET preparation_owner = NULL, preparation_expires_at = NULL
            WHERE preparation_owner = \(worker.rawValue)
            """)
    }

    func filesOfEndedOperations() throws -> [FileID] {
        try connection.rows(
            "SELECT file_id FROM import_operations WHERE valid = 0 AND file_id IS NOT NULL LIMIT 100"
        ) { FileID($0.text(0)) }
    }

    func forgetFile(_ file: FileID) throws {
        try connection.execute("UPDATE import_operations SET file_id = NULL WHERE file_id = \(file.rawValue)")
    }

    private func leaseClock() throws -> Timestamp {
        try connection.clockMilliseconds().map(Timestamp.init(milliseconds:)) ?? clock.now()
    }
}
