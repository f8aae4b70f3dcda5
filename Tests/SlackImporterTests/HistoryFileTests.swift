import ImportDomain
import Testing

@Suite("Given files of messages without a day in their names")
struct HistoryFileTests {
    private static let messages =
        #"[{"user":"U2","ts":"3.1","text":"c"},{"user":"U1","ts":"1.1","text":"a"}]"#

    private static func read(_ entries: (String, String)...) throws -> RecordingOutput {
        var export = SmallExport()
        export.entries = entries
        return try export.read()
    }

    @Test(arguments: [
        "general/all.json", "general/messages.json", "general/general.json", "C1/history.json", "general/2020-01.json",
        "general/All.JSON",
    ])
    func `when one is in the folder of a room, then its messages are the room's`(name: String) throws {
        let output = try Self.read((name, Self.messages))

        #expect(output.messages.map(\.roomID) == ["C1", "C1"])
        #expect(output.findings.allSatisfy { $0.severity == .info })
    }

    @Test func `when a room is called like a folder of other tools, then its history is still its own`() throws {
        var export = SmallExport()
        export.channels.append(#"{"id":"C2","name":"groups","members":["U1"]}"#)
        export.entries = [("groups/all.json", Self.messages)]

        let output = try export.read()

        #expect(output.messages.map(\.roomID) == ["C2", "C2"])
    }

    @Test func `when one is in an unknown folder, then a private room is made of it`() throws {
        let output = try Self.read(("lost/all.json", Self.messages))

        #expect(output.room(ofFolder: "lost")?.memberIDs == ["U1", "U2"])
        #expect(output.findings(.entryUnknownRoom).map(\.value) == ["lost"])
    }

    @Test(arguments: [
        ("general/canvas_in_the_conversation.json", #"[{"id":"F0","title":"Plan"}]"#),
        ("general/data.json", #"{"a":1}"#), ("a/general/2020-01-01.json", messages),
        ("other.json", #"[{"id":"F0","ts":"soon"}]"#),
    ])
    func `when one holds something else, then a warning names the entry and no room is made`(
        name: String, content: String
    ) throws {
        let output = try Self.read((name, content))

        #expect(output.messages.isEmpty)
        #expect(output.rooms.count == 1)
        let warnings = output.findings.filter { $0.severity == .warning }
        #expect(warnings.map(\.entry) == [name])
        #expect(output.findings.allSatisfy { $0.severity != .error })
    }

    @Test(arguments: ["content_flags.json", "Content_Flags.json", "teams/a/content_flags.json", "audit_logs.json"])
    func `when a list at the root quotes messages, then they are not messages`(name: String) throws {
        let output = try Self.read((name, Self.messages))

        #expect(output.messages.isEmpty)
        #expect(output.rooms.count == 1)
    }

    @Test func `when they are in a workspace of an organisation, then its rooms have them`() throws {
        let output = try Self.read(
            ("teams/a/channels.json", #"[{"id":"C2","name":"deck","members":["U1"]}]"#),
            ("teams/a/deck/all.json", Self.messages))

        #expect(output.messages.map(\.roomID) == ["C2", "C2"])
    }

    @Test(arguments: ["before", "after"])
    func `when slackdump dumped a room, then id and name are those of the file, wherever they stand`(
        order: String
    ) throws {
        var builder = ExportBuilder()
        let fields = #""channel_id":"C7","name":"pier""#
        let messages = #""messages":\#(Self.messages)"#
        builder.add("C7.json", order == "after" ? "{\(messages),\(fields)}" : "{\(fields),\(messages)}")
        builder.add("users.json", #"[{"id":"U1","name":"ann"},{"id":"U2","name":"bob"}]"#)

        let output = try SmallExport.read(builder)

        #expect(output.rooms.map(\.importIDs) == [["C7"]])
        #expect(output.room("C7")?.name == "pier")
        #expect(output.room("C7")?.kind == .privateGroup)
        #expect(output.room("C7")?.memberIDs == ["U1", "U2"])
        #expect(output.messages.map(\.id) == ["slack-C7-3-1", "slack-C7-1-1"])
        #expect(output.findings(.entryUnknownRoom).map(\.value) == ["C7"])
    }

    @Test func `when the dumped room is listed, then the list says what it is`() throws {
        let output = try Self.read(("x.json", #"{"channel_id":"C1","name":"y","messages":\#(Self.messages)}"#))

        #expect(output.rooms.count == 1)
        #expect(output.room("C1")?.kind == .channel)
        #expect(output.messages.map(\.roomID) == ["C1", "C1"])
        #expect(output.findings.allSatisfy { $0.severity == .info })
    }

    @Test func `when a conversation is dumped, then it is direct between the two who wrote`() throws {
        let output = try Self.read(("D7.json", #"{"channel_id":"D7","name":"","messages":\#(Self.messages)}"#))

        #expect(output.room("D7")?.kind == .direct)
        #expect(output.room("D7")?.memberIDs == ["U1", "U2"])
    }

    @Test func `when replies are nested in their message, then all are staged in its thread`() throws {
        let output = try Self.read(
            (
                "C7.json",
                #"{"channel_id":"C7","messages":[{"slackdump_thread_replies":[{"user":"U2","ts":"2.1","text":"b","#
                    + #""thread_ts":"1.1"},{"user":"U9","ts":"2.2","text":"c"},7],"user":"U1","ts":"1.1","text":"a","#
                    + #""thread_ts":"1.1","reply_users":["U2"]},{"user":"U1","ts":"3.1","text":"d"}]}"#
            ))

        #expect(output.messages.map(\.text) == ["a", "b", "c", "d"])
        #expect(output.messages.map(\.thread?.parentID) == [nil, "slack-C7-1-1", "slack-C7-1-1", nil])
        #expect(output.room("C7")?.memberIDs == ["U1", "U2", "U9"])
        #expect(output.findings(.recordInvalid).count == 1)
    }

    @Test(arguments: ["channels.json", "groups.json", "users.json", "general/2020-01-01.json", "general/all.json"])
    func `when a list is null, then nothing is lost and nothing is wrong`(name: String) throws {
        let output = try Self.read((name, "null"), ("dms.json", #"[{"id":"D1","members":["U1","U2"]}]"#))

        #expect(output.room("D1") != nil)
        #expect(output.findings.allSatisfy { $0.severity == .info || $0.message.contains("several entries") })
    }

    @Test(arguments: [
        [("A - deck [1].json", #"{"channel":{"id":"1"},"messages":[{"id":"2","timestamp":"x"}]}"#)],
        [("users.json", #"[{"User":{"id":1}}]"#), ("rooms.json", #"[{"Room":{"id":1}}]"#)],
        [("data/some.json", #"[{"a":1}]"#)],
    ])
    func `when nothing of Slack is in the archive, then it is rejected as unrecognized`(
        entries: [(String, String)]
    ) throws {
        var builder = ExportBuilder()
        for (name, content) in entries { builder.add(name, content) }

        let failure = #expect(throws: ImportFileFailure.self) { try SmallExport.read(builder) }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains("holds nothing") == false)
    }
}
