import JSON

/// One JSON Schema (draft 2020-12) of an OpenAPI document, as the rules that it consists of.
///
/// Reading a schema fails on every keyword, type and format that `SchemaValidator` does not apply, so no value passes
/// because a rule was not understood.
struct JSONSchema: Sendable {
    /// The values of `type`.
    enum ValueType: String, Sendable {
        case null, boolean, object, array, number, string, integer
    }

    /// The values of `format`.
    enum Format: String, Sendable {
        case dateTime = "date-time"
        case uriReference = "uri-reference"
        /// Describes how to show the value, and restricts nothing.
        case password
        /// Describes bytes that are not JSON, and restricts nothing.
        case binary
    }

    /// What applies to the properties that `properties` does not name.
    indirect enum AdditionalProperties: Sendable {
        /// The keyword is absent: the standard allows them, `SchemaValidator` does not.
        case undeclared
        case allowed
        case forbidden
        case matching(JSONSchema)
    }

    /// What one keyword demands.
    indirect enum Rule: Sendable {
        case reference(String)
        case types([ValueType])
        case properties([String: JSONSchema], additional: AdditionalProperties)
        case required([String])
        case items(JSONSchema)
        case minimumItems(Int)
        case maximumItems(Int)
        case uniqueItems
        case allowedValues([JSONValue])
        case constant(JSONValue)
        case pattern(String)
        case format(Format)
        case minimumLength(Int)
        case maximumLength(Int)
        case minimum(Double)
        case maximum(Double)
        case allOf([JSONSchema])
        case anyOf([JSONSchema])
        case oneOf([JSONSchema])
        case not(JSONSchema)
        /// The schema `false`.
        case nothing
    }

    /// Keywords that describe and do not restrict. In JSON Schema 2020-12 the two about contents are among them.
    private static let annotations: Set<String> = [
        "title", "description", "default", "example", "examples", "deprecated", "contentEncoding", "contentMediaType",
    ]

    /// Where the schema is in the document: `#` and a JSON pointer.
    let location: String
    /// The keywords and what they demand.
    let rules: [(keyword: String, rule: Rule)]

    /// Reads a schema and all schemas in it.
    ///
    /// - Throws: `OpenAPIDocumentError` for a keyword that is unknown, or has a value that is not supported.
    init(_ value: JSONValue, at location: String) throws(OpenAPIDocumentError) {
        self.location = location
        if case .boolean(let isAnything) = value {
            rules = isAnything ? [("true", .properties([:], additional: .allowed))] : [("false", .nothing)]
            return
        }
        guard case .object(let members) = value else {
            throw OpenAPIDocumentError(location: location, problem: "A schema is an object or a Boolean.")
        }
        var rules: [(keyword: String, rule: Rule)] = []
        for member in members {
            let rule = try Self.rule(member, of: value, at: location)
            rule.map { rules.append((member.key, $0)) }
        }
        self.rules = rules
    }

    /// What a keyword demands; nil for annotations, and for a keyword that another one includes.
    private static func rule(
        _ member: JSONMember, of schema: JSONValue, at location: String
    ) throws(OpenAPIDocumentError) -> Rule? {
        let keyword = Keyword(name: member.key, value: member.value, location: location)
        switch member.key {
        case "$ref": return .reference(try keyword.string())
        case "type": return .types(try keyword.types())
        case "properties":
            return .properties(try keyword.schemasByName(), additional: try additional(of: schema, at: location))
        case "additionalProperties":
            // With `properties` beside it, that rule includes this one.
            guard schema["properties"] == nil else { return nil }
            return .properties([:], additional: try additional(of: schema, at: location))
        case "required": return .required(try keyword.strings())
        case "items": return .items(try keyword.schema())
        case "minItems": return .minimumItems(try keyword.count())
        case "maxItems": return .maximumItems(try keyword.count())
        case "uniqueItems": return try keyword.boolean() ? .uniqueItems : nil
        case "enum": return .allowedValues(try keyword.scalars())
        case "const": return .constant(try keyword.scalar(member.value))
        case "pattern": return .pattern(try keyword.pattern())
        case "format": return .format(try keyword.named(Format.init(rawValue:)))
        case "minLength": return .minimumLength(try keyword.count())
        case "maxLength": return .maximumLength(try keyword.count())
        case "minimum": return .minimum(try keyword.number())
        case "maximum": return .maximum(try keyword.number())
        case "allOf": return .allOf(try keyword.schemas())
        case "anyOf": return .anyOf(try keyword.schemas())
        case "oneOf": return .oneOf(try keyword.schemas())
        case "not": return .not(try keyword.schema())
        default:
            if annotations.contains(member.key) || member.key.hasPrefix("x-") { return nil }
            throw keyword.problem("The keyword is unknown. Teach the validator what it demands.")
        }
    }

    private static func additional(
        of schema: JSONValue, at location: String
    ) throws(OpenAPIDocumentError) -> AdditionalProperties {
        switch schema["additionalProperties"] {
        case nil: .undeclared
        case .boolean(let areAllowed)?: areAllowed ? .allowed : .forbidden
        case let value?: .matching(try JSONSchema(value, at: location + "/additionalProperties"))
        }
    }

    /// The names of the schemas that it refers to, itself or in any part.
    var references: [String] {
        rules.flatMap { entry -> [String] in
            switch entry.rule {
            case .reference(let name): [name]
            case .properties(let schemas, let additional):
                schemas.values.flatMap(\.references) + Self.references(of: additional)
            case .items(let schema), .not(let schema): schema.references
            case .allOf(let schemas), .anyOf(let schemas), .oneOf(let schemas): schemas.flatMap(\.references)
            default: []
            }
        }
    }

    private static func references(of additional: AdditionalProperties) -> [String] {
        if case .matching(let schema) = additional { schema.references } else { [] }
    }
}

/// A keyword of a schema with its value, which has to be of the right kind.
private struct Keyword {
    let name: String
    let value: JSONValue
    let location: String

    private var pointer: String { "\(location)/\(name)" }

    func problem(_ text: String) -> OpenAPIDocumentError { OpenAPIDocumentError(location: pointer, problem: text) }

    func string() throws(OpenAPIDocumentError) -> String {
        guard case .string(let text) = value else { throw problem("The value is not a string.") }
        return text
    }

    func boolean() throws(OpenAPIDocumentError) -> Bool {
        guard case .boolean(let flag) = value else { throw problem("The value is not a Boolean.") }
        return flag
    }

    func number() throws(OpenAPIDocumentError) -> Double {
        guard case .number(let number) = value else { throw problem("The value is not a number.") }
        return number.double
    }

    func count() throws(OpenAPIDocumentError) -> Int {
        guard case .number(let number) = value, let count = number.integer, count >= 0 else {
            throw problem("The value is not a count.")
        }
        return count
    }

    private func elements() throws(OpenAPIDocumentError) -> [JSONValue] {
        guard case .array(let elements) = value else { throw problem("The value is not an array.") }
        return elements
    }

    func strings() throws(OpenAPIDocumentError) -> [String] {
        var strings: [String] = []
        for element in try elements() {
            guard case .string(let text) = element else { throw problem("An element is not a string.") }
            strings.append(text)
        }
        return strings
    }

    /// A value that can be compared as it is written; numbers are not among them.
    func scalar(_ value: JSONValue) throws(OpenAPIDocumentError) -> JSONValue {
        switch value {
        case .string, .boolean, .null: return value
        case .number(let number):
            guard number.integer.map(String.init) == number.literal else {
                throw problem("Only whole numbers are supported.")
            }
            return value
        case .object, .array: throw problem("Objects and arrays are not supported.")
        }
    }

    func scalars() throws(OpenAPIDocumentError) -> [JSONValue] {
        var scalars: [JSONValue] = []
        for element in try elements() { scalars.append(try scalar(element)) }
        return scalars
    }

    func named<Name>(_ make: (String) -> Name?) throws(OpenAPIDocumentError) -> Name {
        guard let name = make(try string()) else {
            throw problem("The value is unknown. Teach the validator what it demands.")
        }
        return name
    }

    func types() throws(OpenAPIDocumentError) -> [JSONSchema.ValueType] {
        let names = if case .string(let name) = value { [name] } else { try strings() }
        var types: [JSONSchema.ValueType] = []
        for name in names {
            guard let type = JSONSchema.ValueType(rawValue: name) else { throw problem("\(name) is not a type.") }
            types.append(type)
        }
        return types
    }

    func pattern() throws(OpenAPIDocumentError) -> String {
        let pattern = try string()
        guard (try? Regex(pattern)) != nil else { throw problem("The value is not a regular expression.") }
        return pattern
    }

    func schema() throws(OpenAPIDocumentError) -> JSONSchema { try JSONSchema(value, at: pointer) }

    func schemas() throws(OpenAPIDocumentError) -> [JSONSchema] {
        var schemas: [JSONSchema] = []
        for (index, element) in try elements().enumerated() {
            schemas.append(try JSONSchema(element, at: "\(pointer)/\(index)"))
        }
        guard !schemas.isEmpty else { throw problem("The list is empty.") }
        return schemas
    }

    func schemasByName() throws(OpenAPIDocumentError) -> [String: JSONSchema] {
        guard case .object(let members) = value else { throw problem("The value is not an object.") }
        var schemas: [String: JSONSchema] = [:]
        for member in members {
            schemas[member.key] = try JSONSchema(member.value, at: "\(pointer)/\(JSONPointer.escaped(member.key))")
        }
        return schemas
    }
}
