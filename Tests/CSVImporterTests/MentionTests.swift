import Testing

@testable import CSVImporter

@Suite("Given a text and the users of a file")
struct MentionTests {
    private func scan(
        _ text: String, users: [String] = ["mara", "Mara.Vale", "odo-7", "Zoë", "nick|away", "ann", "annabel"]
    ) throws -> CSVText.Outcome {
        var people = CSVPeople()
        for user in users { try people.add(username: user) }
        return Array(text.utf8).withUnsafeBytes { CSVText.scan($0, people: people) }
    }

    @Test(arguments: [
        ("@mara", ["mara"]), ("hi @mara!", ["mara"]), ("(@mara)", ["mara"]),
        ("@mara, @odo-7: look", ["mara", "odo-7"]),
        ("@mara.vale", ["Mara.Vale"]), ("@mara.", ["mara"]), ("@mara...", ["mara"]), ("@mara.valence", ["mara"]),
        ("@mara's boat", ["mara"]), ("@annabel and @ann", ["annabel", "ann"]), ("@mara @mara", ["mara"]),
        ("@nick|away: hi", ["nick|away"]), ("@mara，你好", ["mara"]), ("@all look", ["all"]), ("@here", ["here"]),
        ("@ALL", ["all"]), ("line\n@mara", ["mara"]), ("@mara😀", ["mara"]),
    ])
    func `when a user is named behind an at sign, then they are mentioned`(text: String, mentions: [String]) throws {
        let outcome = try scan(text)

        #expect(outcome.mentionIDs == mentions)
    }

    @Test(arguments: [
        "mara", "me@mara", "mail@mara.vale", "@marah", "@mara_", "@mara7", "@maraé", "@ mara", "@", "@@", "@allow",
        "@nobody", "",
        "@marätte", "@mara\u{301}",
    ])
    func `when no user is named as a whole word, then nobody is mentioned and the text stays`(text: String) throws {
        let outcome = try scan(text)

        #expect(outcome == CSVText.Outcome(text: text, mentionIDs: []))
    }

    @Test(arguments: [
        ("@MARA and @mara", "@mara and @mara"), ("x @mara.vale y", "x @Mara.Vale y"), ("@ZOË!", "@Zoë!"),
        ("@zoe\u{0308} @Mara", "@Zoë @mara"), ("@mara says e\u{0301}", "@mara says e\u{0301}"),
    ])
    func `when a mention is spelled otherwise, then only it is written as in the users file`(
        text: String, respelled: String
    ) throws {
        let outcome = try scan(text)

        #expect(Array(outcome.text.unicodeScalars) == Array(respelled.unicodeScalars))
    }

    @Test func `when more people are mentioned than the limit, then that is reported`() throws {
        let users = (0...10_000).map { "u\($0)" }
        let text = users.map { "@\($0)" }.joined(separator: " ")

        let outcome = try scan(text, users: users)
        let repeated = try scan(String(repeating: "@u1 @u2 ", count: 20_000), users: users)

        #expect(outcome.mentionIDs.count == 10_000)
        #expect(outcome.isCutShort)
        #expect(repeated.mentionIDs == ["u1", "u2"])
        #expect(repeated.isCutShort == false)
    }

    @Test(.timeLimit(.minutes(10)))
    func `when a text is made of at signs and punctuation, then it takes no longer than others`() throws {
        let text = String(repeating: "@.", count: 2 << 20)

        let outcome = try scan(text, users: [String(repeating: "m", count: 255)])

        #expect(outcome.mentionIDs.isEmpty)
    }
}
