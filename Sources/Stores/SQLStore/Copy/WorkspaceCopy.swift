import BoundedQueue
public import SQL
import Synchronization

/// Copies a whole workspace and its staging area from one database to another.
///
/// The caller has both databases for itself. The destination is marked as unfinished from the first change until all
/// that was read back from it equals the source; until then no server starts on it, and another copy starts over.
public struct WorkspaceCopy: Sendable {
    let source: any SQLDatabase
    let destination: any SQLDatabase
    let report: @Sendable (CopyProgress) -> Void

    /// A copy that has not begun.
    ///
    /// - Parameter onProgress: is called after each page of rows, on any thread.
    public init(
        from source: any SQLDatabase, to destination: any SQLDatabase,
        onProgress: @escaping @Sendable (CopyProgress) -> Void = { _ in }
    ) {
        self.source = source
        self.destination = destination
        report = onProgress
    }

    /// Copies and verifies everything.
    ///
    /// - Returns: what was copied.
    /// - Throws: `WorkspaceCopyError`; `SQLError` when a database fails, or one of them is newer than this program;
    ///   `CancellationError` when the task was cancelled, which takes effect between two pages.
    public func run() async throws -> CopyReport {
        let (shapes, counts) = try await checkSource()
        try await prepareDestination(for: shapes)
        let total = counts.reduce(0, +)
        let expected = try await transfer(shapes, total: total)
        let found = try await digests(of: shapes, total: expected.reduce(0) { $0 + $1.rows })
        for (shape, (expected, found)) in zip(shapes, zip(expected, found)) where expected != found {
            throw WorkspaceCopyError.tableNotVerified(
                table: shape.name, sourceRows: expected.rows, destinationRows: found.rows)
        }
        try await finish(shapes)
        return CopyReport(tables: zip(shapes, found).map { CopyReport.Table(name: $0.name, rows: $1.rows) })
    }

    /// The source's tables, and how many rows each has.
    private func checkSource() async throws -> (shapes: [TableShape], counts: [Int]) {
        try await source.read { connection in
            guard try MigrationLedger(connection).exists() else { throw WorkspaceCopyError.sourceIsNoWorkspace }
            let missing = try Migrator(Migrations.all).missing(on: connection)
            guard missing.isEmpty else {
                throw WorkspaceCopyError.sourceIsOlder(missing: missing.map { "step \($0.number) (\($0.name))" })
            }
            let shapes = try Self.shapes(on: connection)
            return (shapes, try shapes.map { try TablePages(shape: $0).rowCount(on: connection) })
        }
    }

    /// Reads one snapshot of the source, and writes each of its pages in a transaction of its own.
    ///
    /// - Returns: the digest of each table as it was read.
    private func transfer(_ shapes: [TableShape], total: Int) async throws -> [TableDigest] {
        let pages = BoundedQueue<BulkInsert>(capacity: 2)
        async let digests = source.read { connection in
            defer { pages.finish() }
            return try zip(shapes, WorkspaceTable.all).map { shape, table in
                let names = shape.columns.map(\.name)
                let emptied = names.indices.filter { table.emptied.contains(names[$0]) }
                var digest = TableDigest()
                try TablePages(shape: shape).forEach(on: connection) { values in
                    let values = Self.emptying(emptied, of: names.count, in: values)
                    digest.add(values, columns: names.count)
                    try pages.put(BulkInsert(into: shape.name, columns: names, values: values))
                }
                return digest
            }
        }
        var done = 0
        try await pages.consume { page in
            try await write(page)
            done += page.rowCount
            report(CopyProgress(phase: .copying, table: page.table, done: done, total: total))
        }
        return try await digests
    }

    private func write(_ page: BulkInsert) async throws {
        do {
            try await destination.write { try $0.insert(page) }
        } catch SQLError.failed(let reason), SQLError.uniqueViolation(let reason), SQLError.invalidValue(let reason) {
            throw WorkspaceCopyError.tableNotWritten(table: page.table, reason: reason)
        }
    }

    private static func emptying(_ columns: [Int], of count: Int, in values: [SQLValue]) -> [SQLValue] {
        guard !columns.isEmpty else { return values }
        var values = values
        for row in stride(from: 0, to: values.count, by: count) {
            for column in columns { values[row + column] = .null }
        }
        return values
    }

    /// The tables of `WorkspaceTable.all`, in its order.
    static func shapes(on connection: any SQLConnection) throws -> [TableShape] {
        let found = try connection.shapes(of: WorkspaceTable.all.map(\.name))
        return try WorkspaceTable.all.map { table in
            guard let shape = found[table.name] else { throw WorkspaceCopyError.tableDiffers(table: table.name) }
            return shape
        }
    }

    // MARK: Destination

    /// Makes empty tables under the mark of an unfinished copy, or changes nothing.
    private func prepareDestination(for shapes: [TableShape]) async throws {
        try await destination.write { connection in
            try connection.take(.migrations)
            let ledger = MigrationLedger(connection)
            let isKnown = try ledger.exists()
            try ledger.create()
            if try ledger.isMarkedUnfinished() {
                try ledger.removeMark()
                // Tables of a newer program would be left behind.
                _ = try Migrator(Migrations.all).missing(on: connection)
                try Self.dropTables(on: connection)
                try ledger.clear()
            } else {
                try Self.checkEmptiness(isKnown: isKnown, on: connection)
            }
            _ = try Migrator(Migrations.all).apply(on: connection)
            try ledger.markUnfinished()
            for (shape, made) in zip(shapes, try Self.shapes(on: connection)) where shape != made {
                throw WorkspaceCopyError.tableDiffers(table: shape.name)
            }
        }
    }

    /// What the destination holds now, read back with the pages of the source.
    func digests(of shapes: [TableShape], total: Int) async throws -> [TableDigest] {
        let stop = StopSign()
        return try await withTaskCancellationHandler {
            try await destination.read { connection in
                var done = 0
                return try shapes.map { shape in
                    var digest = TableDigest()
                    try TablePages(shape: shape).forEach(on: connection) { values in
                        guard !stop.isRaised else { throw CancellationError() }
                        digest.add(values, columns: shape.columns.count)
                        report(
                            CopyProgress(phase: .verifying, table: shape.name, done: done + digest.rows, total: total))
                    }
                    done += digest.rows
                    return digest
                }
            }
        } onCancel: {
            stop.raise()
        }
    }

    /// Lets the destination go on counting where the source stopped, and makes it a workspace.
    func finish(_ shapes: [TableShape]) async throws {
        let identities = shapes.flatMap { shape in
            shape.columns.filter(\.isIdentity).map { (table: shape.name, column: $0.name) }
        }
        let positions = try await source.read { connection in
            try identities.map { try connection.identityPosition(of: $0.column, in: $0.table) }
        }
        try await destination.analyze(WorkspaceTable.analyzed)
        try Task.checkCancellation()
        try await destination.write { connection in
            for ((table, column), position) in zip(identities, positions) {
                let largest = try connection.integer("SELECT max(\(name: column)) FROM \(name: table)")
                try connection.moveIdentity(of: column, in: table, behind: max(position, largest))
            }
            try MigrationLedger(connection).removeMark()
        }
    }

    private static func checkEmptiness(isKnown: Bool, on connection: any SQLConnection) throws {
        let names = try connection.tableNames()
        for table in WorkspaceTable.all where names.contains(table.name) {
            // A table of this name that no migration made belongs to another program.
            guard isKnown, try !connection.exists("SELECT 1 FROM \(name: table.name) LIMIT 1") else {
                throw WorkspaceCopyError.destinationIsNotEmpty(table: table.name)
            }
        }
    }

    private static func dropTables(on connection: any SQLConnection) throws {
        for table in WorkspaceTable.all { try connection.execute("DROP TABLE IF EXISTS \(name: table.name)") }
    }
}

/// Tells a thread that nobody waits for its result any more.
private final class StopSign: Sendable {
    private let value = Mutex(false)

    var isRaised: Bool { value.withLock { $0 } }

    func raise() { value.withLock { $0 = true } }
}
