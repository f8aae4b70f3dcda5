import SQL

extension PostgreSQLDatabase {
    /// Which other processes may use the workspace. Every connection holds an advisory lock for this mode while it
    /// lives, so a reconnection fails if an incompatible process came first.
    public enum Access: Sendable {
        /// Other servers may share the workspace.
        case shared
        /// No other process; for `ferry migrate`, so that nothing changes while it copies. There is one connection
        /// without a time limit.
        case exclusive
    }

    /// Whether two addresses have the same tables: a lock taken at one blocks the other.
    ///
    /// - Throws: `SQLError` if one of them cannot be reached.
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
    /// A unique number, combined with the schema: a database may have several workspaces.
    private static let workspaceLock = SQLValue.integer(4_649_727_280)

    /// Holds the advisory lock for this access mode until the connection closes.
    ///
    /// - Throws: `SQLError.unavailable` if an incompatible process uses the workspace.
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

    /// The transactions of this workspace that hold locks while the server has waited for their client longer than
    /// `age`. The lock of ``take(_:)`` identifies connections of the workspace.
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
