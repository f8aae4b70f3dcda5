import ImportDomain
import Testing

@Suite("Given private rooms whose creator is not a member")
struct FormerCreatorTests {
    private static func read(_ entry: String, _ room: String) throws -> RecordingOutput {
        var export = SmallExport()
        export.users.append(#"{"id":"U3","name":"cleo"}"#)
        export.entries = [(entry, "[\(room)]")]
        return try export.read()
    }

    @Test(arguments: [
        ("groups.json", #"{"id":"G1","name":"pay","creator":"U2","members":["U1","U3"]}"#),
        ("teams/T1/channels.json", #"{"id":"G1","name":"pay","is_private":true,"creator":"U2","members":["U1","U3"]}"#),
        ("teams/T1/channels.json", #"{"id":"G1","name":"m","is_mpim":true,"creator":"U2","members":["U1","U3"]}"#),
        ("mpims.json", #"{"id":"G1","name":"mpdm-ann--cleo-1","creator":"U2","members":["U1","U3"]}"#),
        ("mpims.json", #"{"id":"G1","name":"mpdm-ann--cleo-1","creator":"U2"}"#),
        ("dms.json", #"{"id":"G1","creator":"U2","members":["U1","U3"]}"#),
        ("groups.json", #"{"id":"G1","name":"pay","creator":"U404","members":["U1","U3"]}"#),
    ])
    func `when the members are listed, then the creator is neither owner nor member`(entry: String, room: String) throws
    {
        let output = try Self.read(entry, room)

        #expect(output.room("G1")?.memberIDs == ["U1", "U3"])
        #expect(output.room("G1")?.creatorID == "U1")
        #expect(output.users.map(\.username) == ["ann", "bob", "cleo"])
    }

    @Test func `when the list of a private room is empty, then the creator is not put back`() throws {
        let output = try Self.read("groups.json", #"{"id":"G1","name":"pay","creator":"U2","members":[]}"#)

        #expect(output.room("G1")?.creatorID == nil)
        #expect(output.room("G1")?.memberIDs == [])
    }

    @Test func `when a private room gets another owner, then a finding reports it`() throws {
        let output = try Self.read("groups.json", #"{"id":"G1","name":"pay","creator":"U2","members":["U1"]}"#)

        #expect(output.findings.filter { $0.field == "creator" }.map(\.value) == ["G1"])
        #expect(output.findings.filter { $0.field == "creator" }.map(\.code) == [.valueReplaced])
    }

    @Test(arguments: [
        ("groups.json", #"{"id":"G1","name":"pay","creator":"U2","members":["U1","U2"]}"#),
        ("groups.json", #"{"id":"G1","name":"pay","creator":"U2","members":null}"#),
        ("teams/T1/channels.json", #"{"id":"G1","name":"deck","creator":"U2","members":["U1"]}"#),
    ])
    func `when the creator is a member, nobody lists the members or everybody reads it, then the creator owns it`(
        entry: String, room: String
    ) throws {
        let output = try Self.read(entry, room)

        #expect(output.room("G1")?.creatorID == "U2")
        #expect(output.findings.allSatisfy { $0.field != "creator" })
    }
}
