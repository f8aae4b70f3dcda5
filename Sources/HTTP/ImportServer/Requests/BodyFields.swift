import Hummingbird
import ImportAPI
import JSON

/// The fields of a small JSON body, read with the conversions of Rocket.Chat's validator.
///
/// Source: docs/api.md, "Conversion of types".
struct BodyFields: FieldSource {
    /// The maximum bytes of a small body.
    static let largestBytes = 1 << 20

    private let members: [String: JSONValue]

    /// - Throws: the error of a value that is not an object, lacks a required field or has unknown fields.
    private init(_ value: JSONValue, _ shape: FieldShape) throws(APIFailure) {
        guard case .object(let list) = value else { throw .invalidBody(["must be object"]) }
        members = Dictionary(list.map { ($0.key, $0.value) }) { first, _ in first }
        if let missing = shape.requiredNames.first(where: { members[$0] == nil }) {
            throw .invalidBody(["must have required property '\(missing)'"])
        }
        let names = Set(shape.names)
        guard members.keys.allSatisfy(names.contains) else {
            throw .invalidBody(["must NOT have additional properties"])
        }
    }

    /// A value as a type of the contract.
    ///
    /// - Throws: the error of a value of another shape.
    static func decoded<Body: Decodable>(_ value: JSONValue, as type: Body.Type) throws -> Body {
        try Body(from: FieldDecoder(source: BodyFields(value, FieldShape(of: type))))
    }

    /// The bytes of a small body.
    ///
    /// - Throws: the error of a body that is too large.
    static func bytes(of request: Request) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in try BodyChunks(request, limit: largestBytes) { bytes.append(contentsOf: chunk) }
        return bytes
    }

    /// The value of a small body.
    ///
    /// - Parameter required: required fields, which a body that is not JSON lacks.
    static func value(of bytes: [UInt8], required: [String]) throws(APIFailure) -> JSONValue {
        guard !bytes.isEmpty else { return .object([]) }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            let missing = required.first.map { ["must have required property '\($0)'"] } ?? []
            throw .invalidBody(missing + [error.description], import: .init(code: error.code.rawValue))
        }
    }

    /// A string; nil if it is absent or null.
    func text(_ name: String) throws(APIFailure) -> String? {
        switch members[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        case .number(let number)?: return number.coercedText
        case .boolean(let flag)?: return flag ? "true" : "false"
        case .array?, .object?: throw .invalidBody(["must be string"], import: .init(code: "wrong-kind", field: name))
        }
    }

    /// A Boolean; nil if it is absent or null.
    func flag(_ name: String) throws(APIFailure) -> Bool? {
        switch members[name] {
        case nil, .null?: return nil
        case .boolean(let flag)?: return flag
        case .string("true")?: return true
        case .string("false")?: return false
        case .number(let number)? where number.integer == 1: return true
        case .number(let number)? where number.integer == 0: return false
        default: throw .invalidBody(["must be boolean"], import: .init(code: "wrong-kind", field: name))
        }
    }

    /// A list of strings; nil if it is absent or null.
    func texts(_ name: String) throws(APIFailure) -> [String]? {
        switch members[name] {
        case nil, .null?: return nil
        case .array(let values)?:
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw .invalidBody(["must be string"]) }
                texts.append(text)
            }
            return texts
        default: throw .invalidBody(["must be array"], import: .init(code: "wrong-kind", field: name))
        }
    }

    /// A whole number; nil if it is absent or null.
    func count(_ name: String) throws(APIFailure) -> Int? {
        switch members[name] {
        case nil, .null?: return nil
        case .number(let number)? where number.integer != nil: return number.integer
        default: throw .invalidBody(["must be integer"], import: .init(code: "wrong-kind", field: name))
        }
    }

    /// Any value; nil if it is absent.
    func value(_ name: String) -> JSONValue? { members[name] }
}
