import ImportAPI

@testable import ImportServer

/// Decodes a type of the contract from nothing, which yields an example of it.
struct ExampleDecoder: Decoder {
    /// The value of everything that may be any JSON.
    static let anyJSON = JSONBody.string("any JSON")

    /// How many levels of objects have all fields; objects below have the required ones.
    let completeLevels: Int
    /// Whether a type with two forms gets the first.
    let isFirstForm: Bool

    /// Examples in which each object has all fields and the required ones, and each part both forms that it may have.
    static func examples<Value: Decodable>(of type: Value.Type) throws -> [Value] {
        try (0...6).flatMap { levels in
            try [true, false].map { try ExampleDecoder(completeLevels: levels, isFirstForm: $0).value(of: type) }
        }
    }

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(ExampleContainer(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Self.otherForm }

    /// For types that are a string in their first form.
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard isFirstForm else { throw Self.otherForm }
        return ExampleString()
    }

    func value<Value: Decodable>(of type: Value.Type) throws -> Value {
        for scalar in ["a", true, 7, 1.5, Self.anyJSON] as [any Decodable] {
            if let value = scalar as? Value { return value }
        }
        let composed = try (type as? any ComposedExample.Type)?.example(from: self)
        return try composed as? Value ?? type.init(from: self)
    }

    fileprivate static let otherForm = DecodingError.dataCorrupted(
        .init(codingPath: [], debugDescription: "The example has another form"))
}

private struct ExampleContainer<Key: CodingKey>: FieldContainer {
    let decoder: ExampleDecoder

    func contains(_ key: Key) -> Bool { decoder.completeLevels > 0 }
    func decodeNil(forKey key: Key) -> Bool { !contains(key) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try ExampleDecoder(completeLevels: decoder.completeLevels - 1, isFirstForm: decoder.isFirstForm).value(of: type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        contains(key) ? try decode(type, forKey: key) : nil
    }
}

private struct ExampleString: SingleValueDecodingContainer {
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard let value = "a" as? Value else { throw ExampleDecoder.otherForm }
        return value
    }
}

/// A type whose example has parts of its own.
private protocol ComposedExample {
    static func example(from decoder: ExampleDecoder) throws -> Self
}

extension Array: ComposedExample where Element: Decodable {
    fileprivate static func example(from decoder: ExampleDecoder) throws -> [Element] {
        [try decoder.value(of: Element.self)]
    }
}

extension Dictionary: ComposedExample where Key == String, Value: Decodable {
    fileprivate static func example(from decoder: ExampleDecoder) throws -> [String: Value] {
        ["a": try decoder.value(of: Value.self)]
    }
}

extension FileDataResponse: ComposedExample {
    fileprivate static func example(from decoder: ExampleDecoder) throws -> FileDataResponse {
        decoder.isFirstForm ? .waiting(control: "a") : .selection(try Selection(from: decoder))
    }
}
