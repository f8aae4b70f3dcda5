/// An open database: where transactions come from.
///
/// Drivers run each closure on threads of their own and translate every failure of theirs into `SQLError`.
public protocol SQLDatabase: Sendable {
    /// What is particular to this database.
    var dialect: SQLDialect { get }

    /// Runs `work` on a consistent snapshot.
    func read<Result: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Result) async throws -> Result

    /// Runs `work` in a write transaction; it is rolled back if `work` throws, and durable once this returns.
    ///
    /// `work` runs again when the database asks for a retry.
    func write<Result: Sendable>(_ work: @escaping @Sendable (any SQLConnection) throws -> Result) async throws
        -> Result

    /// Ends transactions of other processes that are older than `age` and wait for their process, which must be frozen
    /// or cut off; nothing where there is one process.
    ///
    /// - Returns: how many were ended.
    @discardableResult
    func endStalledTransactions(olderThan age: Duration) async throws -> Int

    /// Folds what bulk writing left behind into its resting form: logs, and statistics of these tables.
    func settle(_ tables: [String]) async throws

    /// One element whenever another process has announced work; ends at once where there is no other process.
    func announcements() -> AsyncStream<Void>

    /// Closes every connection; calls that follow fail.
    func close() async throws
}

/// A connection inside a transaction.
public protocol SQLConnection {
    /// What is particular to this database.
    var dialect: SQLDialect { get }

    /// Runs a query and reads each of its rows.
    func rows<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> [Element]

    /// Runs a statement.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func execute(_ query: SQLQuery) throws -> Int

    /// Runs statements as they stand, such as table definitions.
    func run(script: String) throws

    /// Milliseconds since 1970 by the database's clock; nil where the database belongs to one process, whose own clock
    /// serves as well.
    func clockMilliseconds() throws -> Int64?

    /// Announces work to other processes, once the transaction is committed; nothing where there is none.
    func announce() throws

    /// Inserts rows by the database's fastest way in, all or none.
    ///
    /// The database takes the first rows while the last are made, so `rows` makes no other use of the connection.
    func insert(into table: String, columns: [String], rows: (any RowSink) throws -> Void) throws

    /// Inserts rows that are there already by the database's fastest way in, all or none.
    func insert(_ rows: BulkInsert) throws
}

extension SQLConnection {
    /// Runs a query and reads its first row; nil when there is none.
    public func first<Element>(_ query: SQLQuery, _ read: (any SQLRow) throws -> Element) throws -> Element? {
        try rows(query, read).first
    }

    /// Runs a query for one whole number; 0 when there is no row or no value.
    public func integer(_ query: SQLQuery) throws -> Int64 { try first(query) { $0.integer(0) } ?? 0 }

    /// How many of a query's first rows fit into so many bytes, the first one whatever its size.
    ///
    /// Rows after the limit are not computed where the database computes them one at a time.
    /// - Parameter sizes: selects the size of each row.
    public func fittingCount(_ sizes: SQLQuery, bytes: Int) throws -> Int {
        try fittingRows(sizes, bytes: bytes).count
    }

    /// How many of a query's first rows fit into so many bytes, as `fittingCount`, and whether there are more.
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

    /// Whether a query has any row.
    public func exists(_ query: SQLQuery) throws -> Bool { try first(query) { _ in true } ?? false }
}

/// Ends the reading of a result.
private struct LimitReached: Error {}
