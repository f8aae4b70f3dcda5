import CSVImporter
import ImportDomain
import Testing

@Suite("Given messages in many dialects of CSV")
struct DialectTests {
    @Test(arguments: [
        "mara,1514764800000,a\nodo,1514764801000,b\n", "mara;1514764800000;a\nodo;1514764801000;b\n",
        "mara\t1514764800000\ta\nodo\t1514764801000\tb\n", "mara|1514764800000|a\nodo|1514764801000|b\n",
        "sep=;\nmara;1514764800000;a\nodo;1514764801000;b\n", "mara,1514764800000,a\r\nodo,1514764801000,b\r\n",
        "mara,1514764800000,a\rodo,1514764801000,b\r", "mara,1514764800000,a\r\nodo,1514764801000,b\n",
        "mara,1514764800000,a\nodo,1514764801000,b\r\n", "mara,1514764800000,a\nodo,1514764801000,b",
        "\nmara,1514764800000,a\n\n\nodo,1514764801000,b\n\n", "\u{FEFF}mara,1514764800000,a\nodo,1514764801000,b\n",
        "\u{FEFF}\"mara\",1514764800000,a\nodo,1514764801000,b\n", "ma\0ra,1514764800000,a\nodo,1514764801000,b\n",
    ])
    func `when two rows are written in any of them, then the same two messages come out`(text: String) throws {
        let output = try readMessages(text)

        #expect(output.messages.map(\.authorID) == ["mara", "odo"])
        #expect(output.messages.map(\.text) == ["a", "b"])
        #expect(output.refusals.isEmpty)
    }

    @Test(arguments: [
        ("\"say \"\"hi\"\"\"", "say \"hi\""), ("\"two\nlines\"", "two\nlines"), ("say \"hi\" now", "say \"hi\" now"),
        (" \"hi\"", " \"hi\""), ("\"back\\\"", "back\\"), ("\"\"", ""),
    ])
    func `when a text has quotes, then it is taken as it was meant`(field: String, text: String) throws {
        let output = try readMessages("mara,1514764800000,\(field)\nodo,1514764801000,b\n")

        #expect(output.messages.map(\.text) == [text, "b"])
        #expect(output.refusals.isEmpty)
    }

    @Test func `when a quote is never closed, then its row is rejected and reading resumes below`() throws {
        let output = try readMessages(
            "mara,1514764800000,a\nmara,1514764801000,\"open\nodo,1514764802000,b\nmara,1514764803000,c\n")

        #expect(output.messages.map(\.text) == ["a", "b", "c"])
        #expect(output.refusals.map(\.position) == [2])
    }

    @Test(arguments: [false, true])
    func `when Excel wrote Unicode text, then it is read`(isMarked: Bool) throws {
        let text = (isMarked ? "\u{FEFF}" : "") + "mara\t1514764800000\tGrüße 🚢\r\nodo\t1514764801000\t日本\r\n"
        let bytes = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }

        let output = try readMessages(bytes)

        #expect(output.messages.map(\.text) == ["Grüße 🚢", "日本"])
    }

    @Test func `when Excel wrote Windows-1252, then it is read, with a finding`() throws {
        let bytes = Array("mara;1514764800000;Gr".utf8) + [0xFC, 0xDF] + Array("e ".utf8) + [0x80] + Array("\r\n".utf8)

        let output = try readMessages(bytes)

        #expect(output.messages.map(\.text) == ["Grüße €"])
        #expect(output.findings.map(\.field) == ["encoding"])
    }
}
