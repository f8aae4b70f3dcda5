import ImportAPI

/// The fields of a query or body type, found by decoding it from nothing.
struct FieldShape: Sendable {
    /// One field.
    struct Field: Sendable {
        let name: String
        let isRequired: Bool
        /// Whether it is a list of strings.
        let isStringList: Bool

        fileprivate init<Value: Decodable>(_ name: String, _ type: Value.Type, isRequired: Bool) {
            self.name = name
            self.isRequired = isRequired
            isStringList = type == [String].self
        }
    }

    /// In the order in which the type decodes them.
    let fields: [Field]

    init<Value: Decodable>(of type: Value.Type) {
        let recorder = Recorder()
        // A type that cannot be decoded from nothing, such as one with two forms, is recorded as far as it decodes.
        _ = try? type.init(from: recorder)
        fields = recorder.fields
    }

    var names: [String] { fields.map(\.name) }
    var requiredNames: [String] { fields.filter(\.isRequired).map(\.name) }

    /// The parameters of a query with these fields; a list may be given by `name` and by `name[]`.
    var parameterNames: Set<String> {
        Set(
            fields.flatMap { field in
                guard field.isStringList else { return [field.name] }
                let name = field.name.hasSuffix("[]") ? String(field.name.dropLast(2)) : field.name
                return [name, name + "[]"]
            })
    }
}

/// A decoder without a value that records the fields that are asked for.
private final class Recorder: Decoder {
    var fields: [FieldShape.Field] = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RecordingContainer(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw FieldShape.noValue }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw FieldShape.noValue }
}

private struct RecordingContainer<Key: CodingKey>: FieldContainer {
    let recorder: Recorder

    /// The standard library asks this before it decodes an optional scalar, and `decodeIfPresent` for other types.
    func contains(_ key: Key) -> Bool {
        recorder.fields.append(FieldShape.Field(key.stringValue, String.self, isRequired: false))
        return false
    }

    func decodeNil(forKey key: Key) -> Bool { true }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        recorder.fields.append(FieldShape.Field(key.stringValue, type, isRequired: true))
        return try FieldShape.blank(type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) -> Value? {
        recorder.fields.append(FieldShape.Field(key.stringValue, type, isRequired: false))
        return nil
    }
}

extension FieldShape {
    fileprivate static let noValue = DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "No value"))

    /// A value of the type, whichever it is.
    fileprivate static func blank<Value: Decodable>(_ type: Value.Type) throws -> Value {
        for candidate in ["", false, 0, JSONBody.null] as [any Decodable] {
            if let value = candidate as? Value { return value }
        }
        if let list = type as? any FieldList.Type, let value = list.empty as? Value { return value }
        return try type.init(from: Recorder())
    }
}
