/// A clause whose spelling, or whose presence, depends on the database.
public enum SQLClause: Sendable {
    /// Locks the selected rows and steps over those that somebody else has locked; nothing where there is one writer.
    case lockSkippingLocked
    /// Locks the selected rows, waiting for others; nothing in read transactions and where there is one writer.
    case lock
    /// Keeps others from changing the selected rows, not from holding them likewise; nothing where there is one writer.
    case lockShared
    /// Makes the text before it a JSON value, for `->>`; nothing where texts are taken for JSON anyway.
    case asJSON
    /// The bytes of a text in UTF-8, as an expression over a column; computed without reading the text where possible.
    case byteLength(of: StaticString)
}

/// What differs between databases that otherwise share one vocabulary.
///
/// Statements ask the dialect; nothing outside a driver asks which database it is.
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
        /// A primary key that the database counts up and never gives twice.
        public let identity: String
        /// What follows the closing parenthesis of a table definition.
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
    /// How the database is asked for its tables.
    public let catalogue: SQLCatalogue

    private let placeholderPrefix: String
    private let membershipText: @Sendable (String) -> String
    private let clauseText: @Sendable (SQLClause) -> String
    private let lockText: @Sendable (SQLLock) -> String?

    /// A dialect.
    ///
    /// - Parameters:
    ///   - placeholderPrefix: what stands before the number of a bound value.
    ///   - catalogue: how the database is asked for its tables.
    ///   - membership: the test whether the expression before it is in the list bound to the given placeholder.
    ///   - clause: the spelling of each clause.
    ///   - lock: statements that take a lock; nil where nothing has to be locked.
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
