/// One migration of the tables. Migrations are numbered without gaps and never change once released.
public struct Migration: Sendable {
    /// Its place in the order, from 1.
    public let number: Int
    /// A short description.
    public let name: String
    /// Its statements, by dialect.
    public let script: @Sendable (SQLDialect) -> String
    /// Rewrites rows after the script in ways that SQL cannot express; runs in the same transaction.
    let rewrite: @Sendable (any SQLConnection) throws -> Void

    /// A migration.
    public init(
        number: Int, name: String, script: @escaping @Sendable (SQLDialect) -> String,
        rewriting rewrite: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) {
        self.number = number
        self.name = name
        self.script = script
        self.rewrite = rewrite
    }
}

/// Migrates a database's tables to this program's version.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// A migrator for all migrations of a program, in order.
    public init(_ migrations: [Migration]) {
        precondition(migrations.map(\.number) == Array(1...migrations.count), "migrations are numbered without gaps")
        self.migrations = migrations
    }

    /// Applies the missing migrations in one transaction.
    ///
    /// - Returns: the migrations that were applied.
    /// - Throws: as `missing(on:)`.
    public func migrate(_ database: any SQLDatabase) async throws -> [Migration] {
        try await database.write { connection in
            try connection.take(.migrations)
            return try apply(on: connection)
        }
    }

    /// Applies the missing migrations inside the caller's transaction, which holds the lock `.migrations`.
    ///
    /// - Returns: the migrations that were applied.
    /// - Throws: as `missing(on:)`.
    public func apply(on connection: any SQLConnection) throws -> [Migration] {
        let ledger = MigrationLedger(connection)
        try ledger.requireOwnTables()
        try ledger.create()
        let missing = try missing(on: connection)
        for migration in missing {
            let script = migration.script(connection.dialect)
            try connection.run(script: script)
            try migration.rewrite(connection)
            try ledger.record(migration, checksum: Self.checksum(script))
        }
        return missing
    }

    /// The migrations that a database with a ledger lacks.
    ///
    /// - Throws: `SQLError.incompatible` if the database has unknown migrations, if an applied one differs from this
    ///   program's, or if the database has an incomplete copy.
    public func missing(on connection: any SQLConnection) throws -> [Migration] {
        let ledger = MigrationLedger(connection)
        guard try !ledger.isMarkedUnfinished() else {
            throw SQLError.incompatible(
                message: "The database contains an incomplete workspace: `ferry migrate` is copying into it, or was "
                    + "interrupted. Run the same `ferry migrate` once more; it starts over.")
        }
        let applied = try ledger.steps()
        if let newest = applied.last, newest.number > migrations.count {
            throw SQLError.incompatible(
                message: "The database was written by a newer version of Ferry (it has migration "
                    + "\(newest.number), this version has \(migrations.count)). Start the newer version.")
        }
        for (migration, found) in zip(migrations, applied)
        where Self.checksum(migration.script(connection.dialect)) != found.checksum {
            throw SQLError.incompatible(
                message: "Migration \(migration.number) (\(migration.name)) of the database differs from this "
                    + "version's. Start the version of Ferry that applied it.")
        }
        return Array(migrations.dropFirst(applied.count))
    }

    /// FNV-1a over the text, 16 hexadecimal digits: detects accidents, not attacks.
    private static func checksum(_ script: String) -> String {
        let hash = script.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
