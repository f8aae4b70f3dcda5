/// A value bound to a statement.
public enum SQLValue: Equatable, Sendable {
    /// No value.
    case null
    /// A whole number; also Booleans (0 or 1) and timestamps (milliseconds since 1970).
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text without NUL characters.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// A list of strings for membership tests, bound as one value of any length.
    case texts([String])
}

extension SQLValue {
    /// A string, or NULL.
    public static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    /// A floating-point number, or NULL.
    public static func optional(_ number: Double?) -> SQLValue { number.map(SQLValue.real) ?? .null }

    /// A whole number, or NULL.
    public static func optional(_ number: Int64?) -> SQLValue { number.map(SQLValue.integer) ?? .null }

    /// A Boolean as 0 or 1.
    public static func flag(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }
}

/// A type whose values can be written into a statement with `\(…)`.
public protocol SQLValueConvertible {
    /// The value to bind.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLValueConvertible {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}

extension String: SQLValueConvertible {
    /// The text.
    public var sqlValue: SQLValue { .text(self) }
}

extension Int: SQLValueConvertible {
    /// The whole number.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Int64: SQLValueConvertible {
    /// The whole number.
    public var sqlValue: SQLValue { .integer(self) }
}

extension Bool: SQLValueConvertible {
    /// 0 or 1.
    public var sqlValue: SQLValue { .flag(self) }
}
