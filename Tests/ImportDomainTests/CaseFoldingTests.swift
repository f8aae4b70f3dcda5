import ImportDomain
import Testing

@Suite("Given two spellings of a name")
struct CaseFoldingTests {
    @Test(arguments: [
        ("Ada", "aDA"), ("  ada\t", "ada"), ("ÜSER", "üser"), ("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"),
        ("e\u{301}cole", "École"), ("İstanbul", "i̇stanbul"), ("ДАРЬЯ", "дарья"), ("\u{A0}ada\u{2003}", "ada"),
        ("ﬁona", "FIONA"), ("STRA\u{1E9E}E", "straße"), ("STRA\u{1E9E}E", "STRASSE"),
    ])
    func `when they differ in case, composition or outer space only, then their keys are equal`(
        left: String, right: String
    ) {
        #expect(CaseFolding.key(left) == CaseFolding.key(right))
        #expect(Array(CaseFolding.key(left).utf8) == Array(CaseFolding.key(right).utf8))
    }

    @Test(arguments: [
        ("ada", "eda"), ("a da", "ada"), ("ada", "ada."), ("o", "ö"), ("1", "¹"), ("k\u{131}rsi", "kirsi"),
        ("I", "\u{131}"),
    ])
    func `when they differ otherwise, then their keys differ`(left: String, right: String) {
        #expect(CaseFolding.key(left) != CaseFolding.key(right))
    }

    @Test(arguments: ["Ada", "STRASSE", "ß", "ΌΣΟΣ", "ǅ", "ŉ", "İ", "  x ", "ﬃ", "e\u{301}"])
    func `when a key is folded again, then it stays as it is`(text: String) {
        #expect(CaseFolding.key(CaseFolding.key(text)) == CaseFolding.key(text))
    }

    /// Unicode equates a letter with its upper, lower and title case, except dotless i, which only upper case equates
    /// with i.
    @Test func `when any letter of Unicode changes its case, then its key stays`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), !scalar.properties.isWhitespace else { continue }
            let (text, properties) = (String(scalar), scalar.properties)
            let key = CaseFolding.key(text)
            #expect(CaseFolding.key(key) == key, "U+\(String(value, radix: 16))")
            #expect(CaseFolding.key(properties.lowercaseMapping) == key, "U+\(String(value, radix: 16))")
            guard value != 0x131 else { continue }
            #expect(CaseFolding.key(properties.uppercaseMapping) == key, "U+\(String(value, radix: 16))")
            #expect(CaseFolding.key(properties.titlecaseMapping) == key, "U+\(String(value, radix: 16))")
        }
    }
}
