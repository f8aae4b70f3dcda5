import DelimitedText
import ExportFiles
import Testing

@Suite("Given text in an undeclared encoding")
struct TextDecodingTests {
    private static let text = "Zoë;naïve café – “yes” €\n日本;🎉\n"

    private static func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return isBigEndian ? bytes.reversed() : bytes
        }
    }

    @Test func `when it has a mark, then the mark decides and is removed`() {
        let expected = ReadRows(Self.text).fields

        let utf8 = ReadRows([0xEF, 0xBB, 0xBF] + Array(Self.text.utf8))
        let little = ReadRows([0xFF, 0xFE] + Self.utf16(Self.text, isBigEndian: false))
        let big = ReadRows([0xFE, 0xFF] + Self.utf16(Self.text, isBigEndian: true))

        #expect([utf8.fields, little.fields, big.fields] == [expected, expected, expected])
        #expect(utf8.encoding == .utf8)
        #expect(little.encoding == .utf16LittleEndian)
        #expect(big.encoding == .utf16BigEndian)
    }

    @Test(arguments: [false, true])
    func `when it is UTF-16 without a mark, then its zero bytes identify it`(isBigEndian: Bool) {
        let read = ReadRows(Self.utf16("mara\tMara Vale\nodo\tÖdo\n", isBigEndian: isBigEndian))

        #expect(read.fields == [["mara", "Mara Vale"], ["odo", "Ödo"]])
        #expect(read.encoding == (isBigEndian ? .utf16BigEndian : .utf16LittleEndian))
    }

    @Test func `when it is not UTF-8, then it is Windows-1252`() {
        let read = ReadRows(Array("Caf".utf8) + [0xE9, 0x3B, 0x80, 0x20, 0x93, 0x94, 0x0A])

        #expect(read.fields == [["Café", "€ “”"]])
        #expect(read.encoding == .windows1252)
    }

    @Test func `when the first character beyond ASCII comes late, then it still decides`() {
        let ascii = [UInt8](repeating: 0x61, count: 1000) + [0x0A]
        let long = Array(repeatElement(ascii, count: 100).joined())

        let windows = ReadRows(long + [0xE9, 0x0A])
        let utf8 = ReadRows(long + [0xC3, 0xA9, 0x0A])

        #expect(windows.fields.last == ["é"])
        #expect(windows.encoding == .windows1252)
        #expect(utf8.fields.last == ["é"])
        #expect(utf8.encoding == .utf8)
    }

    @Test func `when it is UTF-8 but for a byte, then that byte is replaced`() {
        let read = ReadRows(Array("äöü,ß\n".utf8) + [0x78, 0xFF, 0x2C, 0x79, 0x0A])

        #expect(read.fields == [["äöü", "ß"], ["x\u{FFFD}", "y"]])
        #expect(read.hasReplacements)
        #expect(read.encoding == .utf8)
    }

    @Test func `when it ends inside a character, then that is replaced`() {
        let read = ReadRows(Array("äö,日".utf8).dropLast())

        #expect(read.fields == [["äö", "\u{FFFD}"]])
    }

    @Test func `when it has NUL characters, then they are removed and counted`() {
        let read = ReadRows("a\0b,c\nä\0,d\n")

        #expect(read.fields == [["ab", "c"], ["ä", "d"]])
        #expect(read.removedNULs == 2)
    }

    @Test(arguments: [TextEncoding?.none, .windows1252, .utf16LittleEndian])
    func `when NUL characters are wanted, then they stay, whatever the encoding`(encoding: TextEncoding?) {
        let text = Array("a\0b,c\n\0,d\n".utf8)
        var reader = DelimitedTextReader(encoding: encoding, keepsNULs: true)
        var fields: [[String]] = []
        let bytes = encoding == .utf16LittleEndian ? [0xFF, 0xFE] + text.flatMap { [$0, 0] } : text

        bytes.withUnsafeBytes { chunk in reader.receive(chunk) { fields.append([$0[0], $0[1]]) } }
        reader.finish { fields.append([$0[0], $0[1]]) }

        #expect(fields == [["a\0b", "c"], ["\0", "d"]])
        #expect(reader.removedNULs == 0)
    }

    @Test func `when it is all ASCII, then no encoding is reported`() {
        #expect(ReadRows("a,b\n").encoding == nil)
    }

    /// Invalid sequences similar to UTF-8, each replaced as Unicode recommends.
    @Test(arguments: [
        ([0xC0, 0x80] as [UInt8], 2), ([0xE0, 0x80, 0x80], 3), ([0xED, 0xA0, 0x80], 3), ([0xF5, 0x80], 2),
        ([0xF0, 0x9F, 0x8E], 1), ([0xE6, 0x97], 1), ([0x80], 1),
    ])
    func `when bytes are no character, then they become as many replacement characters as in the standard library`(
        bytes: [UInt8], marks: Int
    ) {
        let text = Array("äöüß".utf8) + bytes + [0x78]

        let read = ReadRows(text).fields

        #expect(read == [[String(decoding: text, as: UTF8.self)]])
        #expect(read.first?.first?.unicodeScalars.count { $0 == "\u{FFFD}" } == marks)
    }
}
