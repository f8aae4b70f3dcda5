import SQL
import Synchronization

/// A database that counts the work of its transactions.
final class CountedDatabase: SQLDatabase {
    /// The work of transactions.
    struct Work {
        /// Queries, statements and bulk inserts.
        var statements = 0
        /// Rows returned by queries.
        var rows = 0
        /// Rows that the server visited; 0 if the database does not count them.
        var visitedRows = 0
    }

    private let base: any SQLDatabase
    private let total = Mutex(Work())

    init(_ base: any SQLDatabase) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    /// The work since the last call.
    func take() -> Work {
        total.withLock { total in
            defer { total = Work() }
            return total
        }
    }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await base.read { try self.counting(work, on: $0) }
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await base.write { try self.counting(work, on: $0) }
    }

    func endStalledTransactions(olderThan age: Duration) async throws -> Int {
        try await base.endStalledTransactions(olderThan: age)
    }

    func analyze(_ tables: [String]) async throws { try await base.analyze(tables) }

    func announcements() -> AsyncStream<Void> { base.announcements() }

    func close() async throws { try await base.close() }

    private func counting<Result>(
        _ work: (any SQLConnection) throws -> Result, on connection: any SQLConnection
    ) throws -> Result {
        // PostgreSQL prefers sequential scans for a test's small tables; disable them to measure index use.
        if dialect.isShared {
            try connection.run(
                script: """
                    SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
                    SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
                    """)
        }
        let counted = CountedConnection(connection)
        // These numbers may include earlier transactions of the connection.
        let before = try visitedRows(connection)
        let result = try work(counted)
        var done = counted.work
        done.visitedRows = try visitedRows(connection) - before
        total.withLock { total in
            total.statements += done.statements
            total.rows += done.rows
            total.visitedRows += done.visitedRows
        }
        return result
    }

    private func visitedRows(_ connection: any SQLConnection) throws -> Int {
        guard dialect.isShared else { return 0 }
        return Int(
            try connection.integer(
                "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables"))
    }
}

/// A connection that counts its statements.
private final class CountedConnection: SQLConnection {
    private let base: any SQLConnection
    private(set) var work = CountedDatabase.Work()

    init(_ base: any SQLConnection) { self.base = base }

    var dialect: SQLDialect { base.dialect }

    func rows<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> [Element] {
        work.statements += 1
        return try base.rows(query) { row in
            work.rows += 1
            return try read(row)
        }
    }

    func execute(_ query: SQLQuery) throws -> Int {
        work.statements += 1
        return try base.execute(query)
    }

    func run(script: String) throws {
        work.statements += 1
        try base.run(script: script)
    }

    func clockMilliseconds() throws -> Int64? { try base.clockMilliseconds() }

    func announce() throws { try base.announce() }

    func insert(into table: String, columns: [String], rows: (any RowSink) throws -> Void) throws {
        work.statements += 1
        try base.insert(into: table, columns: columns, rows: rows)
    }

    func insert(_ rows: BulkInsert) throws {
        work.statements += 1
        try base.insert(rows)
    }
}
