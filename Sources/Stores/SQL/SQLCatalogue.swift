/// Queries of a database's catalogue.
public struct SQLCatalogue: Sendable {
    let tables: SQLQuery
    let columns: @Sendable (_ tables: [String]) -> SQLQuery
    let position: @Sendable (_ table: String, _ column: String) -> SQLQuery
    let move: @Sendable (_ table: String, _ column: String, _ position: Int64) -> [SQLQuery]

    /// Creates a catalogue.
    ///
    /// - Parameters:
    ///   - tables: selects the names of all tables but the database's own.
    ///   - columns: selects one row per column of these tables: table, column, kind (a raw value of
    ///     `TableShape.Column.Kind`), whether it is NOT NULL, its position in the primary key from 1 or 0, whether it
    ///     is an identity.
    ///   - position: selects the largest number of an identity column; 0 or NULL for none.
    ///   - move: statements that make an identity column continue after a position above 0.
    public init(
        tables: SQLQuery, columns: @escaping @Sendable (_ tables: [String]) -> SQLQuery,
        position: @escaping @Sendable (_ table: String, _ column: String) -> SQLQuery,
        move: @escaping @Sendable (_ table: String, _ column: String, _ position: Int64) -> [SQLQuery]
    ) {
        self.tables = tables
        self.columns = columns
        self.position = position
        self.move = move
    }
}

extension SQLConnection {
    /// The names of all tables but the database's own.
    public func tableNames() throws -> Set<String> {
        Set(try rows(dialect.catalogue.tables) { $0.text(0) })
    }

    /// The shapes of the tables of these names; missing tables are left out.
    ///
    /// - Throws: `SQLError.incompatible` for a column of a type that Ferry does not use.
    public func shapes(of tables: [String]) throws -> [String: TableShape] {
        let found = try rows(dialect.catalogue.columns(tables)) { row in
            guard let kind = TableShape.Column.Kind(rawValue: row.text(2)) else {
                throw SQLError.incompatible(
                    message: "The column \(row.text(1)) of the table \(row.text(0)) is of a type that Ferry does not "
                        + "use (\(row.text(2))).")
            }
            let column = TableShape.Column(
                name: row.text(1), kind: kind, isOptional: !row.flag(3), isIdentity: row.flag(5))
            return (table: row.text(0), column: column, keyPosition: row.integer(4))
        }
        return Dictionary(grouping: found, by: \.table).mapValues { columns in
            TableShape(
                name: columns[0].table, columns: columns.map(\.column),
                key: columns.filter { $0.keyPosition > 0 }.sorted { $0.keyPosition < $1.keyPosition }.map(\.column))
        }
    }

    /// The largest number that an identity column ever had; 0 for none.
    public func identityPosition(of column: String, in table: String) throws -> Int64 {
        try integer(dialect.catalogue.position(table, column))
    }

    /// Makes an identity column continue after a number.
    public func moveIdentity(of column: String, in table: String, behind position: Int64) throws {
        guard position > 0 else { return }
        for statement in dialect.catalogue.move(table, column, position) { try execute(statement) }
    }
}
