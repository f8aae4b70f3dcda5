import CSVImporter
import ImportDomain
import Testing
import ZipFixtures

@Suite("Given an archive of CSV files")
struct ArchiveTests {
    static let quay: [(name: String, text: String)] = [
        ("users.csv", "mara,mara@example.org,Mara Vale\nodo,,Odo\n"),
        ("channels.csv", "quay,mara,private,mara;odo\nHarbour,odo,public,\n"),
        ("contacts.csv", "name,emails\nUte,ute@example.org\n"),
        ("quay/1.csv", "mara,1514764800000,\"Said \"\"hello\"\", twice\"\nodo,1514764801000,hi @Mara\n"),
        ("quay/2.csv", "odo,1514764802000,later\n"),
        ("harbour/deep/er/x.csv", "mara,1514764803000,below\n"),
        (
            "DirectMessages/1.csv",
            "mara,odo,1514764860000,psst\nodo,mara,1514764861000,what\nodo,ODO,1514764862000,\n"
        ),
        ("unlisted/a.csv", "odo,1514764900000,second\nzed,1514764899000,first\n"),
        ("unlisted/b.csv", "mara,1514764950000,third\n"),
    ]

    @Test func `when it is read, then each row is a record`() throws {
        let output = try readArchive(Self.quay)

        #expect(output.users.map(\.importIDs) == [["mara"], ["odo"]])
        #expect(output.users.map(\.emails) == [["mara@example.org"], []])
        #expect(output.users.map(\.name) == ["Mara Vale", "Odo"])
        #expect(output.users.allSatisfy { $0.type == "user" && !$0.isDeleted && $0.roles.isEmpty })
        #expect(output.contacts.map(\.name) == ["Ute"])
        #expect(output.messages.count == 10)
        #expect(output.refusals.isEmpty)
    }

    @Test func `when a message is read, then it has the identity, room, author, time and text of its row`() throws {
        let output = try readArchive(Self.quay)
        let message = try #require(output.messages.first { $0.roomID == "csv-quay" })

        #expect(message.id == "csv-xtdu5thizgn4gnsvh2duduqb3a")
        #expect(message.authorID == "mara")
        #expect(message.writtenAt == Timestamp(milliseconds: 1_514_764_800_000))
        #expect(message.text == "Said \"hello\", twice")
    }

    @Test func `when somebody is mentioned, then by their import id`() throws {
        let output = try readArchive(Self.quay)
        let message = try #require(output.messages.first { $0.text.hasPrefix("hi ") })

        #expect(message.text == "hi @mara")
        #expect(message.mentionIDs == ["mara"])
    }

    @Test func `when a room is listed, then it has the creator, kind and members of its row`() throws {
        let output = try readArchive(Self.quay)

        #expect(
            output.rooms.first
                == RoomRecord(
                    importIDs: ["csv-quay"], kind: .privateGroup, name: "quay", memberIDs: ["mara", "odo"],
                    creatorID: "mara", isIdentifiedByName: true))
        #expect(
            output.rooms.dropFirst().first
                == RoomRecord(
                    importIDs: ["csv-harbour"], kind: .channel, name: "Harbour", creatorID: "odo",
                    isIdentifiedByName: true))
    }

    @Test func `when two people write to each other, then there is one room of both and one of each alone`() throws {
        let output = try readArchive(Self.quay)
        let direct = output.rooms.filter { $0.kind == .direct }

        #expect(
            direct == [
                RoomRecord(importIDs: ["mara/odo"], kind: .direct, memberIDs: ["mara", "odo"]),
                RoomRecord(importIDs: ["odo/odo"], kind: .direct, memberIDs: ["odo"]),
            ])
        #expect(output.messages.filter { $0.roomID == "mara/odo" }.map(\.authorID) == ["mara", "odo"])
    }

    @Test func `when a folder is not listed, then it becomes a private room of its authors, with one warning`() throws {
        let output = try readArchive(Self.quay)
        let warnings = output.findings.filter { $0.code == .entryUnknownRoom }

        #expect(
            output.rooms.last
                == RoomRecord(
                    importIDs: ["csv-unlisted"], kind: .privateGroup, name: "unlisted",
                    memberIDs: ["mara", "odo", "zed"], creatorID: "zed", isIdentifiedByName: true))
        #expect(warnings.map(\.severity) == [.warning])
        #expect(warnings.map(\.entry) == ["unlisted"])
    }

    @Test
    func `when an author is not in the users file, then there is one warning, and no account is created for them`()
        throws
    {
        let output = try readArchive([
            ("quay/1.csv", "Zed,1514764800000,a\nZed,1514764801000,b\n"), ("quay/2.csv", "Zed,1514764802000,c\n"),
        ])

        #expect(output.findings.filter { $0.field == "username" }.map(\.value) == ["Zed"])
        #expect(output.messages.map(\.authorID) == ["Zed", "Zed", "Zed"])
        #expect(output.users.isEmpty)
    }

    @Test func `when names differ from the users file in letter case, then they are written as there`() throws {
        let output = try readArchive([
            ("channels.csv", "quay,MARA,public,Mara;ODO\n"), ("users.csv", "mara,,\nOdo,,\n"),
            ("quay/1.csv", " MARA ,1514764800000,a\n"), ("directmessages/1.csv", "odo,Mara,1514764800000,b\n"),
        ])

        #expect(output.messages.map(\.authorID) == ["mara", "Odo"])
        #expect(output.rooms.map(\.importIDs) == [["csv-quay"], ["Odo/mara"]])
        #expect(output.rooms.first?.creatorID == "mara")
        #expect(output.rooms.first?.memberIDs == ["mara", "Odo"])
    }

    @Test func `when the content lies in a folder of the archive, then the folder is looked through`() throws {
        let plain = try readArchive(Self.quay)
        let wrapped = try readArchive(Self.quay.map { ("my export/" + $0.name, $0.text) })

        #expect(wrapped.records == plain.records)
    }

    @Test func `when an operating system left files in it, then they are counted and skipped`() throws {
        let output = try readArchive(
            Self.quay + [("__MACOSX/quay/._1.csv", "junk"), ("quay/.DS_Store", "junk"), ("__MACOSX/._users.csv", "x")])

        #expect(output.recordSet == (try readArchive(Self.quay)).recordSet)
        #expect(output.findings.filter { $0.code == .entryIgnored }.map(\.count) == [3])
    }

    @Test func `when there are other files, then each is named in a finding`() throws {
        let output = try readArchive(Self.quay + [("notes.pdf", "x"), ("quay/picture.png", "x"), ("rooms.csv", "a,b")])

        #expect(
            output.findings.filter { $0.code == .entryIgnored }.map(\.entry)
                == ["notes.pdf", "quay/picture.png", "rooms.csv"])
        #expect(output.messages.count == 10)
    }

    @Test(arguments: ["directmessage", "DirectMessages", "direct_messages", "Direct Message", "direct-messages"])
    func `when the folder of direct messages is spelled otherwise, then it is that folder`(folder: String) throws {
        let output = try readArchive([
            ("users.csv", "mara,,\nodo,,\n"), ("\(folder)/1.csv", "mara,odo,1514764860000,psst\n"),
        ])

        #expect(output.rooms.map(\.kind) == [.direct])
        #expect(output.messages.map(\.roomID) == ["mara/odo"])
    }

    @Test func `when it has no table where tables are looked for, then it is rejected with what it begins with`() throws
    {
        let failure = #expect(throws: ImportFileFailure.self) {
            try readArchive([("history.csv", "a,b\n"), ("notes.txt", "x"), ("a/b.pdf", "x")])
        }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains("history.csv, notes.txt, a/b.pdf") == true)
    }

    @Test func `when very many files are not imported, then findings stay few and count all`() throws {
        let output = try readArchive(Self.quay + (0..<500).map { ("x/\($0).bin", "") })
        let ignored = output.findings.filter { $0.code == .entryIgnored }

        #expect(ignored.count == 101)
        #expect(ignored.map(\.count).reduce(0, +) == 500)
    }

    @Test func `when entries come in any order, then the records are the same`() throws {
        let expected = try readArchive(Self.quay).recordSet
        var generator = SystemRandomNumberGenerator()

        for _ in 0..<10 {
            let shuffled = try readArchive(Self.quay.shuffled(using: &generator))
            #expect(shuffled.recordSet == expected)
        }
    }

    @Test func `when it is read twice, then the records are equal and in the same order`() throws {
        let first = try readArchive(Self.quay)
        let second = try readArchive(Self.quay)

        #expect(first.records == second.records)
        #expect(first.findings == second.findings)
    }

    @Test func `when an operation is ended, then reading ends with it`() throws {
        let output = RecordingOutput()
        output.failure = (3, CancellationError())
        let bytes = StoredZip(files: Self.quay.map { ($0.name, Array($0.text.utf8)) }).bytes

        #expect(throws: CancellationError.self) { try read(CSVImporter(), bytes: bytes, named: "a.zip", into: output) }
        #expect(output.records.count == 3)
    }

    @Test func `when it is read, then progress never goes back and ends at the end`() throws {
        let output = try readArchive(Self.quay)

        #expect(output.progress == output.progress.sorted())
        #expect(output.progress.last.map { $0 > 0 } == true)
    }

    @Test func `when an entry is broken, then it has a finding, and the others are read`() throws {
        var bytes = StoredZip(files: [
            ("users.csv", Array("mara,,\n".utf8)),
            ("quay/1.csv", Array("mara,1514764800000,wrong\nmara,15147648".utf8)),
            ("quay/2.csv", Array("mara,1514764801000,right\n".utf8)),
        ]).bytes
        let place = try #require(bytes.firstRange(of: Array("wrong".utf8))).lowerBound
        bytes[place] = UInt8(ascii: "W")

        let output = try read(CSVImporter(), bytes: bytes)

        #expect(output.findings.filter { $0.code == .entryUnreadable }.map(\.entry) == ["quay/1.csv"])
        #expect(output.messages.map(\.text).last == "right")
        #expect(output.refusals.isEmpty)
    }

    @Test func `when two entries have one name, then both are read, with a finding`() throws {
        let output = try readArchive([
            ("users.csv", "mara,,\n"), ("quay/1.csv", "mara,1514764800000,a\n"),
            ("quay/1.csv", "mara,1514764801000,b\n"),
        ])

        #expect(output.messages.map(\.text) == ["a", "b"])
        #expect(output.findings.filter { $0.field == "name" }.map(\.entry) == ["quay/1.csv"])
    }

    @Test(arguments: [
        [("users.csv", "")], [("channels.csv", "\n\n")], [("quay/1.csv", "mara,soon,x\n")],
    ])
    func `when nothing in it can be imported, then it is rejected as empty`(entries: [(name: String, text: String)]) {
        let failure = #expect(throws: ImportFileFailure.self) { try readArchive(entries) }

        #expect(failure?.code == .empty)
    }
}
