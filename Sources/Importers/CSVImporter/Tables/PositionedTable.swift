internal import DelimitedText
internal import ExportFiles
internal import ImporterKit

/// A table whose first row names the columns, or is a record with the columns in a fixed order.
protocol PositionedTable: DelimitedTable {
    associatedtype Columns: ColumnPositions
    /// Nil before the first row.
    var columns: Columns? { get set }
    /// The columns without a header.
    var fixedColumns: Columns { get }
    /// What follows the counts in the finding about a row with too few or too many fields.
    var advice: String { get }

    /// Begins a table with a header.
    func begin(_ columns: Columns, line: Int) throws
    /// Makes a record of a row with the right number of fields.
    mutating func stage(_ row: borrowing DelimitedRow, _ columns: Columns) throws
}

extension PositionedTable {
    /// Most tables need nothing but their columns.
    func begin(_ columns: Columns, line: Int) throws {}

    mutating func receive(_ row: borrowing DelimitedRow) throws {
        if columns == nil {
            if let named = Columns(HeaderRow(row)) {
                columns = named
                try sink.reportIgnored(columns: named.ignoredTitles, line: row.line)
                return try begin(named, line: row.line)
            }
            var fixed = fixedColumns
            fixed.count = row.width(beyond: fixed.count)
            columns = fixed
        }
        guard let columns,
            try requireFields(row, minimum: columns.minimumCount, of: columns.count, advice: advice)
        else { return }
        try stage(row, columns)
    }
}
