/// The table of applied migrations, which also marks an incomplete copy.
///
/// The mark is a migration number that no program knows, so that programs without support for marks also reject the
/// database.
public struct MigrationLedger {
    static let table = "migrations"
    private static let mark = 2_147_483_647

    private let connection: any SQLConnection

    /// The ledger of a database.
    public init(_ connection: any SQLConnection) { self.connection = connection }

    /// Whether the database has a ledger, that is, whether Ferry has used it.
    public func exists() throws -> Bool { try connection.tableNames().contains(Self.table) }

    /// Rejects a database with tables of another program.
    ///
    /// - Throws: `SQLError.incompatible`.
    func requireOwnTables() throws {
        let tables = try connection.tableNames()
        guard !tables.isEmpty else { return }
        var isOurs = tables.contains(Self.table)
        // Other programs may have a table of this name.
        if isOurs, let shape = try connection.shapes(of: [Self.table])[Self.table] {
            isOurs = Set(shape.columns.map(\.name)).isSuperset(of: ["number", "name", "checksum"])
        }
        guard isOurs else {
            let names = tables.sorted().prefix(3).joined(separator: ", ")
            throw SQLError.incompatible(
                message:
                    "The database contains tables of another program (\(names)). Use an empty database, or the one of "
                    + "a workspace.")
        }
    }

    /// Creates the ledger if it does not exist.
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

    /// Whether the database has an incomplete copy.
    public func isMarkedUnfinished() throws -> Bool {
        try connection.exists("SELECT 1 FROM migrations WHERE number = \(Self.mark)")
    }

    /// Marks the content as incomplete.
    public func markUnfinished() throws {
        try connection.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES (\(Self.mark), \("unfinished copy"), \("none"))")
    }

    /// Marks the content as complete.
    public func removeMark() throws {
        try connection.execute("DELETE FROM migrations WHERE number = \(Self.mark)")
    }

    /// Removes every migration and the mark; for a database whose tables were removed.
    public func clear() throws { try connection.execute("DELETE FROM migrations") }

    /// The applied migrations, in order.
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
