/// What a finished copy of a workspace brought over.
public struct CopyReport: Equatable, Sendable {
    /// A table and its rows.
    public struct Table: Equatable, Sendable {
        /// The table's name.
        public let name: String
        /// How many rows both databases have.
        public let rows: Int
    }

    /// Every table, also those without rows.
    public let tables: [Table]
}
