import ImportDomain
import Testing

@Suite("Given rooms whose files and flags disagree")
struct RoomPrivacyTests {
    private static func read(_ channels: String..., entries: [(String, String)] = []) throws -> RecordingOutput {
        var export = SmallExport()
        export.channels += channels
        export.entries = entries
        return try export.read()
    }

    @Test(arguments: [
        (#""is_private":true"#, RoomKind.privateGroup), (#""is_group":true"#, .privateGroup),
        (#""is_im":true"#, .direct), (#""is_mpim":true,"is_group":true"#, .direct),
        (#""is_private":"true""#, .privateGroup),
    ])
    func `when channels.json has a private room, then the flag decides and a warning reports it`(
        flag: String, kind: RoomKind
    ) throws {
        let output = try Self.read(#"{"id":"C2","name":"pay","members":["U1","U2"],\#(flag)}"#)

        #expect(output.room("C2")?.kind == kind)
        #expect(output.findings(.valueReplaced).map(\.value) == ["C2"])
        #expect(output.findings(.valueReplaced).map(\.severity) == [.warning])
    }

    @Test(arguments: [#""is_private":false"#, #""is_channel":true,"is_private":false,"is_im":false,"is_mpim":false"#])
    func `when flags and file agree, then there is no warning`(flags: String) throws {
        let output = try Self.read(#"{"id":"C2","name":"deck","members":["U1"],\#(flags)}"#)

        #expect(output.room("C2")?.kind == .channel)
        #expect(output.findings(.valueReplaced).isEmpty)
    }

    @Test func `when groups.json has a room that says it is public, then it stays private`() throws {
        let output = try Self.read(
            entries: [("groups.json", #"[{"id":"G2","name":"pay","members":["U1"],"is_private":false}]"#)])

        #expect(output.room("G2")?.kind == .privateGroup)
        #expect(output.findings(.valueReplaced).map(\.value) == ["G2"])
    }

    @Test func `when one id is in two files, then the more private one decides and members are joined`() throws {
        let output = try Self.read(
            #"{"id":"C2","name":"pay","members":["U1"]}"#,
            entries: [
                ("groups.json", #"[{"id":"C2","name":"pay","members":["U2"]}]"#),
                ("pay/2020-01-01.json", #"[{"user":"U1","ts":"1.1","text":"a"}]"#),
            ])

        #expect(output.room("C2")?.kind == .privateGroup)
        #expect(output.room("C2")?.memberIDs == ["U1", "U2"])
        #expect(output.messages.map(\.roomID) == ["C2"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["C2"])
    }

    @Test func `when a private room says it is the default channel, then it is a room of its own`() throws {
        var export = SmallExport()
        export.channels = [#"{"id":"C1","name":"all","members":["U1"],"is_general":true,"is_private":true}"#]

        let output = try export.read()

        #expect(output.room("C1")?.isGeneral == false)
        #expect(output.room("C1")?.kind == .privateGroup)
        #expect(output.findings(.valueReplaced).map(\.field) == ["is_private", "is_general"])
    }

    @Test func `when a channel and a group have one name, then their folder belongs to the group`() throws {
        let output = try Self.read(
            #"{"id":"C2","name":"pay","members":["U1"]}"#,
            entries: [
                ("groups.json", #"[{"id":"G3","name":"pay","members":["U2"]}]"#),
                ("pay/2020-01-01.json", #"[{"user":"U2","ts":"1.1","text":"a"}]"#),
            ])

        #expect(output.messages.map(\.roomID) == ["G3"])
        #expect(output.findings(.valueReplaced).contains { $0.message.contains("more private") })
    }

    @Test(arguments: ["dms", "private_messages", "groups", "mpims"])
    func `when a folder of private rooms has a file called like a channel, then the channel gets nothing of it`(
        folder: String
    ) throws {
        let output = try Self.read(
            entries: [("\(folder)/general.json", #"[{"user":"U1","ts":"1.1","text":"psst"}]"#)])

        let room = try #require(output.room(ofFolder: "\(folder)/general"))
        #expect(output.messages.map(\.roomID) == room.importIDs)
        #expect(room.kind == .privateGroup)
        #expect(room.name?.hasPrefix("general-") == true)
    }

    @Test(
        arguments: [
            ("w.json", #"{"channel_info":{"id":"C2","is_private":true},"messages":[MESSAGE]}"#),
            ("w.json", #"{"messages":[MESSAGE],"channel_info":{"is_mpim":"yes","id":"C2"}}"#),
            ("w.json", #"{"channel_id":"C2","is_group":true,"messages":[MESSAGE]}"#),
            ("C2/all.json", #"{"channel_info":{"is_private":true},"messages":[MESSAGE]}"#),
            ("C2.json", #"{"is_private":{"since":1},"messages":[MESSAGE]}"#),
            ("C2.json", #"{"channel":{"is_private":true},"messages":[MESSAGE]}"#),
            ("C2.json", #"{"messages":[MESSAGE],"conversation":{"id":"C2","is_im":true}}"#),
            ("private_channels/C2.json", "[MESSAGE]"), ("dms/C2.json", "[MESSAGE]"), ("mpims/C2.json", "[MESSAGE]"),
            ("groups/C2.json", #"{"channel_info":{"is_private":true},"messages":[MESSAGE]}"#),
            ("private_messages/x.json", #"{"channel_id":"C2","messages":[MESSAGE]}"#),
            ("teams/T1/groups/C2.json", "[MESSAGE]"),
        ], [true, false])
    func `when a file of messages says that a public room is private, then it is, with a warning`(
        file: (name: String, content: String), isFirst: Bool
    ) throws {
        var builder = ExportBuilder()
        let message = #"{"user":"U1","ts":"1.1","text":"psst"}"#
        let entry = (file.name, file.content.replacing("MESSAGE", with: message))
        let list = ("channels.json", #"[{"id":"C2","name":"pay","creator":"U1","members":["U1","U2"]}]"#)
        for (name, content) in isFirst ? [entry, list] : [list, entry] { builder.add(name, content) }

        let output = try SmallExport.read(builder)

        #expect(output.messages.map(\.roomID) == ["C2"])
        #expect(output.rooms.map(\.importIDs) == [["C2"]])
        #expect(output.rooms.allSatisfy { $0.kind != .channel && Set($0.memberIDs) == ["U1", "U2"] })
        let warnings = output.findings(.valueReplaced).filter { $0.value == "C2" }
        #expect(warnings.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("general.json", #"{"channel_info":{"name":"general","is_private":true},"messages":[MESSAGE]}"#),
        ("general/all.json", #"{"is_private":true,"messages":[MESSAGE]}"#),
        ("C1.json", #"{"channel":{"id":"C9","is_private":true},"messages":[MESSAGE]}"#),
        ("general.json", #"{"channel_id":"\#(String(repeating: "x", count: 300))","messages":[MESSAGE]}"#),
    ])
    func `when a private file has the name of a channel or the id of another room, then the channel gets nothing of it`(
        name: String, content: String
    ) throws {
        let output = try Self.read(
            entries: [(name, content.replacing("MESSAGE", with: #"{"user":"U1","ts":"1.1","text":"psst"}"#))])

        #expect(output.messages.count == 1)
        #expect(output.messages.allSatisfy { $0.roomID != "C1" })
        #expect(output.room("C1")?.kind == .channel)
        #expect(output.rooms.last?.kind == .privateGroup)
    }

    @Test func `when a file says that another room is private, then a room of the file's name stays public`() throws {
        let output = try Self.read(
            #"{"id":"C2","name":"pay","members":["U1"]}"#,
            entries: [
                ("C1.json", #"{"channel_info":{"id":"C2","is_private":true},"messages":[{"user":"U1","ts":"1.1"}]}"#)
            ])

        #expect(output.room("C1")?.kind == .channel)
        #expect(output.room("C2")?.kind == .privateGroup)
    }

    @Test func `when the flag of a listed room cannot be read, then the room is private`() throws {
        let output = try Self.read(#"{"id":"C2","name":"pay","members":["U1"],"is_private":"very"}"#)

        #expect(output.room("C2")?.kind == .privateGroup)
    }

    @Test(arguments: ["plans/2020-01-01.json", "plans/all.json", "plans.json"])
    func `when a folder is the id of a channel and the name of a private room, then the private room gets it`(
        entry: String
    ) throws {
        let output = try Self.read(
            #"{"id":"plans","name":"open","members":["U1","U2"]}"#,
            entries: [
                ("groups.json", #"[{"id":"G3","name":"plans","members":["U2"]}]"#),
                (entry, #"[{"user":"U2","ts":"1.1","text":"psst"}]"#),
                ("open/2020-01-01.json", #"[{"user":"U1","ts":"1.1","text":"a"}]"#),
            ])

        #expect(output.messages.map(\.roomID) == ["G3", "plans"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["plans"])
    }

    @Test func `when a folder is the id of a private room and the name of a channel, then the private room gets it`()
        throws
    {
        let output = try Self.read(
            #"{"id":"C2","name":"plans","members":["U1","U2"]}"#,
            entries: [
                ("groups.json", #"[{"id":"plans","name":"secret","members":["U2"]}]"#),
                ("plans/2020-01-01.json", #"[{"user":"U2","ts":"1.1","text":"psst"}]"#),
            ])

        #expect(output.messages.map(\.roomID) == ["plans"])
    }

    @Test func `when conversations and channels have files of one name, then they are two rooms`() throws {
        let output = try Self.read(
            entries: [
                ("dms/kim.json", #"[{"user":"U1","ts":"1.1","text":"psst"}]"#),
                ("channels/kim.json", #"[{"user":"U2","ts":"1.1","text":"a"}]"#),
            ])

        #expect(output.room(ofFolder: "dms/kim")?.memberIDs == ["U1"])
        #expect(output.room(ofFolder: "channels/kim")?.memberIDs == ["U2"])
    }
}
