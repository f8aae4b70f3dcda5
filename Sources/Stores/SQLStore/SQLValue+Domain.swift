public import ImportDomain
public import SQL

extension Timestamp: SQLValueConvertible {
    /// Milliseconds since 1970.
    public var sqlValue: SQLValue { .integer(milliseconds) }
}

extension TableRow {
    func timestamp(_ column: Column) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTimestamp(_ column: Column) -> Timestamp? {
        optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    func count(_ column: Column) -> Int { Int(integer(column)) }

    /// A value of an enumeration that is stored by name.
    ///
    /// - Throws: `StoreError.corrupt` for a name that this program does not know.
    func value<Value: RawRepresentable<String>>(_ column: Column) throws -> Value { try Value(stored: text(column)) }
}

extension SQLRow {
    func timestamp(_ column: Int) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTimestamp(_ column: Int) -> Timestamp? { optionalInteger(column).map(Timestamp.init(milliseconds:)) }

    func count(_ column: Int) -> Int { Int(integer(column)) }

    /// A value of an enumeration that is stored by name.
    ///
    /// - Throws: `StoreError.corrupt` for a name that this program does not know.
    func value<Value: RawRepresentable<String>>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
        try Value(stored: text(column))
    }
}

extension RawRepresentable<String> {
    fileprivate init(stored name: String) throws {
        guard let value = Self(rawValue: name) else {
            throw StoreError.corrupt(message: "\"\(name)\" is not a \(Self.self) that this version of Ferry knows.")
        }
        self = value
    }
}

extension SQLValue {
    /// The value as a change of a field keeps it.
    var recordedText: String? {
        switch self {
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .null, .blob, .texts: nil
        }
    }
}
