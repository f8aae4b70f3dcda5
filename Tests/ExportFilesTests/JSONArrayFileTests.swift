import ExportFiles
import JSON
import Testing

@Suite("Given a JSON array that is read from a file")
struct JSONArrayFileTests {
    /// Reads strings.
    private func read(_ source: MemorySource) throws -> (texts: [String], outcome: JSONArrayOutcome) {
        var texts: [String] = []
        let outcome = try JSONFile().readArray(source) { reader, _ in texts.append(try reader.readString()) }
        return (texts, outcome)
    }

    @Test(arguments: [1, 3, 1000])
    func `when it is sound, then each element is handed out`(chunkSize: Int) throws {
        let (texts, outcome) = try read(MemorySource(Array(" [\"a\", \"ä\",\"\\n\" ]\n".utf8), chunkSize: chunkSize))

        #expect(texts == ["a", "ä", "\n"])
        #expect(outcome.elements == 3)
        #expect(outcome.fault == nil)
        #expect(!outcome.repairedText && !outcome.isEmptyFile)
    }

    @Test(arguments: ["", "  \n", "\u{FEFF}"])
    func `when there is nothing, then that is reported without an error`(text: String) throws {
        let outcome = try read(MemorySource(text)).outcome

        #expect(outcome.isEmptyFile)
        #expect(outcome.fault == nil)
        #expect(outcome.elements == 0)
    }

    @Test func `when it has no elements, then it is not an empty file`() throws {
        let outcome = try read(MemorySource("[]")).outcome

        #expect(!outcome.isEmptyFile)
        #expect(outcome.fault == nil)
    }

    @Test func `when it has a byte order mark or is UTF-16, then it is read`() throws {
        let utf16 = "[\"ö\"]".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }

        #expect(try read(MemorySource("\u{FEFF}[\"ö\"]")).texts == ["ö"])
        #expect(try read(MemorySource([0xFF, 0xFE] + utf16)).texts == ["ö"])
        #expect(try read(MemorySource(utf16)).texts == ["ö"])
    }

    @Test(arguments: ["[\"a\",\"b\"", "[\"a\",\"b\",", "[\"a\",\"b\",\"c", "[\"a\",\"b\", {\"x\":"])
    func `when it is cut off, then what came before is handed out`(text: String) throws {
        let (texts, outcome) = try read(MemorySource(text))

        #expect(texts == ["a", "b"])
        #expect(outcome.fault == .cutOff)
    }

    @Test(arguments: [("{\"a\":[1]}", JSONKind.object), ("\"text\"", .string), ("null", .null), ("1", .number)])
    func `when it is something else, then that is the fault`(text: String, kind: JSONKind) throws {
        let outcome = try read(MemorySource(text)).outcome

        #expect(outcome.fault == .wrongKind(kind))
        #expect(outcome.elements == 0)
    }

    @Test func `when an element is not what is expected, then the others are read`() throws {
        var broken: [Int] = []
        var texts: [String] = []

        let outcome = try JSONFile().readArray(
            MemorySource("[\"a\", 1, \"\\x\", \"b\"]"), { reader, _ in texts.append(try reader.readString()) },
            broken: { broken.append($0.index) })

        #expect(texts == ["a", "b"])
        #expect(broken == [1, 2])
        #expect(outcome.elements == 4)
        #expect(outcome.firstBroken.map(\.error.code) == [.wrongKind, .invalidEscape])
        #expect(outcome.fault == nil)
    }

    @Test(arguments: ["[\"a\"] x", "[\"a\"], \"b\": [1]}", "[\"a\"]]"])
    func `when something follows the array, then reading stops there`(text: String) throws {
        let (texts, outcome) = try read(MemorySource(text))

        #expect(texts == ["a"])
        guard case .malformed = outcome.fault else {
            Issue.record("\(String(describing: outcome.fault))")
            return
        }
    }

    /// Damaged texts of elements `"a"` and `"b"`, and the number of broken elements.
    static let broken: [(text: String, broken: Int)] = [
        ("[\"a\" \"b\"]", 0), ("[\"a\",\"b\",]", 0), ("[\"a\",,\"b\"]", 1), ("[,\"a\",\"b\"]", 1),
        ("[\"a\", NaN, \"b\"]", 1), ("[\"a\", undefined, \"b\"]", 1), ("[\"a\", 'x y', \"b\"]", 1),
        ("[\"a\"}, \"b\"]", 1), ("[\"a\", tru, \"b\"]", 1), ("[\"a\", {\"x\": [1}, \"b\"]", 1),
        ("[\"a\", {\"x\" 1}, \"b\"]", 1), ("[\"a\", {\"x\": +1}, \"b\"]", 1), ("[\"a\", [1}, 2], \"b\"]", 1),
        ("[\"a\", {\"x\": {\"y\": 1}, {\"z\": 2}, \"b\"]", 1), ("[\"a\", // no\n \"b\"]", 1),
        ("[\"a\", [[[[[[1]]]]]], \"b\"]", 1), ("[\"a\", \"0123456789012345678901234567890\", \"b\"]", 1),
        ("[\"a\", 1111111111111111111111111111111111, \"b\"]", 1),
        ("[\"a\", {\"x\": [[[[[[{\"y\": [\"0123456789012345678901\"]}]]]]]]}, \"b\"]", 1),
    ]

    @Test(arguments: broken, [1, 3, 1000])
    func `when an element is broken, then it is reported and the others are read`(
        given: (text: String, broken: Int), chunkSize: Int
    ) throws {
        var limits = ExportFileLimits()
        limits.json = JSONLimits(maximumDepth: 5, maximumElementBytes: 30)
        var texts: [String] = []
        var broken: [Int] = []

        let outcome = try JSONFile(limits: limits).readArray(
            MemorySource(Array(given.text.utf8), chunkSize: chunkSize),
            { reader, _ in
                if try reader.kind() == .string { texts.append(try reader.readString()) }
                try reader.finish()
            }, broken: { broken.append($0.index) })

        #expect(texts == ["a", "b"])
        #expect(outcome.brokenElements == given.broken)
        #expect(broken.count == given.broken)
        #expect(outcome.fault == nil)
    }

    @Test func `when an element never ends, then what came before is kept and that is reported`() throws {
        var limits = ExportFileLimits()
        limits.json = JSONLimits(maximumDepth: 5, maximumElementBytes: 30)
        let text = "[\"a\", {\"x\": \"" + String(repeating: "y", count: 1000)

        let outcome = try JSONFile(limits: limits).readArray(MemorySource(text)) { _, _ in }

        #expect(outcome.elements == 2)
        #expect(outcome.firstBroken.map(\.error.code) == [.elementTooLarge])
        #expect(outcome.fault == .cutOff)
    }

    @Test func `when an element is beyond the limit, then passing over it keeps nothing of it`() throws {
        var limits = ExportFileLimits()
        limits.json = JSONLimits(maximumDepth: 5, maximumElementBytes: 1 << 16)
        let deep = String(repeating: "[", count: 1 << 21) + String(repeating: "]", count: 1 << 21)
        let long = "\"" + String(repeating: "x", count: 1 << 22) + "\""

        for element in [deep, long] {
            let outcome = try JSONFile(limits: limits).readArray(
                MemorySource(Array("[1,\(element),2]".utf8), chunkSize: 1 << 16)
            ) { _, _ in }

            #expect(outcome.firstBroken.map(\.index) == [1])
            #expect(outcome.firstBroken.map(\.error.code) == [.elementTooLarge])
            #expect(outcome.elements == 3)
        }
    }

    /// Invalid characters, and their replacements.
    static let repairs: [(json: [UInt8], text: String)] = [
        (Array("[\"a\\ud83d\"]".utf8), "a\u{FFFD}"), (Array("[\"\\udc00b\"]".utf8), "\u{FFFD}b"),
        (Array("[\"\\ud83d\\ud83d\\ude00\"]".utf8), "\u{FFFD}😀"), (Array("[\"a\\u0000b\\u0000\"]".utf8), "ab"),
        (Array("[\"a\0b\"]".utf8), "ab"), ([0x5B, 0x22, 0x61, 0xFF, 0x22, 0x5D], "a\u{FFFD}"),
        ([0x5B, 0x22, 0x61, 0xE6, 0x97, 0x22, 0x5D], "a\u{FFFD}"),
    ]

    @Test(arguments: repairs)
    func `when text cannot be held, then it is repaired and that is reported`(json: [UInt8], text: String) throws {
        let (texts, outcome) = try read(MemorySource(json))

        #expect(texts == [text])
        #expect(outcome.repairedText)
    }

    @Test(arguments: ["\\ud83d\\ude00", "\\\\ud83d", "\\\\u0000", "\\u00e4"])
    func `when an escape is fine, then nothing is mended`(escape: String) throws {
        let outcome = try read(MemorySource("[\"\(escape)\"]")).outcome

        #expect(outcome.brokenElements == 0)
        #expect(!outcome.repairedText)
    }

    @Test func `when the source breaks, then what came before is kept and the rest is reported`() throws {
        let error = ExportFileError(.entryUnreadable, "The checksum is wrong.")

        let (texts, outcome) = try read(MemorySource(Array("[\"a\",\"b".utf8), failure: error))

        #expect(texts == ["a"])
        #expect(outcome.fault == .unreadable(error))
    }

    @Test func `when the consumer or a limit ends it, then that error comes through`() throws {
        struct Failure: Error {}
        let limit = ExportFileError(.limitExceeded, "It is too large.")

        #expect(throws: Failure.self) {
            _ = try JSONFile().readArray(MemorySource("[1]")) { _, _ in throw Failure() }
        }
        #expect(throws: limit) { _ = try read(MemorySource(Array("[\"a\"".utf8), failure: limit)) }
    }
}
