public import SQL

/// A workspace in a PostgreSQL database, shared by any number of processes.
///
/// Transactions are run again on serialization failures, deadlocks, races for a unique key and lost connections. When
/// the connection is lost while a commit is on its way, the server is asked whether it took place, and nothing is run
/// again unless it did not.
public struct PostgreSQLDatabase: SQLDatabase {
    private let pool: ConnectionPool
    private let listener: WorkListener
    private let attempts: Int
    private let copies = CopyWatch()

    /// A database at an address.
    ///
    /// - Parameters:
    ///   - url: what libpq takes, such as `postgres://user:password@host:5432/name?sslmode=require`.
    ///   - access: who else may work on the workspace; with exclusive access there is one connection.
    ///   - connections: how many transactions may run at the same time.
    ///   - attempts: how often a transaction is begun before its failure is reported, with growing pauses between.
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

    /// Ends transactions of this workspace whose process has left the server waiting for it for longer than `age`: in the
    /// middle of COPY, of a large result, or between two statements. The server itself keeps no time limit in the first
    /// two.
    ///
    /// Only transactions that wrote or locked something are ended, and how long they took before does not count. A
    /// COPY counts from the first call that saw the number of its bytes. A process that turns out to be alive gets
    /// "connection lost" and begins its transaction again.
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

    /// The server looks after its log and statistics by itself; fresh statistics help the look-ups that follow.
    public func settle(_ tables: [String]) async throws {
        let statement: SQLQuery = "ANALYZE \(names: tables)"
        try await retrying { try $0.run(statement.rendered(in: .postgreSQL).text) }
    }

    /// Listens on a connection of its own until the stream is no longer used.
    public func announcements() -> AsyncStream<Void> { listener.announcements() }

    /// Ends every connection.
    public func close() async throws { try await pool.close() }

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
                // A row that somebody else added at the same moment is found by the next attempt, which then decides.
                let isRace = error.sqlState == "23505"
                guard attempt < attempts, isRace || error.isWorthAnotherTry || error.isConnectionLost else {
                    throw error.shared
                }
                // 50 ms, 100 ms, … 800 ms; callers that can wait longer begin again themselves.
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
                // A connection that cannot roll back is given up, which rolls back as well.
                session.disconnect()
            }
            throw error
        }
    }
}
