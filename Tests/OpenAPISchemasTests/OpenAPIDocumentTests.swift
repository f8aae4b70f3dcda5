import Testing

@testable import OpenAPISchemas

@Suite("Given Ferry's OpenAPI document")
struct FerryDocumentTests {
    @Test func `when it is read, then every keyword is understood, and every example of a response is valid`() throws {
        let document = try OpenAPIDocument.ofFerry()

        #expect(document.violationsOfExamples() == [])
    }
}

@Suite("Given an OpenAPI document")
struct OpenAPIDocumentTests {
    private static let text = """
        {"openapi": "3.1.0",
         "paths": {
           "/users/{id}": {"get": {"responses": {
             "200": {"description": "A user.", "headers": {"X-Left": {"schema": {"type": "integer"}}},
               "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"},
                 "example": {"name": 5}}}},
             "404": {"$ref": "#/components/responses/Missing"},
             "304": {"description": "Known."}}}},
           "/users/me": {"get": {"responses": {"200": {"description": "A text.",
             "content": {"text/*": {"schema": {"type": "string"}}}}}},
             "post": {"responses": {"200": {"description": "Nothing."}}}}},
         "components": {
           "schemas": {"User": {"type": "object", "properties": {"name": {"type": "string"},
             "success": {"type": "boolean"}}, "required": ["name"]}},
           "responses": {
             "Missing": {"description": "No user.", "content": {"application/json": {"schema": {"type": "object"}}}},
             "NotFound": {"description": "No call.", "content": {"text/plain": {}}},
             "MethodNotAllowed": {"description": "No method.", "content": {"text/plain": {}}}}}}
        """

    private func violations(
        _ method: String, _ path: String, _ status: Int, _ body: String = "", type: String? = "application/json",
        headers: [(name: String, value: String)] = []
    ) throws -> [String] {
        let type = type.map { [(name: "content-type", value: $0)] } ?? []
        return try OpenAPIDocument(parsing: Self.text).violations(
            of: DocumentedExchange(
                method: method, path: path, status: status, headers: headers + type, body: Array(body.utf8)))
    }

    @Test func `when a response is as described, then nothing is reported`() throws {
        #expect(try violations("GET", "/users/5?a=b", 200, #"{"name":"Ada"}"#) == [])
        #expect(try violations("GET", "/users/5", 404, "{}") == [])
        #expect(try violations("GET", "/users/5", 304, type: nil) == [])
        #expect(try violations("GET", "/users/me", 200, "Ada", type: "text/plain") == [])
        #expect(try violations("POST", "/users/me", 200, type: nil) == [])
    }

    @Test func `when a response differs, then the difference is reported`() throws {
        #expect(try violations("GET", "/users/5", 418) == ["The status 418 is not described"])
        #expect(
            try violations("GET", "/users/5", 200, #"{"name":5}"#) == [
                #""/name" is number, not string (#/components/schemas/User/properties/name/type)"#
            ])
        #expect(
            try violations("GET", "/users/5", 200, #"{"name":"Ada","success":false}"#) == ["success is false"])
        #expect(try violations("GET", "/users/5", 200, #"{"name":"Ada","success":true}"#) == [])
        #expect(try violations("GET", "/users/5", 200, "{").first?.hasPrefix("The body is not JSON") == true)
        #expect(
            try violations("GET", "/users/5", 200, #"{"name":"a","name":"b"}"#).first?
                .hasPrefix("The body is not JSON") == true)
        #expect(
            try violations("GET", "/users/5", 200, "{}", type: "application/json; charset=utf-8") == [
                "The Content-Type application/json; charset=utf-8 is not described"
            ])
        #expect(try violations("GET", "/users/5", 200, "{}", type: nil) == ["There is no Content-Type"])
        #expect(try violations("POST", "/users/me", 200, "{}") == ["There is a body"])
        #expect(
            try violations("GET", "/users/5", 200, #"{"name":"Ada"}"#, headers: [("x-left", "few")]).first?
                .hasPrefix("The header X-Left") == true)
    }

    @Test func `when the call is not described, then the shared responses are`() throws {
        let type = "text/plain"

        #expect(try violations("GET", "/rooms", 404, "?", type: type) == [])
        #expect(try violations("PUT", "/users/5", 405, "?", type: type) == [])
        #expect(try violations("GET", "/rooms", 200, "{}").count == 1)
        #expect(try violations("PUT", "/users/5", 200, "{}").count == 1)
    }

    @Test func `when a call supports HEAD or OPTIONS, then the response follows from the other methods`() throws {
        #expect(try violations("HEAD", "/users/5", 200) == [])
        #expect(try violations("HEAD", "/users/5", 200, "{}") == ["HEAD has a body"])
        #expect(try violations("HEAD", "/users/5", 418) == ["The status 418 is not described"])
        #expect(try violations("OPTIONS", "/users/5", 200, "OK", type: nil) == [])
        #expect(try violations("OPTIONS", "/users/5", 200, "{}").count == 1)
    }

    @Test func `when an example is invalid, then it is reported`() throws {
        let violations = try OpenAPIDocument(parsing: Self.text).violationsOfExamples()

        #expect(violations.count == 1)
        #expect(violations.first?.contains("/responses/200/content/application~1json/example") == true)
    }

    @Test(arguments: [
        (#""description": "A user.""#, #""description": "A user.", "links": {}"#),
        (#""200": {"description": "A text.""#, #""default": {"description": "A text.""#),
        ("#/components/schemas/User", "#/components/schemas/Nobody"),
        ("#/components/responses/Missing", "#/components/responses/Nothing"),
        (#"{"type": "boolean"}"#, #"{"type": "boolean", "multipleOf": 2}"#),
        (#"{"schema": {"type": "integer"}}"#, #"{"schema": {"type": "whole"}}"#),
    ])
    func `when a part of it is not understood, then it is not read`(part: String, replacement: String) throws {
        try #require(Self.text.contains(part))

        #expect(throws: OpenAPIDocumentError.self) {
            try OpenAPIDocument(parsing: Self.text.replacing(part, with: replacement))
        }
    }
}
