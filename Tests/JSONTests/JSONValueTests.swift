import JSON
import Testing

@Suite("Given a value")
struct JSONValueTests {
    @Test
    func `when it is an object, then its members are found by their exact keys`() throws {
        let value = try JSONValue(parsing: "{\"e\u{301}\":1,\"é\":{\"x\":[true]}}")

        #expect(value["é"]?["x"] == .array([.boolean(true)]))
        #expect(value["e\u{301}"] == .number(JSONNumber(1)))
        #expect(value["x"] == nil && value["é"]?["x"]?["y"] == nil)
    }

    @Test
    func `when it is read from bytes or text, then it is the same and in order`() throws {
        let text = "{\"b\":[1.0,\"x\",null],\"a\":{}}"

        let value = try JSONValue(parsing: text)

        #expect(
            value
                == .object([
                    JSONMember(
                        key: "b",
                        value: .array([
                            .number(try JSONReader.read("1.0") { try $0.readNumber() }), .string("x"), .null,
                        ])),
                    JSONMember(key: "a", value: .object([])),
                ]))
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
        #expect(value.serialized() == text)
    }

    @Test(
        arguments: [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("1", .number), ("true", .boolean), ("null", .null),
        ]
            as [(String, JSONKind)])
    func `when it is asked what it is, then it returns its kind`(text: String, kind: JSONKind) throws {
        #expect(try JSONValue(parsing: text).kind == kind)
    }

    @Test
    func `when random values are written, then they read back as they were`() throws {
        var values = RandomValues(seed: 1)
        for _ in 0..<600 {
            let value = values.value()
            let text = value.serialized()

            let read = try JSONValue(parsing: text)

            #expect(read == value)
            #expect(Array(read.serialized().utf8) == Array(text.utf8))
        }
    }

    @Test
    func `when random texts use all of the grammar, then they are read as Foundation reads them`() throws {
        var values = RandomValues(seed: 2)
        for _ in 0..<600 {
            let value = values.value()
            let text = values.text(of: value)

            let read = try JSONValue(parsing: text)

            #expect(read == value)
            #expect(foundationReads(Array(text.utf8), as: read))
        }
    }
}
