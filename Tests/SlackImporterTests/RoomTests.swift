import ImportDomain
import Testing

@Suite("Given the rooms of an export")
struct RoomTests {
    private static func read(
        _ entry: String, _ content: String, messages: [(String, String)] = [], capacity: Int = 8
    ) throws -> RecordingOutput {
        var export = SmallExport()
        export.entries = [(entry, content)] + messages
        return try export.read(directRoomCapacity: capacity)
    }

    @Test func `when a channel has everything, then the record has it`() throws {
        var export = SmallExport()
        export.channels = [
            #"{"id":"C1","name":"größe","creator":"U2","members":["U1","U2"],"created":1433558319,"is_archived":true,"#
                + #""topic":{"value":"a &amp; <@U2>"},"purpose":{"value":"<https://x.org|x>"},"is_general":true}"#
        ]

        let output = try export.read()

        #expect(
            output.rooms == [
                RoomRecord(
                    importIDs: ["C1"], kind: .channel, name: "größe", memberIDs: ["U1", "U2"], creatorID: "U2",
                    topic: "a & @bob", description: "[x](https://x.org)",
                    createdAt: Timestamp(milliseconds: 1_433_558_319_000), isArchived: true, isGeneral: true)
            ])
    }

    @Test(arguments: [("null", "U2"), (#""""#, "U2"), (#""USLACKBOT""#, "rocket.cat"), (#""U1""#, "U1")])
    func `when the creator is missing, then the first member is`(creator: String, id: String) throws {
        let output = try Self.read(
            "groups.json", #"[{"id":"G1","name":"g","creator":\#(creator),"members":["U2","U1"]}]"#)

        #expect(output.room("G1")?.creatorID == id)
        #expect(output.room("G1")?.kind == .privateGroup)
    }

    @Test func `when nobody is in it, then it has no creator and stays`() throws {
        let output = try Self.read("groups.json", #"[{"id":"G1","name":"g","members":[]}]"#)

        #expect(output.room("G1")?.creatorID == nil)
        #expect(output.room("G1")?.memberIDs == [])
    }

    @Test(arguments: ["", #","members":null"#])
    func `when the members are missing, then they are those who wrote`(members: String) throws {
        let output = try Self.read(
            "groups.json", #"[{"id":"G1","name":"g","creator":"U1"\#(members)}]"#,
            messages: [("g/2020-01-01.json", #"[{"user":"U2","ts":"1.1"},{"user":"U404","ts":"1.2"},{"ts":"1.3"}]"#)])

        #expect(output.room("G1")?.memberIDs == ["U2", "U404"])
        #expect(output.room("G1")?.creatorID == "U1")
    }

    @Test func `when a member is described nowhere, then an account stands in`() throws {
        let output = try Self.read("dms.json", #"[{"id":"D1","members":["U1","U404"]}]"#)

        #expect(output.room("D1")?.memberIDs == ["U1", "U404"])
        #expect(output.user("U404")?.isDeleted == true)
        #expect(output.findings(.userPlaceholder).count == 1)
    }

    @Test(arguments: [
        (#"["U1","U2"]"#, ["U1", "U2"]), (#"["U1"]"#, ["U1"]), (#"["U1","U1"]"#, ["U1"]),
        (#"["U1","USLACKBOT"]"#, ["U1", "rocket.cat"]),
    ])
    func `when it is a direct conversation, then it has its participants, each once`(
        members: String, participants: [String]
    ) throws {
        let output = try Self.read("dms.json", #"[{"id":"D1","created":1433558319,"members":\#(members)}]"#)

        let room = try #require(output.room("D1"))
        #expect(room.kind == .direct)
        #expect(room.name == nil)
        #expect(room.memberIDs == participants)
    }

    @Test(
        arguments: [(3, RoomKind.direct, nil), (2, RoomKind.privateGroup, "ann-bob-u3")] as [(Int, RoomKind, String?)])
    func `when a group converses, then it is direct up to the limit`(
        capacity: Int, kind: RoomKind, name: String?
    ) throws {
        let output = try Self.read(
            "mpims.json", #"[{"id":"G1","name":"mpdm-x-1","creator":"U1","members":["U2","U3","U1"]}]"#,
            messages: [("mpdm-x-1/2020-01-01.json", #"[{"user":"U2","ts":"1.1"}]"#)], capacity: capacity)

        #expect(output.room("G1")?.kind == kind)
        #expect(output.room("G1")?.name == name)
        #expect(output.messages.map(\.roomID) == ["G1"])
    }

    @Test func `when two conversations have the same people, then they are one room with both ids`() throws {
        let output = try Self.read(
            "mpims.json",
            #"[{"id":"G1","name":"m-1","members":["U1","U2"]},{"id":"G2","name":"m-2","members":["U2","U1"]}]"#,
            messages: [("m-2/2020-01-01.json", #"[{"user":"U2","ts":"1.1"}]"#)])

        #expect(output.rooms.filter { $0.kind == .direct }.map(\.importIDs) == [["G1", "G2"]])
        #expect(output.messages.map(\.id) == ["slack-G2-1-1"])
        #expect(output.ignoredCount == 1)
    }

    @Test(arguments: ["1", "0", "null", #""x""#])
    func `when the time of creation is a stand-in, then there is none`(created: String) throws {
        let output = try Self.read("groups.json", #"[{"id":"G1","name":"g","members":[],"created":\#(created)}]"#)

        #expect(output.room("G1")?.createdAt == nil)
    }

    @Test(arguments: ["5", "null", "{}", #"{"name":"x"}"#])
    func `when an element is invalid, then it is one finding and the others are staged`(element: String) throws {
        let output = try Self.read("groups.json", #"[\#(element),{"id":"G1","name":"g","members":["U1"]}]"#)

        #expect(output.room("G1") != nil)
        #expect(output.findings(.recordInvalid).map(\.position) == [0])
    }

    @Test func `when a person has two ids, then they are in a room once`() throws {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"ann2","profile":{"email":"ANN@example.com"}}"#)
        export.entries = [("groups.json", #"[{"id":"G1","name":"g","creator":"U3","members":["U3","U1","U2"]}]"#)]

        let output = try export.read()

        #expect(output.room("G1")?.memberIDs == ["U1", "U2"])
        #expect(output.room("G1")?.creatorID == "U1")
    }

    @Test(arguments: ["channels.json", "groups.json", "mpims.json"])
    func `when rooms have bookmarks, then one finding counts them`(entry: String) throws {
        let output = try Self.read(
            entry,
            #"[{"id":"G1","name":"g","members":["U1"],"bookmarks":[{"title":"Plan","link":"https://x.org"},{}]},"#
                + #"{"id":"G2","name":"h","members":["U2"],"bookmarks":[{"title":"Map"}]}]"#)

        #expect(output.findings(.valueReplaced).filter { $0.field == "bookmarks" }.map(\.count) == [3])
    }

    @Test(arguments: ["channels.json", "groups.json", "mpims.json"])
    func `when rooms have properties, then a finding for each kind counts those that say something`(
        entry: String
    ) throws {
        let output = try Self.read(
            entry,
            #"[{"id":"G1","name":"g","members":["U1"],"properties":{"canvas":{"file_id":"F1","is_empty":false},"#
                + #""posting_restricted_to":{"type":["admin"]},"tabs":[{"id":"files","type":"files"}],"#
                + #""at_here_restricted":true,"huddles_restricted":false,"use_case":"","meeting_notes":{}}},"#
                + #"{"id":"G2","name":"h","members":["U2"],"properties":{"canvas":{"file_id":"F2","is_empty":true},"#
                + #""tabs":[{"id":"x"}]}},{"id":"G3","name":"i","members":["U1","U2"],"properties":null}]"#)

        let findings = output.findings(.valueReplaced).filter { $0.field == "properties" }
        #expect(
            findings.map { "\($0.value ?? "") \($0.count)" } == [
                "at_here_restricted 1", "canvas 1", "posting_restricted_to 1", "tabs 2",
            ])
        #expect(findings.allSatisfy { $0.severity == .info })
    }
}
