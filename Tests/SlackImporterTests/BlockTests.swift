import ImportDomain
import Testing

/// Every type of block of Slack's reference, and some unknown ones. Source: docs/importers/slack.md, "Blocks".
@Suite("Given a message whose blocks add to its text")
struct BlockTests {
    private static func read(_ blocks: String, text: String = "", _ more: String = "") throws -> RecordingOutput {
        try SmallExport.read(#"{"user":"U1","ts":"1.1","blocks":[\#(blocks)],"text":"\#(text)"\#(more)}"#)
    }

    private static func button(_ more: String) -> String {
        #"{"type":"button","text":{"type":"plain_text","text":"Press"}\#(more)}"#
    }

    @Test(arguments: [
        (#"{"type":"header","text":{"type":"plain_text","text":" High & low "}}"#, " *High & low*"),
        (#"{"type":"header","text":{"type":"plain_text","text":""}}"#, ""), (#"{"type":"divider"}"#, ""),
        (
            #"{"type":"section","text":{"type":"mrkdwn","text":"*a* &lt;"},"fields":[{"type":"plain_text","text":"b"}]}"#,
            "*a* <\nb"
        ),
        (#"{"type":"section","text":"bare"}"#, "bare"), (#"{"type":"section","content":"odd"}"#, "odd"),
        (#""alone",null"#, "alone"),
        (
            #"{"type":"section","text":{"type":"mrkdwn","text":"a"},"accessory":{"type":"image","image_url":"https://x.org/i.png","alt_text":"bow"}}"#,
            "a\n[bow](https://x.org/i.png)"
        ),
        (
            #"{"type":"context","elements":[{"type":"image","image_url":"https://x.org","alt_text":"ann"},{"type":"mrkdwn","text":"voted"}]}"#,
            "ann voted"
        ),
        (
            #"{"type":"image","image_url":"https://x.org/i.png","title":{"type":"plain_text","text":"T"},"alt_text":"a"}"#,
            "[T](https://x.org/i.png)\na"
        ),
        (###"{"type":"markdown","text":"## Done\nall **moored** <@U2>"}"###, "## Done\nall **moored** @U2"),
        (
            #"{"type":"table","rows":[[{"type":"raw_text","text":"Berth"},{"type":"raw_number","value":4,"text":"4"},null],[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"two\nlines"},{"type":"user","user_id":"U2"}]}]},"x"]]}"#,
            "Berth | 4 | \ntwo lines@U2 | x"
        ),
        (
            #"{"type":"video","title":{"type":"plain_text","text":"Tides"},"title_url":"https://x.org/v","description":{"type":"plain_text","text":"low"},"author_name":"Ann","provider_name":"Tube","video_url":"https://x.org/e","thumbnail_url":"https://x.org/t","alt_text":"x"}"#,
            "[Tides](https://x.org/v)\nhttps://x.org/e\nx\nlow\nAnn, Tube"
        ),
        (
            #"{"type":"call","call_id":"R1","call":{"v1":{"name":"Standup","join_url":"https://x.org/j","date_start":1454300000,"date_end":0,"all_participants":[{"slack_id":"U2"},{"display_name":"Cy","external_id":"c"}]}}}"#,
            "[Standup](https://x.org/j)\nstarted: 2016-02-01T04:13:20Z\nparticipants: @U2, Cy"
        ),
        (#"{"type":"file","external_id":"ABC","source":"remote"}"#, "file: ABC"),
        (
            #"{"type":"input","label":{"type":"plain_text","text":"Which berth?"},"hint":{"type":"plain_text","text":"north"},"element":{"type":"plain_text_input","initial_value":"4","placeholder":{"type":"plain_text","text":"type"}}}"#,
            "Which berth?\nnorth\n4"
        ),
        (
            #"{"type":"input","label":{"type":"plain_text","text":"Who?"},"element":{"type":"multi_users_select","initial_users":["U1","U2"]}}"#,
            "Who?\n@U1\n@U2"
        ),
        (
            #"{"type":"input","label":{"type":"plain_text","text":"Day"},"element":{"type":"static_select","initial_option":{"text":{"type":"plain_text","text":"Friday"},"value":"f"},"options":[{"text":{"type":"plain_text","text":"Monday"},"value":"m"}]}}"#,
            "Day\nFriday"
        ),
        (
            #"{"type":"actions","elements":[{"type":"checkboxes","initial_options":[{"value":"1","text":{"type":"mrkdwn","text":"sails"}}],"options":[{"value":"1","text":{"type":"mrkdwn","text":"sails"}},{"value":"2","text":{"type":"mrkdwn","text":"ropes"},"description":{"type":"mrkdwn","text":"all"}}]}]}"#,
            "☑ sails\n☐ ropes\nall"
        ),
        (
            #"{"type":"poll_card","votes":3,"block_id":"x","subtitle":{"type":"mrkdwn","text":"*when*"},"title":"Haul out","items":[{"label":"Friday"},"Saturday"],"link":"https://x.org/p","style":"big"}"#,
            "Haul out\n*when*\nFriday\nSaturday\nhttps://x.org/p\nvotes: 3"
        ),
    ])
    func `when it is of any type, then everything in it that is to be read is shown`(
        block: String, text: String
    ) throws {
        let output = try Self.read(block)

        #expect(output.messages.map(\.text) == [text])
        #expect(output.findings(.valueReplaced).isEmpty)
    }

    @Test(arguments: [
        (#"{"type":"text","text":"a<b"}"#, "a<b"),
        (#"{"type":"text","text":" a ","style":{"bold":true,"code":true}}"#, " *`a`*"),
        (#"{"type":"link","url":"https://x.org"}"#, "https://x.org"),
        (#"{"type":"link","url":"https://x.org","text":"[1] x"}"#, "[[1] x](https://x.org)"),
        (#"{"type":"user","user_id":"U2"}"#, "@U2"), (#"{"type":"channel","channel_id":"C1"}"#, "#C1"),
        (#"{"type":"usergroup","usergroup_id":"S1"}"#, "@group"), (#"{"type":"broadcast","range":"everyone"}"#, "@all"),
        (#"{"type":"emoji","name":"wave","skin_tone":3,"unicode":"1f44b"}"#, ":wave:"),
        (##"{"type":"color","value":"#FF0000"}"##, "#FF0000"),
        (#"{"type":"date","timestamp":1454300000,"format":"{date}","fallback":"1 Feb"}"#, "1 Feb"),
        (#"{"type":"date","timestamp":"1454300000"}"#, "2016-02-01T04:13:20Z"),
        (#"{"type":"canvas","text":"Log book"}"#, "Log book"),
        (#"{"type":"newer","label":"what it says","ref_id":"R1"}"#, "what it says"),
        (#"{"type":"text","text":"<std::vector<int>>","style":{"code":true}}"#, "`<std::vector<int>>`"),
    ])
    func `when it is rich text, then every element is shown`(element: String, text: String) throws {
        let output = try Self.read(
            #"{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[\#(element)]}]}"#)

        #expect(output.messages.map(\.text) == [text])
    }

    @Test func `when lists are ordered and nested, then they keep numbers and depth`() throws {
        let item = #"{"type":"rich_text_section","elements":[{"type":"text","text":"i"}]}"#
        let output = try Self.read(
            #"{"elements":[{"style":"ordered","offset":2,"elements":[\#(item),{"type":"rich_text_list","style":"bullet","elements":[\#(item)]}],"type":"rich_text_list"}],"type":"rich_text"}"#
        )

        #expect(output.messages.map(\.text) == ["3. i\n    - i"])
    }

    @Test func `when there are buttons and menus, then they are counted, and links are kept`() throws {
        let output = try Self.read(
            #"{"type":"actions","elements":[\#(Self.button("")),\#(Self.button(#","url":"https://x.org/cal""#)),"#
                + #"{"type":"static_select","placeholder":{"type":"plain_text","text":"Pick"},"options":[{"text":{"type":"plain_text","text":"One"}}]}]},"#
                + #"{"type":"section","text":{"type":"mrkdwn","text":"a"},"accessory":{"type":"overflow","options":[{"text":{"type":"plain_text","text":"Close"}}]}}"#
        )

        #expect(output.messages.map(\.text) == ["[Press](https://x.org/cal)\na"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["button", "overflow", "static_select"])
        #expect(output.findings(.valueReplaced).allSatisfy { $0.count == 1 && $0.severity == .info })
    }

    @Test func `when two blocks have buttons alone, then each button is counted once`() throws {
        let block = #"{"type":"actions","elements":[\#(Self.button("")),\#(Self.button(""))]}"#
        let output = try Self.read("\(block),\(block)", text: "a")

        #expect(output.messages.map(\.text) == ["a"])
        #expect(output.findings(.valueReplaced).map(\.count) == [4])
    }

    @Test func `when a block of unknown type has no text, then a finding names it and its place`() throws {
        let output = try Self.read(#"{"type":"hologram","hologram_id":"H1"}"#, text: "a")

        #expect(output.messages.map(\.text) == ["a"])
        let finding = try #require(output.findings(.valueReplaced).first)
        #expect(finding.severity == .warning)
        #expect(finding.entry == "general/2016-02-01.json")
        #expect(finding.position == 0)
        #expect(finding.value == "hologram")
    }

    @Test(arguments: [
        ("Gauge 4 is back", "Gauge 4 is back", "Gauge 4 is back"),
        ("gauge 4", "*Gauge* 4 is back", "*Gauge* 4 is back"),
        ("Tides", "High water", "Tides\nHigh water"), ("a <@U2|bob>", "a <@U2>", "a @U2"),
        ("This content can't be displayed.", "High water", "High water"), ("6 &amp; 7", "6 &amp; 7", "6 & 7"),
        ("<https://x.org|x.org> up", "<https://x.org> up", "https://x.org up"), ("no no", "no", "no no"),
        ("no", "no no", "no no"), ("• one", "- one", "• one"), ("i. one", "1. one", "i. one"),
        ("Größe", "größe", "Größe"),
        ("in <!subteam^S1|@devs>", "in <!subteam^S1>", "in @devs"),
    ])
    func `when its text says a part of it, then nothing is shown twice and nothing is lost`(
        text: String, block: String, shown: String
    ) throws {
        let output = try Self.read(#"{"type":"section","text":{"type":"mrkdwn","text":"\#(block)"}}"#, text: text)

        #expect(output.messages.map(\.text) == [shown])
    }

    @Test func `when many blocks say many words, then no word is lost`() throws {
        let parts = [
            #"{"type":"section","text":{"type":"mrkdwn","text":"%"},"fields":[{"type":"plain_text","text":"%"}],"accessory":{"type":"static_select"}}"#,
            #"{"type":"header","text":{"type":"plain_text","text":"%"}}"#,
            #"{"type":"context","elements":[{"type":"plain_text","text":"%"},{"type":"image","image_url":"https://x.org","alt_text":"%"}]}"#,
            #"{"type":"markdown","text":"%\n\n- %"}"#,
            #"{"type":"table","rows":[[{"type":"raw_text","text":"%"}],["%"]]}"#,
            #"{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"%"}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"%"}]},{"type":"unheard","elements":[{"type":"unheard","inner":{"text":"%"}}]}]}"#,
            #"{"type":"video","title":{"type":"plain_text","text":"%"},"title_url":"https://x.org","description":{"type":"plain_text","text":"%"},"author_name":"%","provider_name":"%"}"#,
            #"{"type":"input","label":{"type":"plain_text","text":"%"},"element":{"type":"plain_text_input","initial_value":"%"}}"#,
            #"{"type":"task_card","title":"%","details":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"%"}]}]},"output":["%",{"caption":"%"}]}"#,
            #"{"type":"section","text":{"type":"mrkdwn","text":"%"},"accessory":{"type":"radio_buttons","options":[{"text":{"type":"plain_text","text":"%"},"value":"v"}]}}"#,
            #"{"type":"image","image_url":"https://x.org/i","title":{"type":"plain_text","text":"%"}}"#,
        ]
        var words: [String] = []
        var blocks: [String] = []
        for part in parts + parts.reversed() {
            var block = ""
            for character in part {
                guard character == "%" else {
                    block.append(character)
                    continue
                }
                words.append("w\(words.count)w")
                block += words.last ?? ""
            }
            blocks.append(block)
        }

        let output = try Self.read(blocks.joined(separator: ","), text: "notification")

        let text = try #require(output.messages.first?.text)
        #expect(text.hasPrefix("notification\n"))
        #expect(words.filter { !text.contains($0) }.isEmpty)
        #expect(words.count == 50)
    }

    @Test func `when a person's text is repeated as rich text, then the text counts`() throws {
        let output = try Self.read(
            #"{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"other"}]}]}"#,
            text: "thanks")

        #expect(output.messages.map(\.text) == ["thanks"])
    }

    @Test(arguments: [#","bot_id":"B1""#, #","app_id":"A1""#, #","subtype":"bot_message""#])
    func `when a program's rich text says more, then it is shown`(sign: String) throws {
        let output = try Self.read(
            #"{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"more"}]}]}"#,
            text: "short", sign)

        #expect(output.messages.map(\.text) == ["short\nmore"])
    }

    @Test func `when an attachment has blocks, then they are its text`() throws {
        let table = #"{"type":"table","rows":[[{"type":"raw_text","text":"Berth"},{"type":"raw_text","text":"Ship"}]]}"#
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"today","attachments":[{"blocks":[\#(table)],"fallback":"[no preview available]"},"#
                + #"{"text":"short","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"more"}}]},"#
                + #"{"is_msg_unfurl":true,"message_blocks":[{"team":"T1","message":{"blocks":[{"type":"markdown","text":"quoted"}]}}]}]}"#
        )

        #expect(
            output.messages.first?.attachments
                == #"[{"text":"Berth | Ship","fallback":"[no preview available]"},{"text":"short\nmore"},{"text":"quoted"}]"#
        )
    }

    @Test func `when an attachment has none of the known fields, then what else it says is its text`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a","attachments":[{"id":1,"mrkdwn_in":["text"],"color":"ff0000","#
                + #""entity_payload":{"attributes":{"title":{"text":"Ticket 7"},"url":"https://x.org/7"}}},{"id":2}]}"#)

        #expect(output.messages.first?.attachments == ##"[{"text":"Ticket 7\nhttps://x.org/7","color":"#ff0000"}]"##)
    }

    @Test func `when files stand in blocks only, then they are files of the message`() throws {
        let output = try Self.read(
            #"{"type":"image","slack_file":{"id":"F1","url":"https://s.org/i"},"alt_text":"bow"},"#
                + #"{"type":"file","source":"remote","file":{"id":"F2","name":"b","url_private":"https://s.org/b"}},"#
                + #"{"type":"file","file_id":"F3"}"#,
            text: "see", #","files":[{"id":"F3","url_private":"https://s.org/c"}]"#)

        #expect(output.messages.map(\.text) == ["see", "", "", ""])
        #expect(output.messages.map(\.file?.id) == [nil, "F3", "F1", "F2"])
        #expect(output.messages.map(\.file?.name) == [nil, "F3", "bow", "b"])
    }
}
