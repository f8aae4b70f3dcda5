import ImportDomain
import Testing

@Suite("Given a channels file")
struct RoomTableTests {
    private func read(_ text: String) throws -> RecordingOutput {
        try readArchive([("users.csv", "mara,,\n"), ("channels.csv", text)])
    }

    @Test(arguments: [
        ("quay,mara,private,mara", RoomKind.privateGroup), ("quay,mara, PRIVATE ,", .privateGroup),
        ("quay,mara,public,", .channel), ("quay,mara,,", .channel), ("quay,mara,true,", .channel),
        ("name,private,creator\nquay,true,mara", .privateGroup), ("Name,Type\nquay,private", .privateGroup),
        ("channel,private,owner\nquay,no,mara", .channel),
    ])
    func `when a row says private, then the room is, and otherwise public`(text: String, kind: RoomKind) throws {
        let output = try read(text)

        #expect(output.rooms.map(\.kind) == [kind])
        #expect(output.rooms.map(\.name) == ["quay"])
    }

    @Test func `when a row has three columns, then the room has no members`() throws {
        let output = try read("quay,mara,private\n")

        #expect(
            output.rooms == [RoomRecord(importIDs: ["csv-quay"], kind: .privateGroup, name: "quay", creatorID: "mara")])
        #expect(output.refusals.isEmpty)
    }

    @Test func `when members repeat or are empty, then each counts once, also those nobody knows`() throws {
        let output = try read("quay,,public,\"mara; ;zed;Mara;;zed\"\n")

        #expect(output.rooms.first?.memberIDs == ["mara", "zed"])
        #expect(output.rooms.first?.creatorID == nil)
    }

    @Test func `when a header names topic and description, then they are read`() throws {
        let output = try read("name,creator,topic,purpose\nquay,mara,boats,talk\n")

        #expect(output.rooms.first?.topic == "boats")
        #expect(output.rooms.first?.description == "talk")
    }

    @Test func `when names are not in normal form C, then they are put in it`() throws {
        let output = try readArchive([
            ("channels.csv", "Gro\u{0308}ne,mara,public\n"), ("gröne/1.csv", "mara,1514764800000,o\u{0308}\n"),
        ])

        #expect(output.rooms.map { Array(($0.name ?? "").unicodeScalars) } == [Array("Gröne".unicodeScalars)])
        #expect(output.messages.map(\.roomID) == ["csv-gröne"])
        #expect(output.messages.map { $0.text.unicodeScalars.count } == [2])
    }

    @Test(arguments: [
        ("quay,mara\n", "channels.csv:1 row"), (",mara,public\n", "channels.csv:1 name"),
        ("DirectMessages,mara,public,\n", "channels.csv:1 name"), ("quay,mara,public,mara,odo\n", "channels.csv:1 row"),
        ("a,,public\nquay,mara,public\nQUAY,mara,private\n", "channels.csv:3 name"),
    ])
    func `when a row makes no sense, then it is refused by its line`(text: String, line: String) throws {
        let output = try read(text)

        #expect(output.refusedLines == [line])
    }
}
