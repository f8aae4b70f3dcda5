import SQL
import Synchronization

/// A database with injected failures.
final class WatchedDatabase: SQLDatabase {
    struct Interruption: Error {}

    private let base: any SQLDatabase
    private let writesLeft: Mutex<Int>
    private let beforeRead: SQLQuery?

    /// - Parameters:
    ///   - writes: how many writes succeed before the others throw `Interruption`.
    ///   - beforeRead: a statement of another connection before each read.
    init(_ base: any SQLDatabase, writes: Int = .max, beforeRead: SQLQuery? = nil) {
        self.base = base
        writesLeft = Mutex(writes)
        self.beforeRead = beforeRead
    }

    func endStalledTransactions(olderThan age: Duration) async throws -> Int {
        try await base.endStalledTransactions(olderThan: age)
    }

    var dialect: SQLDialect { base.dialect }

    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        if let beforeRead { try await base.write { _ = try $0.execute(beforeRead) } }
        return try await base.read(work)
    }

    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let isAllowed = writesLeft.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAllowed else { throw Interruption() }
        return try await base.write(work)
    }

    func analyze(_ tables: [String]) async throws { try await base.analyze(tables) }

    func announcements() -> AsyncStream<Void> { base.announcements() }

    func close() async throws { try await base.close() }
}
