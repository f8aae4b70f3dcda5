/// An open database.
///
/// Drivers run each closure on their own threads and translate every failure into `SQLError`.
public protocol SQLDatabase: Sendable {
    /// The database's dialect.
    var dialect: SQLDialect { get }

    /// Runs `work` on a consistent snapshot.
    func read<Result: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Result) async throws -> Result

    /// Runs `work` in a write transaction; it is rolled back if `work` throws, and durable once this returns.
    ///
    /// `work` may run again, when the database requests a retry.
    func write<Result: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Result) async throws
        -> Result

    /// Ends transactions of other processes that have waited for their process longer than `age`, because it is frozen
    /// or disconnected. Does nothing for a single process.
    ///
    /// - Returns: how many were ended.
    @discardableResult
    func endStalledTransactions(olderThan age: Duration) async throws -> Int

    /// Analyzes the statistics of these tables, and checkpoints the log, after bulk writes.
    func analyze(_ tables: [String]) async throws

    /// One element per notification of another process; ends at once for a single process.
    func announcements() -> AsyncStream<Void>

    /// Closes every connection; calls that follow fail.
    func close() async throws
}

/// A database for one use, whose transactions may run inside those of another database.
public protocol SQLScratchDatabase: SQLDatabase {
    /// Runs `work` in a transaction while the calling thread waits; never call it on the cooperative pool.
    func transaction<Result>(_ work: (any SQLConnection) throws -> Result) throws -> Result
}

/// A connection inside a transaction.
public protocol SQLConnection {
    /// The database's dialect.
    var dialect: SQLDialect { get }

    /// Runs a query and reads each of its rows.
    func rows<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> [Element]

    /// Runs a statement.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func execute(_ query: SQLQuery) throws -> Int

    /// Runs statements without values, such as table definitions.
    func run(script: String) throws

    /// Milliseconds since 1970 by the database's clock; nil for a single process, which uses its own clock.
    func clockMilliseconds() throws -> Int64?

    /// Notifies other processes of work once the transaction is committed. Does nothing for a single process.
    func announce() throws

    /// Inserts rows in bulk, all or none.
    ///
    /// The database receives the first rows while the last are built, so `rows` must not use the connection otherwise.
    func insert(into table: String, columns: [String], rows: (any RowSink) throws -> Void) throws

    /// Inserts prebuilt rows in bulk, all or none.
    func insert(_ rows: BulkInsert) throws
}

extension SQLConnection {
    /// Runs a query and reads its first row; nil when there is none.
    public func first<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> Element? {
        try rows(query, read).first
    }

    /// Runs a query for one whole number; 0 if there is no row or no value.
    public func integer(_ query: SQLQuery) throws -> Int64 { try first(query) { $0.integer(0) } ?? 0 }

    /// Limits a query to a page whose rows fit into the bytes, at least one.
    ///
    /// - Parameters:
    ///   - query: a condition and an order.
    ///   - sizes: selects the size of each row; `query` follows.
    ///   - bytes: nil for a page regardless of its size.
    public func page(
        _ query: SQLQuery, sizes: SQLQuery, offset: Int, limit: Int64, bytes: Int?
    ) throws -> SQLQuery {
        guard let bytes else { return "\(query) LIMIT \(limit) OFFSET \(offset)" }
        let fitting = try fittingRows("\(sizes) \(query) LIMIT \(limit) OFFSET \(offset)", bytes: bytes)
        return "\(query) LIMIT \(fitting.count) OFFSET \(offset)"
    }

    /// How many of a query's first rows fit into the bytes, at least one, and whether there are more.
    ///
    /// A database that computes rows one at a time does not compute those after the limit.
    /// - Parameter sizes: selects the size of each row.
    public func fittingRows(_ sizes: SQLQuery, bytes: Int) throws -> (count: Int, isCut: Bool) {
        var (count, sum) = (0, 0)
        do {
            _ = try rows(sizes) { row in
                sum += Int(row.integer(0))
                guard count == 0 || sum <= bytes else { throw LimitReached() }
                count += 1
            }
        } catch is LimitReached {
            return (count, true)
        }
        return (count, false)
    }

    /// Reads pairs of a key and an id for these keys; other keys have none.
    ///
    /// - Parameter selection: ends with the key, which must be in the list.
    public func pairs(_ selection: SQLQuery, of keys: [String]) throws -> [(key: String, id: String)] {
        keys.isEmpty ? [] : try rows("\(selection) \(in: keys)") { ($0.text(0), $0.text(1)) }
    }

    /// Whether a query has any row.
    public func exists(_ query: SQLQuery) throws -> Bool { try first(query) { _ in true } ?? false }
}

/// Ends the reading of a result.
private struct LimitReached: Error {}
