import Glibc
import SQL

extension PostgreSQLSession {
    /// For how long the server is asked whether a commit took place: it may be starting again meanwhile.
    private static let patience: Duration = .seconds(30)

    /// Commits; after a lost connection the server knows whether it did.
    ///
    /// - Throws: `PostgreSQLError` when nothing was written, and `SQLError.outcomeUnknown`.
    func commit() throws {
        // Nothing to commit, nothing to be unsure about.
        let result = try query("SELECT pg_current_xact_id_if_assigned()::text", [])
        let transaction = result.rowCount == 1 ? result.row(0).optionalText(0) : nil
        do {
            try run("COMMIT")
        } catch let error as PostgreSQLError where error.isConnectionLost {
            disconnect()
            guard let transaction else { throw error }
            guard try isCommitted(transaction) else { throw error }
        }
    }

    /// Asks until there is an answer that lasts: a server that is starting does not answer, and one that has not noticed
    /// the lost connection yet may still commit.
    private func isCommitted(_ transaction: String) throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var pause: UInt32 = 20_000
        var reason = "the server is still at it"
        while true {
            do {
                try connect()
                let outcome = try query("SELECT pg_xact_status($1::xid8)", [.text(transaction)])
                switch outcome.rowCount == 1 ? outcome.row(0).optionalText(0) : nil {
                case "committed": return true
                case "aborted": return false
                default: break
                }
            } catch {
                disconnect()
                reason = "\(error)"
            }
            guard ContinuousClock.now < deadline else {
                throw SQLError.outcomeUnknown(
                    message: "The connection to the PostgreSQL server was lost during a commit, and whether it took "
                        + "place cannot be found out: \(reason)")
            }
            usleep(pause)
            pause = min(pause * 2, 1_000_000)
        }
    }
}
