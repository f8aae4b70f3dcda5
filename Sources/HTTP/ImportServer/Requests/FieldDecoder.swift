import ImportAPI
import JSON

/// Named values of a query or a body, read with the conversions of Rocket.Chat's validator.
protocol FieldSource {
    /// A string; nil when it is absent or null.
    func text(_ name: String) throws -> String?
    /// A Boolean; nil when it is absent or null.
    func flag(_ name: String) throws -> Bool?
    /// A whole number; nil when it is absent.
    func count(_ name: String) throws -> Int?
    /// A list of strings; nil when it is absent or null.
    func texts(_ name: String) throws -> [String]?
    /// Any value; nil when it is absent.
    func value(_ name: String) -> JSONValue?
}

/// Decodes a type of the contract from named values.
struct FieldDecoder: Decoder {
    let source: any FieldSource

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SourceContainer(source: source))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.notAnObject }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Self.notAnObject }

    private static let notAnObject = DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "Queries and bodies are objects"))
}

private struct SourceContainer<Key: CodingKey>: FieldContainer {
    let source: any FieldSource

    func contains(_ key: Key) -> Bool { source.value(key.stringValue) != nil }

    func decodeNil(forKey key: Key) -> Bool { source.value(key.stringValue) == .null }

    /// A required value. Its presence was checked; null becomes an empty value.
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if let value = try decodeIfPresent(type, forKey: key) { return value }
        for empty in ["", false, 0, [String]()] as [any Decodable] {
            if let value = empty as? Value { return value }
        }
        throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "Absent"))
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        let name = key.stringValue
        let value: Any? =
            switch type {
            case is String.Type: try source.text(name)
            case is Bool.Type: try source.flag(name)
            case is Int.Type: try source.count(name)
            case is [String].Type: try source.texts(name)
            case is JSONBody.Type: source.value(name).flatMap { JSONBody(text: $0.serialized()) }
            case let list as any FieldList.Type: try source.value(name).map { try list.list(from: $0) }
            default: try source.value(name).map { try BodyFields.decoded($0, as: type) }
            }
        return value as? Value
    }
}

/// A list of objects.
protocol FieldList: Decodable {
    static var empty: Self { get }
    static func list(from value: JSONValue) throws -> Self
}

extension Array: FieldList where Element: Decodable {
    static var empty: [Element] { [] }

    static func list(from value: JSONValue) throws -> [Element] {
        guard case .array(let values) = value else { throw APIFailure.invalidBody(["must be array"]) }
        return try values.map { try BodyFields.decoded($0, as: Element.self) }
    }
}

/// A keyed container without nested containers.
protocol FieldContainer: KeyedDecodingContainerProtocol {}

extension FieldContainer {
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func nestedContainer<Nested>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported(key) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw unsupported(key) }

    func superDecoder() throws -> any Decoder {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "Not supported"))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported(key) }

    private func unsupported(_ key: Key) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: "Not supported")
    }
}
