import ImportDomain
import Testing

@Suite("Given conversations whose members are not listed")
struct ParticipantTests {
    private static func read(
        _ entry: String, _ content: String, _ messages: [(folder: String, users: [String])] = [], capacity: Int = 8
    ) throws -> RecordingOutput {
        var export = SmallExport()
        export.users += [
            #"{"id":"U3","name":"cleo"}"#, #"{"id":"U4","name":"dan-o"}"#, #"{"id":"U5","name":"bot","is_bot":true}"#,
        ]
        export.entries = [(entry, content)]
        for (folder, users) in messages {
            let elements = users.enumerated().map { #"{"user":"\#($1)","ts":"1.\#($0 + 1)","text":"a"}"# }
            export.entries.append(("\(folder)/2020-01-01.json", "[\(elements.joined(separator: ","))]"))
        }
        return try export.read(directRoomCapacity: capacity)
    }

    @Test func `when they name the other person, then that person is in it with the authors`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D1","user":"U2"},{"id":"D2","user":"U3"},{"id":"D3","user":"U4"}]"#,
            [("D1", ["U1"]), ("D2", ["U1"]), ("D3", ["U1", "U4"])])

        #expect(
            output.rooms.filter { $0.kind == .direct }.map(\.memberIDs) == [
                ["U1", "U2"], ["U1", "U3"], ["U1", "U4"],
            ])
        #expect(output.rooms.filter { $0.kind == .direct }.map(\.importIDs) == [["D1"], ["D2"], ["D3"]])
    }

    @Test func `when only the other person wrote, then the one who wrote in the others is in it`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D1","user":"U2"},{"id":"D2","user":"U3"},{"id":"D3","user":"U1"}]"#,
            [("D1", ["U1"]), ("D2", ["U3"]), ("D3", ["U1"])])

        #expect(output.room("D2")?.memberIDs == ["U1", "U3"])
        #expect(output.room("D3")?.memberIDs == ["U1"])
        #expect(output.rooms.filter { $0.kind == .direct }.count == 3)
    }

    @Test func `when nobody wrote in a conversation, then nobody is added to it, and a finding names it`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D0","user":"U2"},{"id":"D1","user":"U3"},{"id":"D2","user":"U4"}]"#,
            [("D0", ["U1"]), ("D2", ["U1"])])

        #expect(output.room("D1") == nil)
        #expect(output.findings(.recordInvalid).map(\.value) == ["D1"])
    }

    @Test func `when a group is listed in part and has no messages, then it is left out with a finding`() throws {
        let output = try Self.read(
            "mpims.json", #"[{"id":"G1","name":"mpdm-ann--gone-1"},{"id":"G2","name":"mpdm-ann--bob-1"}]"#)

        #expect(output.room("G1") == nil)
        #expect(output.room("G2")?.kind == .direct)
        #expect(output.findings(.recordInvalid).map(\.value) == ["G1"])
    }

    @Test func `when somebody wrote in a single conversation, then they are added to no other`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D0","user":"U2"},{"id":"D1","user":"U3"}]"#, [("D0", ["U1"]), ("D1", ["U3"])])

        #expect(output.room("D0")?.memberIDs == ["U1", "U2"])
        #expect(output.room("D0")?.kind == .direct)
        #expect(output.room("D1")?.memberIDs == ["U3"])
        #expect(output.room("D1")?.kind == .privateGroup)
        #expect(output.findings(.valueReplaced).map(\.value) == ["D1"])
    }

    @Test func `when no other person is known to be in them, then each is a private room of its own`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D1"},{"id":"D2","members":null},{"id":"D3","user":"U2"},{"id":"D4","members":[]}]"#,
            [("D1", ["U1"]), ("D2", ["U1"]), ("D3", ["U2"]), ("D4", ["U1", "U2"])])

        for id in ["D1", "D2", "D3"] {
            #expect(output.room(id)?.kind == .privateGroup)
            #expect(output.room(id)?.importIDs == [id])
        }
        #expect(output.room("D4")?.kind == .direct)
        #expect(output.findings(.valueReplaced).map(\.value) == ["D1", "D2", "D3"])
    }

    @Test func `when two people wrote in them besides the other person, then nobody is added to the rest`() throws {
        let output = try Self.read(
            "dms.json", #"[{"id":"D1","user":"U2"},{"id":"D2","user":"U3"},{"id":"D3","user":"U4"}]"#,
            [("D1", ["U1"]), ("D2", ["U4"]), ("D3", ["U4"])])

        #expect(output.room("D3")?.kind == .privateGroup)
        #expect(output.room("D3")?.memberIDs == ["U4"])
    }

    @Test(arguments: [
        #""name":"mpdm-ann--bob--dan-o-1","members":null"#, #""name":"mpdm-ann--bob--dan-o-12""#,
        #""name":"x","purpose":{"value":"Group messaging with: @ann @bob @dan-o"}"#,
        #""name":"mpdm-ann--gone--dan-o-1","purpose":"Group messaging with: @ann, @bob, @dan-o","members":[]"#,
    ])
    func `when name or purpose list a group's people, then they are in it`(members: String) throws {
        let output = try Self.read(
            "mpims.json", #"[{"id":"G1",\#(members)}]"#, [("G1", ["U1", "U5"])])

        #expect(output.room("G1")?.kind == .direct)
        #expect(output.room("G1")?.memberIDs.filter { $0 != "U5" } == ["U1", "U2", "U4"])
    }

    @Test func `when too many people are listed, then it is a private group of them`() throws {
        let output = try Self.read(
            "mpims.json", #"[{"id":"G1","name":"mpdm-ann--bob--dan-o-1"}]"#, [("G1", ["U1"])], capacity: 2)

        #expect(output.room("G1")?.kind == .privateGroup)
        #expect(output.room("G1")?.name == "ann-bob-dan-o")
        #expect(output.room("G1")?.memberIDs == ["U1", "U2", "U4"])
    }

    @Test func `when nothing lists a group's people, then it is a private room apart from all others`() throws {
        let output = try Self.read(
            "mpims.json",
            #"[{"id":"G1","name":"m-1","members":null},{"id":"G2","name":"mpdm-ann--gone-1"},{"id":"G3","name":"m-3"}]"#,
            [("m-1", ["U2", "U1"]), ("mpdm-ann--gone-1", ["U2", "U1"])])

        #expect(output.room("G1")?.kind == .privateGroup)
        #expect(output.room("G1")?.name == "m-1")
        #expect(output.room("G1")?.memberIDs == ["U1", "U2"])
        #expect(output.room("G2")?.kind == .privateGroup)
        #expect(output.room("G2")?.importIDs == ["G2"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["G1", "G2"])
        #expect(output.findings(.recordInvalid).map(\.value) == ["G3"])
    }

    @Test func `when another person wrote in a group than its name lists, then only its authors are members`()
        throws
    {
        let output = try Self.read(
            "mpims.json", #"[{"id":"G1","name":"mpdm-ann--bob-1"}]"#, [("mpdm-ann--bob-1", ["U3"])])

        #expect(output.room("G1")?.kind == .privateGroup)
        #expect(output.room("G1")?.memberIDs == ["U3"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["G1"])
    }

    @Test func `when two others wrote in a direct conversation, then the person whom it names does not read it`() throws
    {
        let output = try Self.read("dms.json", #"[{"id":"D1","user":"U3"}]"#, [("D1", ["U1", "U2"])])

        #expect(output.room("D1")?.kind == .privateGroup)
        #expect(output.room("D1")?.memberIDs == ["U1", "U2"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["D1"])
    }

    @Test func `when three wrote in a direct conversation, then it is a private room apart from all others`() throws {
        let output = try Self.read("dms.json", #"[{"id":"D1"}]"#, [("D1", ["U1", "U2", "U3"])])

        #expect(output.room("D1")?.kind == .privateGroup)
        #expect(output.room("D1")?.memberIDs == ["U1", "U2", "U3"])
    }

    @Test func `when a program wrote in a conversation of two, then it stays direct`() throws {
        let output = try Self.read("dms.json", #"[{"id":"D1","user":"U2"}]"#, [("D1", ["U1", "U5", "U2"])])

        #expect(output.room("D1")?.kind == .direct)
    }

    @Test(arguments: [
        "dms", "private_messages", "direct_messages", "mpims", "group_messages", "groups", "private_channels",
    ])
    func `when two others wrote in a file named after a person, then that person does not read it`(
        folder: String
    ) throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"cleo"}"#)
        export.entries = [
            ("\(folder)/cleo.json", #"[{"user":"U1","ts":"1.1","text":"a"},{"user":"U2","ts":"1.2","text":"b"}]"#)
        ]

        let output = try export.read()

        #expect(output.room(ofFolder: "\(folder)/cleo")?.memberIDs == ["U1", "U2"])
        #expect(output.findings(.entryUnknownRoom).count == 1)
    }

    @Test func `when names list a group's people, then a finding states their origin`() throws {
        let output = try Self.read("mpims.json", #"[{"id":"G1","name":"mpdm-ann--bob-1"}]"#, [("G1", ["U1"])])

        #expect(output.room("G1")?.memberIDs == ["U1", "U2"])
        #expect(output.findings(.valueReplaced).map(\.value) == ["G1"])
    }

    @Test func `when a file of a conversation is named after a person, then that person is in it`() throws {
        var export = SmallExport()
        export.entries = [("dms/bob.json", #"[{"user":"U1","ts":"1.1","text":"a"}]"#)]

        let output = try export.read()

        #expect(output.room(ofFolder: "dms/bob")?.memberIDs == ["U1", "U2"])
        #expect(output.room(ofFolder: "dms/bob")?.kind == .privateGroup)
    }
}
