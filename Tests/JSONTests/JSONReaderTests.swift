import JSON
import Testing

@Suite("Given a reader")
struct JSONReaderTests {
    @Test
    func `when values are asked for by kind, then they are read in order`() throws {
        let text = #"{"name":"Zoë \"Z\"","age":41.50,"tags":["a","b"],"more":{"x":[1,{}]},"on":true,"off":null}"#

        let parts = try JSONReader.read(text) { reader in
            var parts: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch try reader.kind() {
                case .string: parts.append("\(key)=\(try reader.readString())")
                case .number: parts.append("\(key)=\(try reader.readNumber().literal)")
                case .boolean: parts.append("\(key)=\(try reader.readBoolean())")
                case .array:
                    try reader.beginArray()
                    while try reader.nextElement() { parts.append("\(key)=\(try reader.readString())") }
                case .object: try reader.skipValue()
                case .null: try reader.readNull()
                }
            }
            return parts
        }

        #expect(parts == ["name=Zoë \"Z\"", "age=41.50", "tags=a", "tags=b", "on=true"])
    }

    @Test(
        arguments: [
            ("{}", .object), (" [1]", .array), ("\"\"", .string), ("-1", .number), ("true", .boolean), ("null", .null),
        ] as [(String, JSONKind)])
    func `when the kind is asked for, then nothing but white space is consumed`(text: String, kind: JSONKind) throws {
        try JSONReader.read(text) { reader in
            let first = try reader.kind()
            let second = try reader.kind()
            #expect([first, second] == [kind, kind])
            #expect(reader.offset == (text.hasPrefix(" ") ? 1 : 0))
        }
    }

    @Test
    func `when another kind is asked for, then the error names both`() {
        let error = #expect(throws: JSONError.self) {
            try JSONReader.read("[ 1]") { reader in
                try reader.beginArray()
                _ = try reader.nextElement()
                _ = try reader.readString()
            }
        }

        #expect(error == JSONError(code: .wrongKind, offset: 2, detail: "expected a string, found a number"))
        #expect(throws: JSONError.self) { try JSONReader.read("1") { try $0.beginObject() } }
        #expect(throws: JSONError.self) { try JSONReader.read("{}") { try $0.beginArray() } }
        #expect(throws: JSONError.self) { try JSONReader.read("\"1\"") { try $0.readNumber() } }
        #expect(throws: JSONError.self) { try JSONReader.read("null") { try $0.readBoolean() } }
        #expect(throws: JSONError.self) { try JSONReader.read("false") { try $0.readNull() } }
    }

    @Test
    func `when a value is not read, then it is skipped and checked all the same`() throws {
        let keys = try JSONReader.read("{\"a\":[1,{\"b\":2}],\"c\":\"\"}") { reader in
            var keys: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() { keys.append(key) }
            return keys
        }

        #expect(keys == ["a", "c"])
        #expect(throws: JSONError(code: .duplicateKey, offset: 8, detail: "b")) {
            try JSONReader.read("[{\"b\":1,\"b\":1}]") { reader in
                try reader.beginArray()
                while try reader.nextElement() {}
            }
        }
        #expect(throws: JSONError(code: .unexpectedByte, offset: 1, detail: "\"1\"")) {
            try JSONReader.read("[1]") { try $0.beginArray() }
        }
    }

    @Test
    func `when a value is asked for where none is due, then the text is rejected`() {
        #expect(throws: JSONError(code: .unexpectedByte, offset: 3, detail: "\"2\"")) {
            try JSONReader.read("[1 2]") { reader in
                try reader.beginArray()
                _ = try reader.nextElement()
                _ = try (reader.readNumber(), reader.readNumber())
            }
        }
        #expect(throws: JSONError(code: .trailingContent, offset: 2, detail: "\"2\"")) {
            try JSONReader.read("1 2") { reader in _ = try (reader.readNumber(), reader.readNumber()) }
        }
    }

    @Test
    func `when a value's bytes are asked for, then their range is given`() throws {
        let bytes = Array("{\"a\": [1, {\"b\" : \"é\"}] }".utf8)

        let raw = try JSONReader.read(bytes) { reader in
            try reader.beginObject()
            _ = try reader.nextKey()
            let range = try reader.readRaw()
            let following = try reader.nextKey()
            #expect(following == nil)
            return range
        }

        #expect(String(decoding: bytes[raw], as: UTF8.self) == "[1, {\"b\" : \"é\"}]")
    }

    @Test
    func `when the bytes are part of a larger text, then errors count from its start`() throws {
        _ = Array("[1,x]".utf8).withUnsafeBytes { bytes in
            #expect(throws: JSONError(code: .unexpectedByte, offset: 1003, detail: "\"x\"")) {
                try JSONReader.read(bytes, baseOffset: 1000) { try $0.skipValue() }
            }
        }
    }

    @Test
    func `when there are no bytes at all, then the text ends too early`() {
        #expect(throws: JSONError(code: .unexpectedEnd, offset: 7)) {
            try JSONReader.read(UnsafeRawBufferPointer(start: nil, count: 0), baseOffset: 7) { try $0.readValue() }
        }
    }

    @Test(arguments: 0..<40)
    func `when a string has any length, then its characters are exact`(length: Int) throws {
        for (written, meant) in [("x", "x"), ("\\n", "\n"), ("é", "é"), ("\\uD83D\\ude00", "😀"), ("\\u20aC", "€")] {
            let padding = String(repeating: "p", count: length)

            let text = try JSONReader.read("\"\(padding)\(written)\(padding)\"") { try $0.readString() }

            #expect(Array(text.utf8) == Array((padding + meant + padding).utf8))
        }
    }
}
