internal import ExportFiles

/// What is made of the rows of one table.
protocol DelimitedTable {
    /// Takes in a row that is sound and not blank.
    mutating func receive(_ row: borrowing DelimitedRow) throws

    /// Takes note of the end.
    mutating func finish() throws
}

extension DelimitedTable {
    /// Most tables have nothing left at their end.
    mutating func finish() throws {}
}
