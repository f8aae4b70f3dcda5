import Testing

@testable import ImportEngine

@Suite("Given a text with import ids of people and rooms")
struct MentionTextTests {
    private static let text = MentionText(
        people: [("U1", "ann"), ("U12", "bob"), ("a.b", "ab"), ("日本", "nihon")], rooms: [("C1", "general")])

    @Test(arguments: [
        ("@U1", "@ann"), ("@u1 and @U12", "@ann and @bob"), ("(@U1)", "(@ann)"), ("@U1@U12", "@ann@bob"),
        ("#C1: @U1", "#general: @ann"), ("@a.b.", "@ab."), ("@日本", "@nihon"), ("@U1’s, @U1、", "@ann’s, @ann、"),
        ("@U1😀 @U12，", "@ann😀 @bob，"),
        ("_thanks @U1_", "_thanks @ann_"), ("_@U1_ and __@U12__!", "_@ann_ and __@bob__!"),
        ("(_see #C1_)", "(_see #general_)"),
    ])
    func `when an id is a word of its own, then its name takes its place`(text: String, expected: String) {
        #expect(Self.text.rewritten(text).text == expected)
    }

    @Test(arguments: [
        "U1", "@U123", "@U1_", "@U1é", "@U1\u{301}", "@U1さん", "#U1", "@C1", "@", "#", "@U", "_@U1_x", "a_b @U1_",
        "_@U1____",
    ])
    func `when it is a part of another word, or has another sign, then it stays`(text: String) {
        #expect(Self.text.rewritten(text).text == text)
    }

    @Test(arguments: [
        ("@U1@U1@U1", 8, "@ann@ann", true), ("@U1@U1@U1", 11, "@ann@ann@", true), ("@U1@U1", 8, "@ann@ann", false),
        ("aéé", 4, "aé", true), ("aéé", 5, "aéé", false), ("@U1 日本", 9, "@ann 日", true),
    ])
    func `when the text would become longer than its limit, then it ends before`(
        text: String, limit: Int, expected: String, isClipped: Bool
    ) {
        let rewriting = Self.text.rewritten(text, limitBytes: limit)

        #expect(rewriting.text == expected)
        #expect(rewriting.isClipped == isClipped)
    }

    @Test func `when nobody is named, then the limit holds as well`() {
        let rewriting = MentionText(people: [], rooms: []).rewritten("aéé", limitBytes: 4)

        #expect(rewriting.text == "aé")
        #expect(rewriting.isClipped)
    }

    /// Ids begin alike, and no sign in the text is followed by any of them.
    @Test func `when people and signs become twice as many, then the work does not become four times as much`() {
        func comparisons(_ count: Int) -> Int {
            let people = (0..<count).map { (id: "same-\($0)", name: "x") }
            let text = String(repeating: "@same-z ", count: count)
            return MentionText(people: people, rooms: []).rewritten(text).comparisons
        }

        #expect(comparisons(1_000) > 0)
        #expect(comparisons(8_000) < 12 * comparisons(1_000))
    }
}
