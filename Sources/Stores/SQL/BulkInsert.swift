/// Rows for one table that are all there before the first of them is inserted.
public struct BulkInsert: Sendable {
    /// The table.
    public let table: String
    /// The columns, in the order of each row's values.
    public let columns: [String]
    /// The values of all rows, one row after the other.
    public private(set) var values: [SQLValue] = []

    /// No rows yet.
    ///
    /// - Parameter rowCount: how many rows to expect.
    public init(into table: String, columns: [String], rowCount: Int) {
        self.table = table
        self.columns = columns
        values.reserveCapacity(rowCount * columns.count)
    }

    /// Rows that are there already.
    ///
    /// - Parameter values: the values of all rows, one row after the other.
    public init(into table: String, columns: [String], values: [SQLValue]) {
        precondition(values.count.isMultiple(of: columns.count), "\(table) takes \(columns.count) values a row")
        self.table = table
        self.columns = columns
        self.values = values
    }

    /// Rows of a table.
    public init<Column>(_ sources: some Collection<Column.Source>, into table: Table<Column>) {
        self.init(into: table.name, columns: table.insertedNames, rowCount: sources.count)
        for source in sources {
            for column in table.inserted { values.append(column.value(of: source)) }
        }
    }

    /// How many rows there are.
    public var rowCount: Int { values.count / columns.count }

    /// Adds a row.
    ///
    /// - Parameter row: one value a column.
    public mutating func append(_ row: SQLValue...) {
        precondition(row.count == columns.count, "\(table) takes \(columns.count) values a row")
        values.append(contentsOf: row)
    }
}
