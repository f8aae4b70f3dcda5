import ImportDomain
import ImporterKit
import JSON
import Testing

@testable import SlackImporter

@Suite("Given a message whose lists are beyond the limits")
struct MessageLimitTests {
    private static func list(_ element: String, _ count: Int) -> String {
        "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
    }

    private static func ids(_ count: Int) -> String {
        "[" + (0..<count).map { #""U9\#($0)""# }.joined(separator: ",") + "]"
    }

    private static func read(_ fields: String) throws -> RecordingOutput {
        try SmallExport.read(#"{"user":"U1","ts":"1.1","text":"a",\#(fields)}"#)
    }

    @Test(arguments: ["{}", "null", #"{"id":"F1"}"#])
    func `when it has too many files, then the rest is one finding that counts them`(file: String) throws {
        let output = try Self.read(#""files":\#(Self.list(file, 100_000))"#)

        #expect(output.messages.count == 1 + RecordLimits.filesPerMessage)
        let finding = try #require(output.findings(.limitExceeded).first)
        #expect(output.findings(.limitExceeded).count == 1)
        #expect(finding.count == 100_000 - RecordLimits.filesPerMessage)
        #expect(finding.field == "files")
        #expect(finding.entry == "general/2016-02-01.json")
        #expect(finding.position == 0)
    }

    @Test(
        arguments: [
            (#""attachments":"#, #"{"text":"t"}"#, "attachments", RecordLimits.attachmentsPerMessage),
            (#""attachments":"#, "{}", "attachments", RecordLimits.attachmentsPerMessage),
            (#""blocks":"#, #"{"type":"divider"}"#, "blocks", RecordLimits.blocksPerMessage),
            (#""blocks":"#, #"{"type":"markdown","text":"t"}"#, "blocks", RecordLimits.blocksPerMessage),
            (#""pinned_to":"#, #""C1""#, "pinned_to", 1_000),
        ])
    func `when a list is too long, then the rest is one finding that counts it`(
        key: String, element: String, field: String, limit: Int
    ) throws {
        let output = try Self.read(key + Self.list(element, limit + 1_234))

        #expect(output.messages.count == 1)
        #expect(output.findings(.limitExceeded).map(\.field) == [field])
        #expect(output.findings(.limitExceeded).map(\.count) == [1_234])
    }

    @Test func `when attachments together have too many files or fields, then the rest is counted`() throws {
        let attachment =
            #"{"text":"t","files":\#(Self.list("{}", 300)),"fields":\#(Self.list(#"{"value":"v"}"#, 3_000))}"#
        let output = try Self.read(#""attachments":\#(Self.list(attachment, 4))"#)

        #expect(output.messages.count == 1 + RecordLimits.filesPerMessage)
        #expect(output.findings(.limitExceeded).map(\.field) == ["attachments[].files", "attachments[].fields"])
        #expect(output.findings(.limitExceeded).map(\.count) == [200, 2_000])
    }

    @Test func `when it has too many followers, then each counts once and the rest is a finding`() throws {
        let count = RecordLimits.followersPerMessage
        let output = try Self.read(
            #""reply_users":\#(Self.ids(count + 7)),"replies":[{"user":"U90"},{"user":"U9x"}]"#)

        #expect(output.messages.first?.followerIDs.count == count)
        #expect(output.findings(.limitExceeded).map(\.count) == [8])
    }

    @Test func `when it has too many reactions, then the rest is a finding`() throws {
        let reactions = (0..<1_500).map { #"{"name":"e\#($0)","users":["U1","U1"]}"# }
        let output = try Self.read("\"reactions\":[\(reactions.joined(separator: ","))]")

        #expect(output.messages.first?.reactions.count == RecordLimits.reactionsPerMessage)
        #expect(output.messages.first?.reactions.allSatisfy { $0.userIDs == ["U1"] } == true)
        #expect(output.findings(.limitExceeded).map(\.field) == ["reactions"])
        #expect(output.findings(.limitExceeded).map(\.count) == [500])
    }

    @Test func `when too many people reacted, then the rest is a finding`() throws {
        let count = RecordLimits.reactingUsersPerMessage
        let output = try Self.read(
            #""reactions":[{"name":"a","users":\#(Self.ids(count - 10))},{"users":\#(Self.ids(30)),"name":"b"}]"#)

        #expect(output.messages.first?.reactions.map(\.userIDs.count) == [count - 10, 10])
        #expect(output.findings(.limitExceeded).map(\.field) == ["reactions[].users"])
        #expect(output.findings(.limitExceeded).map(\.count) == [20])
    }

    @Test func `when one emoji is listed again and again, then it is one reaction`() throws {
        let reactions = (0..<20_000).map { #"{"name":"a::skin-tone-\#($0 % 6)","users":["U9\#($0)"]}"# }
        let output = try Self.read("\"reactions\":[\(reactions.joined(separator: ","))]")

        #expect(output.messages.first?.reactions.map(\.userIDs.count) == [20_000])
    }

    @Test func `when it mentions too many people, then the others are plain names`() throws {
        var export = SmallExport()
        let count = RecordLimits.mentionsPerMessage
        for number in 0..<count + 5 { export.users.append(#"{"id":"U9\#(number)","name":"n\#(number)"}"#) }
        let text = (0..<count + 5).map { "<@U9\($0)>" }.joined(separator: " ")
        export.messages = [#"{"user":"U1","ts":"1.1","text":"\#(text)"}"#]

        let output = try export.read()

        let message = try #require(output.messages.first)
        #expect(message.mentionIDs.count == count)
        #expect(
            message.text.hasSuffix(
                " @U9\(count - 1) @n\(count) @n\(count + 1) @n\(count + 2) @n\(count + 3) @n\(count + 4)"))
        #expect(output.findings(.limitExceeded).map(\.count) == [5])
    }

    @Test func `when one block holds more values than are kept, then it is cut and a finding counts it`() throws {
        let output = try Self.read(
            #""blocks":[{"type":"rich_text","elements":\#(Self.list("[]", 200_000))},{"type":"markdown","text":"lost"}]"#
        )

        #expect(output.messages.map(\.text) == ["a"])
        #expect(output.findings(.limitExceeded).map(\.field) == ["blocks"])
        #expect(output.findings(.limitExceeded).map(\.count) == [2])
    }

    @Test func `when a text is too long, then it ends with its last whole character and a finding reports it`() throws {
        let output = try SmallExport.read(
            #"{"user":"U1","ts":"1.1","text":"a\#(String(repeating: "ü", count: RecordLimits.messageBytes / 2))"}"#)

        #expect(output.messages.first?.text.utf8.count == RecordLimits.messageBytes - 1)
        #expect(output.findings(.limitExceeded).map(\.field) == ["text"])
        #expect(output.findings(.limitExceeded).first?.message.contains("2 bytes are left out") == true)
    }

    @Test func `when blocks are too long beside a short text, then both are there as far as the limit goes`() throws {
        let line = #"{"type":"markdown","text":"\#(String(repeating: "b", count: 700_000))"}"#
        let output = try Self.read(#""blocks":[\#(line),\#(line),\#(line)]"#)

        #expect(output.messages.first?.text.hasPrefix("a\nbbb") == true)
        #expect(output.messages.first?.text.utf8.count == RecordLimits.messageBytes)
        #expect(output.findings(.limitExceeded).map(\.field) == ["blocks", "text"])
    }

    @Test func `when an address is too long, then the file cannot be had`() throws {
        let address = "https://s.org/" + String(repeating: "a", count: RecordLimits.urlBytes)
        let output = try Self.read(#""files":[{"id":"F1","url_private":"\#(address)"}]"#)

        #expect(output.messages.last?.text == "file not available: its address is longer than 16384 bytes")
    }

    @Test func `when short ids represent long names, then what is written is bounded`() throws {
        var export = SmallExport()
        export.channels.append(#"{"id":"C2","name":"\#(String(repeating: "n", count: 500))","members":["U1"]}"#)
        let text = String(repeating: "<#C2> ", count: 100_000)
        export.messages = [
            #"{"user":"U1","ts":"1.1","text":"a","attachments":[{"text":"\#(text)","pretext":"\#(text)"},{"text":"\#(text)","footer":"\#(text)","title":"\#(text)"},{"text":"b"}]}"#
        ]

        let output = try export.read()

        let attachments = try #require(output.messages.first?.attachments)
        #expect(attachments.utf8.count <= RecordLimits.attachmentBytes)
        #expect(!output.findings(.limitExceeded).isEmpty)
    }

    @Test(arguments: [
        #"{"text":"@"}"#, #"{"title":"@","footer":"@"}"#, #"{"fields":[{"title":"@","value":"@"}]}"#,
        #"{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"@"}}]}"#,
    ])
    func `when short ids represent long names, then attachments grow to a multiple of their bytes`(
        attachment: String
    ) throws {
        func bytes(_ count: Int) throws -> (written: Int, source: Int) {
            var export = SmallExport()
            export.channels.append(#"{"id":"C2","name":"\#(String(repeating: "n", count: 500))","members":["U1"]}"#)
            export.users.append(#"{"id":"U3","name":"\#(String(repeating: "n", count: 250))"}"#)
            let source = attachment.replacing("@", with: String(repeating: "<#C2> <@U3> ", count: count))
            export.messages = [#"{"user":"U1","ts":"1.1","text":"a","attachments":[\#(source)]}"#]
            let output = try export.read()
            #expect(output.findings(.limitExceeded).map(\.field) == ["text"])
            return (output.messages.first?.attachments?.utf8.count ?? 0, source.utf8.count)
        }

        let (small, large) = (try bytes(1_000), try bytes(2_000))

        #expect(small.written <= (16 << 10) + 8 * small.source)
        #expect(large.written <= (16 << 10) + 8 * large.source)
        #expect(large.written <= small.written * 21 / 10)
    }

    @Test func `when quotes stand in quotes, then their marks do not multiply the text`() throws {
        func text(_ depth: Int) throws -> String {
            let lines = String(repeating: #"\n"#, count: 2_000)
            let inner = #"{"type":"text","text":"a\#(lines)z"}"#
            let open = #"{"type":"rich_text_quote","elements":["#
            let element = String(repeating: open, count: depth) + inner + String(repeating: "]}", count: depth)
            let block = #"{"type":"rich_text","elements":[\#(element)]}"#
            return try Self.read(#""attachments":[{"blocks":[\#(block)]}]"#).messages.first?.attachments ?? ""
        }

        let (three, many) = (try text(3), try text(40))

        #expect(three.hasPrefix(#"[{"text":"> > > a\n> > > \n"#))
        #expect(many.utf8.count == three.utf8.count)
    }

    @Test func `when nobody waits for the file any more, then reading ends inside the message`() throws {
        let message = #"{"files":\#(Self.list("{}", 100_000))}"#
        var calls = 0

        #expect(throws: CancellationError.self) {
            try JSONReader.read(message) { json in
                var reader = FieldReader(json, faults: FieldFaults())
                var read = SlackMessage()
                _ = try read.read(&reader, people: SlackPeople(allowance: SlackAllowances().people)) {
                    calls += 1
                    if calls == 3 { throw CancellationError() }
                }
            }
        }
        #expect(calls == 3)
    }
}
