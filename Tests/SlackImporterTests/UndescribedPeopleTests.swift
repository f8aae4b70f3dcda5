import ImportDomain
import Testing

@Suite("Given people whom only messages mention")
struct UndescribedPeopleTests {
    private static let rita =
        #"{"user":"U9","ts":"5.1","text":"hello","user_profile":{"name":"rita","real_name":"Rita O"}}"#

    @Test(arguments: ["2016-01-01", "2016-03-01"])
    func `when one is mentioned before or after she writes, then it is a mention`(day: String) throws {
        var export = SmallExport()
        export.messages = [Self.rita]
        export.entries = [
            ("general/\(day).json", #"[{"user":"U1","ts":"1.1","text":"hi <@U9>"}]"#),
            ("general/2017-01-01.json", #"[{"user":"U1","ts":"9.1","text":"bye <@U9> <@U8>"}]"#),
        ]

        let output = try export.read()

        #expect(output.message("slack-C1-1-1")?.text == "hi @U9")
        #expect(output.message("slack-C1-1-1")?.mentionIDs == ["U9"])
        #expect(output.message("slack-C1-9-1")?.text == "bye @U9 @unknown-user")
        #expect(output.message("slack-C1-9-1")?.mentionIDs == ["U9"])
        #expect(output.user("U9")?.username == "rita")
        #expect(output.user("U8") == nil)
    }

    @Test func `when a topic mentions one, then it has her name`() throws {
        var export = SmallExport()
        export.channels = [#"{"id":"C1","name":"general","members":["U1"],"topic":{"value":"ask <@U9>"}}"#]
        export.messages = [Self.rita]

        #expect(try export.read().room("C1")?.topic == "ask @rita")
    }

    @Test func `when one is an author inside of a dump's thread, then she is known`() throws {
        var export = SmallExport()
        export.messages = [#"{"user":"U1","ts":"1.1","text":"<@U9>"}"#]
        export.entries = [
            (
                "C7.json",
                #"{"messages":[{"user":"U1","ts":"1.1","slackdump_thread_replies":[\#(Self.rita)]}],"channel_id":"C7"}"#
            )
        ]

        #expect(try export.read().message("slack-C1-1-1")?.text == "@U9")
    }

    @Test func `when one only reacted, then an account stands in and her reaction stays`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a <@U7>","reactions":[{"name":"tada","users":["U7","U2"]}]}"#)

        #expect(output.messages.first?.reactions.map(\.userIDs) == [["U7", "U2"]])
        #expect(output.messages.first?.mentionIDs == ["U7"])
        #expect(output.user("U7")?.isDeleted == true)
        #expect(output.findings(.userPlaceholder).map(\.value) == ["U7"])
    }

    @Test func `when a message is left out by rule, then who wrote it stays unknown`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"<@U7>"}"#, #"{"user":"U7","subtype":"bot_add","ts":"1.2"}"#)

        #expect(output.messages.map(\.text) == ["@unknown-user"])
        #expect(output.user("U7") == nil)
    }

    @Test func `when messages are read for authors, then progress never goes back`() throws {
        var export = SmallExport()
        export.entries = (1...9).map {
            ("general/2016-01-0\($0).json", #"[{"user":"U1","ts":"\#($0).1","text":"<@U9>"}]"#)
        }

        let output = try export.read()

        #expect(zip(output.progress, output.progress.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
    }
}
