internal import JSON

/// The keys that one kind of Slack object is read for.
struct FieldTable<Field: CaseIterable & RawRepresentable & Sendable>: Sendable where Field.RawValue == String {
    let fields: [Field]
    let names: [String]
    let keys: JSONKeys

    init(_ type: Field.Type = Field.self) {
        fields = Array(Field.allCases)
        names = fields.map(\.rawValue)
        keys = JSONKeys(names)
    }
}
