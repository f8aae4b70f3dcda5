import ExportFiles
import JSON
import Testing

@Suite("Given lines of JSON that are read from a file")
struct JSONLinesFileTests {
    @Test func `when lines are sound, broken and blank, then the sound ones are read with their numbers`() throws {
        var lines: [String] = []
        var broken: [Int] = []

        let outcome = try JSONLinesFile().read(
            MemorySource("\u{FEFF}\"a\"\n\nno JSON\r\n\"b\\ud800\""),
            { reader, number in lines.append("\(number) \(try reader.readString())") },
            broken: { broken.append($0.index) })

        #expect(lines == ["1 a", "4 b\u{FFFD}"])
        #expect(broken == [1])
        #expect(outcome.elements == 3)
        #expect(outcome.repairedText)
    }

    @Test func `when there is nothing, then that is told`() throws {
        let outcome = try JSONLinesFile().read(MemorySource("\n \n")) { _, _ in }

        #expect(outcome.isEmptyFile)
    }
}

@Suite("Given a JSON object that is read from a file")
struct JSONObjectFileTests {
    @Test func `when it has values and arrays, then each value and element is handed out`() throws {
        var parts: [JSONObjectFile.Part] = []

        let outcome = try JSONObjectFile().read(
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

    @Test func `when it is an array, then that is the fault`() throws {
        let outcome = try JSONObjectFile().read(MemorySource("[1]")) { _, _ in }

        #expect(outcome.fault == .wrongKind(.array))
    }

    @Test func `when it is cut off, then what came before is handed out`() throws {
        let outcome = try JSONObjectFile().read(MemorySource("{\"messages\":[1,2,")) { _, _ in }

        #expect(outcome.elements == 2)
        #expect(outcome.fault == .cutOff)
    }
}
