public import SQL

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
        let handover = PageHandover()
        async let digests = source.read { connection in
            defer { handover.finish() }
            return try zip(shapes, WorkspaceTable.all).map { shape, table in
                let names = shape.columns.map(\.name)
                let emptied = names.indices.filter { table.emptied.contains(names[$0]) }
                var digest = TableDigest()
                try TablePages(shape: shape).forEach(on: connection) { values in
                    let values = Self.emptying(emptied, of: names.count, in: values)
                    digest.add(values, columns: names.count)
                    try handover.send(BulkInsert(into: shape.name, columns: names, values: values))
                }
                return digest
            }
        }
        var done = 0
        try await handover.receive { page in
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
}
