import SQL

extension PostgreSQLDatabase {
    /// Who else may work on the workspace meanwhile. Every connection holds an advisory lock that says so for as long
    /// as it lives, so a connection that was lost and made again is refused when somebody else came first.
    public enum Access: Sendable {
        /// Other processes that share the workspace as well: what servers do.
        case shared
        /// Nobody; what `ferry migrate` needs, so that nothing changes between its reading and the end. There is one
        /// connection, which may take its time: nobody waits for its locks.
        case exclusive
    }

    /// Whether two addresses lead to the same tables: a lock that is taken by one address stands in the way at the
    /// other.
    ///
    /// - Throws: `SQLError` when one of them cannot be reached.
    public static func isSame(_ address: String, as other: String) async throws -> Bool {
        let first = ConnectionThread(session: PostgreSQLSession(url: address, access: nil), number: 1)
        let second = ConnectionThread(session: PostgreSQLSession(url: other, access: nil), number: 2)
        let seed = SQLValue.integer(.random(in: .min ... .max))
        do {
            let taken = try await first.run { try $0.takesLock(seed) }
            let isFree = try await second.run { try $0.takesLock(seed) }
            try await first.run { $0.disconnect() }
            try await second.run { $0.disconnect() }
            return taken && !isFree
        } catch let error as PostgreSQLError {
            throw error.shared
        }
    }
}

extension PostgreSQLSession {
    /// A number of Ferry's own, with the schema mixed in: a database may hold several workspaces.
    private static let workspaceLock = SQLValue.integer(4_649_727_280)

    /// Takes the workspace in the way of an access, until the connection ends.
    ///
    /// - Throws: `SQLError.unavailable` when others use it in a way that does not go together.
    func take(_ access: PostgreSQLDatabase.Access) throws {
        switch access {
        case .shared:
            guard try holdsLock("pg_try_advisory_lock_shared", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "`ferry migrate` is copying the workspace in the PostgreSQL database. Start again when it "
                        + "is done.")
            }
        case .exclusive:
            guard try holdsLock("pg_try_advisory_lock", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "The workspace in the PostgreSQL database is in use: `ferry serve`, or another "
                        + "`ferry migrate`, is connected to it. Stop every one and run the command again.")
            }
        }
    }

    /// The transactions of this workspace that hold locks while the server has waited for their process for longer than
    /// `age`. Every connection to a workspace holds the lock of ``take(_:)``, which names the workspace.
    func waitingTransactions(olderThan age: Duration) throws -> [WaitingTransaction] {
        let result = try query(
            """
            SELECT activity.pid, activity.query_start::text, progress.bytes_processed
            FROM pg_stat_activity activity LEFT JOIN pg_stat_progress_copy progress ON progress.pid = activity.pid
            WHERE activity.datname = current_database() AND activity.usename = current_user
                AND activity.pid <> pg_backend_pid() AND activity.application_name = '\(Self.applicationName)'
                AND activity.backend_xid IS NOT NULL AND activity.wait_event_type = 'Client'
                AND CASE activity.state WHEN 'active' THEN activity.query_start ELSE activity.state_change END
                    < clock_timestamp() - $1 * interval '1 millisecond'
                AND EXISTS (
                    SELECT 1 FROM pg_locks held
                    WHERE held.pid = activity.pid AND held.locktype = 'advisory' AND held.objsubid = 1
                        AND (held.classid::bigint << 32) | held.objid::bigint
                            = hashtextextended(coalesce(current_schema(), ''), $2))
            """, [.real(age / .milliseconds(1)), Self.workspaceLock])
        return (0..<result.rowCount).map { index in
            let row = result.row(index)
            return WaitingTransaction(
                process: row.integer(0), statement: row.text(1), copiedBytes: row.isNull(2) ? nil : row.integer(2))
        }
    }

    fileprivate func takesLock(_ seed: SQLValue) throws -> Bool {
        try connect()
        return try holdsLock("pg_try_advisory_lock", seed)
    }

    private func holdsLock(_ function: StaticString, _ number: SQLValue) throws -> Bool {
        let result = try query(
            "SELECT \(function)(hashtextextended(coalesce(current_schema(), ''), $1))", [number])
        return result.rowCount == 1 && result.row(0).text(0) == "t"
    }
}
