internal import JSON

/// The fields that are read of one kind of object.
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
