internal import JSON

/// The keys that one kind of object is read for.
public struct FieldTable<Field: CaseIterable & RawRepresentable & Sendable>: Sendable where Field.RawValue == String {
    let fields: [Field]
    let names: [String]
    let keys: JSONKeys

    /// A table of all fields.
    public init(_ type: Field.Type = Field.self) {
        fields = Array(Field.allCases)
        names = fields.map(\.rawValue)
        keys = JSONKeys(names)
    }
}
