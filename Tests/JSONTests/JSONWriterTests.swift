import JSON
import Testing

@Suite("Given a writer")
struct JSONWriterTests {
    @Test
    func `when values of all kinds are written, then the text has them without white space`() {
        var writer = JSONWriter()

        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.string("x")
        writer.integer(-7)
        writer.double(3)
        writer.double(0.5)
        writer.double(-0.0)
        writer.boolean(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.key("b\"")
        writer.raw("{\"c\": 1}")
        writer.key("d")
        writer.value(.array([.boolean(false), .number(JSONNumber(9))]))
        writer.endObject()

        #expect(
            writer.text
                == "{\"a\":[\"x\",-7,3,0.5,0,true,null,{},[]],\"b\\\"\":{\"c\": 1},\"d\":[false,9]}")
        #expect(writer.bytes == Array(writer.text.utf8))
    }

    @Test(arguments: [
        ("", "\"\""), ("a\"b\\c/d", "\"a\\\"b\\\\c/d\""), ("\n\r\t\u{8}\u{C}", "\"\\n\\r\\t\\b\\f\""),
        ("\u{1}\u{1F}\u{7F}\0", "\"\\u0001\\u001f\u{7F}\\u0000\""), ("é€😀\u{2028}", "\"é€😀\u{2028}\""),
        ("a text of more than eight bytes\n", "\"a text of more than eight bytes\\n\""),
    ])
    func `when a string is written, then only what has to be escaped is`(string: String, text: String) {
        var writer = JSONWriter()

        writer.string(string)

        #expect(writer.text == text)
    }

    @Test
    func `when it is emptied, then the next text starts afresh`() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(1)

        writer.removeAll(keepingCapacity: true)
        writer.beginArray()
        writer.integer(2)
        writer.endArray()

        #expect(writer.text == "[2]")
    }

    @Test
    func `when a value in an object has no key, then the program stops`() async {
        await #expect(processExitsWith: .failure) {
            var writer = JSONWriter()
            writer.beginObject()
            writer.null()
        }
    }
}
