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
            let serverStart = serverStart
            disconnect()
            guard let transaction else { throw error }
            guard try isCommitted(transaction, since: serverStart, mayHaveCrashed: error.tellsOfCrash) else {
                throw error
            }
        }
    }

    /// Asks until there is an answer that lasts: a server that is starting does not answer, and one that has not noticed
    /// the lost connection yet may still commit.
    ///
    /// A server that crashed gives the numbers of transactions that it lost to others. So what it says is committed may be
    /// another transaction then; all other answers mean that this one is not.
    private func isCommitted(_ transaction: String, since serverStart: String?, mayHaveCrashed: Bool) throws -> Bool {
        let deadline = ContinuousClock.now + Self.patience
        var pause: UInt32 = 20_000
        var mayHaveCrashed = mayHaveCrashed
        var reason = "the server is still at it"
        while true {
            do {
                try connect()
                mayHaveCrashed = mayHaveCrashed || self.serverStart != serverStart
                let status = try status(of: transaction)
                if status == "committed", !mayHaveCrashed { return true }
                if status == "committed" { break }
                if status != "in progress" || mayHaveCrashed { return false }
            } catch {
                // Whatever keeps it from an answer, a refusal as well: that nothing was written is not known.
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
                "The connection to the PostgreSQL server was lost during a commit, and whether it took place cannot "
                + "be found out: \(mayHaveCrashed ? "the server started again" : reason)")
    }

    /// What the server knows of a transaction; nil for one that it has never heard of.
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
