import ImportDomain
import Testing

@Suite("Given a message with everything that Slack writes")
struct MessageTests {
    @Test func `when it starts a thread, then it has no parent and its followers are all repliers`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1454300000.000100","thread_ts":"1454300000.000100","text":"q","reply_count":3,"#
                + #""reply_users":["U2"],"replies":[{"user":"U2","ts":"1.1"},{"user":"U3","ts":"1.2"},null,{}]}"#)

        let message = try #require(output.messages.first)
        #expect(message.thread == nil)
        #expect(message.followerIDs == ["U2", "U3"])
    }

    @Test func `when it is a reply, then it has its parent and the parent's time`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1454300009.000100","thread_ts":"1454300000.123456","text":"a"}"#)

        let message = try #require(output.messages.first)
        #expect(message.thread?.parentID == "slack-C1-1454300000-123456")
        #expect(message.thread?.startedAt == Timestamp(milliseconds: 1_454_300_000_123))
        #expect(!message.isShownInRoom)
    }

    @Test(arguments: [("U9", "U9"), ("B9", "U9"), ("USLACKBOT", "rocket.cat"), ("B404", "B404")])
    func `when a program changed it, then the program's account did`(id: String, account: String) throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U9","name":"tidebot","is_bot":true,"profile":{"bot_id":"B9"}}"#)
        export.messages = [
            #"{"user":"U9","ts":"1.1","text":"a","edited":{"user":"\#(id)","ts":1454300009.1},"#
                + #""reactions":[{"name":"x","users":["\#(id)"]}],"reply_users":["\#(id)"]}"#
        ]

        let output = try export.read()

        let message = try #require(output.messages.first)
        #expect(message.editedByID == account)
        #expect(message.editedAt == Timestamp(milliseconds: 1_454_300_009_100))
        #expect(message.reactions.map(\.userIDs) == [[account]])
        #expect(message.followerIDs == [account])
        #expect((output.user("B404") != nil) == (account == "B404"))
    }

    @Test func `when a program without a user changed its message, then its author did`() throws {
        let output = try SmallExport.read(
            #"{"user":"U9","bot_id":"B9","ts":"1.1","text":"a","edited":{"user":"B9","ts":"2.1"}}"#)

        #expect(output.messages.first?.authorID == "U9")
        #expect(output.messages.first?.editedByID == "U9")
    }

    @Test(arguments: [
        (#""thread_ts":"soon""#, "thread_ts"), (#""edited":{"user":"U1"}"#, "edited.ts"),
        (#""edited":{"ts":"now"}"#, "edited.ts"),
    ])
    func `when another time of it is invalid, then a finding reports it`(field: String, name: String) throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1.1","text":"a",\#(field)}"#)

        #expect(output.messages.map(\.text) == ["a"])
        #expect(output.findings(.valueReplaced).map(\.field) == [name])
        #expect(output.findings(.valueReplaced).map(\.position) == [0])
    }

    @Test func `when reactions have no name or no users, then they are counted`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","reactions":[{"users":["U1"]},{"name":"x","users":["U1"],"count":3}]}"#
        )

        #expect(output.findings(.valueReplaced).map(\.count) == [3])
        #expect(output.findings(.valueReplaced).map(\.severity) == [.info])
    }

    @Test func `when a subtype is unknown and only parts have content, then the message is kept`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"new","user":"U1","ts":"1.1","text":"","attachments":[{"text":"a"}]}"#,
            #"{"subtype":"new","user":"U1","ts":"1.2","blocks":[{"type":"markdown","text":"b"}]}"#,
            #"{"subtype":"new","user":"U1","ts":"1.3","files":[{"id":"F1"}]}"#)

        #expect(output.messages.map(\.id) == ["slack-C1-1-1", "slack-C1-1-2", "slack-C1-1-3", "slack-C1-1-3-file1"])
    }

    @Test func `when it was changed, then it says when and by whom`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","edited":{"user":"U2","ts":"1454300009.000100"}}"#)

        #expect(output.messages.first?.editedByID == "U2")
        #expect(output.messages.first?.editedAt == Timestamp(milliseconds: 1_454_300_009_000))
    }

    @Test func `when people reacted, then each emoji has its people`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","reactions":[{"name":"smile","users":["U1","USLACKBOT"],"count":9},"#
                + #"null,{"name":"wave::skin-tone-3","users":["U1"]},{"name":"wave","users":["U1","U2"]},"#
                + #"{"name":"x","users":[]},{"name":"y","users":null},{"users":["U1"]}]}"#)

        #expect(
            output.messages.first?.reactions == [
                .init(emoji: ":smile:", userIDs: ["U1", "rocket.cat"]), .init(emoji: ":wave:", userIDs: ["U1", "U2"]),
            ])
    }

    @Test(arguments: [(#"["C1"]"#, true), (#"["C2"]"#, false), ("[]", false), ("null", false)])
    func `when it is pinned to this room, then it is marked`(rooms: String, isPinned: Bool) throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1.1","text":"a","pinned_to":\#(rooms)}"#)

        #expect(output.messages.map(\.isPinned) == [isPinned])
    }

    @Test(arguments: [("null", ""), ("5", "5"), (#"{"a":1}"#, ""), (#""a""#, "a")])
    func `when its text is of another kind, then the message stays`(source: String, text: String) throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1454300000.000100","text":\#(source)}"#)

        #expect(output.messages.map(\.text) == [text])
    }

    @Test(arguments: [
        ("", "missing"), (#","ts":null"#, "null"), (#","ts":"yesterday""#, "a word"), (#","ts":-1"#, "<0"),
    ])
    func `when it has no time, then it is one finding and the next message is imported`(
        time: String, kind: String
    ) throws {
        let output = try SmallExport.read(#"{"user":"U1","text":"a"\#(time)}"#, #"{"user":"U1","ts":"1.1","text":"b"}"#)

        #expect(output.messages.map(\.text) == ["b"])
        let finding = try #require(output.findings(.recordInvalid).first)
        #expect(finding.severity == .error)
        #expect(finding.entry == "general/2016-02-01.json")
        #expect(finding.position == 0)
        #expect(finding.field == "ts")
    }

    @Test(arguments: [
        ("1454300000.123456", "1454300000-123456"), ("1454300000.1", "1454300000-100000"),
        ("1454300000", "1454300000-000000"), ("1.4543e9", "1454300000-000000"),
        ("1454300000.1234560013", "1454300000-123456"), ("1454300000.9999996", "1454300001-000000"),
    ])
    func `when its time is a number, then it gets its six decimals back`(number: String, id: String) throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":\#(number),"text":"a"}"#,
            #"{"user":"U1","ts":"1454300009.000100","thread_ts":\#(number),"text":"b"}"#)

        #expect(output.messages.first?.id == "slack-C1-\(id)")
        #expect(output.messages.last?.thread?.parentID == "slack-C1-\(id)")
    }

    @Test func `when ids are numbers beyond 2^53, then all their digits count`() throws {
        let output = try SmallExport.read(
            #"{"user":9007199254740993,"ts":"1.1","text":"a","edited":{"user":9007199254740992,"ts":"2.1"},"#
                + #""reactions":[{"name":"x","users":[9007199254740993,9007199254740992]}]}"#)

        #expect(output.messages.first?.authorID == "9007199254740993")
        #expect(output.messages.first?.editedByID == "9007199254740992")
        #expect(output.messages.first?.reactions.map(\.userIDs) == [["9007199254740993", "9007199254740992"]])
    }

    @Test(arguments: ["5", "null", #""text""#, "[]", #"{"ts":"1.1","ts":"1.2"}"#])
    func `when an element is invalid, then it is one finding and the next is imported`(element: String) throws {
        let output = try SmallExport.read(element, #"{"user":"U1","ts":"1.1","text":"b"}"#)

        #expect(output.messages.map(\.text) == ["b"])
        #expect(output.findings(.recordInvalid).map(\.position) == [0])
    }

    @Test func `when it comes twice, then both have the same id`() throws {
        let message = #"{"user":"U1","ts":"1454300000.000100","text":"a"}"#

        let output = try SmallExport.read(message, message)

        #expect(output.messages.map(\.id) == ["slack-C1-1454300000-000100", "slack-C1-1454300000-000100"])
    }

    @Test func `when it has attachments, then they are Rocket.Chat's`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","attachments":[{"id":1,"title":"T &amp; t","title_link":"https://x.org","#
                + #""text":"<@U2> did <https://x.org|it>","pretext":"&lt;","fallback":"f","color":"36a64f","ts":1454300000,"#
                + #""author_name":"A","author_icon":"javascript:alert(1)","image_url":"https://x.org/i.png","#
                + #""fields":[{"title":"Branch","value":"<#C1>","short":true},null],"actions":[{"type":"button"}],"#
                + #""footer":"foot","callback_id":"x"},null,{"id":2}]}"#)

        #expect(
            output.messages.first?.attachments
                == #"[{"title":"T & t","title_link":"https://x.org","text":"@bob did [it](https://x.org)","pretext":"<","#
                + ##""fallback":"f","color":"#36a64f","ts":"2016-02-01T04:13:20Z","author_name":"A","##
                + #""image_url":"https://x.org/i.png","footer":"foot","#
                + ##""fields":[{"title":"Branch","value":"#general","short":true}]}]"##)
        #expect(output.messages.first?.mentionIDs == [])
    }

    @Test(arguments: [
        (#"{"title":"<https://x.org/a | A &amp; b>"}"#, #"{"title":"A & b","title_link":"https://x.org/a"}"#),
        (
            #"{"title":"Build <https://x.org/?a=1&amp;b=2|#5> by <@U2>"}"#,
            ##"{"title":"Build #5 by @bob","title_link":"https://x.org/?a=1&b=2"}"##
        ),
        (
            #"{"title":"<https://x.org/a>","title_link":" https://x.org/b "}"#,
            #"{"title":"https://x.org/a","title_link":"https://x.org/b"}"#
        ),
        (#"{"title":"[1] `a` ```b```"}"#, #"{"title":"[1] `a` ```b```"}"#),
        (#"{"author_name":"A &amp; <https://x.org|B>","text":"t"}"#, #"{"text":"t","author_name":"A & B"}"#),
        (
            #"{"fields":[{"title":"<https://x.org|F>","value":"<https://x.org|v>"}]}"#,
            #"{"fields":[{"title":"F","value":"[v](https://x.org)","short":false}]}"#
        ),
        (
            #"{"fallback":"<https://x.org|only> this"}"#,
            #"{"text":"[only](https://x.org) this","fallback":"only this"}"#
        ),
        (#"{"service_name":"S","author_name":"A","text":"t"}"#, #"{"text":"t","author_name":"A","footer":"S"}"#),
    ])
    func `when a card is written, then what clients do not mark up is plain`(source: String, card: String) throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1.1","text":"a","attachments":[\#(source)]}"#)

        #expect(output.messages.first?.attachments == "[\(card)]")
    }

    @Test func `when it quotes another message, then the quote links to it`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","attachments":[{"is_share":true,"from_url":"https://s.org/p1","text":"q"}]}"#
        )

        #expect(output.messages.first?.attachments == #"[{"text":"q","message_link":"https://s.org/p1"}]"#)
    }

    @Test func `when only its blocks say something, then they are its text`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","#
                + #""elements":[{"type":"text","text":"a < b ","style":{"bold":true}},{"type":"user","user_id":"U2"},"#
                + #"{"type":"text","text":" in "},{"type":"channel","channel_id":"C1"},{"type":"broadcast","range":"here"},"#
                + #"{"type":"link","url":"https://x.org","text":"x"},{"type":"emoji","name":"wave"}]},"#
                + #"{"type":"rich_text_list","style":"ordered","elements":[{"elements":[{"type":"text","text":"one"}]},"#
                + #"{"elements":[{"type":"text","text":"two"}]}]},"#
                + #"{"type":"rich_text_quote","elements":[{"type":"text","text":"q1\nq2"}]},"#
                + #"{"type":"rich_text_preformatted","elements":[{"type":"text","text":"code"}]}]},"#
                + #"{"type":"section","text":{"type":"mrkdwn","text":"*s* &amp; <@U1>"}}]}"#)

        let message = try #require(output.messages.first)
        #expect(
            message.text == """
                *a < b* @U2 in #C1@here[x](https://x.org):wave:
                1. one
                2. two
                > q1
                > q2
                ```
                code
                ```
                *s* & @U1
                """)
        #expect(message.mentionIDs == ["U2", "here", "U1"])
        #expect(message.roomMentionIDs == ["C1"])
    }

}
