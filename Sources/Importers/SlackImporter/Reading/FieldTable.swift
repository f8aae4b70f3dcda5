internal import JSON

/// The keys that one kind of Slack object is read for.
struct FieldTable<Field: CaseIterable & RawRepresentable & Sendable>: Sendable where Field.RawValue == String {
    let fields: [Field]
    let keys: JSONKeys

    init(_ type: Field.Type = Field.self) {
        fields = Array(Field.allCases)
        keys = JSONKeys(fields.map(\.rawValue))
    }
}

extension JSONReader {
    /// Goes to the next member that the table knows; nil when the object has ended.
    @inline(__always)
    mutating func nextField<Field>(_ table: FieldTable<Field>) throws(JSONError) -> Field? {
        guard let place = try nextKey(among: table.keys) else { return nil }
        return table.fields[place]
    }
}
