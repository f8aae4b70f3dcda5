/// Takes rows on their way into one table, and hands them on while the next are made.
public protocol RowSink: AnyObject {
    /// Adds a row: one value a column.
    func append(row: ArraySlice<SQLValue>) throws
}

extension RowSink {
    /// Adds a row.
    ///
    /// - Parameter row: one value a column.
    public func append(_ row: SQLValue...) throws { try append(row: row[...]) }
}
