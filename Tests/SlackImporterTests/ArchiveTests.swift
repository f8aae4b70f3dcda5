import Foundation
import ImportDomain
import Testing

@Suite("Given an archive")
struct ArchiveTests {
    private static let day = #"[{"user":"U1","ts":"1.1","text":"a"},{"user":"U2","ts":"1.2","text":"b"}]"#

    private static func read(_ entries: (String, String)...) throws -> RecordingOutput {
        var export = SmallExport()
        export.entries = entries
        return try export.read()
    }

    @Test func `when a day file is empty, then it is a finding and nothing else suffers`() throws {
        let output = try Self.read(("general/2020-01-01.json", ""), ("general/2020-01-02.json", Self.day))

        #expect(output.messages.count == 2)
        #expect(output.findings(.entryUnreadable).map(\.entry) == ["general/2020-01-01.json"])
    }

    @Test func `when a day file is an object, then it is a finding and nothing else suffers`() throws {
        let output = try Self.read(
            ("general/2020-01-01.json", #"{"ok":false}"#), ("general/2020-01-02.json", Self.day))

        #expect(output.messages.count == 2)
        #expect(output.findings(.entryUnreadable).map(\.severity) == [.error])
    }

    @Test func `when a day file is cut off, then what comes before the cut is kept`() throws {
        let output = try Self.read(
            ("general/2020-01-01.json", String(Self.day.dropLast(10))), ("general/2020-01-02.json", Self.day))

        #expect(output.messages.map(\.text) == ["a", "a", "b"])
        #expect(output.findings(.entryUnreadable).map(\.position) == [1])
    }

    @Test func `when a day file begins with a byte order mark, then it is read`() throws {
        let output = try Self.read(("general/2020-01-01.json", "\u{FEFF}" + Self.day))

        #expect(output.messages.count == 2)
        #expect(output.findings.allSatisfy { $0.severity == .info })
    }

    @Test func `when a text has half an emoji, then the message stays`() throws {
        let output = try Self.read(("general/2020-01-01.json", #"[{"user":"U1","ts":"1.1","text":"a\ud83d"}]"#))

        #expect(output.messages.map(\.text) == ["a\u{FFFD}"])
        #expect(output.findings(.valueReplaced).map(\.entry) == ["general/2020-01-01.json"])
    }

    @Test func `when systems left their files in it, then they are skipped`() throws {
        let output = try Self.read(
            (".DS_Store", "x"), ("general/.DS_Store", "x"), ("__MACOSX/general/._2020-01-01.json", "x"),
            ("general/2020-01-01.json", Self.day))

        #expect(output.messages.count == 2)
        #expect(output.findings.allSatisfy { $0.severity == .info })
    }

    @Test func `when a folder belongs to no room, then a private room is made of it`() throws {
        let output = try Self.read(("lost/2020-01-01.json", Self.day), ("lost/2020-01-02.json", #"[{"ts":"2.1"}]"#))

        let room = try #require(output.room(ofFolder: "lost"))
        #expect(room.kind == .privateGroup)
        #expect(room.name == "lost")
        #expect(room.memberIDs == ["U1", "U2"])
        #expect(output.messages.map(\.roomID) == Array(repeating: room.importIDs[0], count: 3))
        #expect(output.messages.first?.id == room.importIDs[0] + "-1-1")
        #expect(output.findings(.entryUnknownRoom).map(\.value) == ["lost"])
    }

    @Test func `when a folder that belongs to no room has no message, then there is no room`() throws {
        let output = try Self.read(("lost/2020-01-01.json", #"[{"type":"x"},{"user":"U1"}]"#))

        #expect(output.rooms.count == 1)
        #expect(output.findings(.entryUnknownRoom).isEmpty)
    }

    @Test func `when a folder is called like one room and is the id of a channel, then the private one gets it`() throws
    {
        let output = try Self.read(
            ("groups.json", #"[{"id":"G1","name":"C1","members":["U1"]}]"#), ("C1/2020-01-01.json", Self.day))

        #expect(output.messages.map(\.roomID) == ["G1", "G1"])
    }

    @Test func `when a name is composed in one place and not in the other, then it is the same room`() throws {
        let output = try Self.read(
            ("groups.json", #"[{"id":"G1","name":"caf\u00e9","members":["U1"]}]"#),
            ("cafe\u{301}/2020-01-01.json", Self.day))

        #expect(output.messages.map(\.roomID) == ["G1", "G1"])
    }

    @Test(arguments: [
        "integration_logs.json", "canvases.json", "general/canvas.html",
        "FC:F1:Title/2020-01-01.json",
        "a/b/c/d.json", "readme.txt",
    ])
    func `when an entry is of no use, then it is counted and skipped`(name: String) throws {
        let output = try Self.read((name, #"[{"user":"U1","ts":"1.1","text":"a"}]"#))

        #expect(output.messages.isEmpty)
        #expect(output.findings(.entryIgnored).reduce(0) { $0 + $1.count } == 1)
    }

    @Test func `when private rooms are not in it, then a finding says which`() throws {
        let output = try SmallExport().read()

        #expect(output.findings(.entryIgnored).map(\.entry) == ["groups.json", "mpims.json", "dms.json"])
    }

    @Test func `when another tool wrote one file for each room, then all are read`() throws {
        let output = try Self.read(("private_messages/kim.json", Self.day), ("general.json", Self.day))

        let room = try #require(output.room(ofFolder: "private_messages/kim")).importIDs[0]
        #expect(output.messages.map(\.roomID).sorted() == ["C1", "C1", room, room])
    }

    @Test func `when such a file is an object, then its messages are read`() throws {
        let output = try Self.read(("general.json", #"{"channel_info":{"id":"C1"},"messages":\#(Self.day)}"#))

        #expect(output.messages.map(\.roomID) == ["C1", "C1"])
    }

    @Test func `when everything is in a folder, then it is read all the same`() throws {
        var builder = ExportBuilder()
        builder.add("export/users.json", #"[{"id":"U1","name":"ann"}]"#)
        builder.add("export/channels.json", #"[{"id":"C1","name":"general","members":["U1"]}]"#)
        builder.add("export/general/2020-01-01.json", Self.day)

        let output = try SmallExport.read(builder)

        #expect(output.messages.map(\.id) == ["slack-C1-1-1", "slack-C1-1-2"])
    }

    @Test func `when it is of an organisation, then all workspaces are read`() throws {
        var builder = ExportBuilder()
        builder.add("org_users.json", #"[{"id":"W1","name":"ann"},{"id":"W2","name":"bob"}]"#)
        builder.add("channels.json", #"[{"id":"C0","name":"all","members":["W1"],"is_general":true}]"#)
        builder.add("all/2020-01-01.json", #"[{"user":"W1","ts":"1.1","text":"a"}]"#)
        for (team, user) in [("north", "W1"), ("south", "W3")] {
            builder.add("teams/\(team)/users.json", #"[{"id":"\#(user)","name":"\#(user)"}]"#)
            builder.add(
                "teams/\(team)/channels.json",
                #"[{"id":"C\#(team)","name":"dev","members":["\#(user)"],"is_general":true}]"#)
            builder.add("teams/\(team)/dev/2020-01-01.json", #"[{"user":"\#(user)","ts":"1.1","text":"\#(team)"}]"#)
        }

        let output = try SmallExport.read(builder)

        #expect(output.users.map(\.username) == ["ann", "bob", "W3"])
        #expect(output.rooms.map(\.name) == ["all", "dev", "south-dev"])
        #expect(output.rooms.map(\.isGeneral) == [true, false, false])
        #expect(output.messages.map(\.roomID).sorted() == ["C0", "Cnorth", "Csouth"])
        #expect(output.ignoredCount == 1)
    }

    @Test func `when its entries come in another order, then the records are the same`() throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"ann","profile":{"bot_id":"B3"}}"#)
        export.entries = [
            ("dms.json", #"[{"id":"D1","members":["U1","U404"]},{"id":"D2"}]"#),
            ("mpims.json", #"[{"id":"G1","name":"m1","members":["U1","U2"]},{"id":"G2","members":["U2","U1"]}]"#),
            (
                "general/2020-01-01.json",
                #"[{"user":"U9","ts":"1.1","text":"<@U9> <@U404>","user_profile":{"name":"x"}}]"#
            ),
            (
                "general/2020-01-02.json",
                #"[{"user":"U9","ts":"2.1","user_profile":{"name":"y"}},{"user":"U8","ts":"2.2"}]"#
            ),
            ("D2/2020-01-02.json", #"[{"user":"U9","ts":"2.1"},{"bot_id":"B3","ts":"2.2"}]"#),
            ("lost/2020-01-02.json", #"[{"user":"U8","ts":"2.1","user_profile":{"name":"x"}}]"#),
            ("lost2/2020-01-02.json", Self.day), ("__uploads/F1/a", "x"),
        ]
        let expected = try export.read().sortedRecords
        var generator = SystemRandomNumberGenerator()

        for _ in 0..<20 {
            var builder = export.builder
            builder.shuffle(using: &generator)
            let records = try SmallExport.read(builder).sortedRecords

            #expect(records == expected)
        }
    }

    @Test func `when it holds something else, then it is rejected with its first names`() throws {
        var builder = ExportBuilder()
        builder.add("a.txt", "x")

        let failure = #expect(throws: ImportFileFailure.self) { try SmallExport.read(builder) }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains("a.txt") == true)
    }

    @Test func `when it is read, then progress never goes back and ends at the end`() throws {
        let output = try Self.read(("general/2020-01-01.json", Self.day), ("general/2020-01-02.json", Self.day))

        #expect(output.progress.count >= 4)
        #expect(zip(output.progress, output.progress.dropFirst()).allSatisfy { $0.bytes <= $1.bytes })
        #expect(output.progress.last.map { $0.bytes == $0.total } == true)
    }
}
