import Foundation
import HTTPTypes
import JSON
import Testing

@testable import ImportServer

@Suite("Given the typed calls of the contract and the OpenAPI document")
struct ContractTests {
    private static let document = Result {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try JSONValue(parsing: Array(Data(contentsOf: repository.appending(path: "docs/openapi.json"))))
    }

    /// What the document describes, by method and path.
    private static func operations() throws -> [String: JSONValue] {
        var operations: [String: JSONValue] = [:]
        for path in try document.get()["paths"]?.members ?? [] {
            for method in path.value.members where method.key != "parameters" {
                operations["\(method.key.uppercased()) \(path.key)"] = method.value
            }
        }
        return operations
    }

    /// A value, or the one that it refers to.
    private static func resolved(_ value: JSONValue?) throws -> JSONValue {
        guard case .string(let reference)? = value?["$ref"] else { return value ?? .null }
        return try resolved(
            reference.dropFirst(2).split(separator: "/").reduce(document.get()) { $0?[String($1)] ?? .null })
    }

    /// The properties of an object, or of the items of a list, in any form of the schema.
    private static func properties(of schema: JSONValue?) throws -> (all: [String: JSONValue], required: Set<String>?) {
        let schema = try resolved(schema)
        if let items = schema["items"] { return try properties(of: items) }
        var all = Dictionary(uniqueKeysWithValues: (schema["properties"]?.members ?? []).map { ($0.key, $0.value) })
        var required = (schema["required"]?.elements).map { Set($0.compactMap(\.text)) }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            for part in schema[keyword]?.elements ?? [] {
                let part = try properties(of: part)
                all.merge(part.all) { first, _ in first }
                required = required ?? part.required
            }
        }
        return (all, required)
    }

    /// Records an issue for each field that only the schema or only the type has.
    private static func expectSame(_ schema: JSONValue?, _ shape: FieldShape, at location: String) throws {
        let (documented, required) = try properties(of: schema)
        #expect(Set(documented.keys) == Set(shape.names), "\(location)")
        #expect((required ?? []) == Set(shape.requiredNames), "\(location), required")
        for field in shape.fields where !field.nested.fields.isEmpty {
            let nested = try properties(of: documented[field.name])
            guard !nested.all.isEmpty else { continue }
            let name = "\(location).\(field.name)"
            #expect(Set(nested.all.keys) == Set(field.nested.names), "\(name)")
            // A schema of an optional object without a list of required fields is not compared.
            if let required = nested.required {
                #expect(required == Set(field.nested.requiredNames), "\(name), required")
            }
        }
    }

    @Test func `when methods and paths are compared, then each has those of the other`() throws {
        let typed = ServerRouter.endpoints.map { "\($0.method.rawValue) \($0.path)" }

        #expect(Set(typed) == Set(try Self.operations().keys))
        #expect(Set(typed).count == typed.count)
    }

    @Test func `when queries are compared, then each parameter of one is a parameter of the other`() throws {
        let operations = try Self.operations()
        var compared = 0
        for endpoint in ServerRouter.endpoints {
            let name = "\(endpoint.method.rawValue) \(endpoint.path)"
            let parameters = try (operations[name]?["parameters"]?.elements ?? []).map(Self.resolved)
                .filter { $0["in"]?.text == "query" }

            let required = parameters.filter { $0["required"] == .boolean(true) }.compactMap { $0["name"]?.text }
            #expect(Set(parameters.compactMap { $0["name"]?.text }) == Set(endpoint.query.names), "\(name)")
            #expect(Set(required) == Set(endpoint.query.requiredNames), "\(name)")
            for parameter in parameters where parameter["schema"]?["type"]?.text == "array" {
                let field = endpoint.query.fields.first { $0.name == parameter["name"]?.text }
                #expect(field?.isStringList == true, "\(name)")
            }
            compared += parameters.count
        }
        #expect(compared > 100)
    }

    @Test func `when request bodies are compared, then each field of one is a field of the other`() throws {
        let operations = try Self.operations()
        var compared = 0
        for endpoint in ServerRouter.endpoints {
            let name = "\(endpoint.method.rawValue) \(endpoint.path)"
            let schema = operations[name]?["requestBody"]?["content"]?["application/json"]?["schema"]

            try Self.expectSame(schema, endpoint.body, at: name)
            compared += endpoint.body.fields.count
        }
        #expect(compared > 30)
    }

    @Test func `when path parameters are compared, then each in a path is documented`() throws {
        for (name, operation) in try Self.operations() {
            let path = name.split(separator: " ")[1]
            let shared = try Self.document.get()["paths"]?[String(path)]?["parameters"]?.elements ?? []
            let parameters = try (shared + (operation["parameters"]?.elements ?? [])).map(Self.resolved)
                .filter { $0["in"]?.text == "path" }.compactMap { $0["name"]?.text }

            #expect(
                parameters
                    == path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }.map(
                        String.init))
        }
    }
}
