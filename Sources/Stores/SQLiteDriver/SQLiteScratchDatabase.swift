import Dispatch
import GRDB
import Glibc
public import SQL

/// A SQLite database that lives as long as it is open.
///
/// The file is unlinked as soon as it is open, so nothing is left of it after a crash. Commits are not synced: nothing of
/// it is needed after a power failure.
public final class SQLiteScratchDatabase: SQLScratchDatabase {
    private let queue: DatabaseQueue

    /// Creates a database.
    ///
    /// - Parameter directory: has space for the content.
    /// - Throws: `SQLError`.
    public static func open(in directory: String) async throws -> SQLiteScratchDatabase {
        let path = directory + "/check-\(UInt64.random(in: .min ... .max)).sqlite"
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try SQLiteScratchDatabase(path: path) })
            }
        }
    }

    /// Removes the files of databases whose process ended between opening and unlinking them.
    ///
    /// Such a file is empty. One that another process is opening right now may be removed as well: its database is open.
    public static func removeLeftovers(in directory: String) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                if let listing = opendir(directory) {
                    while let entry = readdir(listing) {
                        let name = withUnsafePointer(to: entry.pointee.d_name) {
                            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                        }
                        guard name.hasPrefix("check-"), name.hasSuffix(".sqlite"),
                            UInt64(name.dropFirst(6).dropLast(7)) != nil
                        else { continue }
                        var status = stat()
                        guard lstat("\(directory)/\(name)", &status) == 0, status.st_size == 0,
                            status.st_mode & S_IFMT == S_IFREG
                        else { continue }
                        _ = unlink("\(directory)/\(name)")
                    }
                    closedir(listing)
                }
                continuation.resume()
            }
        }
    }

    private init(path: String) throws {
        _ = SQLiteLibrary.isConfigured
        var configuration = GRDB.Configuration()
        configuration.label = "ferry.scratch"
        configuration.foreignKeysEnabled = false
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = MEMORY;
                    PRAGMA synchronous = OFF;
                    PRAGMA locking_mode = EXCLUSIVE;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA cache_size = -16384;
                    """)
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw SQLError(opening: path, error)
        }
        // A file that another process removed is as good.
        _ = unlink(path)
    }

    /// SQLite's dialect.
    public var dialect: SQLDialect { .sqlite }

    /// Runs `work` in a transaction, on the calling thread's time.
    public func transaction<Result>(_ work: (any SQLConnection) throws -> Result) throws -> Result {
        do {
            return try queue.write { try work(SQLiteConnection($0)) }
        } catch {
            throw SQLError.translate(error)
        }
    }

    /// Runs `work` in a transaction.
    public func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await write(work) }

    /// Runs `work` in a transaction.
    public func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try self.transaction(work) })
            }
        }
    }

    /// Does nothing: the file belongs to this process.
    public func endStalledTransactions(olderThan age: Duration) async throws -> Int { 0 }

    /// Does nothing.
    public func analyze(_ tables: [String]) async throws {}

    /// No other process has the file open.
    public func announcements() -> AsyncStream<Void> { AsyncStream { $0.finish() } }

    /// Closes and thereby removes the file.
    public func close() async throws {
        // Closing waits for a running transaction, which the cooperative pool must not.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { [queue] in
                continuation.resume(
                    with: Swift.Result {
                        do {
                            try queue.close()
                        } catch {
                            throw SQLError.translate(error)
                        }
                    })
            }
        }
    }
}
