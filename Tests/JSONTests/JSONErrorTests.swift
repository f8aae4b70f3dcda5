import JSON
import Testing

@Suite("Given an error")
struct JSONErrorTests {
    @Test
    func `when it is shown, then it is a sentence with the place`() {
        #expect(
            Refusals(of: "{\"emails\":[],   \"emails\":1}").reading?.description
                == "Invalid JSON at byte 16: the key \"emails\" appears twice in one object.")
        #expect(
            Refusals(of: "[1,]").reading?.description
                == "Invalid JSON at byte 3: found \"]\" where it is not allowed.")
        #expect(
            Refusals(of: "\u{FEFF}[]").reading?.description
                == "Invalid JSON at byte 0: found 0xEF where it is not allowed.")
        #expect(
            Refusals(of: "\"\t\"").reading?.description
                == "Invalid JSON at byte 1: the control character 0x09 has to be escaped.")
    }

    @Test(arguments: JSONError.Code.allCases)
    func `when it has any code, then the code is a stable word and the sentence is whole`(code: JSONError.Code) {
        let sentence = JSONError(code: code, offset: 3, detail: "detail").description

        #expect(code.rawValue.hasPrefix("json-"))
        #expect(code.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
        #expect(sentence.hasPrefix("Invalid JSON at byte 3: ") && sentence.hasSuffix("."))
        #expect(!sentence.hasSuffix(": ."))
    }

    @Test
    func `when its detail is long, then it is cut to 64 characters`() {
        let key = String(repeating: "k", count: 1000)

        #expect(Refusals(of: "{\"\(key)\":1,\"\(key)\":2}").reading?.detail == String(key.prefix(64)))
    }
}
