internal import ImporterKit

/// Column positions in a table.
protocol ColumnPositions {
    /// How many columns the table has.
    var count: Int { get set }
    /// How many fields a row must have.
    var minimumCount: Int { get }
    /// Titles of columns that are not imported.
    var ignoredTitles: [String] { get }

    /// The columns of a header, or nil for a row that is not a header.
    init?(_ header: HeaderRow)
}
