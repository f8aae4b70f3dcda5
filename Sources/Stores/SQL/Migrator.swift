/// One step in the history of the tables. Steps are numbered without gaps and never change once released.
public struct Migration: Sendable {
    /// Its place in the order, from 1.
    public let number: Int
    /// What it brings, in a word or two.
    public let name: String
    /// Its statements in a dialect.
    public let script: @Sendable (SQLDialect) -> String

    /// A migration of the given parts.
    public init(number: Int, name: String, script: @escaping @Sendable (SQLDialect) -> String) {
        self.number = number
        self.name = name
        self.script = script
    }
}

/// Brings a database's tables to the state that this program knows.
public struct Migrator: Sendable {
    private let migrations: [Migration]

    /// A migrator for all migrations of a program, in order.
    public init(_ migrations: [Migration]) {
        precondition(migrations.map(\.number) == Array(1...migrations.count), "migrations are numbered without gaps")
        self.migrations = migrations
    }

    /// Applies what is missing, all in one transaction.
    ///
    /// - Returns: the migrations that were applied.
    /// - Throws: `SQLError.incompatible` when the database has migrations that this program does not know, or when one
    ///   that was applied reads differently now.
    public func migrate(_ database: any SQLDatabase) async throws -> [Migration] {
        let migrations = migrations
        return try await database.write { connection in
            if let lock = connection.dialect.migrationLock { try connection.run(script: lock) }
            try connection.run(script: Self.ledger(connection.dialect))
            let applied = try connection.rows("SELECT number, checksum FROM migrations ORDER BY number") {
                (number: Int($0.integer(0)), checksum: $0.text(1))
            }
            if let newest = applied.last, newest.number > migrations.count {
                throw SQLError.incompatible(
                    message: "The database was written by a newer version of Ferry (its tables are at step "
                        + "\(newest.number), this program knows \(migrations.count)). Start the newer version.")
            }
            for (migration, found) in zip(migrations, applied)
            where Self.checksum(migration.script(connection.dialect)) != found.checksum {
                throw SQLError.incompatible(
                    message: "Step \(migration.number) (\(migration.name)) of the database's tables is not the one "
                        + "that this program would have made. Start the version of Ferry that made it.")
            }
            let missing = Array(migrations.dropFirst(applied.count))
            for migration in missing {
                let script = migration.script(connection.dialect)
                try connection.run(script: script)
                try connection.execute(
                    """
                    INSERT INTO migrations (number, name, checksum)
                    VALUES (\(migration.number), \(migration.name), \(Self.checksum(script)))
                    """)
            }
            return missing
        }
    }

    private static func ledger(_ dialect: SQLDialect) -> String {
        """
        CREATE TABLE IF NOT EXISTS migrations (
            number \(dialect.types.integer) PRIMARY KEY,
            name \(dialect.types.text) NOT NULL,
            checksum \(dialect.types.text) NOT NULL
        )\(dialect.types.tableSuffix);
        """
    }

    /// FNV-1a over the text, 16 hexadecimal digits: it guards against accidents, not against attackers.
    private static func checksum(_ script: String) -> String {
        let hash = script.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
