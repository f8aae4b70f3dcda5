import ImporterKit
import JSON
import Testing

@testable import SlackImporter

/// Every row of the table of tokens. Source: docs/importers/slack.md, "Text".
@Suite("Given a text in Slack's markup")
struct TextTests {
    /// Two people whose ids begin alike, one of them a program, and one room.
    static func scanner() throws -> SlackText {
        let users = SlackPeople(allowance: SlackAllowances().people)
        for text in [
            #"{"id":"U1","name":"ann"}"#, #"{"id":"U12","name":"bob"}"#, #"{"id":"W3","name":"eve"}"#,
            #"{"id":"U9","name":"deploy","is_bot":true,"profile":{"bot_id":"B9"}}"#,
        ] {
            guard let user = try Self.user(text) else { continue }
            users.define(user, username: user.name ?? "", sameAs: nil)
        }
        let rooms = SlackRoomIndex(authors: SlackAllowances().members)
        rooms.add(
            SlackRoomIndex.Room(
                id: "C1", name: "gen-eral", messagePrefix: "slack-C1-", kind: .channel, unresolved: nil),
            sourceName: "gen-eral", workspace: nil)
        return SlackText(people: users, roomIndex: rooms)
    }

    @Test(arguments: [
        ("<@U1>", "@U1", ["U1"]), ("<@U1|someone>", "@U1", ["U1"]), ("<@W3> hi", "@W3 hi", ["W3"]),
        ("(<@U1>)", "(@U1)", ["U1"]), ("<@U1> and <@U12>", "@U1 and @U12", ["U1", "U12"]),
        ("<@U12><@U1><@U12>", "@U12@U1@U12", ["U12", "U1"]), ("<@U1>さん", "@U1 さん", ["U1"]),
        ("<@U1>😀<@U12>，", "@U1😀@U12，", ["U1", "U12"]), ("<@U1>\u{301}", "@U1 \u{301}", ["U1"]),
        ("<@U1>s, <@U1>'s", "@U1 s, @U1's", ["U1"]), ("<@U1>’s, <@U1>、", "@U1’s, @U1、", ["U1"]),
        ("<@B9>", "@U9", ["U9"]),
        ("<@USLACKBOT>", "@rocket.cat", ["rocket.cat"]), ("<@U404|carl>", "@carl", []),
        ("<@U404|@carl>", "@carl", []), ("<@U404>", "@unknown-user", []), ("<@U404|>", "@unknown-user", []),
        ("<@U404|A &amp; B>", "@A & B", []), ("<@U1> hi <@U12|bob>", "@U1 hi @U12", ["U1", "U12"]),
        ("<@U1> a | b &gt; c", "@U1 a | b > c", ["U1"]), ("`<@U1>`", "`@U1`", ["U1"]),
    ])
    func `when it mentions people, then they are named by their import ids`(
        source: String, text: String, mentions: [String]
    ) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
        #expect(scanner.mentionIDs == mentions)
        #expect(scanner.roomMentionIDs.isEmpty)
    }

    @Test(arguments: [
        ("<#C1|gen-eral>", "#C1", ["C1"]), ("<#C1>", "#C1", ["C1"]), ("<#C1|>", "#C1", ["C1"]),
        ("<#C1> text <#C404|größe-1.x>", "#C1 text #größe-1.x", ["C1"]), ("<#C404>", "#unknown-channel", []),
        ("<#C404|>", "#unknown-channel", []), ("<#C404|#x>", "#x", []),
    ])
    func `when it mentions rooms, then they are named by their import ids`(
        source: String, text: String, mentions: [String]
    ) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
        #expect(scanner.roomMentionIDs == mentions)
        #expect(scanner.mentionIDs.isEmpty)
    }

    @Test(arguments: [
        ("<!channel>", "@all", ["all"]), ("<!everyone> <!channel|x>", "@all @all", ["all"]),
        ("<!group|@group>", "@all", ["all"]), ("<!here|@here> now", "@here now", ["here"]),
        ("<!here>", "@here", ["here"]),
        ("<!subteam^S1|@devs>", "@devs", []), ("<!subteam^S1|devs>", "@devs", []), ("<!subteam^S1>", "@group", []),
        ("<!date^1392734382^{date}^https://x.org/|Feb 18>", "Feb 18", []),
        ("<!date^1392734382^{date}>", "2014-02-18T14:39:42Z", []), ("<!anything|label>", "label", []),
        ("<!anything>", "anything", []), ("<!>", "<!>", []),
    ])
    func `when it has words that Slack acts on, then they become Rocket.Chat's or plain text`(
        source: String, text: String, mentions: [String]
    ) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
        #expect(scanner.mentionIDs == mentions)
    }

    @Test(arguments: [
        ("<https://x.org>", "https://x.org"), ("<https://x.org|x>", "[x](https://x.org)"),
        ("a <https://x.org/?a=1&amp;b=2|a &amp; b> c", "a [a & b](https://x.org/?a=1&b=2) c"),
        ("<https://x.org|[x] | y>", "[[x] | y](https://x.org)"), ("<https://x.org | x >", "[x](https://x.org)"),
        ("< https://x.org >", "https://x.org"), ("<https://x.org/ |https://x.org/>", "https://x.org/"),
        ("<https://x.org| >", "https://x.org"),
        ("<https://x.org/a(b) c|x>", "[x](https://x.org/a(b%29%20c)"),
        ("<https://x.org|https://x.org>", "https://x.org"), ("<https://x.org|x.org>", "https://x.org"),
        ("<https://x.org|>", "https://x.org"), ("<mailto:a@x.org>", "a@x.org"),
        ("<mailto:a@x.org|a@x.org>", "a@x.org"), ("<mailto:a@x.org|Ann>", "[Ann](mailto:a@x.org)"),
        ("<tel:+15550100|555-0100>", "[555-0100](tel:+15550100)"), ("<slack://open>", "slack://open"),
        ("```<https://x.org>```", "```\nhttps://x.org\n```"),
    ])
    func `when it has addresses, then they are Markdown`(source: String, text: String) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
    }

    @Test(arguments: [
        "<", "<>", "< ", "a < b", "<@", "<@U1", "<@U1\n>", "<@>", "<@ x>", "<b>", "<b/>x", "<#>", "<:x>", "<1:x>",
        "<K: V>", "<std::vector>", "<bch:expr> <bch:tm>", "<std::map<K, std::vector<V>>>", "<@Override>", "<#include>",
        "<!DOCTYPE html>", "<!-- a -->", "<![CDATA[x]]>", "#include <c++/x.h>", "`<std::vector<int>>`", "<a::b|c>",
        "<@OVERRIDE>", "<T: x|y>", "<https:x>", "`<!x>`", "<urn:x>", "`<geo:lat>`", "x <- 5 > 3",
        "<img src=\"https://x\">",
        "<xs:element name=\"a\">", "<c:forEach>", "<@Nullable>", "template<T::x> a",
        "<javascript:alert(1)|x>", "<data:text/html,x>", "<http:>",
    ])
    func `when something only resembles a token, then it stays as it is`(source: String) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == source)
        #expect(scanner.mentionIDs.isEmpty)
    }

    @Test func `when a token does not end, then a later one is still read`() throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert("1 < 2 <@U1 <@U12>") == "1 < 2 <@U1 @U12")
    }

    @Test(arguments: [
        ("a &lt;b&gt; &amp; c", "a <b> & c"), ("&amp;lt;", "&lt;"), ("&lt;@U1&gt;", "<@U1>"),
        ("&lt;https://x.org&gt;", "<https://x.org>"), ("&nbsp; &", "&nbsp; &"), ("&l", "&l"), ("&amp", "&amp"),
        ("&gt; quote", "> quote"), ("a\u{0}b", "ab"),
    ])
    func `when it has entities, then they are decoded once`(source: String, text: String) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
        #expect(scanner.mentionIDs.isEmpty)
    }

    @Test(arguments: [
        ("```code```", "```\ncode\n```"), ("a ```code``` b", "a \n```\ncode\n```\n b"),
        ("```\ncode\n```", "```\ncode\n```"), ("x\n```\ncode\n```\ny", "x\n```\ncode\n```\ny"),
        ("```a```\n```b```", "```\na\n```\n```\nb\n```"), ("```open", "```open"), ("``````", "```\n```"),
        ("```a &lt; b <@U1>```", "```\na < b @U1\n```"), ("`code` ``", "`code` ``"),
    ])
    func `when it has blocks of code, then the fences have lines of their own`(source: String, text: String) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
    }

    @Test(arguments: [
        (":wave::skin-tone-3: hi", ":wave: hi"), (":simple_smile:", ":smile:"),
        (":memo::piggy::uk:", ":pencil::pig::gb:"),
        (":custom-1:", ":custom-1:"), ("10:30:45", "10:30:45"), (":", ":"), ("::", "::"), ("`:memo:`", "`:memo:`"),
        ("```:memo:```", "```\n:memo:\n```"), ("`a :memo:\n:memo:", "`a :memo:\n:pencil:"),
        (":wave::skin-tone-33:", ":wave::skin-tone-33:"),
    ])
    func `when it has emoji, then they have Rocket.Chat's names and no skin tone`(source: String, text: String) throws {
        var scanner = try Self.scanner()

        #expect(scanner.convert(source) == text)
    }

    @Test func `when nobody rewrites it later, then people and rooms have their names`() throws {
        var scanner = try Self.scanner()

        let text = scanner.convert("<@U12> in <#C1> <!here> &amp; <@U404|x>", naming: .names)

        #expect(text == "@bob in #gen-eral @here & @x")
        #expect(scanner.mentionIDs.isEmpty)
    }

    @Test(arguments: [
        "<", "<@U1 ", "`", "```", ":a", "&", "<http://x|", "`:a:", "<@U1>", "<https://x.org|[x]>", "<!date^1^|", "``` ",
        "`\n",
        "<x::y<z>>", "[]", "<#C1|", "<!-- ", ":", "`<a `", "&lt;", "\n1. ", "<|", "|",
    ])
    func `when it is twice as long, then at most a little more than twice the bytes are looked at`(part: String) throws
    {
        func steps(_ count: Int) throws -> (scanner: Int, words: Int) {
            var scanner = try Self.scanner()
            let text = String(repeating: part, count: count)
            _ = scanner.convert(text)
            return (scanner.steps, MarkupWords(text).steps)
        }

        let (small, large) = (try steps(10_000), try steps(20_000))

        #expect(large.scanner <= small.scanner * 21 / 10 + 100)
        #expect(large.words <= small.words * 21 / 10 + 100)
        #expect(large.scanner <= 20_000 * part.utf8.count * 8)
    }

    @Test func `when names make a text longer than its limit, then it is cut and counted`() throws {
        var scanner = try Self.scanner()

        let text = scanner.convert(String(repeating: "<@U12>", count: 10), naming: .names, limit: 10)

        #expect(text == "@bob@bob@b")
        #expect(scanner.bytesLeftOut == 2 + 7 * 6)
    }

    @Test func `when it is a megabyte of unfinished tokens, then it takes no longer than any other`() throws {
        var scanner = try Self.scanner()
        let sources = ["<", "<@U1 ", "`", "```", ":a", "&", "<http://x|", "`:a:"].map {
            String(repeating: $0, count: 100_000)
        }

        let texts = sources.map { scanner.convert($0) }

        #expect(zip(sources, texts).allSatisfy { $0.utf8.count <= $1.utf8.count + 2 })
    }

    private static func user(_ text: String) throws -> SlackUser? {
        try JSONReader.read(text) { json in
            var reader = FieldReader(json, faults: FieldFaults())
            return try SlackUser(&reader)
        }
    }
}
