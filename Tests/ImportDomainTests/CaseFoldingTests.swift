import ImportDomain
import Testing

@Suite("Given two spellings of a name")
struct CaseFoldingTests {
    @Test(arguments: [
        ("Ada", "aDA"), ("  ada\t", "ada"), ("ÜSER", "üser"), ("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"),
        ("e\u{301}cole", "École"), ("İstanbul", "i̇stanbul"), ("ДАРЬЯ", "дарья"), ("\u{A0}ada\u{2003}", "ada"),
        ("ﬁona", "FIONA"),
    ])
    func `when they differ in case, composition or outer space only, then their keys are equal`(
        left: String, right: String
    ) {
        #expect(CaseFolding.key(left) == CaseFolding.key(right))
        #expect(Array(CaseFolding.key(left).utf8) == Array(CaseFolding.key(right).utf8))
    }

    @Test(arguments: [("ada", "eda"), ("a da", "ada"), ("ada", "ada."), ("o", "ö"), ("1", "¹")])
    func `when they differ otherwise, then their keys differ`(left: String, right: String) {
        #expect(CaseFolding.key(left) != CaseFolding.key(right))
    }

    @Test(arguments: ["Ada", "STRASSE", "ß", "ΌΣΟΣ", "ǅ", "ŉ", "İ", "  x ", "ﬃ", "e\u{301}"])
    func `when a key is folded again, then it stays as it is`(text: String) {
        #expect(CaseFolding.key(CaseFolding.key(text)) == CaseFolding.key(text))
    }
}
