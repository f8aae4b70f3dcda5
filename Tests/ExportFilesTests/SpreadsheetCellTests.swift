import DelimitedText
import RandomNumbers
import Testing

@Suite("Given texts in a table for spreadsheets")
struct SpreadsheetCellTests {
    private static let pieces = [
        "=", "+", "-", "@", "'", "''", "\t", "\r", "\n", "\r\n", "\"", "\"\"", ",", ";", "|", "a", "B c", "ä", "日本",
        "🎉", "\u{FEFF}", " ", "1,5", "=1+1", "'=x", "-5", "sep=;", ";=", ";'=", ";\"=", "＝", "＋", "－", "＠", "﹢", "ｆ",
    ]

    /// Whether a spreadsheet could take a cell for a formula.
    private static func isFormula(_ cell: some StringProtocol) -> Bool {
        cell.unicodeScalars.first { $0 != "\"" }.map { "=+-@＝＋－＠﹢﹣﹦﹫".unicodeScalars.contains($0) } ?? false
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+49 30", "'+49 30"), ("-5", "'-5"), ("@ada", "'@ada"), ("\tx", "'\tx"), ("\rx", "'\rx"),
        ("'=1", "''=1"), ("'''@", "''''@"), ("'tis", "'tis"), ("a=b", "a=b"), ("", ""), ("'", "'"), (" =1", " =1"),
        ("a@e.org;=HYPERLINK(1);", "a@e.org;'=HYPERLINK(1);"), ("a;'=1", "a;''=1"), ("a;\"=1", "a;'\"=1"),
        ("a;b;-1", "a;b;'-1"), ("a\n=1\r\n\nb", "a\n'=1\r\n\nb"), ("\t=1", "'\t'=1"), ("a,=1|=2", "a,=1|=2"),
        ("a;'b", "a;'b"),
        ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠1", "'＠1"), ("﹦1", "'﹦1"), ("a;＝1", "a;'＝1"), ("ｆ1", "ｆ1"),
        ("\"=\"", "'\"=\""), (";)", ";)"), ("{\"msg\":\"hi ;-)\"}", "{\"msg\":\"hi ;'-)\"}"),
    ])
    func `when a text could be a formula, then it gets an apostrophe, which is removed again`(
        text: String, cell: String
    ) {
        #expect(SpreadsheetCell.protected(text) == cell)
        #expect(SpreadsheetCell.restored(cell) == text)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `when random rows are written and read, then they are the same, and no cell is a formula`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var writer = DelimitedTextWriter()
        var rows: [[String]] = []
        for number in 0..<50 {
            let row = ["id\(number)"] + (0..<5).map { _ in Self.text(&random) }
            for field in row { writer.field(field) }
            writer.endRow()
            rows.append(row)
        }

        let read = ReadRows(writer.take()) { Int.random(in: 1...100, using: &random) }

        #expect(read.rows.map { $0.fields.map(SpreadsheetCell.restored) } == rows)
        #expect(read.rows.allSatisfy { $0.fields.allSatisfy { !"=+-@\t\r\n".contains($0.first ?? "x") } })
        // A spreadsheet that separates by semicolons, tabs or lines alone finds other cells.
        let cells = read.rows.flatMap(\.fields).flatMap {
            $0.unicodeScalars.split { ";\t\r\n".unicodeScalars.contains($0) }
        }
        #expect(!cells.contains { Self.isFormula(String($0)) })
    }

    /// What a spreadsheet makes of a table: other separators, quotes around everything, a byte order mark.
    @Test(arguments: [";", ",", "\t"], ["\r\n", "\n"])
    func `when a spreadsheet saves the rows in its own way, then they are the same`(separator: String, end: String) {
        var random = SeededGenerator(seed: 7)
        let titles = ["id", "a", "b", "c", "d", "e"]
        let rows = [titles] + (0..<200).map { number in ["id\(number)"] + (0..<5).map { _ in Self.text(&random) } }
        let text = rows.map { row in
            row.map { "\"" + SpreadsheetCell.protected($0).replacing("\"", with: "\"\"") + "\"" }
                .joined(separator: separator) + end
        }.joined()

        let read = ReadRows("\u{FEFF}" + text)

        #expect(read.rows.map { $0.fields.map(SpreadsheetCell.restored) } == rows)
    }
}
