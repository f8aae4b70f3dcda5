import JSON
import Testing

@testable import OpenAPISchemas

@Suite("Given a JSON Schema")
struct SchemaValidatorTests {
    private func violations(of value: String, by schema: String, among others: [String: String] = [:]) throws
        -> [String]
    {
        let validator = SchemaValidator(
            schemas: try Dictionary(
                uniqueKeysWithValues: others.map { name, text in
                    (name, try JSONSchema(JSONValue(parsing: text), at: name))
                }))
        return validator.violations(
            of: try JSONValue(parsing: value), by: try JSONSchema(JSONValue(parsing: schema), at: "#")
        ).map(\.description)
    }

    @Test(
        arguments: [
            (#"{"type": "string"}"#, #""a""#, "1"),
            (#"{"type": ["string", "null"]}"#, "null", "true"),
            (#"{"type": "integer"}"#, "3.0", "3.5"),
            (#"{"type": "number"}"#, "3.5", #""3.5""#),
            (#"{"type": "boolean"}"#, "false", "0"),
            (#"{"type": "array", "items": {"type": "string"}}"#, #"["a"]"#, #"["a", 1]"#),
            (#"{"type": "object"}"#, "{}", "[]"),
            (#"{"enum": ["a", 1, null]}"#, "1", "2"),
            (#"{"const": false}"#, "false", "true"),
            (#"{"const": 1}"#, "1.0", "2"),
            (#"{"pattern": "^a+$"}"#, #""aa""#, #""ab""#),
            (#"{"minLength": 2}"#, #""ab""#, #""a""#),
            (#"{"maxLength": 1}"#, #""é""#, #""ab""#),
            (#"{"minimum": 0}"#, "0", "-1"),
            (#"{"maximum": 2.5}"#, "2.5", "3"),
            (#"{"minItems": 1}"#, "[1]", "[]"),
            (#"{"maxItems": 1}"#, "[1]", "[1, 2]"),
            (#"{"uniqueItems": true}"#, "[1, 2]", "[1, 1]"),
            (#"{"required": ["a"], "additionalProperties": true}"#, #"{"a": 1}"#, #"{"b": 1}"#),
            (#"{"additionalProperties": {"type": "integer"}}"#, #"{"a": 1}"#, #"{"a": "1"}"#),
            (#"{"properties": {"a": false}}"#, "{}", #"{"a": 1}"#),
            (#"{"allOf": [{"minimum": 1}, {"maximum": 2}]}"#, "2", "3"),
            (#"{"anyOf": [{"type": "null"}, {"minimum": 1}]}"#, "null", "0"),
            (#"{"oneOf": [{"minimum": 1}, {"maximum": 2}]}"#, "3", "2"),
            (#"{"oneOf": [{"type": "null"}, {"type": "string"}]}"#, #""a""#, "1"),
            (#"{"not": {"type": "null"}}"#, "1", "null"),
            ("true", #"{"a": 1}"#, nil),
            (#"{"format": "date-time"}"#, #""2026-01-31T12:00:00.000Z""#, #""2026-01-31T12:00:00Z""#),
            (#"{"format": "date-time"}"#, #""2026-12-31T23:59:59.999Z""#, #""2026-13-31T12:00:00.000Z""#),
            (#"{"format": "uri-reference"}"#, #""http://ferry.test/avatar/a%20b""#, #""/avatar/a b""#),
        ] as [(String, String, String?)])
    func `when values are validated, then each keyword does its part`(
        schema: String, valid: String, invalid: String?
    ) throws {
        #expect(try violations(of: valid, by: schema) == [])
        if let invalid { #expect(try violations(of: invalid, by: schema).count == 1) }
    }

    @Test func `when a value deep inside is invalid, then its pointer and the rule are named`() throws {
        let schema = #"{"properties": {"a/b": {"items": {"properties": {"n": {"minimum": 1}}}}}}"#

        #expect(
            try violations(of: #"{"a/b": [{"n": 1}, {"n": 0}]}"#, by: schema) == [
                #""/a~1b/1/n" is 0, less than 1.0 (#/properties/a~1b/items/properties/n/minimum)"#
            ])
    }

    @Test func `when an object has a property that is not described, then it is rejected`() throws {
        let schema = #"{"type": "object", "properties": {"a": {"type": "object"}}}"#

        #expect(try violations(of: #"{"a": {}}"#, by: schema) == [])
        #expect(
            try violations(of: #"{"a": {}, "b": 1}"#, by: schema).first?.hasPrefix(#""/b" is not described"#) == true)
        #expect(try violations(of: #"{"a": {"c": 1}}"#, by: schema).first?.hasPrefix(#""/a/c" is not desc"#) == true)
        #expect(try violations(of: #"[{"a": {}}, {"b": 1}]"#, by: #"{"items": \#(schema)}"#).count == 1)
    }

    @Test func `when the schema allows additional properties, then any are valid`() throws {
        let schema = #"{"properties": {"a": {"minimum": 1}}, "additionalProperties": true}"#

        #expect(try violations(of: #"{"a": 1, "b": {"c": 2}}"#, by: schema) == [])
        #expect(try violations(of: #"{"a": 0, "b": {"c": 2}}"#, by: schema).count == 1)
        #expect(try violations(of: #"{"a": 1, "b": 2}"#, by: #"{"allOf": [\#(schema)]}"#) == [])
    }

    @Test func `when several schemas describe an object, then together they describe its properties`() throws {
        let others = [
            "#/x": #"{"properties": {"a": {"type": "integer"}}}"#,
            "#/y": ##"{"allOf": [{"$ref": "#/x"}, {"properties": {"b": {"type": "integer"}}, "required": ["b"]}]}"##,
        ]
        let schema = ##"{"anyOf": [{"$ref": "#/y"}, {"$ref": "#/x"}]}"##

        #expect(try violations(of: #"{"a": 1}"#, by: schema, among: others) == [])
        #expect(try violations(of: #"{"a": 1, "b": 2}"#, by: schema, among: others) == [])
        let rejected = try violations(of: #"{"a": 1, "b": "2"}"#, by: schema, among: others)
        #expect(rejected.count == 1)
        #expect(rejected.first?.contains(#""/b" is string, not integer"#) == true)
    }

    @Test func `when a schema refers to itself, then values of any depth are validated`() throws {
        let others = ["#/list": ##"{"properties": {"next": {"$ref": "#/list"}, "n": {"type": "integer"}}}"##]

        #expect(try violations(of: #"{"next":{"next":{"n":1}}}"#, by: ##"{"$ref":"#/list"}"##, among: others) == [])
        #expect(
            try violations(of: #"{"next":{"next":{"n":"1"}}}"#, by: ##"{"$ref":"#/list"}"##, among: others).first?
                .hasPrefix(#""/next/next/n" is string"#) == true)
    }

    @Test(arguments: [
        #"{"multipleOf": 2}"#, #"{"nullable": true}"#, #"{"unevaluatedProperties": false}"#,
        #"{"patternProperties": {}}"#, #"{"if": {}}"#, #"{"format": "email"}"#, #"{"type": "text"}"#,
        #"{"pattern": "("}"#, #"{"enum": [{}]}"#, #"{"const": 1.5}"#, #"{"minItems": -1}"#, #"{"required": "a"}"#,
        #"{"properties": {"a": {"dependentRequired": {}}}}"#, #"{"items": [{}]}"#, #"{"anyOf": []}"#, "5",
        #"{"properties": {}, "additionalProperties": {"minContains": 1}}"#,
    ])
    func `when a schema has a keyword or value that is not understood, then it is not read`(text: String) throws {
        let value = try JSONValue(parsing: text)

        #expect(throws: OpenAPIDocumentError.self) { try JSONSchema(value, at: "#") }
    }
}
