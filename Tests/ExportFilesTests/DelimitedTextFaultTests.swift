import DelimitedText
import ExportFiles
import Testing

@Suite("Given delimited text with faults")
struct DelimitedTextFaultTests {
    private static let quoteLimit: DelimitedTextLimits = {
        var limits = DelimitedTextLimits()
        limits.maximumFieldBytes = 40
        limits.maximumRowBytes = 100
        limits.maximumColumns = 5
        return limits
    }()

    @Test(arguments: [("a \"b\" c,d\n", ["a \"b\" c", "d"]), (" \"b\",d\n", [" \"b\"", "d"])])
    func `when a quote stands inside a plain field, then it is taken literally and marked`(
        text: String, fields: [String]
    ) {
        #expect(ReadRows(text).rows == [ReadRow(fields: fields, line: 1, hasStrayQuote: true)])
    }

    @Test func `when text follows a closing quote, then the row is invalid and the next is not`() {
        let read = ReadRows("1,\"say \"hi\" to me\",x\n2,b,c\n")

        #expect(read.rows.map(\.fault) == [.textAfterQuote, nil])
        #expect(read.rows[1].fields == ["2", "b", "c"])
    }

    @Test func `when a quote is not closed, then reading resumes at the next line that fits`() {
        let read = ReadRows("1,a,b\n2,\"oops,c\nsecond line of it\n3,d,e\n4,f,g\n")

        #expect(read.rows.map(\.fields.first) == ["1", "2", "3", "4"])
        #expect(read.rows.map(\.fault) == [nil, .unclosedQuote, nil, nil])
        #expect(read.rows.map(\.line) == [1, 2, 4, 5])
        #expect(read.skippedLines == 1)
    }

    @Test func `when the first row has the quote, then the rows after it are read`() {
        let read = ReadRows("\"1,a,b\n2,c,d\n3,e,f\n")

        #expect(read.rows.map(\.fault) == [.unclosedQuote, nil, nil])
    }

    @Test func `when the last line has the quote, then it is invalid`() {
        let read = ReadRows("1,a\n2,\"b")

        #expect(read.rows.map(\.fault) == [nil, .unclosedQuote])
        #expect(read.rows[1].fields == ["2", "b"])
    }

    @Test func `when a quoted field exceeds the limit, then reading resumes below it`() {
        let text = "1,a\n2,\"oops\n" + (3...20).map { "\($0),text number \($0)\n" }.joined()

        let read = ReadRows(text, limits: Self.quoteLimit)

        #expect(read.rows[1].fault == .fieldTooLong(limit: 40))
        #expect(read.rows.map { $0.fields.first ?? "" } == (1...20).map(String.init))
        #expect(read.rows.map(\.line) == Array(1...20))
    }

    @Test(arguments: [41, 200, 2000])
    func `when a quoted field beyond the limit is closed, then it costs its row alone`(length: Int) {
        var limits = Self.quoteLimit
        limits.maximumLookaheadBytes = 150
        let line = "said \"\"x\"\" to me\r\n"
        let field = String(repeating: line, count: length / line.utf8.count + 1)
        let text = "1,a\n2,\"\(field)\"\n3,b\n4,c\n"

        let read = ReadRows(text, limits: limits)

        #expect(read.rows.map(\.fault) == [nil, .fieldTooLong(limit: 40), nil, nil])
        let numbers = read.rows.map { $0.fields.first ?? "" }
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
        #expect(Array(numbers.suffix(2)) == ["3", "4"])
        #expect(read.rows.last?.line == lines)
        #expect(read.skippedLines == 0)
    }

    @Test func `when such a field holds lines like rows, then none of them is read`() {
        let lines = (3...12).map { "\($0),text number \($0)\n" }.joined()
        let read = ReadRows("1,a\n2,\"\(lines)\"\n20,b\n", limits: Self.quoteLimit)

        #expect(read.rows.map { $0.fields.first ?? "" } == ["1", "2", "20"])
    }

    @Test(arguments: ["", "\"100\",b\n"])
    func `when a quote is not closed for long and rows follow, then they are read`(end: String) {
        var limits = Self.quoteLimit
        limits.maximumLookaheadBytes = 200
        let rows = (3...40).map { "\($0),text number \($0)\n" }.joined()
        let text = "1,a\n2,\"oops\n\(rows)\(end)"

        let read = ReadRows(text, limits: limits)

        #expect(read.rows[1].fault == .fieldTooLong(limit: 40))
        let numbers = read.rows.map { $0.fields.first ?? "" }
        #expect(Array(numbers.prefix(40)) == (1...40).map(String.init))
        #expect(read.rows.count == (end.isEmpty ? 40 : 41))
    }

    @Test func `when a plain field exceeds the limit, then the rest of its line is given up`() {
        let read = ReadRows("1,a\n2,\(String(repeating: "x", count: 41)),y\n3,b\n", limits: Self.quoteLimit)

        #expect(read.rows.map(\.fault) == [nil, .fieldTooLong(limit: 40), nil])
        #expect(read.rows.map(\.line) == [1, 2, 3])
    }

    @Test(arguments: ["x", "\"x"])
    func `when a field is as long as the limit, then it is read`(quoted: String) {
        let field = String(repeating: "x", count: 40)
        let text = quoted.hasPrefix("\"") ? "1,\"\(field)\"\n" : "1,\(field)\n"

        #expect(ReadRows(text, limits: Self.quoteLimit).rows == [ReadRow(fields: ["1", field], line: 1)])
    }

    @Test func `when a row exceeds the limit, then it is invalid and the next is not`() {
        let field = String(repeating: "x", count: 30)
        let read = ReadRows("\(field),\(field),\(field),\(field)\n3,b\n", limits: Self.quoteLimit)

        #expect(read.rows.map(\.fault) == [.rowTooLong(limit: 100), nil])
    }

    @Test func `when a row has too many fields, then those beyond the limit are dropped`() {
        let read = ReadRows("1,2,3,4,5,6,7\na,b\n", limits: Self.quoteLimit)

        #expect(read.rows.map(\.fault) == [.tooManyColumns(limit: 5), nil])
        #expect(read.rows[0].fields == ["1", "2", "3", "4", "5"])
    }

    @Test func `when one field is a hundred million bytes long, then it is rejected in little memory`() {
        var reader = DelimitedTextReader()
        var faults: [DelimitedRowFault?] = []
        func receive(_ text: String) {
            Array(text.utf8).withUnsafeBytes { chunk in reader.receive(chunk) { faults.append($0.fault) } }
        }
        let part = String(repeating: "x", count: 1_000_000)

        receive("1,a\n2,\"")
        for _ in 0..<100 { receive(part) }
        receive("\"\n3,b\n")
        reader.finish { faults.append($0.fault) }

        #expect(faults == [nil, .fieldTooLong(limit: 1 << 20), nil])
    }

    @Test(arguments: [
        DelimitedRowFault.textAfterQuote, .unclosedQuote, .fieldTooLong(limit: 7), .rowTooLong(limit: 7),
        .tooManyColumns(limit: 7),
    ])
    func `when an error is reported, then in a sentence with the limit`(fault: DelimitedRowFault) {
        #expect(fault.message.hasSuffix(".") || fault.message.hasSuffix("?"))
        switch fault {
        case .textAfterQuote, .unclosedQuote: #expect(!fault.message.contains("7"))
        default: #expect(fault.message.contains("7"))
        }
    }
}
