import Foundation
import HTTPTypes
import ImportAPI
import ImportDomain
import ImportEngine
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

    /// What the document and the server have for each call.
    private static func pairs() throws -> [(name: String, operation: JSONValue, endpoint: Endpoint)] {
        let operations = try operations()
        return try ServerRouter.endpoints.map { endpoint in
            let name = "\(endpoint.method.rawValue) \(endpoint.path)"
            return (name, try #require(operations[name], "\(name) is not documented"), endpoint)
        }
    }

    /// The examples of a type as JSON, which are the same after they were decoded and encoded again.
    private static func examples<Value: Codable>(of type: Value.Type) throws -> [JSONValue] {
        try ExampleDecoder.examples(of: type).map { example in
            let data = WireJSON.data(example)
            #expect(WireJSON.data(try JSONDecoder().decode(type, from: data)) == data, "\(type)")
            return try JSONValue(parsing: Array(data))
        }
    }

    /// Records an issue for each field that only the schema or only the type has, or that differs in kind or optionality.
    private static func expectSame(_ schema: JSONValue?, _ examples: [JSONValue], at location: String) throws {
        let shape = try SchemaShape(of: schema ?? .null, in: document.get())
        let examples = examples.filter { $0 != .string("any JSON") }
        guard !examples.isEmpty else {
            #expect(shape.properties.isEmpty, "\(location) has documented fields, so its type must have them")
            return
        }
        guard !shape.kinds.isEmpty else { return }
        if !requestsWithOlderForms.contains(location) {
            #expect(Set(examples.map(SchemaShape.kind)) == shape.kinds, "\(location), kinds")
        }
        let elements = examples.flatMap(\.elements)
        if !elements.isEmpty { try expectSame(shape.items, elements, at: "\(location)[]") }
        let objects = examples.filter { SchemaShape.kind($0) == "object" }
        guard let first = objects.first else { return }
        if let values = shape.values {
            try expectSame(values, objects.flatMap { $0.members.map(\.value) }, at: "\(location).*")
            return
        }
        let names = objects.map { Set($0.members.map(\.key)) }
        let all = names.reduce(Set()) { $0.union($1) }
        let required = names.reduce(Set(first.members.map(\.key))) { $0.intersection($1) }
        let differences = all.symmetricDifference(shape.properties.keys).union(
            required.symmetricDifference(shape.required))
        #expect(differences == sharedTypes[location] ?? [], "\(location), fields that differ")
        for (name, schema) in shape.properties {
            let values = objects.compactMap { $0[name] }
            if !values.isEmpty { try expectSame(schema, values, at: "\(location).\(name)") }
        }
    }

    /// Fields that a call always or never returns, and of which its type is optional because other calls share it.
    private static let sharedTypes: [String: Set<String>] = [
        "POST /api/v1/import.new, response": ["operation"],
        "POST /api/v1/login, response.data.me": ["services", "success"],
        "GET /api/v1/me, response": ["services", "success"],
    ]

    /// Fields that the server also reads in the form of Rocket.Chat before 7.0, which no type has.
    private static let requestsWithOlderForms = Set(
        ["users", "channels", "contacts"].flatMap { kind in
            ["startImport", "import.check"].map { "POST /api/v1/\($0), body.input.\(kind)" }
        })

    @Test func `when methods, paths and ids are compared, then each has those of the other`() throws {
        let typed = ServerRouter.endpoints.map { "\($0.method.rawValue) \($0.path)" }

        #expect(Set(typed) == Set(try Self.operations().keys))
        #expect(Set(typed).count == typed.count)
        for (name, operation, endpoint) in try Self.pairs() {
            #expect(operation["operationId"]?.text == endpoint.operationID, "\(name)")
        }
    }

    @Test func `when queries are compared, then they have the same parameters`() throws {
        for (name, operation, endpoint) in try Self.pairs() {
            let parameters = try (operation["parameters"]?.elements ?? []).map(Self.resolved)
                .filter { $0["in"]?.text == "query" }
            let schema = JSONValue.object([
                JSONMember(key: "type", value: .string("object")),
                JSONMember(
                    key: "properties",
                    value: .object(
                        parameters.map { JSONMember(key: $0["name"]?.text ?? "", value: $0["schema"] ?? .null) })),
                JSONMember(
                    key: "required",
                    value: .array(parameters.filter { $0["required"] == .boolean(true) }.compactMap { $0["name"] })),
            ])

            // A list is one string with commas, unless its name has brackets.
            let examples = try Self.examples(of: endpoint.types.query).map { example in
                JSONValue.object(
                    example.members.map {
                        JSONMember(
                            key: $0.key,
                            value: $0.value.elements.isEmpty || $0.key.hasSuffix("[]") ? $0.value : .string("a"))
                    })
            }
            try Self.expectSame(schema, examples, at: "\(name), query")
        }
    }

    @Test func `when request bodies are compared, then they have the same fields`() throws {
        for (name, operation, endpoint) in try Self.pairs() {
            let content = operation["requestBody"]?["content"]
            guard content != nil || endpoint.types.body != NoFields.self else { continue }

            try Self.expectSame(
                content?["application/json"]?["schema"], Self.examples(of: endpoint.types.body), at: "\(name), body")
        }
    }

    @Test func `when responses are compared, then they have the same fields`() throws {
        for (name, operation, endpoint) in try Self.pairs() where endpoint.types.response != RawContent.self {
            let response = try Self.resolved(operation["responses"]?["200"])
            let type = try #require(endpoint.types.response as? any Codable.Type, "\(name)")

            try Self.expectSame(
                try #require(response["content"]?["application/json"]?["schema"], "\(name)"),
                Self.examples(of: type), at: "\(name), response")
        }
    }

    @Test func `when responses of errors are compared, then they have the fields of the one type of errors`() throws {
        let document = try Self.document.get()
        let described = try Self.operations().values.flatMap { $0["responses"]?.members ?? [] }
            .filter { (Int($0.key) ?? 0) >= 400 }.map(\.value)
        let shared = document["components"]?["responses"]?.members.filter { $0.key != "Success" }.map(\.value) ?? []
        let schemas = try (described + shared).map(Self.resolved)
            .compactMap { $0["content"]?["application/json"]?["schema"] }
            .flatMap { $0["anyOf"]?.elements ?? [$0] }
            // `/ready` has the response of `/health` with another status.
            .filter { $0["$ref"]?.text != "#/components/schemas/Health" }

        try Self.expectSame(
            .object([JSONMember(key: "anyOf", value: .array(schemas))]), Self.examples(of: ErrorBody.self),
            at: "errors")
    }

    @Test func `when names of states and reasons are compared, then they are the same`() throws {
        let schemas = try Self.document.get()["components"]?["schemas"]
        func expectSame(_ schema: JSONValue?, _ names: [String]) {
            #expect(Set(schema?["enum"]?.elements.compactMap(\.text) ?? []) == Set(names))
        }
        expectSame(schemas?["ImportState"], ImportState.allCases.map(\.rawValue))
        expectSame(schemas?["ImporterStep"], ImportStatus.allCases.map(\.rawValue))
        expectSame(schemas?["FailureCode"], RecordFailure.Code.allCases.map(\.rawValue))
        expectSame(schemas?["Failure"]?["properties"]?["type"], RecordType.allCases.map(\.wireName))
        for name in ["Finding", "FindingTotal"] {
            expectSame(
                schemas?[name]?["properties"]?["code"], ImportFinding.Code.allCases.map(\.rawValue))
            expectSame(
                schemas?[name]?["properties"]?["severity"], ImportFinding.Severity.allCases.map(\.rawValue))
        }
        expectSame(schemas?["Room"]?["properties"]?["t"], RoomKind.allCases.map(\.rawValue))
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

/// What a schema allows, over all of its alternatives.
private struct SchemaShape {
    /// The values of `type` but for `null`; empty if every value is allowed.
    var kinds: Set<String>
    /// The schema of each field.
    var properties: [String: JSONValue]
    /// The fields that every object has.
    var required: Set<String>
    /// The schema of elements.
    var items: JSONValue?
    /// The schema of the values of an object whose names are data.
    var values: JSONValue?

    init(of schema: JSONValue, in document: JSONValue) throws {
        if case .string(let reference)? = schema["$ref"] {
            let target = reference.dropFirst(2).split(separator: "/").reduce(document) { $0[String($1)] ?? .null }
            self = try SchemaShape(of: target, in: document)
            return
        }
        kinds = Set(schema["type"].map { ($0.elements + [$0]).compactMap(\.text) } ?? []).subtracting(["null"])
        properties = Dictionary(uniqueKeysWithValues: schema["properties"]?.members.map { ($0.key, $0.value) } ?? [])
        required = Set(schema["required"]?.elements.compactMap(\.text) ?? [])
        items = schema["items"]
        values = schema["additionalProperties"].flatMap { Self.kind($0) == "object" ? $0 : nil }
        for part in schema["allOf"]?.elements ?? [] { add(try SchemaShape(of: part, in: document)) }
        let alternatives = try (schema["anyOf"] ?? schema["oneOf"])?.elements.map {
            try SchemaShape(of: $0, in: document)
        }
        guard var sum = alternatives?.first else { return }
        for alternative in alternatives?.dropFirst() ?? [] {
            let shared =
                sum.kinds.isDisjoint(with: alternative.kinds)
                ? sum.required.union(alternative.required) : sum.required.intersection(alternative.required)
            sum.add(alternative)
            sum.required = shared
        }
        add(sum)
    }

    private mutating func add(_ other: SchemaShape) {
        kinds.formUnion(other.kinds)
        // The same field in two alternatives may have the forms of both.
        properties.merge(other.properties) { first, second in
            first == second ? first : .object([JSONMember(key: "anyOf", value: .array([first, second]))])
        }
        required.formUnion(other.required)
        items = items ?? other.items
        values = values ?? other.values
    }

    /// The kind of a value, as `type` names it.
    static func kind(_ value: JSONValue) -> String {
        if case .number(let number) = value { return number.integer == nil ? "number" : "integer" }
        return value.kind.rawValue
    }
}
