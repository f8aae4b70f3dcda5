import JSON
import Testing

@Suite("Given a JSON text")
struct GrammarTests {
    @Test(arguments: [
        "{}", "[]", "\"\"", "0", "-0", "1.5", "1e5", "1E+05", "-12.25e-3", "true", "false", "null",
        " \t\r\n[ 1 , 2 ]\n", "{\"a\":{\"b\":[{}]},\"c\":null}", "[[],[[]]]", "\"\u{7F}\"", "1e-400",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"", "\"\\uD83D\\uDE00\"", "\"é\u{10FFFF}\u{FFFF}\"",
        "123456789012345678901234567890",
        "{\"\":0,\" \":1}",
    ])
    func `when it keeps the grammar, then it is accepted`(text: String) {
        let refusals = Refusals(of: text)

        #expect(refusals.reading == nil && refusals.agree)
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[", .unexpectedEnd, 1), ("[1,", .unexpectedEnd, 3),
            ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5), ("\"abc", .unexpectedEnd, 4),
            ("\"\\", .unexpectedEnd, 2), ("\"\\u00", .unexpectedEnd, 5), ("\"\\ud83d", .unexpectedEnd, 7),
            ("tru", .unexpectedEnd, 3),
            ("-", .unexpectedEnd, 1), ("1.", .unexpectedEnd, 2), ("1e+", .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3),
            ("{\"a\":1,}", .unexpectedByte, 7), ("{,}", .unexpectedByte, 1), ("{a:1}", .unexpectedByte, 1),
            ("{\"a\" 1}", .unexpectedByte, 5), ("{\"a\":}", .unexpectedByte, 5), ("{1:2}", .unexpectedByte, 1),
            ("[}", .unexpectedByte, 1), ("{\"a\":1]", .unexpectedByte, 6), ("trux", .unexpectedByte, 3),
            ("True", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0), ("nan", .unexpectedByte, 1),
            ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0),
            ("/**/1", .unexpectedByte, 0), ("\u{FEFF}1", .unexpectedByte, 0), ("[1\u{A0}]", .unexpectedByte, 2),
            ("-a", .invalidNumber, 1), ("01", .invalidNumber, 1), ("-00", .invalidNumber, 2),
            ("[1.]", .invalidNumber, 3),
            ("1.e1", .invalidNumber, 2), ("1ex", .invalidNumber, 2), ("-Infinity", .invalidNumber, 1),
            ("1 2", .trailingContent, 2), ("{}}", .trailingContent, 2), ("1x", .trailingContent, 1),
            ("nullnull", .trailingContent, 4),
        ] as [(String, JSONError.Code, Int)])
    func `when it breaks the grammar, then it is rejected where it does`(
        text: String, code: JSONError.Code, offset: Int
    ) {
        let refusals = Refusals(of: text)

        #expect(refusals.reading?.code == code)
        #expect(refusals.reading?.offset == offset)
        #expect(refusals.agree)
    }

    @Test(
        arguments: [
            ("\"\\x\"", .invalidEscape, 1), ("\"abc\\u00g0\"", .invalidEscape, 4), ("\"\\U0041\"", .invalidEscape, 1),
            ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud83dx\"", .loneSurrogate, 1),
            ("\"\\ud83d\\n\"", .loneSurrogate, 1), ("\"\\ud83d\\ud83d\"", .loneSurrogate, 1),
            ("\"\\u0000\"", .nulCharacter, 1), ("\"a\0b\"", .nulCharacter, 2), ("[\0]", .nulCharacter, 1),
            ("{\"a\\u0000\":1}", .nulCharacter, 3), ("1\0", .nulCharacter, 1),
            ("\"a\nb\"", .controlCharacter, 2), ("\"plain text of some length\u{1F}\"", .controlCharacter, 26),
            ("1e999", .numberOutOfRange, 0), ("[-1e309]", .numberOutOfRange, 1),
        ] as [(String, JSONError.Code, Int)])
    func `when a string or number has what is not allowed, then it is rejected`(
        text: String, code: JSONError.Code, offset: Int
    ) {
        let refusals = Refusals(of: text)

        #expect(refusals.reading?.code == code)
        #expect(refusals.reading?.offset == offset)
        #expect(refusals.agree)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE2, 0x82],
            [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF],
            [0xE9],
        ] as [[UInt8]])
    func `when a string is not UTF-8, then the text is rejected wherever it stands`(invalid: [UInt8]) {
        for count in 0..<20 {
            let padding = [UInt8](repeating: 0x78, count: count)
            let text = [0x22] + padding + invalid + padding + [0x22]

            let refusals = Refusals(of: text)

            #expect(refusals.reading == JSONError(code: .invalidUTF8, offset: count + 1) && refusals.agree)
        }
    }

    @Test
    func `when a number has too many digits, then it is rejected`() {
        let zeros = String(repeating: "0", count: 309)

        #expect(Refusals(of: "1" + zeros.dropLast()).reading == nil)
        #expect(Refusals(of: String(repeating: "9", count: 309)).reading?.code == .numberOutOfRange)
        #expect(Refusals(of: "1" + zeros).reading?.code == .numberOutOfRange)
        #expect(Refusals(of: "0." + zeros + zeros + zeros + zeros).reading?.code == .numberOutOfRange)
    }

    @Test(arguments: [1, 3, 64])
    func `when it nests too deep, then it is rejected at the bracket`(depth: Int) {
        let limits = JSONLimits(maximumDepth: depth)
        let arrays = String(repeating: "[", count: depth)
        let objects = String(repeating: "{\"a\":", count: depth)

        #expect(Refusals(of: arrays + "1" + String(repeating: "]", count: depth), limits: limits).reading == nil)
        #expect(Refusals(of: objects + "1" + String(repeating: "}", count: depth), limits: limits).reading == nil)
        let refusals = Refusals(of: arrays + "[", limits: limits)
        #expect(refusals.reading == JSONError(code: .tooDeep, offset: depth, detail: String(depth)) && refusals.agree)
        #expect(Refusals(of: objects + "{", limits: limits).reading?.code == .tooDeep)
    }

    @Test
    func `when the limit allows any depth, then 512 levels are the end`() {
        let limits = JSONLimits(maximumDepth: .max)
        let brackets = String(repeating: "[", count: 100_000)

        #expect(Refusals(of: brackets, limits: limits).reading?.offset == 512)
    }
}
