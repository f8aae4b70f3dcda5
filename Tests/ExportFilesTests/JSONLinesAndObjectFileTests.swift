import ExportFiles
import JSON
import Testing

@Suite("Given lines of JSON that are read from a file")
struct JSONLinesFileTests {
    @Test func `when lines are sound, broken and blank, then the sound ones are read with their numbers`() throws {
        var lines: [String] = []
        var broken: [Int] = []

        let outcome = try JSONFile().readLines(
            MemorySource("\u{FEFF}\"a\"\n\nno JSON\r\n\"b\\ud800\""),
            { reader, number in lines.append("\(number) \(try reader.readString())") },
            broken: { broken.append($0.index) })

        #expect(lines == ["1 a", "4 b\u{FFFD}"])
        #expect(broken == [1])
        #expect(outcome.elements == 3)
        #expect(outcome.repairedText)
    }

    @Test(arguments: [1, 3, 1000])
    func `when a line is too long, then it is reported and the others are read`(chunkSize: Int) throws {
        var limits = ExportFileLimits()
        limits.json.maximumElementBytes = 10
        let text = "\"a\"\n\"123456789\"\r\n\"12345678\"\r\n\"1234567890123\"\n\"b\"\n\"1234567890\""
        var lines: [String] = []
        var broken: [Int] = []

        let outcome = try JSONFile(limits: limits).readLines(
            MemorySource(Array(text.utf8), chunkSize: chunkSize),
            { reader, number in lines.append("\(number) \(try reader.readString())") },
            broken: { broken.append($0.index) })

        #expect(lines == ["1 a", "3 12345678", "5 b"])
        #expect(broken == [1, 3, 5])
        #expect(outcome.elements == 6)
        #expect(outcome.fault == nil)
    }

    @Test func `when there is nothing, then that is reported`() throws {
        let outcome = try JSONFile().readLines(MemorySource("\n \n")) { _, _ in }

        #expect(outcome.isEmptyFile)
    }
}

@Suite("Given a JSON object that is read from a file")
struct JSONObjectFileTests {
    @Test func `when it has values and arrays, then each value and element is handed out`() throws {
        var parts: [JSONFile.Part] = []

        let outcome = try JSONFile().readObject(
            MemorySource("{\"guild\":{\"id\":1},\"messages\":[{\"id\":2},{\"id\":3}],\"count\":2}")
        ) { _, part in parts.append(part) }

        #expect(
            parts == [
                .value(key: "guild"), .element(key: "messages", index: 0), .element(key: "messages", index: 1),
                .value(key: "count"),
            ])
        #expect(outcome.elements == 4)
        #expect(outcome.fault == nil)
    }

    /// Objects with damage beside `"a": [1, 2]` and `"b": 3`.
    static let broken = [
        "{\"a\": [1, 2], \"x\": \"0123456789012345678901234567890\", \"b\": 3}",
        "{\"a\": [1, [[[[[[0]]]]]], 2], \"b\": 3}", "{\"a\": [1, oops, 2], \"b\": 3}",
        "{\"a\": [1, 2], \"x\": oops, \"b\": 3}", "{\"a\": [1, 2], \"x\": , \"b\": 3}",
        "{\"a\": [1, 2], x: \"y\", \"b\": 3,}", "{\"a\": [1, 2], \"x\", \"b\": 3}", "{\"a\": [1, 2] ! , \"b\": 3}",
    ]

    @Test(arguments: broken, [1, 3, 1000])
    func `when a part is broken, then it is reported and the others are read`(text: String, chunkSize: Int) throws {
        var limits = ExportFileLimits()
        limits.json = JSONLimits(maximumDepth: 6, maximumElementBytes: 30)
        var values: [String: Int] = [:]

        let outcome = try JSONFile(limits: limits).readObject(
            MemorySource(Array(text.utf8), chunkSize: chunkSize),
            { reader, part in
                switch part {
                case .value(let key): values[key] = try reader.readNumber().integer ?? 0
                case .element(let key, _): values[key, default: 0] += try reader.readNumber().integer ?? 0
                }
            })

        #expect(values["a"] == 3)
        #expect(values["b"] == 3)
        #expect(outcome.brokenElements > 0)
        #expect(outcome.fault == nil)
    }

    @Test func `when it is an array, then that is the fault`() throws {
        let outcome = try JSONFile().readObject(MemorySource("[1]")) { _, _ in }

        #expect(outcome.fault == .wrongKind(.array))
    }

    @Test func `when it is cut off, then what came before is handed out`() throws {
        let outcome = try JSONFile().readObject(MemorySource("{\"messages\":[1,2,")) { _, _ in }

        #expect(outcome.elements == 2)
        #expect(outcome.fault == .cutOff)
    }
}
