import DelimitedText
import ExportFiles
import RandomNumbers
import Testing

@Suite("Given random delimited text")
struct DelimitedTextPropertyTests {
    private static let pieces = [
        "a", "b c", ",", ",", ";", "\t", "\"", "\"", "\"\"", "\n", "\r\n", "\r", "\n", "ä", "日", "🎉", "\0", " ",
        "sep=;",
        "long text that goes on", "\u{FEFF}",
    ]

    /// Arbitrary text.
    private static func text(_ random: inout SeededGenerator) -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<Int.random(in: 0...120, using: &random) {
            if random.isOne(in: 40) {
                text.append(UInt8.random(in: 0x80...0xFF, using: &random))
            } else {
                text += Array((pieces.randomElement(using: &random) ?? "").utf8)
            }
        }
        return text
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `when it is cut in other chunks, then the rows are the same`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var limits = DelimitedTextLimits()
        limits.maximumFieldBytes = 50
        limits.maximumRowBytes = 120
        limits.maximumColumns = 12
        for _ in 0..<100 {
            let text = Self.text(&random)
            let whole = ReadRows(text, limits: limits)

            let bytewise = ReadRows(text, limits: limits) { 1 }
            let random = ReadRows(text, limits: limits) { Int.random(in: 1...30, using: &random) }

            #expect(whole == bytewise, "\(text)")
            #expect(whole == random, "\(text)")
        }
    }

    @Test func `when it is longer than what is looked at first, then chunks do not matter either`() {
        var random = SeededGenerator(seed: 99)
        var text: [UInt8] = []
        while text.count < 200_000 { text += Self.text(&random) }
        let whole = ReadRows(text)

        let cut = ReadRows(text) { Int.random(in: 1...100_000, using: &random) }

        #expect(whole == cut)
        #expect(whole.rows.count > 1000)
    }

    /// An independent writer: it quotes what RFC 4180 requires, and more.
    private static func written(
        _ rows: [[String]], _ delimiter: Character, _ lineEnd: String, _ random: inout SeededGenerator
    ) -> String {
        rows.map { row in
            row.map { field in
                let mustQuote = field.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
                guard mustQuote || row == [""] || random.isOne(in: 4) else { return field }
                return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                    + "\""
            }.joined(separator: String(delimiter))
        }.joined(separator: lineEnd)
    }

    @Test(arguments: [",", ";", "\t", "|"] as [Character], ["\n", "\r\n", "\r"])
    func `when it was written by the rules, then the same fields are read`(delimiter: Character, lineEnd: String) {
        var random = SeededGenerator(seed: 5)
        let pieces = ["a", "\"", ",", ";", "|", "\t", "\n", "\r\n", "x y", "ö", "🎉", "'"]
        for _ in 0..<50 {
            let rows = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                (0..<3).map { _ in
                    (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                        .joined()
                }
            }
            let text = Self.written(rows, delimiter, lineEnd, &random)

            let read = ReadRows(text, delimiter: delimiter.asciiValue)

            #expect(read.fields == rows, "\(text.debugDescription)")
            #expect(read.rows.allSatisfy { $0.fault == nil })
        }
    }
}
