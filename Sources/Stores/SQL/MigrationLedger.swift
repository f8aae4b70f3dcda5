/// The table in which a database keeps which migrations it has seen, and whether what it holds is whole.
///
/// A workspace that is being copied into a database is marked in here. The mark reads as a step that no program knows,
/// so that programs which have never heard of marks refuse the database as well.
public struct MigrationLedger {
    static let table = "migrations"
    private static let mark = 2_147_483_647

    private let connection: any SQLConnection

    /// The ledger of a database.
    public init(_ connection: any SQLConnection) { self.connection = connection }

    /// Whether the database has a ledger, which is whether Ferry has ever used it.
    public func exists() throws -> Bool { try connection.tableNames().contains(Self.table) }

    /// Refuses a database that holds tables of another program.
    ///
    /// - Throws: `SQLError.incompatible`.
    func requireOwnTables() throws {
        let tables = try connection.tableNames()
        guard !tables.isEmpty else { return }
        var isOurs = tables.contains(Self.table)
        // Other programs have a table of this name as well.
        if isOurs, let shape = try connection.shapes(of: [Self.table])[Self.table] {
            isOurs = Set(shape.columns.map(\.name)).isSuperset(of: ["number", "name", "checksum"])
        }
        guard isOurs else {
            let names = tables.sorted().prefix(3).joined(separator: ", ")
            throw SQLError.incompatible(
                message:
                    "The database holds tables of another program (\(names)). Use an empty database, or the one of "
                    + "a workspace.")
        }
    }

    /// Makes the ledger if there is none.
    public func create() throws {
        let types = connection.dialect.types
        try connection.run(
            script: """
                CREATE TABLE IF NOT EXISTS migrations (
                    number \(types.integer) PRIMARY KEY,
                    name \(types.text) NOT NULL,
                    checksum \(types.text) NOT NULL
                )\(types.tableSuffix);
                """)
    }

    /// Whether a copy into the database was begun and not finished.
    public func isMarkedUnfinished() throws -> Bool {
        try connection.exists("SELECT 1 FROM migrations WHERE number = \(Self.mark)")
    }

    /// Says that what the database holds is not whole.
    public func markUnfinished() throws {
        try connection.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES (\(Self.mark), \("unfinished copy"), \("none"))")
    }

    /// Says that what the database holds is whole.
    public func removeMark() throws {
        try connection.execute("DELETE FROM migrations WHERE number = \(Self.mark)")
    }

    /// Forgets every step, and the mark; for a database whose tables were removed.
    public func clear() throws { try connection.execute("DELETE FROM migrations") }

    /// The steps that were applied, in order.
    func steps() throws -> [(number: Int, checksum: String)] {
        try connection.rows(
            "SELECT number, checksum FROM migrations WHERE number <> \(Self.mark) ORDER BY number"
        ) { (number: Int($0.integer(0)), checksum: $0.text(1)) }
    }

    func record(_ migration: Migration, checksum: String) throws {
        try connection.execute(
            """
            INSERT INTO migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), \(checksum))
            """)
    }
}
