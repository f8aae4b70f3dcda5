/// The columns of one table, as cases in the order of selection and insertion.
///
/// A case's name is the column's name in Swift's spelling: `lastReplyAt` is `last_reply_at`.
public protocol TableColumn: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The source of a row's values; the values themselves for small tables.
    associatedtype Source = [SQLValue]

    /// The table.
    static var table: Table<Self> { get }

    /// The column's value in a new row.
    func value(of source: Source) -> SQLValue
}

/// A table and the names of its columns.
public struct Table<Column: TableColumn>: Sendable {
    /// The name.
    public let name: String
    /// The names of all columns, in the order of the cases.
    public let columnNames: [String]
    /// Selects every column; a condition may follow.
    public let selection: SQLQuery
    /// The columns of new rows.
    public let inserted: [Column]
    @usableFromInline let insertedNames: [String]
    private let insertionStart: SQLQuery
    /// The names of all columns, quoted.
    fileprivate let quotedNames: [String]

    /// A table.
    ///
    /// - Parameter defaulted: columns with a value from the database: identities, and others with a default.
    public init(_ name: String, defaulted: Set<Int> = []) {
        self.name = name
        columnNames = Column.allCases.map(\.name)
        quotedNames = columnNames.map(SQLQuery.quoted)
        selection = "SELECT \(names: columnNames) FROM \(name: name) "
        inserted = Column.allCases.filter { !defaulted.contains($0.rawValue) }
        insertedNames = inserted.map(\.name)
        insertionStart = "INSERT INTO \(name: name) (\(names: insertedNames)) VALUES ("
    }

    /// Inserts one row; a clause such as `ON CONFLICT` may follow.
    public func insertion(of source: Column.Source) -> SQLQuery {
        insertionStart + "\(values: inserted.map { $0.value(of: source) })) "
    }
}

extension TableColumn {
    /// The name in the database.
    public var name: String {
        var name = ""
        var wasLower = false
        for character in String(describing: self) {
            if character.isUppercase, wasLower { name.append("_") }
            name += character.lowercased()
            wasLower = character.isLowercase
        }
        return name
    }
}

extension TableColumn where Source == [SQLValue] {
    /// The value at the column's position.
    public func value(of source: [SQLValue]) -> SQLValue { source[rawValue] }
}

/// A row of a table, read by column name; valid as long as the row.
public struct TableRow<Column: TableColumn> {
    @usableFromInline let row: any SQLRow

    @inlinable
    init(_ row: any SQLRow) { self.row = row }

    /// Whether a column has no value.
    @inlinable
    public func isNull(_ column: Column) -> Bool { row.isNull(column.rawValue) }

    /// A whole number; 0 for NULL.
    @inlinable
    public func integer(_ column: Column) -> Int64 { row.integer(column.rawValue) }

    /// A string; empty for NULL.
    @inlinable
    public func text(_ column: Column) -> String { row.text(column.rawValue) }

    /// Bytes; empty for NULL.
    @inlinable
    public func bytes(_ column: Column) -> [UInt8] { row.bytes(column.rawValue) }

    /// A Boolean stored as 0 or 1.
    @inlinable
    public func flag(_ column: Column) -> Bool { row.flag(column.rawValue) }

    /// A string, or nil for NULL.
    @inlinable
    public func optionalText(_ column: Column) -> String? { row.optionalText(column.rawValue) }

    /// A floating-point number, or nil for NULL.
    @inlinable
    public func optionalReal(_ column: Column) -> Double? { row.optionalReal(column.rawValue) }

    /// A whole number, or nil for NULL.
    @inlinable
    public func optionalInteger(_ column: Column) -> Int64? { row.optionalInteger(column.rawValue) }
}

extension SQLConnection {
    /// Reads whole rows of a table.
    ///
    /// - Parameter condition: what follows the name of the table.
    @inlinable
    public func rows<Column, Element>(
        of table: Table<Column>, _ condition: SQLQuery, _ read: (TableRow<Column>) throws -> Element
    ) throws -> [Element] {
        try rows(table.selection + condition) { try read(TableRow($0)) }
    }

    /// Inserts rows in bulk, all or none.
    @inlinable
    public func insert<Column>(_ sources: some Sequence<Column.Source>, into table: Table<Column>) throws {
        try insert(into: table.name, columns: table.insertedNames) { sink in
            var row: [SQLValue] = []
            row.reserveCapacity(table.inserted.count)
            for source in sources {
                for column in table.inserted { row.append(column.value(of: source)) }
                try sink.append(row: row[...])
                row.removeAll(keepingCapacity: true)
            }
        }
    }

    /// Inserts one row.
    ///
    /// - Parameter clause: what follows the values, such as `ON CONFLICT`.
    /// - Returns: how many rows were inserted.
    @discardableResult
    public func insert<Column>(
        one source: Column.Source, into table: Table<Column>, _ clause: SQLQuery = ""
    ) throws -> Int { try execute(table.insertion(of: source) + clause) }

    /// Inserts rows with one statement; some of them may be there already.
    ///
    /// - Parameters:
    ///   - sources: at most a few hundred, because each value is a parameter of the statement.
    ///   - conflict: what follows `ON CONFLICT`.
    public func insert<Column>(
        _ sources: [Column.Source], into table: Table<Column>, onConflict conflict: SQLQuery
    ) throws {
        guard let first = sources.first else { return }
        // In place: a copy for each row would take time that grows with the square of their number.
        var query = table.insertion(of: first)
        for source in sources.dropFirst() { query += ", (\(values: table.inserted.map { $0.value(of: source) })) " }
        try execute(query + "ON CONFLICT " + conflict)
    }
}

extension SQLQuery.StringInterpolation {
    /// Sets columns to their values in a row: `UPDATE … SET \(set: columns, of: source)`.
    public mutating func appendInterpolation<Column: TableColumn>(set columns: [Column], of source: Column.Source) {
        assign(columns, of: source) { name in "\(name) = " }
    }

    /// Increments columns by their values in a row.
    public mutating func appendInterpolation<Column: TableColumn>(adding columns: [Column], of source: Column.Source) {
        assign(columns, of: source) { name in "\(name) = \(name) + " }
    }

    private mutating func assign<Column: TableColumn>(
        _ columns: [Column], of source: Column.Source, _ start: (String) -> String
    ) {
        for (index, column) in columns.enumerated() {
            if index > 0 { appendLiteral(", ") }
            appendLiteral(start(Column.table.quotedNames[column.rawValue]))
            appendInterpolation(column.value(of: source))
        }
    }
}
