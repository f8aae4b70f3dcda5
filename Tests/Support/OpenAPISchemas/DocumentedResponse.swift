import JSON

/// A response as a document describes it: header fields, media types, and the schema of a JSON body.
struct DocumentedResponse: Sendable {
    /// The schema of each described header field.
    var headers: [String: JSONSchema] = [:]
    /// The described media types, which may be ranges such as `image/*`; without any the body is empty.
    var content: [(mediaType: String, schema: JSONSchema?)] = []

    /// What the description does not allow.
    ///
    /// - Parameter hasBody: false for responses to `HEAD`, which have the header fields of a body and no body.
    func violations(of exchange: DocumentedExchange, hasBody: Bool, validator: SchemaValidator) -> [String] {
        var violations: [String] = []
        for (name, schema) in headers {
            guard let text = exchange.header(name) else { continue }
            // Header fields are text; one that looks like a number may have a schema of a number.
            let value = (try? JSONValue(parsing: text)).flatMap { $0.kind == .number ? $0 : nil } ?? .string(text)
            violations += validator.violations(of: value, by: schema).map { "The header \(name): \($0)" }
        }
        guard hasBody else { return exchange.body.isEmpty ? violations : violations + ["HEAD has a body"] }
        guard !content.isEmpty else { return exchange.body.isEmpty ? violations : violations + ["There is a body"] }
        guard let sent = exchange.header("Content-Type") else { return violations + ["There is no Content-Type"] }
        let described = content.first { $0.mediaType == sent } ?? content.first { Self.matches($0.mediaType, sent) }
        guard let described else { return violations + ["The Content-Type \(sent) is not described"] }
        guard described.mediaType == "application/json" else { return violations }
        do {
            let value = try JSONValue(parsing: exchange.body)
            guard let schema = described.schema else { return violations + ["The body has no schema"] }
            violations += validator.violations(of: value, by: schema).map(\.description)
            // The schema of `success` is a plain Boolean, because generators of clients make a class of any other.
            if case .boolean(let isSuccess)? = value["success"], isSuccess != (exchange.status < 400) {
                violations.append("success is \(isSuccess)")
            }
            return violations
        } catch {
            return violations + ["The body is not JSON: \(error)"]
        }
    }

    private static func matches(_ range: String, _ mediaType: String) -> Bool {
        range == "*/*" || range.hasSuffix("/*") && mediaType.hasPrefix(range.dropLast())
    }
}

/// Reads the responses of a document, and collects the schemas and examples that it meets.
struct ResponseReader {
    let document: JSONValue
    private(set) var schemas: [JSONSchema] = []
    private(set) var examples: [(location: String, value: JSONValue, schema: JSONSchema)] = []

    init(document: JSONValue) { self.document = document }

    /// Reads a response, or the one that it refers to.
    mutating func response(_ value: JSONValue, at location: String) throws(OpenAPIDocumentError) -> DocumentedResponse {
        if case .string(let reference)? = value["$ref"] {
            return try response(try target(of: reference, at: location), at: reference)
        }
        var response = DocumentedResponse()
        for member in value.objectMembers {
            switch member.key {
            case "description": break
            case "headers":
                for header in member.value.objectMembers {
                    response.headers[header.key] = try self.header(
                        header.value, at: "\(location)/headers/\(header.key)")
                }
            case "content":
                for media in member.value.objectMembers {
                    let pointer = "\(location)/content/\(JSONPointer.escaped(media.key))"
                    response.content.append((media.key, try mediaType(media.value, at: pointer)))
                }
            default: try requireExtension(member.key, at: location)
            }
        }
        return response
    }

    private mutating func header(_ value: JSONValue, at location: String) throws(OpenAPIDocumentError) -> JSONSchema {
        if case .string(let reference)? = value["$ref"] {
            return try header(try target(of: reference, at: location), at: reference)
        }
        guard let schema = value["schema"] else {
            throw OpenAPIDocumentError(location: location, problem: "The header has no schema.")
        }
        return try read(schema, at: "\(location)/schema")
    }

    private mutating func mediaType(_ value: JSONValue, at location: String) throws(OpenAPIDocumentError) -> JSONSchema?
    {
        var schema: JSONSchema?
        if let value = value["schema"] { schema = try read(value, at: "\(location)/schema") }
        for member in value.objectMembers {
            switch member.key {
            case "schema": break
            case "example": schema.map { examples.append(("\(location)/example", member.value, $0)) }
            case "examples":
                for example in member.value.objectMembers {
                    let pointer = "\(location)/examples/\(JSONPointer.escaped(example.key))"
                    var value = example.value
                    if case .string(let reference)? = value["$ref"] { value = try target(of: reference, at: pointer) }
                    guard let shown = value["value"] else {
                        throw OpenAPIDocumentError(location: pointer, problem: "The example has no value.")
                    }
                    schema.map { examples.append((pointer, shown, $0)) }
                }
            default: try requireExtension(member.key, at: location)
            }
        }
        return schema
    }

    /// Reads every schema of a part of the document.
    mutating func readOtherSchemas(in value: JSONValue?, at location: String) throws(OpenAPIDocumentError) {
        switch value {
        case .object(let members)?:
            for member in members where !["example", "examples", "responses"].contains(member.key) {
                let pointer = "\(location)/\(JSONPointer.escaped(member.key))"
                if member.key == "schema" {
                    _ = try read(member.value, at: pointer)
                } else {
                    try readOtherSchemas(in: member.value, at: pointer)
                }
            }
        case .array(let elements)?:
            for (index, element) in elements.enumerated() {
                try readOtherSchemas(in: element, at: "\(location)/\(index)")
            }
        default: break
        }
    }

    private mutating func read(_ value: JSONValue, at location: String) throws(OpenAPIDocumentError) -> JSONSchema {
        let schema = try JSONSchema(value, at: location)
        schemas.append(schema)
        return schema
    }

    private func target(of reference: String, at location: String) throws(OpenAPIDocumentError) -> JSONValue {
        guard let value = JSONPointer.value(at: reference, in: document) else {
            throw OpenAPIDocumentError(location: location, problem: "There is no \(reference).")
        }
        return value
    }

    private func requireExtension(_ key: String, at location: String) throws(OpenAPIDocumentError) {
        guard !key.hasPrefix("x-") else { return }
        throw OpenAPIDocumentError(location: "\(location)/\(key)", problem: "The field is unknown.")
    }
}
