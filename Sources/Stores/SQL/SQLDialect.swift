/// A clause that depends on the database.
public enum SQLClause: Sendable {
    /// Locks the selected rows and skips locked ones; empty if there is one writer.
    case lockSkippingLocked
    /// Locks the selected rows, waiting for others; empty in read transactions and if there is one writer.
    case lock
    /// Locks the selected rows in shared mode; empty if there is one writer.
    case lockShared
    /// Casts the preceding text to JSON, for `->>`; empty if the database needs no cast.
    case asJSON
    /// The length of a column in UTF-8 bytes, without reading the text if possible.
    case byteLength(of: StaticString)
}

/// The differences between databases.
///
/// Statements use the dialect; only drivers know which database is in use.
public struct SQLDialect: Sendable {
    /// Column types of table definitions.
    public struct Types: Sendable {
        /// A whole number of 64 bits.
        public let integer: String
        /// A floating-point number of 64 bits.
        public let real: String
        /// Text that is compared byte by byte.
        public let text: String
        /// Bytes.
        public let blob: String
        /// A primary key that the database increments and never reuses.
        public let identity: String
        /// The suffix of a table definition.
        public let tableSuffix: String

        /// Types of the given spellings.
        public init(integer: String, real: String, text: String, blob: String, identity: String, tableSuffix: String) {
            self.integer = integer
            self.real = real
            self.text = text
            self.blob = blob
            self.identity = identity
            self.tableSuffix = tableSuffix
        }
    }

    /// Column types.
    public let types: Types
    /// Whether several processes may have the database open.
    public let isShared: Bool
    /// The database's catalogue.
    public let catalogue: SQLCatalogue

    private let placeholderPrefix: String
    private let membershipText: @Sendable (String) -> String
    private let clauseText: @Sendable (SQLClause) -> String
    private let lockText: @Sendable (SQLLock) -> String?

    /// A dialect.
    ///
    /// - Parameters:
    ///   - placeholderPrefix: the prefix of a placeholder's number.
    ///   - catalogue: the database's catalogue.
    ///   - membership: tests whether the preceding expression is in the list bound to the placeholder.
    ///   - clause: the spelling of each clause.
    ///   - lock: statements that take a lock; nil if no lock is needed.
    public init(
        types: Types, isShared: Bool, placeholderPrefix: String, catalogue: SQLCatalogue,
        membership: @escaping @Sendable (_ placeholder: String) -> String,
        clause: @escaping @Sendable (SQLClause) -> String,
        lock: @escaping @Sendable (SQLLock) -> String? = { _ in nil }
    ) {
        self.types = types
        self.isShared = isShared
        self.catalogue = catalogue
        self.placeholderPrefix = placeholderPrefix
        membershipText = membership
        clauseText = clause
        lockText = lock
    }

    /// The placeholder of the `number`th value, from 1.
    public func placeholder(_ number: Int) -> String { placeholderPrefix + String(number) }

    func membership(_ number: Int) -> String { membershipText(placeholder(number)) }

    func text(of clause: SQLClause) -> String { clauseText(clause) }

    func text(of lock: SQLLock) -> String? { lockText(lock) }
}
