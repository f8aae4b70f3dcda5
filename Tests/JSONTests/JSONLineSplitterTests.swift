import JSON
import Testing

@Suite("Given a text of lines that arrives in chunks")
struct JSONLineSplitterTests {
    @Test
    func `when it has lines of all sorts, then each is handed out whole, in any chunks`() {
        let text = Array("\u{FEFF}{\"a\":1}\r\n\n  \t\r\n[2]\n\"é\" \n3".utf8)
        let expected = [
            SplitLine(text: "{\"a\":1}", number: 1, offset: 3), SplitLine(text: "[2]", number: 4, offset: 18),
            SplitLine(text: "\"é\" ", number: 5, offset: 22), SplitLine(text: "3", number: 6, offset: 28),
        ]

        for chunkSize in 1...text.count {
            let splitting = LineSplitting(text, chunkSize: chunkSize)

            #expect(splitting.refusal == nil)
            #expect(splitting.lines == expected, "chunks of \(chunkSize) bytes")
        }
    }

    @Test(arguments: ["", "\n", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\n", " "])
    func `when all lines are blank, then none is handed out`(text: String) {
        for chunkSize in 1...4 {
            #expect(LineSplitting(Array(text.utf8), chunkSize: chunkSize).lines.isEmpty)
        }
    }

    @Test(arguments: [[0xEF], [0xEF, 0xBB], [0xEF, 0xBB, 0x31], [0xEF, 0x31, 0x32]] as [[UInt8]])
    func `when it only begins like a byte order mark, then the bytes belong to the line`(bytes: [UInt8]) {
        for chunkSize in 1...3 {
            let splitting = LineSplitting(bytes, chunkSize: chunkSize)
            let ended = LineSplitting(bytes + [0x0A, 0x39], chunkSize: chunkSize)

            #expect(splitting.lines == [SplitLine(text: String(decoding: bytes, as: UTF8.self), number: 1, offset: 0)])
            #expect(ended.lines.map(\.number) == [1, 2])
        }
    }

    @Test
    func `when a second byte order mark follows, then it belongs to the line`() {
        for chunkSize in 1...4 {
            let lines = LineSplitting(Array("\u{FEFF}1\n\u{FEFF}2".utf8), chunkSize: chunkSize).lines

            #expect(lines.map { Array($0.text.utf8).count } == [1, 4])
        }
    }

    @Test(arguments: ["", "\n", "\r\n"])
    func `when a line is as long as allowed, then it is handed out, and one byte more is rejected`(ending: String) {
        let limits = JSONLimits(maximumElementBytes: 20)
        let line = String(repeating: "1", count: 20)
        for chunkSize in 1...50 {
            let whole = LineSplitting(Array(("\u{FEFF}" + line + ending).utf8), chunkSize: chunkSize, limits: limits)
            let refused = LineSplitting(Array(("7\n1" + line + ending).utf8), chunkSize: chunkSize, limits: limits)

            #expect(whole.lines == [SplitLine(text: line, number: 1, offset: 3)] && whole.refusal == nil)
            #expect(refused.lines == [SplitLine(text: "7", number: 1, offset: 0)])
            #expect(refused.refusal == JSONError(code: .elementTooLarge, offset: 2, detail: "20"))
        }
    }

    @Test(arguments: 1...5)
    func `when a line never ends, then it is rejected as soon as the limit is passed`(chunkSize: Int) {
        var splitter = JSONLineSplitter(limits: JSONLimits(maximumElementBytes: 20))
        var fedBytes = 0

        let refusal = jsonError {
            try inChunks([UInt8](repeating: 0x78, count: 1000), of: chunkSize) { chunk in
                fedBytes += chunk.count
                try splitter.feed(chunk) { _, _, _ in }
            }
        }

        #expect(refusal == JSONError(code: .elementTooLarge, offset: 0, detail: "20"))
        #expect(fedBytes <= 20 + chunkSize)
    }

    @Test
    func `when lines are read, then the offset of the last is known afterwards`() throws {
        var splitter = JSONLineSplitter()

        try inChunks(Array("1\n\n22\n".utf8), of: 2) { chunk in try splitter.feed(chunk) { _, _, _ in } }
        try splitter.finish { _, _, _ in }

        #expect(splitter.lineOffset == 3)
    }
}
