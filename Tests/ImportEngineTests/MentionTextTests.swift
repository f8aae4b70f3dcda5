import Testing

@testable import ImportEngine

@Suite("Given a text with import ids of people and rooms")
struct MentionTextTests {
    private static let text = MentionText(
        people: [("U1", "ann"), ("U12", "bob"), ("a.b", "ab"), ("日本", "nihon")], rooms: [("C1", "general")])

    @Test(arguments: [
        ("@U1", "@ann"), ("@u1 and @U12", "@ann and @bob"), ("(@U1)", "(@ann)"), ("@U1@U12", "@ann@bob"),
        ("#C1: @U1", "#general: @ann"), ("@a.b.", "@ab."), ("@日本", "@nihon"), ("@U1’s, @U1、", "@ann’s, @ann、"),
    ])
    func `when an id is a word of its own, then its name takes its place`(text: String, expected: String) {
        #expect(Self.text.rewritten(text) == expected)
    }

    @Test(arguments: ["U1", "@U123", "@U1_", "@U1é", "@U1さん", "#U1", "@C1", "@", "#", "@U"])
    func `when it is a part of another word, or has another sign, then it stays`(text: String) {
        #expect(Self.text.rewritten(text) == text)
    }
}
