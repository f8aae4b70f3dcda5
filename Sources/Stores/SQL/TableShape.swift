/// The description of a table, common to all databases.
public struct TableShape: Equatable, Sendable {
    /// One column.
    public struct Column: Equatable, Sendable {
        /// What a column holds.
        public enum Kind: String, Sendable {
            /// A whole number of 64 bits.
            case integer
            /// A floating-point number of 64 bits.
            case real
            /// Text.
            case text
            /// Bytes.
            case blob
        }

        /// The name.
        public let name: String
        /// What it holds.
        public let kind: Kind
        /// Whether it may be NULL.
        public let isOptional: Bool
        /// Whether it is an identity.
        public let isIdentity: Bool

        /// Creates a column.
        public init(name: String, kind: Kind, isOptional: Bool, isIdentity: Bool) {
            self.name = name
            self.kind = kind
            self.isOptional = isOptional
            self.isIdentity = isIdentity
        }
    }

    /// The name.
    public let name: String
    /// The columns, in the order of their names, so that equal tables have equal shapes.
    public let columns: [Column]
    /// The columns of the primary key, in its order; empty without a key.
    public let key: [Column]

    /// Creates a table.
    public init(name: String, columns: [Column], key: [Column]) {
        self.name = name
        self.columns = columns.sorted { $0.name < $1.name }
        self.key = key
    }
}
