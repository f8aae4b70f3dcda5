import SQL
import Synchronization

extension WorkspaceCopy {
    /// Makes empty tables under the mark of an unfinished copy, or changes nothing.
    func prepareDestination(for shapes: [TableShape]) async throws {
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
        try await destination.settle()
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
