/// Receives rows of one table and sends them while the next are built.
public protocol RowSink: AnyObject {
    /// Adds a row: one value per column.
    func append(row: ArraySlice<SQLValue>) throws
}

extension RowSink {
    /// Adds a row.
    ///
    /// - Parameter row: one value per column.
    public func append(_ row: SQLValue...) throws { try append(row: row[...]) }
}
