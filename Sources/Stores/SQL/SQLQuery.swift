/// A statement: a literal whose interpolated values are bound, never pasted.
///
///     "SELECT id FROM users WHERE username_key \(in: keys) AND active = \(true)"
///
/// Differences between databases are segments that the `SQLDialect` fills in.
public struct SQLQuery: Sendable {
    enum Segment: Sendable {
        case literal(String)
        case value(SQLValue)
        case membership([String])
        case clause(SQLClause)
    }

    var segments: [Segment]

    /// The statement's text in a dialect, and its values in the order of their placeholders.
    public func rendered(in dialect: SQLDialect) -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        for segment in segments {
            switch segment {
            case .literal(let literal):
                text += literal
            case .value(let value):
                values.append(value)
                text += dialect.placeholder(values.count)
            case .membership(let members):
                values.append(.texts(members))
                text += dialect.membership(values.count)
            case .clause(let clause):
                text += dialect.text(of: clause)
            }
        }
        return (text, values)
    }
}

extension SQLQuery: ExpressibleByStringInterpolation {
    /// A statement without values.
    public init(stringLiteral value: String) { segments = [.literal(value)] }

    /// A statement with values.
    public init(stringInterpolation: StringInterpolation) { segments = stringInterpolation.segments }

    /// Collects the parts of a statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        var segments: [Segment] = []

        /// An empty statement.
        public init(literalCapacity: Int, interpolationCount: Int) {
            segments.reserveCapacity(interpolationCount * 2 + 1)
        }

        /// Adds literal SQL.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { segments.append(.literal(literal)) }
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some SQLValueConvertible) {
            segments.append(.value(value.sqlValue))
        }

        /// Binds a value, or NULL.
        public mutating func appendInterpolation(_ value: (some SQLValueConvertible)?) {
            segments.append(.value(value?.sqlValue ?? .null))
        }

        /// Tests membership in a list that is bound as one value: `column \(in: list)`.
        public mutating func appendInterpolation(in members: [String]) { segments.append(.membership(members)) }

        /// Adds a clause that depends on the database.
        public mutating func appendInterpolation(_ clause: SQLClause) { segments.append(.clause(clause)) }

        /// Adds a name from the catalogue, quoted.
        public mutating func appendInterpolation(name: String) { segments.append(.literal(SQLQuery.quoted(name))) }

        /// Adds names from the catalogue, quoted and with commas between them.
        public mutating func appendInterpolation(names: [String]) {
            segments.append(.literal(names.map(SQLQuery.quoted).joined(separator: ", ")))
        }

        /// Binds each of the values, with commas between them.
        public mutating func appendInterpolation(values: [SQLValue]) {
            for (index, value) in values.enumerated() {
                if index > 0 { segments.append(.literal(", ")) }
                segments.append(.value(value))
            }
        }

        /// Adds another statement, or a part that several statements share.
        public mutating func appendInterpolation(_ query: SQLQuery) { segments += query.segments }
    }
}

extension SQLQuery {
    /// A statement followed by the rest of it.
    public static func + (start: SQLQuery, end: SQLQuery) -> SQLQuery {
        var query = start
        query += end
        return query
    }

    /// Adds the rest of a statement.
    public static func += (query: inout SQLQuery, end: SQLQuery) { query.segments += end.segments }

    static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
}
