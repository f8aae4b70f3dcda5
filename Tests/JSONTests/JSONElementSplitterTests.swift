import JSON
import Testing

@Suite("Given a text that arrives in chunks")
struct JSONElementSplitterTests {
    private static let body = """
        { "users" : [ {"a":"]}\\"","b":[[1],{}]} , "x\\\\", 12.5e3 ,true,null,[] ],\r
        "none":[],"k\\u0065y é":{"y":[{"z":"}"}]},"n":-1,"t":false,"s":"a,b:\\u00e9" }\n
        """

    @Test
    func `when it has elements and values, then each is handed out whole, in any chunks`() {
        let expected: [SplitEvent] = [
            .root(.object), .member("users", .array), .element("{\"a\":\"]}\\\"\",\"b\":[[1],{}]}", offset: 14),
            .element("\"x\\\\\"", offset: 42), .element("12.5e3", offset: 49), .element("true", offset: 57),
            .element("null", offset: 62), .element("[]", offset: 67), .member("none", .array),
            .member("key é", .object), .value("{\"y\":[{\"z\":\"}\"}]}", offset: 98), .member("n", .number),
            .value("-1", offset: 120), .member("t", .boolean), .value("false", offset: 127), .member("s", .string),
            .value("\"a,b:\\u00e9\"", offset: 137),
        ]

        for chunkSize in 1...(Self.body.utf8.count + 1) {
            let splitting = Splitting(Self.body, chunkSize: chunkSize)

            #expect(splitting.refusal == nil)
            #expect(splitting.events == expected, "chunks of \(chunkSize) bytes")
        }
    }

    @Test
    func `when an element lies within a chunk, then it is lent and not copied`() throws {
        var splitter = JSONElementSplitter()
        try Array("{\"a\":[{\"b\":1},2]}".utf8).withUnsafeBytes { chunk in
            try splitter.feed(chunk) { event in
                if case .element(let bytes, let offset) = event {
                    #expect(bytes.baseAddress == chunk.baseAddress.map { $0 + offset })
                }
            }
        }

        try splitter.finish { _ in }
        #expect(splitter.elementOffset == 14)
    }

    @Test(
        arguments: [
            ("[1,{\"a\":2}]", .array), (" \"x\\\"y\"\n", .string), ("12", .number), ("true ", .boolean),
            ("null", .null),
        ] as [(String, JSONKind)])
    func `when its root is not an object, then only the root is reported`(text: String, kind: JSONKind) {
        for chunkSize in 1...text.utf8.count {
            let splitting = Splitting(text, chunkSize: chunkSize)

            #expect(splitting.refusal == nil)
            #expect(splitting.events == [.root(kind)])
        }
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), (" \n", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1),
            ("{\"a\"", .unexpectedEnd, 4),
            ("{\"a\":[", .unexpectedEnd, 6), ("{\"a\":[1", .unexpectedEnd, 7), ("{\"a\":[1]", .unexpectedEnd, 8),
            ("{\"a\":1", .unexpectedEnd, 6), ("[1,[2]", .unexpectedEnd, 6), ("\"abc", .unexpectedEnd, 4),
            ("tru", .unexpectedEnd, 3), ("{\"a", .unexpectedEnd, 3),
            ("{,}", .unexpectedByte, 1), ("{\"a\":1,}", .unexpectedByte, 7), ("{\"a\" 1}", .unexpectedByte, 5),
            ("{\"a\":}", .unexpectedByte, 5), ("{\"a\":[1,]}", .unexpectedByte, 8), ("{\"a\":[,]}", .unexpectedByte, 6),
            ("{\"a\":[1 2]}", .unexpectedByte, 8), ("{\"a\":[1}", .unexpectedByte, 7),
            ("{\"a\":1]", .unexpectedByte, 6),
            ("{\"a\":[{\"b\":[}]}", .unexpectedByte, 12), ("{\"a\":[\"x\"\"y\"]}", .unexpectedByte, 9),
            ("{\"a\":[1:2]}", .unexpectedByte, 7), ("{\"a\":[1\"x\"]}", .unexpectedByte, 7),
            ("{1:2}", .unexpectedByte, 1),
            ("{\"a\":x}", .unexpectedByte, 5), ("]", .unexpectedByte, 0), ("\u{FEFF}{}", .unexpectedByte, 0),
            ("{\0}", .nulCharacter, 1), ("[1}", .unexpectedByte, 2), ("trux", .unexpectedByte, 3),
            ("{}{}", .trailingContent, 2), ("[] 1", .trailingContent, 3), ("1 2", .trailingContent, 2),
            ("{\"a\":1,\"\\u0061\":[]}", .duplicateKey, 7), ("{\"a\\u0000\":1}", .nulCharacter, 3),
            ("{\"\\ud800\":1}", .loneSurrogate, 2), ("1e999", .numberOutOfRange, 0), ("01", .invalidNumber, 1),
        ] as [(String, JSONError.Code, Int)])
    func `when what stands between its elements is wrong, then it is rejected in any chunks`(
        text: String, code: JSONError.Code, offset: Int
    ) {
        for chunkSize in 1...max(1, text.utf8.count) {
            let refusal = Splitting(text, chunkSize: chunkSize).refusal

            #expect(refusal?.code == code)
            #expect(refusal?.offset == offset)
        }
    }

    @Test(arguments: ["{\"a\":[{", "{\"a\":[[", "{\"a\":{\"b\":[", "[[[", "{\"a\":[[1],["])
    func `when it nests deeper than allowed, then it is rejected at once`(text: String) {
        for chunkSize in 1...text.utf8.count {
            let refusal = Splitting(text, chunkSize: chunkSize, limits: JSONLimits(maximumDepth: 2)).refusal

            #expect(refusal?.code == .tooDeep)
            #expect(
                Splitting(text, chunkSize: chunkSize, limits: JSONLimits(maximumDepth: 3)).refusal?.code
                    == .unexpectedEnd)
        }
    }

    @Test
    func `when its handler throws, then the error comes out of the feed`() {
        struct Stop: Error {}
        var splitter = JSONElementSplitter()

        #expect(throws: Stop.self) {
            try inChunks(Array("{\"a\":[1,2]}".utf8), of: 3) { chunk in
                try splitter.feed(chunk) { if case .element = $0 { throw Stop() } }
            }
        }
    }
}

@Suite("Given a splitter that is to split an array at the root")
struct RootArraySplitterTests {
    private func events(_ text: String, chunkSize: Int) -> (events: [SplitEvent], refusal: JSONError?) {
        var splitter = JSONElementSplitter(splitsRootArray: true)
        var events: [SplitEvent] = []
        let refusal = jsonError {
            try inChunks(Array(text.utf8), of: chunkSize) { chunk in
                try splitter.feed(chunk) { events.append(SplitEvent($0)) }
            }
            try splitter.finish { events.append(SplitEvent($0)) }
        }
        return (events, refusal)
    }

    @Test(arguments: [1, 2, 100])
    func `when it has elements, then each is handed out`(chunkSize: Int) {
        let (events, refusal) = events(" [1, {\"a\":[2]}, \"]\"] ", chunkSize: chunkSize)

        #expect(
            events == [
                .root(.array), .element("1", offset: 2), .element("{\"a\":[2]}", offset: 5),
                .element("\"]\"", offset: 16),
            ])
        #expect(refusal == nil)
    }

    @Test(arguments: ["[1] 2", "[1], \"b\": 2}", "[1]]", "[1}", "[1,]", "[,1]", "[1 2]", "[1"])
    func `when it is not JSON, then it is rejected`(text: String) {
        #expect(events(text, chunkSize: 1).refusal != nil)
    }

    @Test func `when it is an object, then that is split as ever`() {
        #expect(events("{\"a\":[1]}", chunkSize: 3).events.last == .element("1", offset: 6))
    }
}
