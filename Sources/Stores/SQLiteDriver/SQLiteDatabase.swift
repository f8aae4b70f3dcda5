import Dispatch
import GRDB
import GRDBSQLite
import Glibc
public import SQL

/// A workspace in one SQLite file: one process, one writer, and readers that never wait for it.
///
/// Source: docs/decisions/0003-embedded-sqlite.md for the pragmas and their measurements.
public final class SQLiteDatabase: SQLDatabase {
    private let pool: DatabasePool
    private let lock: ProcessLock
    private let patience = LockPatience(limit: .seconds(10))

    /// Opens the file at `path`, creating it if there is none.
    ///
    /// - Throws: `SQLError.unavailable` when another process has it open or it cannot be opened,
    ///   `SQLError.incompatible` when it is not a database.
    public init(path: String) throws {
        try Self.check(path)
        lock = try ProcessLock(path: path + ".lock", resource: path)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration(patience))
            // Sync each commit, because acknowledged calls are durable. GRDB sets a weaker mode when it enables WAL,
            // after preparing the connection.
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.inTransaction {
                    try Self.forgetStatisticsOfSmallTables(database)
                    return .commit
                }
            }
        } catch {
            throw SQLError(opening: path, error)
        }
    }

    /// Rejects a path for which SQLite would report an unclear error, or create a database silently.
    private static func check(_ path: String) throws {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        if information.st_mode & S_IFMT == S_IFDIR {
            throw SQLError.incompatible(message: "The database \(path) is a directory. Use the path of a file.")
        }
        // A file of 0 bytes was not created by Ferry, which writes the first page at once.
        guard information.st_mode & S_IFMT != S_IFREG || information.st_size > 0 else {
            throw SQLError.incompatible(
                message: "The database \(path) is an empty file. Restore it from a backup, or remove it to begin with "
                    + "a new workspace.")
        }
    }

    /// SQLite's dialect.
    public var dialect: SQLDialect { .sqlite }

    /// Runs `work` on a snapshot; a writer does not block it.
    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await uninterrupted { [pool] in try await pool.read { try work(SQLiteConnection($0)) } }
    }

    /// Runs `work` in a write transaction; only one runs at a time.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await uninterrupted { [pool, patience] in
            let result = try await pool.write { try work(SQLiteConnection($0)) }
            patience.reset()
            return result
        }
    }

    /// Does nothing: the file belongs to this process.
    public func endStalledTransactions(olderThan age: Duration) async throws -> Int { 0 }

    /// Checkpoints and truncates the WAL, and analyzes the tables that SQLite finds in need of it.
    public func analyze(_ tables: [String]) async throws {
        do {
            try await pool.writeWithoutTransaction { database in
                do {
                    try database.checkpoint(.truncate)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    // A reader still needs the WAL; the next checkpoint will truncate it.
                }
                // One transaction: no reader may see the statistics of a small table.
                try database.inTransaction {
                    try database.execute(sql: "PRAGMA optimize")
                    try Self.forgetStatisticsOfSmallTables(database)
                    return .commit
                }
            }
        } catch {
            throw SQLError.translate(error)
        }
    }

    /// Removes the statistics of tables with few rows.
    ///
    /// SQLite plans by the statistics that it read when a connection was opened. For a table of one row it plans a scan,
    /// and the table may have a million rows at the end of the next import. Without statistics SQLite expects large
    /// tables, and uses their indexes.
    private static func forgetStatisticsOfSmallTables(_ database: Database) throws {
        guard try database.tableExists("sqlite_stat1") else { return }
        // The first number of `stat` is that of the rows.
        try database.execute(sql: "DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < \(smallTableRows)")
        guard database.changesCount > 0 else { return }
        try database.execute(sql: "ANALYZE sqlite_schema")
    }

    /// Tables of fewer rows have no statistics.
    private static let smallTableRows = 10_000

    /// No other process has the file open.
    public func announcements() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    /// Closes the file and lets other processes open it.
    public func close() async throws {
        // GRDB closes its writer before its readers, so SQLite would not checkpoint the WAL. Close and unlock the file
        // even if the disk is too full for a checkpoint.
        var failure: (any Error)?
        do {
            try await analyze([])
        } catch {
            failure = error
        }
        // Closing blocks until running transactions end, which the cooperative pool must not.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { [pool, lock] in
                continuation.resume(
                    with: Result {
                        do {
                            try pool.close()
                        } catch {
                            throw SQLError.translate(error)
                        }
                        lock.release()
                    })
            }
        }
        if let failure { throw failure }
    }

    /// Runs a transaction to its end, even if the waiting task is cancelled: GRDB would interrupt the connection, and
    /// might hit the next transaction. Transactions are short.
    private func uninterrupted<Result: Sendable>(
        _ transaction: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await Task { try await transaction() }.value
        } catch {
            throw SQLError.translate(error)
        }
    }

    private static func configuration(_ patience: LockPatience) -> GRDB.Configuration {
        _ = SQLiteLibrary.isConfigured
        var configuration = GRDB.Configuration()
        configuration.label = "ferry"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .callback { patience.wait(after: $0) }
        // Unique indexes and transactions keep references valid; checks would double the look-ups.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA cache_size = \(database.configuration.readonly ? -8_192 : -73_728);
                    PRAGMA temp_store = MEMORY;
                    """)
            guard !database.configuration.readonly else { return }
            // Random keys rewrite the same index pages in every batch, so checkpoint only at 256 MB, once for many
            // batches.
            try database.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 65536;
                    PRAGMA secure_delete = FAST;
                    """)
        }
        return configuration
    }
}
