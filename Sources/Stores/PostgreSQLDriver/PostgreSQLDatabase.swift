public import SQL

/// A workspace in a PostgreSQL database, shared by any number of processes.
///
/// Transactions are repeated after serialization failures, deadlocks, races for a unique key and lost connections.
/// After a connection lost during a commit, the driver asks the server for the outcome, and repeats nothing unless the
/// commit failed.
public struct PostgreSQLDatabase: SQLDatabase {
    /// Which other processes may use the workspace. Every connection holds an advisory lock for this mode while it
    /// lives, so a reconnection fails if an incompatible process came first.
    public enum Access: Sendable {
        /// Other servers may share the workspace.
        case shared
        /// No other process; for `ferry migrate`, so that nothing changes while it copies. There is one connection
        /// without a time limit.
        case exclusive
    }

    private let pool: ConnectionPool
    private let listener: WorkListener
    private let attempts: Int
    private let copies = CopyWatch()

    /// A database at an address.
    ///
    /// - Parameters:
    ///   - url: a libpq address, such as `postgres://user:password@host:5432/name?sslmode=require`.
    ///   - access: which other processes may use the workspace; exclusive access has one connection.
    ///   - connections: the maximum of simultaneous transactions.
    ///   - attempts: how often a transaction is tried, with growing pauses.
    public init(url: String, access: Access = .shared, connections: Int = 8, attempts: Int = 6) {
        pool = ConnectionPool(url: url, access: access, size: access == .exclusive ? 1 : connections)
        listener = WorkListener(url: url)
        self.attempts = attempts
    }

    /// PostgreSQL's dialect.
    public var dialect: SQLDialect { .postgreSQL }

    /// Runs `work` on a snapshot.
    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await retrying { session in
            try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let result = try work(PostgreSQLConnection(session: session, dialect: .readingPostgreSQL))
            try session.run("COMMIT")
            return result
        }
    }

    /// Runs `work` in a write transaction.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await retrying { session in
            try session.run("BEGIN ISOLATION LEVEL READ COMMITTED")
            let result = try work(PostgreSQLConnection(session: session, dialect: .postgreSQL))
            try session.commit()
            return result
        }
    }

    /// Ends transactions of this workspace whose client has kept the server waiting longer than `age`: during COPY,
    /// during a large result, or between two statements. The server has no time limit for the first two.
    ///
    /// Only ends transactions that wrote or locked something; their earlier duration does not count. A COPY counts from
    /// the first call that saw its number of bytes. A live process gets "connection lost" and repeats its transaction.
    ///
    /// - Returns: how many were ended.
    @discardableResult
    public func endStalledTransactions(olderThan age: Duration) async throws -> Int {
        try await retrying { [copies] session in
            let stalled = copies.stalled(among: try session.waitingTransactions(olderThan: age), for: age)
            for process in stalled {
                _ = try session.query("SELECT pg_terminate_backend($1::integer)", [.integer(process)])
            }
            return stalled.count
        }
    }

    /// Analyzes the tables: fresh statistics help the following look-ups. The server maintains its log itself.
    public func analyze(_ tables: [String]) async throws {
        let statement: SQLQuery = "ANALYZE \(names: tables)"
        try await retrying { try $0.run(statement.rendered(in: .postgreSQL).text) }
    }

    /// Listens on a separate connection until the stream ends.
    public func announcements() -> AsyncStream<Void> { listener.announcements() }

    /// Ends every connection.
    public func close() async throws { try await pool.close() }

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

    private func retrying<Result: Sendable>(
        _ transaction: @escaping @Sendable (PostgreSQLSession) throws -> Result
    ) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await pool.lend { connection in
                    try await connection.run { session in try Self.rollingBack(session, transaction) }
                }
            } catch let error as PostgreSQLError {
                // The next attempt finds the row that another transaction added.
                let isRace = error.sqlState == "23505"
                guard attempt < attempts, isRace || error.isWorthAnotherTry || error.isConnectionLost else {
                    throw error.shared
                }
                // 50 ms, 100 ms, … 800 ms; callers that can wait longer retry themselves.
                try await Task.sleep(for: .milliseconds(25 << attempt))
                attempt += 1
            }
        }
    }

    private static func rollingBack<Result>(
        _ session: PostgreSQLSession, _ transaction: (PostgreSQLSession) throws -> Result
    ) throws -> Result {
        do {
            try session.connect()
            return try transaction(session)
        } catch let error as PostgreSQLError where error.isConnectionLost {
            session.disconnect()
            throw error
        } catch {
            do {
                try session.run("ROLLBACK")
            } catch {
                // A connection that cannot roll back is closed, which rolls back as well.
                session.disconnect()
            }
            throw error
        }
    }
}
