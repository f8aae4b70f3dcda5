import ImportDomain
import Testing

@Suite("Given texts that name private rooms")
struct RoomNameTests {
    /// The channels `open` (C1) and `news` (C2), and private rooms of every kind that Ann is in.
    private static func read(
        channel: String = "", messages: [String] = [], inside: [String] = [], conversation: [String] = []
    ) throws -> RecordingOutput {
        var export = SmallExport()
        export.channels = [
            #"{"id":"C1","name":"general","members":["U1","U2"]\#(channel)}"#,
            #"{"id":"C2","name":"news","members":["U1"]}"#,
        ]
        export.messages = messages
        export.entries = [
            (
                "groups.json",
                #"[{"id":"G1","name":"layoffs","members":["U1"],"topic":{"value":"<#G1> and <#G2>"}},"#
                    + #"{"id":"G2","name":"merger","members":["U1"]}]"#
            ),
            ("mpims.json", #"[{"id":"G3","name":"mpdm-ann--bob-1","members":["U1","U2"]}]"#),
            ("dms.json", #"[{"id":"D1","members":["U1","U2"]}]"#),
        ]
        if !inside.isEmpty {
            export.entries.append(("layoffs/2016-02-01.json", "[\(inside.joined(separator: ","))]"))
        }
        if !conversation.isEmpty {
            export.entries.append(("D1/2016-02-01.json", "[\(conversation.joined(separator: ","))]"))
        }
        return try export.read()
    }

    private static func message(_ fields: String) -> String { #"{"user":"U1","ts":"1.1","text":"a",\#(fields)}"# }

    /// All strings of an attachment.
    private static func attachments(_ reference: String) -> [String] {
        ["title", "text", "pretext", "fallback", "author_name", "service_name", "footer"].map {
            #""attachments":[{"\#($0)":"see \#(reference)"}]"#
        } + [
            #""attachments":[{"text":"t","fields":[{"title":"see \#(reference)"}]}]"#,
            #""attachments":[{"text":"t","fields":[{"value":"see \#(reference)"}]}]"#,
            #""attachments":[{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"see \#(reference)"}}]}]"#,
            #""attachments":[{"message_blocks":[{"message":{"blocks":[{"type":"markdown","text":"see \#(reference)"}]}}]}]"#,
        ]
    }

    @Test(arguments: [
        "<#G1>", "<#G1|layoffs>", "<#G1|>", "<#G3>", "<#G3|layoffs>", "<#D1>", "<#D1|layoffs>", "<#G404|layoffs>",
        "<#C404>", "<#C404|layoffs>", "<#D404|layoffs>",
    ])
    func `when an attachment of another room names one, then it has no name`(reference: String) throws {
        for fields in Self.attachments(reference) {
            let written = try Self.read(messages: [Self.message(fields)]).messages.first?.attachments ?? ""

            #expect(written.contains("see #private-room"), "\(fields)")
            #expect(!written.contains("layoffs"), "\(fields)")
        }
    }

    @Test(arguments: ["<#C2>", "<#C2|old-name>"])
    func `when an attachment names a channel, then it has its name`(reference: String) throws {
        for fields in Self.attachments(reference) {
            let written = try Self.read(messages: [Self.message(fields)]).messages.first?.attachments ?? ""

            #expect(written.contains("see #news"), "\(fields)")
        }
    }

    @Test func `when a block of an attachment names one, then it has no name`() throws {
        let output = try Self.read(messages: [
            Self.message(
                #""attachments":[{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":["#
                    + #"{"type":"channel","channel_id":"G1"},{"type":"channel","channel_id":"C2"}]}]}]}]"#)
        ])

        #expect(output.messages.first?.attachments == ##"[{"text":"#private-room#news"}]"##)
    }

    @Test func `when a pinned message of another room names one, then the quote has no name`() throws {
        let output = try Self.read(messages: [#"{"user":"U1","ts":"1.1","subtype":"pinned_item","text":"see <#G1>"}"#])

        #expect(output.messages.first?.attachments == ##"[{"text":"see #private-room"}]"##)
    }

    @Test func `when an attachment stands in the room itself, then it has its name`() throws {
        let output = try Self.read(
            inside: [Self.message(#""attachments":[{"text":"<#G1> <#G2>"}]"#)])

        #expect(output.messages.first?.attachments == ##"[{"text":"#layoffs #private-room"}]"##)
    }

    @Test func `when topics and descriptions name some, then each has only its own name`() throws {
        let output = try Self.read(
            channel: #","topic":{"value":"<#G1> <#C2>"},"purpose":{"value":"<#G1|layoffs> <#D404|bob>"}"#)

        #expect(output.room("C1")?.topic == "#private-room #news")
        #expect(output.room("C1")?.description == "#private-room #private-room")
        #expect(output.room("G1")?.topic == "#layoffs and #private-room")
    }

    @Test func `when the text of a message names one, then the import id replaces it`() throws {
        let output = try Self.read(messages: [#"{"user":"U1","ts":"1.1","text":"<#G1|layoffs> <#D1|bob> <#C2|x>"}"#])

        #expect(output.messages.map(\.text) == ["#G1 #D1 #C2"])
        #expect(output.messages.map(\.roomMentionIDs) == [["G1", "D1", "C2"]])
    }

    @Test(arguments: [
        ("<#G404|layoffs>", "#private-room"), ("<#D404|bob>", "#private-room"), ("<#C404|old>", "#old"),
        ("<#C404>", "#unknown-channel"),
    ])
    func `when the text of a message names one that is not in the export, then only a channel keeps its label`(
        source: String, text: String
    ) throws {
        let output = try Self.read(messages: [#"{"user":"U1","ts":"1.1","text":"\#(source)"}"#])

        #expect(output.messages.map(\.text) == [text])
        #expect(output.messages.map(\.roomMentionIDs) == [[]])
    }

    @Test func `when a conversation is named in itself, then the label stays`() throws {
        let output = try Self.read(conversation: [
            #"{"user":"U1","ts":"1.1","text":"<#D1|us two>","attachments":[{"text":"<#D1|us two> <#D1>"}]}"#
        ])

        #expect(output.messages.map(\.text) == ["#us two"])
        #expect(output.messages.map(\.attachments) == [##"[{"text":"#us two #private-room"}]"##])
    }

    @Test func `when a text has more mentions than are kept, then the others have no name of a private room`() throws {
        let ids = (0..<RecordLimits.mentionsPerMessage).map { "X\($0)" }
        var export = SmallExport()
        export.channels += ids.map { #"{"id":"\#($0)","name":"\#($0)","members":["U1"]}"# }
        export.entries = [("groups.json", #"[{"id":"G1","name":"layoffs","members":["U1"]}]"#)]
        let text = ids.map { "<#\($0)>" }.joined(separator: " ")
        export.messages = [#"{"user":"U1","ts":"1.1","text":"\#(text) <#G1> <#C1>"}"#]

        let output = try export.read()

        #expect(output.messages.first?.text.hasSuffix(" #private-room #general") == true)
    }
}
