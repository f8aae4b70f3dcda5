/// How a database is asked what tables it has.
public struct SQLCatalogue: Sendable {
    let tables: SQLQuery
    let columns: @Sendable (_ tables: [String]) -> SQLQuery
    let position: @Sendable (_ table: String, _ column: String) -> SQLQuery
    let move: @Sendable (_ table: String, _ column: String, _ position: Int64) -> [SQLQuery]

    /// A catalogue that is asked as follows.
    ///
    /// - Parameters:
    ///   - tables: the names of all tables that do not belong to the database itself.
    ///   - columns: of these tables, a row a column: table, column, kind (a raw value of `TableShape.Column.Kind`),
    ///     whether it has to have a value, its place in the primary key from 1 or 0, whether it is an identity.
    ///   - position: the largest number that an identity column was given; 0 or NULL for none.
    ///   - move: statements after which an identity column goes on behind a position, which is above 0.
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
    /// The names of all tables, but for the database's own.
    public func tableNames() throws -> Set<String> {
        Set(try rows(dialect.catalogue.tables) { $0.text(0) })
    }

    /// What the tables of these names look like; those that are not there are left out.
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
            return (table: row.text(0), column: column, place: row.integer(4))
        }
        return Dictionary(grouping: found, by: \.table).mapValues { columns in
            TableShape(
                name: columns[0].table, columns: columns.map(\.column),
                key: columns.filter { $0.place > 0 }.sorted { $0.place < $1.place }.map(\.column))
        }
    }

    /// The largest number that an identity column was ever given; 0 for none.
    public func identityPosition(of column: String, in table: String) throws -> Int64 {
        try integer(dialect.catalogue.position(table, column))
    }

    /// Lets an identity column go on behind a number.
    public func moveIdentity(of column: String, in table: String, behind position: Int64) throws {
        guard position > 0 else { return }
        for statement in dialect.catalogue.move(table, column, position) { try execute(statement) }
    }
}
