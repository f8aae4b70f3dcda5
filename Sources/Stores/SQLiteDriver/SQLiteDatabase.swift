import Dispatch
import GRDB
import GRDBSQLite
import Glibc
public import SQL

/// A workspace in one SQLite file: one process, one writer, readers that never wait for it.
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
            // An acknowledged call is durable, so each commit is synced. GRDB asks for less when it turns the log on,
            // which is after it has prepared the connection.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch {
            throw SQLError(opening: path, error)
        }
    }

    /// Refuses a path at which SQLite would report what people do not understand, or make a database silently.
    private static func check(_ path: String) throws {
        var information = stat()
        guard stat(path, &information) == 0 else { return }
        if information.st_mode & S_IFMT == S_IFDIR {
            throw SQLError.incompatible(message: "The database \(path) is a directory. Use the path of a file.")
        }
        // SQLite writes the first page with the first statement, and Ferry at once.
        guard information.st_mode & S_IFMT != S_IFREG || information.st_size > 0 else {
            throw SQLError.incompatible(
                message: "The database \(path) is an empty file. Restore it from a backup, or remove it to begin with "
                    + "a new workspace.")
        }
    }

    /// SQLite's dialect.
    public var dialect: SQLDialect { .sqlite }

    /// Runs `work` on a snapshot; a writer does not hold it up.
    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await uninterrupted { [pool] in try await pool.read { try work(SQLiteConnection($0)) } }
    }

    /// Runs `work` in the one write transaction that there can be.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await uninterrupted { [pool, patience] in
            let result = try await pool.write { try work(SQLiteConnection($0)) }
            patience.reset()
            return result
        }
    }

    /// Nothing: the file belongs to this process.
    public func endStalledTransactions(olderThan age: Duration) async throws -> Int { 0 }

    /// Moves the write-ahead log into the file and truncates it.
    public func settle(_ tables: [String]) async throws {
        do {
            try await pool.writeWithoutTransaction { database in
                do {
                    try database.checkpoint(.truncate)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    // A reader still needs the log; the next checkpoint takes it along.
                }
                try database.execute(sql: "PRAGMA optimize")
            }
        } catch {
            throw SQLError.translate(error)
        }
    }

    /// No other process has the file open.
    public func announcements() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    /// Closes the file and lets other processes open it.
    public func close() async throws {
        // GRDB closes its writer before its readers, so SQLite would leave the log behind.
        // The file is closed and unlocked also when the disk is too full for that.
        var failure: (any Error)?
        do {
            try await settle([])
        } catch {
            failure = error
        }
        // Closing waits for running transactions, which a thread of the cooperative pool must not do.
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

    /// Runs a transaction to its end, also when the task that waits for it is cancelled: GRDB would interrupt the
    /// connection, and may hit whoever uses it next. Transactions are short.
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
        var configuration = GRDB.Configuration()
        configuration.label = "ferry"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .callback { patience.wait(after: $0) }
        // Unique indexes and the engine's own transactions keep references right; checks would double the look-ups.
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA cache_size = \(database.configuration.readonly ? -8_192 : -114_688);
                    PRAGMA temp_store = MEMORY;
                    """)
            guard !database.configuration.readonly else { return }
            // Random keys rewrite the same index pages in every batch, so the log may grow to 256 MB before its pages
            // move into the file, once for many batches.
            try database.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = 65536;
                    PRAGMA secure_delete = FAST;
                    """)
        }
        return configuration
    }
}
