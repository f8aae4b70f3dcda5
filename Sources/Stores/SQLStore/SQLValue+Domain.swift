public import ImportDomain
public import SQL

extension Timestamp: SQLValueConvertible {
    /// Milliseconds since 1970.
    public var sqlValue: SQLValue { .integer(milliseconds) }
}

extension SQLRow {
    func timestamp(_ column: Int) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTimestamp(_ column: Int) -> Timestamp? { optionalInteger(column).map(Timestamp.init(milliseconds:)) }

    func count(_ column: Int) -> Int { Int(integer(column)) }

    /// A value of an enumeration that is stored by name.
    ///
    /// - Throws: `StoreError.corrupt` for a name that this program does not know.
    func value<Value: RawRepresentable<String>>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
        let name = text(column)
        guard let value = Value(rawValue: name) else {
            throw StoreError.corrupt(message: "\"\(name)\" is not a \(type) that this version of Ferry knows.")
        }
        return value
    }
}
