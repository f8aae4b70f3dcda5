import ImportDomain
import Testing

@Suite("Given a channels file")
struct RoomTableTests {
    private func read(_ text: String) throws -> RecordingOutput {
        try readArchive([("users.csv", "mara,,\n"), ("channels.csv", text)])
    }

    /// Words, and their kinds of rooms.
    static let words: [(String, RoomKind)] = [
        ("private", .privateGroup), (" PRIVATE ", .privateGroup), ("p", .privateGroup), ("P", .privateGroup),
        ("group", .privateGroup), ("Private Channel", .privateGroup), ("private_group", .privateGroup),
        ("privat", .privateGroup), ("public", .channel), ("Public", .channel), ("c", .channel), ("C", .channel),
        ("channel", .channel), ("Public Channel", .channel), ("direct", .direct), ("Direct", .direct), ("D", .direct),
        ("dm", .direct), ("DM", .direct), ("direct message", .direct), ("Direct-Messages", .direct), ("im", .direct),
    ]

    @Test(arguments: words, ["", "name,creator,kind,members\n", "Name,Owner,Private,Members\n"])
    func `when a word is known, then it says the kind in any case, with and without a header`(
        word: (String, RoomKind), header: String
    ) throws {
        let output = try read(header + "quay,mara,\(word.0),odo\n")

        #expect(output.rooms.map(\.kind) == [word.1])
        #expect(output.rooms.map(\.name) == [word.1 == .direct ? nil : "quay"])
        #expect(output.findings.isEmpty)
    }

    @Test(arguments: ["true", "", "restricted", "O", "1", "public?", "öffentlich und geheim", "Dir ect!"])
    func `when a word is not known, then the room is private and a warning shows it`(word: String) throws {
        let output = try read("quay,mara,\(word),odo\n")

        #expect(output.rooms.map(\.kind) == [.privateGroup])
        #expect(output.findings.map(\.severity) == [.warning])
        #expect(output.findings.map(\.value) == [word])
        #expect(output.findings.map(\.position) == [1])
    }

    @Test(arguments: [
        ("name,private,creator\nquay,true,mara", RoomKind.privateGroup), ("name,private\nquay,0", .channel),
        ("channel,private,owner\nquay,no,mara", .channel), ("name,is_public\nquay,yes", .channel),
        ("name,public\nquay,false", .privateGroup),
    ])
    func `when a header names a flag, then true and false are words, too`(text: String, kind: RoomKind) throws {
        let output = try read(text)

        #expect(output.rooms.map(\.kind) == [kind])
        #expect(output.findings.isEmpty)
    }

    @Test(arguments: ["name,type\nquay,true\npier,false\n", "name,creator\nquay,mara\npier,mara\n"])
    func `when nothing says who can read rooms, then they are private and a warning reports it`(text: String) throws {
        let output = try read(text)

        #expect(output.rooms.map(\.kind) == [.privateGroup, .privateGroup])
        #expect(output.findings.contains { $0.severity == .warning && $0.field == "private" })
    }

    @Test func `when a room is direct, then creator and members are its participants`() throws {
        let output = try readArchive([
            ("users.csv", "mara,,\nodo,,\n"), ("channels.csv", "x1,Mara,Direct,odo;mara\n"),
            ("x1/1.csv", "odo,1514764800000,between us\n"),
        ])

        #expect(
            output.rooms == [
                RoomRecord(importIDs: ["csv-x1"], kind: .direct, memberIDs: ["odo", "mara"], isIdentifiedByName: true)
            ])
        #expect(output.messages.map(\.roomID) == ["csv-x1"])
        #expect(output.findings.isEmpty)
    }

    @Test(arguments: ["x1,mara,direct,", "x1,,direct,mara", "x1,mara,direct,a;b;c;d;e;f;g;h"])
    func `when a direct room has too few or too many participants, then it is private with a warning`(
        row: String
    ) throws {
        let output = try read(row + "\n")

        #expect(output.rooms.map(\.kind) == [.privateGroup])
        #expect(output.rooms.map(\.name) == ["x1"])
        #expect(output.findings.map(\.severity) == [.warning])
    }

    @Test func `when a row has three columns, then the room has no members`() throws {
        let output = try read("quay,mara,private\n")

        #expect(
            output.rooms == [
                RoomRecord(
                    importIDs: ["csv-quay"], kind: .privateGroup, name: "quay", creatorID: "mara",
                    isIdentifiedByName: true)
            ])
        #expect(output.refusals.isEmpty)
    }

    @Test func `when members repeat or are empty, then each counts once, also unknown ones`() throws {
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
        ("DirectMessages,mara,public,\n", "channels.csv:1 name"),
        ("direct_message,mara,public\n", "channels.csv:1 name"), ("quay,mara,public,mara,odo\n", "channels.csv:1 row"),
        ("a,,public\nquay,mara,public\nQUAY,mara,private\n", "channels.csv:3 name"),
    ])
    func `when a row is invalid, then it is rejected by its line`(text: String, line: String) throws {
        let output = try read(text)

        #expect(output.refusedLines == [line])
    }
}
