import ImportDomain
import Testing

/// Every row of the table of subtypes. Source: docs/importers/slack.md, "Messages".
@Suite("Given a message of some subtype")
struct SubtypeTests {
    private static let id = "slack-C1-1454300000-000100"

    private static func message(_ subtype: String?, _ more: String = "") -> String {
        let subtype = subtype.map { #","subtype":"\#($0)""# } ?? ""
        return #"{"type":"message","user":"U1","ts":"1454300000.000100","text":"hi <@U2>"\#(subtype)\#(more)}"#
    }

    @Test func `when it has none, then it is a text`() throws {
        let output = try SmallExport.read(Self.message(nil))

        let message = try #require(output.message(Self.id))
        #expect(message.roomID == "C1")
        #expect(message.authorID == "U1")
        #expect(message.writtenAt == Timestamp(milliseconds: 1_454_300_000_000))
        #expect(message.text == "hi @U2")
        #expect(message.mentionIDs == ["U2"])
        #expect(message.systemKind == nil)
        #expect(message.isGroupable)
        #expect(!message.isBot)
    }

    @Test(arguments: ["thread_broadcast", "reply_broadcast"])
    func `when it is shown in the room as well, then it is a reply with this flag`(subtype: String) throws {
        let output = try SmallExport.read(Self.message(subtype, #","thread_ts":"1454200000.000100""#))

        #expect(output.messages.map(\.isShownInRoom) == [true])
        #expect(output.messages.first?.thread?.parentID == "slack-C1-1454200000-000100")
    }

    @Test(arguments: [("hi <@U2>", "_hi @U2_"), ("", "")])
    func `when it says what its author does, then it is in italics`(source: String, text: String) throws {
        let output = try SmallExport.read(
            #"{"subtype":"me_message","user":"U1","ts":"1454300000.000100","text":"\#(source)"}"#)

        #expect(output.messages.map(\.text) == [text])
    }

    @Test(arguments: ["bot_message", "slackbot_response"])
    func `when a program wrote it, then it is marked as a bot's`(subtype: String) throws {
        let output = try SmallExport.read(Self.message(subtype, #","username":"Deploy","icons":{"emoji":":ship:"}"#))

        let message = try #require(output.message(Self.id))
        #expect(message.isBot)
        #expect(message.alias == "Deploy")
        #expect(message.emoji == ":ship:")
    }

    @Test(arguments: [
        ("channel_join", "uj"), ("group_join", "uj"), ("channel_leave", "ul"), ("group_leave", "ul"),
    ])
    func `when somebody came or went, then it is a system message with the username`(
        subtype: String, kind: String
    ) throws {
        let output = try SmallExport.read(Self.message(subtype))

        let message = try #require(output.message(Self.id))
        #expect(message.systemKind == kind)
        #expect(message.text == "ann")
        #expect(!message.isGroupable)
        #expect(message.mentionIDs.isEmpty)
    }

    @Test(arguments: [
        ("channel_topic", #","topic":"a &amp; b""#, "room_changed_topic", "a & b"),
        ("group_topic", #","topic":"""#, "room_changed_topic", ""),
        ("channel_purpose", #","purpose":"<https://x.org|x>""#, "room_changed_description", "[x](https://x.org)"),
        ("group_purpose", "", "room_changed_description", ""), ("channel_name", #","name":"new""#, "r", "new"),
        ("group_name", #","name":"new""#, "r", "new"), ("channel_archive", "", "room-archived", ""),
        ("group_archive", "", "room-archived", ""), ("channel_unarchive", "", "room-unarchived", ""),
        ("group_unarchive", "", "room-unarchived", ""),
        ("channel_convert_to_private", "", "room_changed_privacy", "private"),
    ])
    func `when the room changed, then it is a system message`(
        subtype: String, more: String, kind: String, text: String
    ) throws {
        let output = try SmallExport.read(Self.message(subtype, more))

        let message = try #require(output.message(Self.id))
        #expect(message.systemKind == kind)
        #expect(message.text == text)
        #expect(!message.isGroupable)
    }

    @Test func `when something was pinned, then it is quoted`() throws {
        let output = try SmallExport.read(
            Self.message("pinned_item", #","attachments":[{"text":"seen &lt;it&gt; <@U2>","author_name":"Bob"}]"#))

        let message = try #require(output.message(Self.id))
        #expect(message.systemKind == "message_pinned")
        #expect(message.text.isEmpty)
        #expect(message.attachments == #"[{"text":"seen <it> @bob","author_name":"Bob"}]"#)
    }

    @Test func `when something was pinned without a quote, then Slack's sentence is quoted`() throws {
        let output = try SmallExport.read(Self.message("pinned_item"))

        #expect(output.message(Self.id)?.attachments == #"[{"text":"hi @bob"}]"#)
    }

    @Test func `when it is a comment on a file, then it is the commenter's text`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"file_comment","ts":"1454300000.000100","text":"<@U2> commented","#
                + #""comment":{"user":"U2","comment":"I &lt;3 it"},"file":{"id":"F1"}}"#)

        #expect(output.messages.map(\.authorID) == ["U2"])
        #expect(output.messages.map(\.text) == ["I <3 it"])
        #expect(output.messages.map(\.file) == [nil])
    }

    @Test func `when it was deleted and has replies, then it stays under its id`() throws {
        let output = try SmallExport.read(
            #"{"subtype":"tombstone","user":"USLACKBOT","ts":"1454300000.000100","thread_ts":"1454300000.000100","#
                + #""reply_count":1,"reply_users":["U2"],"hidden":true,"text":""}"#)

        let message = try #require(output.message(Self.id))
        #expect(message.text == "This message was deleted.")
        #expect(message.authorID == "rocket.cat")
        #expect(message.followerIDs == ["U2"])
    }

    @Test(arguments: ["huddle_thread", "sh_room_created", "sh_room_shared"])
    func `when a huddle has replies, then it is a message by its initiator`(subtype: String) throws {
        let output = try SmallExport.read(
            #"{"subtype":"\#(subtype)","user":"USLACKBOT","ts":"1454300000.000100","text":"","#
                + #""room":{"created_by":"U2"},"reply_count":2}"#)

        #expect(output.messages.map(\.text) == ["huddle"])
        #expect(output.messages.map(\.authorID) == ["U2"])
    }

    @Test func `when Slack withholds it, then a line reports it`() throws {
        let output = try SmallExport.read(#"{"subtype":"ekm_access_denied","user":"U1","ts":"1454300000.000100"}"#)

        #expect(output.messages.map(\.text) == ["This message is not available."])
    }

    @Test(arguments: [
        "file_mention", "bot_add", "bot_remove", "bot_enable", "bot_disable", "reminder_add", "app_conversation_join",
        "joiner_notification", "joiner_notification_for_inviter", "channel_posting_permissions", "document_mention",
        "channel_canvas_updated", "assistant_app_thread", "huddle_thread",
    ])
    func `when it means nothing elsewhere, then it is left out by rule and counted`(subtype: String) throws {
        let output = try SmallExport.read(Self.message(subtype), Self.message(subtype))

        #expect(output.messages.isEmpty)
        let findings = output.findings(.recordIgnored)
        #expect(findings.map(\.severity) == [.info])
        #expect(findings.map(\.value) == [subtype])
        #expect(findings.map(\.count) == [2])
    }

    @Test func `when nobody knows it and it has a text, then it is a text`() throws {
        let output = try SmallExport.read(Self.message("brand_new"), #"{"subtype":"brand_new","ts":"1.1","user":"U1"}"#)

        #expect(output.messages.map(\.text) == ["hi @U2"])
        #expect(output.ignoredCount == 1)
    }

    @Test func `when it is not a message, then it is left out by rule`() throws {
        let output = try SmallExport.read(#"{"type":"reaction_added","user":"U1","ts":"1454300000.000100"}"#)

        #expect(output.messages.isEmpty)
        #expect(output.findings(.recordIgnored).map(\.value) == ["reaction_added"])
    }
}
