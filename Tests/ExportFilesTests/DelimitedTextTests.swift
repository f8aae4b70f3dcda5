import DelimitedText
import ExportFiles
import Foundation
import Testing

@Suite("Given delimited text")
struct DelimitedTextTests {
    static let texts: [(text: String, fields: [[String]])] = [
        ("", []),
        ("\n\r\n\n", []),
        ("a", [["a"]]),
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d\n", [["a", "b"], ["c", "d"]]),
        ("a,b\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
        ("a,b\n\n\r\n  \nc,d\n\n", [["a", "b"], ["c", "d"]]),
        ("a,\n,b\n,\n", [["a", ""], ["", "b"], ["", ""]]),
        ("a,b,c\nd\ne,f\n", [["a", "b", "c"], ["d"], ["e", "f"]]),
        ("\"a\",\"b\"\n", [["a", "b"]]),
        ("\"a\"\"b\",\"\"\"\"\n\"\",c", [["a\"b", "\""], ["", "c"]]),
        ("\"\"\n", [[""]]),
        ("\"a,b\",\"c\nd\r\ne\"\n", [["a,b", "c\nd\r\ne"]]),
        (" a , b\n", [[" a ", " b"]]),
        ("a\\\",b\n", [["a\\\"", "b"]]),
        ("\"a\\\",\"b\\\"\n", [["a\\", "b\\"]]),
        ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
        ("a,b\0c\nd,\0\n", [["a", "bc"], ["d", ""]]),
        ("ä,日本,🎉\n", [["ä", "日本", "🎉"]]),
    ]

    @Test(arguments: texts)
    func `when it is read, then rows and fields are as RFC 4180 and its kin have them`(
        text: String, fields: [[String]]
    ) {
        let read = ReadRows(text)

        #expect(read.fields == fields)
        #expect(read.rows.allSatisfy { $0.fault == nil })
    }

    @Test(arguments: texts)
    func `when it arrives byte by byte, then the rows are the same`(text: String, fields: [[String]]) {
        let read = ReadRows(Array(text.utf8)) { 1 }

        #expect(read == ReadRows(text))
    }

    @Test func `when rows have line breaks, then each has the line where it begins`() {
        let read = ReadRows("a,1\r\n\r\n\"b\nb\r\nb\",2\rc,3\n\nd,4")

        #expect(read.rows.map(\.line) == [1, 3, 6, 8])
    }

    @Test func `when it has no bytes, then it is empty`() {
        #expect(ReadRows("").isEmpty)
        #expect(!ReadRows("\n").isEmpty)
    }

    /// Which byte separates the fields.
    static let delimiters: [(text: String, delimiter: Character)] = [
        ("a,b\n", ","), ("a;b\n", ";"), ("a\tb\n", "\t"), ("a|b\n", "|"), ("a\n", ","), ("", ","),
        ("mara;mara@example.org;Mara Vale\nodo;odo@example.org;Odo, the second\n", ";"),
        ("quay,mara,private,mara;odo;eve\nsea,odo,public,mara\n", ","),
        ("quay,mara,private,a;b;c;d;e;f\n", ","),
        ("mara;1514764800000;Hello, world\n", ";"),
        ("mara\t1514764800000\tHello, world; yes\n", "\t"),
        ("mara,1,\"a;b\nc;d\ne;f\ng;h\"\nodo,2,x\n", ","),
        ("\"a,b\";1\n\"c,d\";2\n", ";"),
        ("sep=;\na,b;c\n", ";"), ("sep=|\r\na,b|c\n", "|"), ("\"sep=\t\"\na,b\tc\n", "\t"), ("SEP=,\na;b,c\n", ","),
    ]

    @Test(arguments: delimiters)
    func `when nobody says what separates the fields, then the text decides`(text: String, delimiter: Character) {
        let read = ReadRows(text)

        #expect(read.delimiter == delimiter.asciiValue)
        #expect(!read.fields.joined().contains { $0.lowercased().hasPrefix("sep=") })
    }

    @Test func `when a first line names the delimiter, then lines are counted with it`() {
        #expect(ReadRows("sep=;\r\na;b\n").rows == [ReadRow(fields: ["a", "b"], line: 2)])
    }

    @Test func `when the delimiter is given, then it is not guessed`() {
        #expect(ReadRows("a;b,c;d\n", delimiter: UInt8(ascii: ",")).fields == [["a;b", "c;d"]])
    }

    @Test func `when a field is asked for that a row lacks, then it is empty`() {
        var reader = DelimitedTextReader()
        var field = "none"
        Array("a,b\n".utf8).withUnsafeBytes { text in reader.receive(text) { field = $0[2] } }
        reader.finish { field = $0[2] }

        #expect(field.isEmpty)
        #expect(reader.rowCount == 1)
    }

    @Test(arguments: [("a,b", false), (",", true), (" ,\t", true), ("\"\"", true)])
    func `when all fields are white space, then the row is blank`(text: String, isBlank: Bool) {
        var reader = DelimitedTextReader(delimiter: UInt8(ascii: ","))
        var outcome: [Bool] = []
        Array(text.utf8).withUnsafeBytes { text in reader.receive(text) { outcome.append($0.isBlank) } }
        reader.finish { outcome.append($0.isBlank) }

        #expect(outcome == [isBlank])
    }

    @Test func `when its source breaks, then the rows before are handed out and the last one is not`() {
        let broken = ExportFileError(.entryUnreadable, "The checksum is wrong.")
        let source = MemorySource(Array("a,b\nc,d\ne,".utf8), failure: broken)
        var reader = DelimitedTextReader()
        var fields: [String] = []

        let error = exportFileError { try reader.read(source) { fields.append($0[0]) } }

        #expect(error == broken)
        #expect(fields == ["a", "c"])
    }

    /// The files of csv-spectrum; in `location_coordinates` the JSON has other values than the file.
    @Test(arguments: [
        "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
        "quotes_and_newlines", "simple", "simple_crlf", "utf8",
    ])
    func `when it is one that others test with, then it is read as they expect`(name: String) throws {
        let folder = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/csv")
        let read = ReadRows(try bytes(at: folder.appending(path: "\(name).csv").path)).fields
        let expected = try JSONDecoder().decode(
            [[String: String]].self, from: Data(contentsOf: folder.appending(path: "\(name).json")))

        let header = try #require(read.first)
        let records = read.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }

        #expect(records == expected)
    }
}
