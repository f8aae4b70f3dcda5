import Glibc
import SQL

extension PostgreSQLSession {
    /// How long to ask the server for the outcome of a commit; it may be restarting.
    private static let patience: Duration = .seconds(30)

    /// Commits. After a lost connection, asks the server for the outcome.
    ///
    /// - Throws: `PostgreSQLError` if nothing was written, or `SQLError.outcomeUnknown`.
    func commit() throws {
        // Nothing was written, so the outcome does not matter.
        let result = try query("SELECT pg_current_xact_id_if_assigned()::text", [])
        let transaction = result.rowCount == 1 ? result.row(0).optionalText(0) : nil
        do {
            try run("COMMIT")
        } catch let error as PostgreSQLError where error.isConnectionLost {
            let serverStart = serverStart
            disconnect()
            guard let transaction else { throw error }
            guard try isCommitted(transaction, since: serverStart, mayHaveCrashed: error.tellsOfCrash) else {
                throw error
            }
        }
    }

    /// Asks until the answer is final: a starting server does not respond, and one that has not detected the lost
    /// connection may still commit.
    ///
    /// A crashed server may assign the number of a lost transaction again. "Committed" may then refer to another
    /// transaction; all other answers mean that this one was not committed.
    private func isCommitted(_ transaction: String, since serverStart: String?, mayHaveCrashed: Bool) throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var pause: UInt32 = 20_000
        var mayHaveCrashed = mayHaveCrashed
        var reason = "the server has not finished it"
        while true {
            do {
                try connect()
                mayHaveCrashed = mayHaveCrashed || self.serverStart != serverStart
                let status = try status(of: transaction)
                if status == "committed", !mayHaveCrashed { return true }
                if status == "committed" { break }
                if status != "in progress" || mayHaveCrashed { return false }
            } catch {
                // Any error here leaves the outcome unknown, even a rejection.
                disconnect()
                mayHaveCrashed = mayHaveCrashed || (error as? PostgreSQLError)?.tellsOfCrash == true
                reason = (error as? PostgreSQLError)?.message ?? "\(error)"
            }
            guard ContinuousClock.now < deadline else { break }
            usleep(pause)
            pause = min(pause * 2, 1_000_000)
        }
        throw SQLError.outcomeUnknown(
            message:
                "The connection to the PostgreSQL server was lost during a commit, and its outcome is "
                + "unknown: \(mayHaveCrashed ? "the server started again" : reason)")
    }

    /// The server's status of a transaction; nil for an unknown one.
    private func status(of transaction: String) throws -> String? {
        do {
            let result = try query("SELECT pg_xact_status($1::xid8)", [.text(transaction)])
            return result.rowCount == 1 ? result.row(0).optionalText(0) : nil
        } catch let error as PostgreSQLError where error.sqlState == "22023" {
            // "in the future"
            return nil
        }
    }
}
