import Foundation

/// One call of the API: method, path, and the types of what goes over the wire in both directions.
///
/// Source: docs/api.md.
public struct APICall<Query: Codable & Sendable, Request: Codable & Sendable, Response: Sendable>: Sendable {
    /// The method.
    public let method: CallMethod
    /// The path from the server's root; parameters are in braces, as in `/api/v1/settings/{id}`.
    public let path: String

    /// A call of this method at this path.
    public init(_ method: CallMethod, _ path: String) {
        self.method = method
        self.path = path
    }

    /// A call below `/api/v1/`.
    init(_ method: CallMethod, v1 name: String) { self.init(method, "/api/v1/\(name)") }

    /// The id that the OpenAPI document gives the call; it follows from method and path.
    public var operationID: String {
        let names = path.split(separator: "/").map { $0.filter { $0 != "{" && $0 != "}" } }
        return ([method.rawValue.lowercased()] + names).joined(separator: "-")
    }

    /// The target of a request: the path with its parameters filled in, in their order, and the query.
    ///
    /// - Throws: `EncodingError` for a query that is not an object of scalars and lists.
    public func target(_ parameters: String..., query: Query) throws -> String {
        var rest = parameters[...]
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map {
            $0.hasPrefix("{") ? (rest.popFirst() ?? "").percentEncoded : String($0)
        }
        let fields = try JSONDecoder().decode([String: JSONBody].self, from: JSONEncoder().encode(query))
        let items = fields.sorted { $0.key < $1.key }.flatMap { name, value in
            value.queryValues(isRepeated: name.hasSuffix("[]")).map { "\(name.percentEncoded)=\($0.percentEncoded)" }
        }
        return segments.joined(separator: "/") + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}

/// The methods of calls.
public enum CallMethod: String, Sendable {
    /// Reads.
    case get = "GET"
    /// Changes.
    case post = "POST"
}

/// A query without parameters, or a body without fields.
public struct NoFields: Codable, Equatable, Sendable {
    /// Nothing.
    public init() {}
}

/// The response of a call that returns bytes, text or a redirect; no JSON body of the contract.
public enum RawContent: Sendable {}

extension JSONBody {
    /// The values of a query parameter; lists repeat the parameter or are comma-separated.
    fileprivate func queryValues(isRepeated: Bool) -> [String] {
        switch self {
        case .array(let values):
            let texts = values.flatMap { $0.queryValues(isRepeated: false) }
            return isRepeated ? texts : [texts.joined(separator: ",")]
        case .string(let text): return [text]
        case .integer(let number): return [String(number)]
        case .number(let number): return [String(number)]
        case .boolean(let flag): return [String(flag)]
        case .object, .null: return []
        }
    }
}

extension String {
    /// The string with every byte escaped that has a meaning in URLs.
    fileprivate var percentEncoded: String {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8
        return utf8.reduce(into: "") { text, byte in
            if unreserved.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
