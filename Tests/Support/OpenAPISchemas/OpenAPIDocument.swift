import COpenAPI
import JSON

/// An OpenAPI 3.1 document that responses are validated against.
///
/// Reading it fails on everything that is not understood, in any schema or response of the document.
public struct OpenAPIDocument: Sendable {
    /// What a path with one method may return.
    private struct Operation {
        var responses: [Int: DocumentedResponse] = [:]
    }

    /// A path with its parameters, such as `/avatar/{username}`.
    private struct PathTemplate {
        let segments: [Substring]
        var operations: [String: Operation] = [:]

        init(_ path: String) { segments = path.split(separator: "/") }

        func matches(_ path: [Substring]) -> Bool {
            segments.count == path.count
                && zip(segments, path).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
        }
    }

    private static let methods: Set<String> = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]

    private var paths: [PathTemplate] = []
    private var components: [String: DocumentedResponse] = [:]
    private var validator: SchemaValidator
    /// The examples of responses, with the schemas that they have to match.
    private var examples: [(location: String, value: JSONValue, schema: JSONSchema)] = []

    /// The document that Ferry serves.
    public static func ofFerry() throws -> OpenAPIDocument {
        let bytes = UnsafeBufferPointer(start: ferry_openapi_document(), count: ferry_openapi_document_size())
        return try OpenAPIDocument(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads a document.
    ///
    /// - Throws: `JSONError` for a text that is not JSON, and `OpenAPIDocumentError` for a document with parts that are
    ///   not understood, or with references to nothing.
    public init(parsing text: String) throws {
        let document = try JSONValue(parsing: text, limits: JSONLimits(maximumDepth: 128))
        var schemas: [String: JSONSchema] = [:]
        for member in Self.members(of: document["components"]?["schemas"]) {
            let location = "#/components/schemas/\(JSONPointer.escaped(member.key))"
            schemas[location] = try JSONSchema(member.value, at: location)
        }
        validator = SchemaValidator(schemas: schemas)

        var everySchema = Array(schemas.values)
        var reader = ResponseReader(document: document)
        for member in Self.members(of: document["components"]?["responses"]) {
            components[member.key] = try reader.response(
                member.value, at: "#/components/responses/\(JSONPointer.escaped(member.key))")
        }
        for path in Self.members(of: document["paths"]) {
            let location = "#/paths/\(JSONPointer.escaped(path.key))"
            var template = PathTemplate(path.key)
            for method in path.value.objectMembers where Self.methods.contains(method.key) {
                var operation = Operation()
                for response in Self.members(of: method.value["responses"]) {
                    let pointer = "\(location)/\(method.key)/responses/\(response.key)"
                    guard let status = Int(response.key), (100...599).contains(status) else {
                        throw OpenAPIDocumentError(
                            location: pointer, problem: "Only statuses are supported, no ranges and no default.")
                    }
                    operation.responses[status] = try reader.response(response.value, at: pointer)
                }
                template.operations[method.key.uppercased()] = operation
            }
            paths.append(template)
        }
        // Requests are not validated. Their schemas are read, so that no part of the document stays unread.
        try reader.readOtherSchemas(in: document["components"]?["parameters"], at: "#/components/parameters")
        try reader.readOtherSchemas(in: document["components"]?["headers"], at: "#/components/headers")
        try reader.readOtherSchemas(in: document["paths"], at: "#/paths")
        everySchema += reader.schemas
        examples = reader.examples
        for schema in everySchema {
            for reference in schema.references where schemas[reference] == nil {
                throw OpenAPIDocumentError(
                    location: schema.location,
                    problem: "There is no schema \(reference). Only components are supported.")
            }
        }
    }

    /// The parts of a response that the document does not describe.
    public func violations(of exchange: DocumentedExchange) -> [String] {
        let path = exchange.path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        // A path without parameters comes before one with them.
        let candidates = paths.filter { $0.matches(path) }
        guard let template = candidates.first(where: { $0.segments == path }) ?? candidates.first else {
            return violations(ofUndescribed: exchange, status: 404, component: "NotFound")
        }
        if exchange.method == "OPTIONS", template.operations["OPTIONS"] == nil {
            // The document's introduction describes it, once for all paths.
            return exchange.status == 200 && exchange.body == Array("OK".utf8) ? [] : ["OPTIONS returns 200 and OK"]
        }
        // The document's introduction describes HEAD, once for all GET calls: the same without the body.
        let isHead = exchange.method == "HEAD" && template.operations["HEAD"] == nil
        guard let operation = template.operations[isHead ? "GET" : exchange.method] else {
            return violations(ofUndescribed: exchange, status: 405, component: "MethodNotAllowed")
        }
        guard let response = operation.responses[exchange.status] else {
            return ["The status \(exchange.status) is not described"]
        }
        return response.violations(of: exchange, hasBody: !isHead, validator: validator)
    }

    /// The documented examples of responses that their schemas do not allow.
    public func violationsOfExamples() -> [String] {
        examples.flatMap { example in
            validator.violations(of: example.value, by: example.schema).map { "\(example.location): \($0)" }
        }
    }

    /// OpenAPI cannot describe responses of unknown paths and methods. Ferry's document has them among its components,
    /// where no call refers to them.
    private func violations(
        ofUndescribed exchange: DocumentedExchange, status: Int, component: String
    ) -> [String] {
        guard exchange.status == status, let response = components[component] else {
            return ["The call is not described, so the status is \(status), not \(exchange.status)"]
        }
        return response.violations(of: exchange, hasBody: exchange.method != "HEAD", validator: validator)
    }

    private static func members(of value: JSONValue?) -> [JSONMember] { value?.objectMembers ?? [] }
}

extension JSONValue {
    /// The fields of an object; empty for any other value.
    var objectMembers: [JSONMember] {
        if case .object(let members) = self { members } else { [] }
    }
}
