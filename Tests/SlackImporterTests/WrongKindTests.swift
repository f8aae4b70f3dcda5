import ImportDomain
import Testing

@Suite("Given fields whose values are not of the kind that Slack writes")
struct WrongKindTests {
    private static func fields(_ output: RecordingOutput) -> [String] {
        output.findings(.valueReplaced).compactMap(\.field).sorted()
    }

    @Test(arguments: [
        (#""text":{"a":"x"}"#, "text"), (#""text":["x"]"#, "text"), (#""text":true"#, "text"),
        (#""attachments":"x""#, "attachments"), (#""blocks":"x""#, "blocks"), (#""text":"a","blocks":"x""#, "blocks"),
        (#""files":"x""#, "files"), (#""files":["x"]"#, "files[]"), (#""file":"x""#, "file"),
        (#""attachments":["x"]"#, "attachments[]"), (#""attachments":[{"text":["x"]}]"#, "attachments[].text"),
        (#""attachments":[{"title":"a","fields":"x"}]"#, "attachments[].fields"),
        (#""attachments":[{"title":"a","fields":["x"]}]"#, "attachments[].fields[]"),
        (#""attachments":[{"title":"a","fields":[{"value":["x"]}]}]"#, "attachments[].fields[].value"),
        (#""attachments":[{"title":"a","blocks":"x"}]"#, "attachments[].blocks"),
        (#""attachments":[{"title":"a","message_blocks":"x"}]"#, "attachments[].message_blocks"),
        (#""attachments":[{"title":"a","files":"x"}]"#, "attachments[].files"),
        (#""blocks":[5]"#, "blocks[]"), (#""text":"a","blocks":[[1]]"#, "blocks[]"),
        (#""blocks":[{"type":"section","text":["x"]}]"#, "blocks[].text"),
        (#""blocks":[{"type":"section","text":{"type":"mrkdwn","text":7}}]"#, "blocks[].text.text"),
        (#""blocks":[{"type":"rich_text","elements":["x"]}]"#, "blocks[].elements[]"),
        (#""blocks":[{"type":"rich_text","elements":{"type":"rich_text_section"}}]"#, "blocks[].elements"),
        (#""blocks":[{"type":"table","rows":"x"}]"#, "blocks[].rows"),
        (#""blocks":[{"type":"file","file":{"id":"F1","name":["x"]}}]"#, "blocks[].file.name"),
        (#""reactions":{"x":["U1"]}"#, "reactions"), (#""reactions":["x"]"#, "reactions[]"),
        (#""reactions":[{"name":"x","users":"U1"}]"#, "reactions[].users"),
        (#""reactions":[{"name":["x"],"users":["U1"]}]"#, "reactions[].name"),
        (#""edited":"x""#, "edited"), (#""edited":{"user":["U1"],"ts":"1.1"}"#, "edited.user"),
        (#""replies":"x""#, "replies"), (#""reply_users":"U1""#, "reply_users"), (#""pinned_to":"C1""#, "pinned_to"),
        (#""slackdump_thread_replies":"x""#, "slackdump_thread_replies"),
        (#""slackdump_thread_replies":[{"ts":"2.1","text":["x"]}]"#, "slackdump_thread_replies[].text"),
        (#""files":[{"id":"F1","title":{"a":"x"}}]"#, "files[].title"),
        (#""files":[{"id":"F1","initial_comment":["x"]}]"#, "files[].initial_comment"),
        (#""files":[{"id":"F1","transcription":"x"}]"#, "files[].transcription"),
        (#""username":["x"]"#, "username"), (#""user_profile":"x""#, "user_profile"),
        (#""bot_profile":"x""#, "bot_profile"), (#""icons":"x""#, "icons"), (#""reply_count":"x""#, "reply_count"),
        (#""thread_ts":["x"]"#, "thread_ts"), (#""topic":["x"]"#, "topic"), (#""comment":"x""#, "comment"),
    ])
    func `when a message has one, then a finding names field, entry and place, and the message stays`(
        content: String, field: String
    ) throws {
        let output = try SmallExport.read(#"{"ts":"0.1","text":"b"}"#, #"{"user":"U1","ts":"1.1",\#(content)}"#)

        let findings = output.findings(.valueReplaced).filter { $0.field == field }
        #expect(findings.count == 1)
        #expect(findings.map(\.entry) == ["general/2016-02-01.json"])
        #expect(findings.map(\.position) == [1])
        #expect(findings.map(\.severity) == [.warning])
        #expect(output.message("slack-C1-1-1") != nil)
    }

    @Test(arguments: [
        (#""name":["x"]"#, "name"), (#""profile":"x""#, "profile"), (#""profile":{"email":{}}"#, "profile.email"),
        (#""profile":{"title":["x"]}"#, "profile.title"), (#""profile":{"fields":"x"}"#, "profile.fields"),
        (#""profile":{"fields":{"Xf1":["x"]}}"#, "profile.fields.Xf1"),
        (#""profile":{"fields":{"Xf1":{"value":["x"]}}}"#, "profile.fields.Xf1.value"),
        (#""deleted":"x""#, "deleted"), (#""tz_offset":"x""#, "tz_offset"), (#""is_bot":[1]"#, "is_bot"),
    ])
    func `when a user has one, then a finding names field, entry and place, and the user stays`(
        content: String, field: String
    ) throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3",\#(content)}"#)

        let output = try export.read()

        let findings = output.findings(.valueReplaced).filter { $0.field == field && $0.message.contains("belongs") }
        #expect(findings.map(\.entry) == ["users.json"])
        #expect(findings.map(\.position) == [2])
        #expect(findings.map(\.value) == ["U3"])
        #expect(output.user("U3") != nil)
    }

    @Test(arguments: [
        (#""name":["x"]"#, "name"), (#""members":"U1""#, "members"), (#""members":[["U1"]]"#, "members[]"),
        (#""topic":["x"]"#, "topic"), (#""purpose":{"value":["x"]}"#, "purpose.value"), (#""pins":"x""#, "pins"),
        (#""pins":[{"id":["x"]}]"#, "pins[].id"), (#""is_private":"x""#, "is_private"),
        (#""creator":["x"]"#, "creator"),
        (#""is_archived":{}"#, "is_archived"),
    ])
    func `when a room has one, then a finding names field, entry and place, and the room stays`(
        content: String, field: String
    ) throws {
        var export = SmallExport()
        export.channels.append(#"{"id":"C2",\#(content)}"#)

        let output = try export.read()

        let findings = output.findings(.valueReplaced).filter { $0.field == field && $0.message.contains("belongs") }
        #expect(findings.map(\.entry) == ["channels.json"])
        #expect(findings.map(\.position) == [1])
        #expect(findings.map(\.value) == ["C2"])
        #expect(output.room("C2") != nil)
    }

    @Test(arguments: [
        (#""channel_id":["x"]"#, "channel_id"), (#""channel_info":"x""#, "channel_info"),
        (#""channel_info":["x"]"#, "channel_info"), (#""channel_info":{"name":["x"]}"#, "channel_info.name"),
        (#""name":{"a":"x"}"#, "name"),
    ])
    func `when what a file of messages says of its room is one, then a finding names it`(
        content: String, field: String
    ) throws {
        var export = SmallExport()
        export.entries = [("w.json", #"{\#(content),"messages":[{"user":"U1","ts":"1.1","text":"a"}]}"#)]

        let output = try export.read()

        #expect(Self.fields(output) == [field])
        #expect(output.messages.count == 1)
    }

    @Test func `when a string is among the blocks of a text, then it is shown`() throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1.1","text":"a","blocks":["said besides"]}"#)

        #expect(output.messages.map(\.text) == ["a\nsaid besides"])
    }

    @Test func `when values are null or empty, then there is no finding`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":null,"attachments":"","blocks":null,"reactions":{},"edited":[],"files":null}"#,
            #"{"user":"U1","ts":"2.1","text":5,"blocks":[{"type":"section","text":null,"fields":""}],"icons":[]}"#)

        #expect(Self.fields(output).isEmpty)
        #expect(output.messages.count == 2)
    }

    @Test func `when one element has many, then the findings are bounded and count all`() throws {
        let lines = (0..<5_000).map { _ in #"{"value":["x"]}"# }.joined(separator: ",")
        let keys = (0..<500).map { #""k\#($0)":["x"]"# }.joined(separator: ",")
        var export = SmallExport()
        export.users.append(#"{"id":"U3","profile":{"fields":{\#(keys)}}}"#)
        export.messages = [
            #"{"user":"U1","ts":"1.1","attachments":[{"title":"a","fields":[\#(lines)]}]}"#,
            #"{"user":"U1","ts":"2.1","text":"b"}"#,
        ]

        let output = try export.read()

        let ofMessages = output.findings(.valueReplaced).filter { $0.entry == "general/2016-02-01.json" }
        #expect(ofMessages.map(\.count) == [5_000])
        #expect(ofMessages.map(\.position) == [0])
        let ofUsers = output.findings(.valueReplaced).filter {
            $0.message.contains("belong") && $0.entry == "users.json"
        }
        #expect(ofUsers.count == 21)
        #expect(ofUsers.reduce(0) { $0 + $1.count } == 500)
    }

    @Test func `when texts mention undescribed people, so that messages are read twice, then findings come once`()
        throws
    {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"<@U404>","edited":"x"}"#, #"{"user":"U404","ts":"2.1","replies":"x"}"#)

        #expect(Self.fields(output) == ["edited", "replies"])
    }

    @Test func `when an attachment has only text where an object belongs, then the words are shown as well`() throws {
        let output = try SmallExport.read(#"{"user":"U1","ts":"1.1","attachments":[{"text":{"x":"hidden words"}}]}"#)

        #expect(output.messages.first?.attachments?.contains("hidden words") == true)
    }
}
