import CSVImporter
import ImportDomain
import Testing
import ZipFixtures

@Suite("Given a single CSV file")
struct SingleTableTests {
    private func read(_ text: String, named name: String = "export.csv") throws -> RecordingOutput {
        try CSVImporterTests.read(CSVImporter(), bytes: Array(text.utf8), named: name)
    }

    @Test(arguments: ["mara,m@example.org,Mara\n", "mara,,Mara\n", "email,name,username\nm@example.org,Mara,mara\n"])
    func `when it lists users, then they are read`(text: String) throws {
        let output = try read(text)

        #expect(output.users.map(\.username) == ["mara"])
    }

    @Test func `when it has messages with a room column, then rooms are made of them`() throws {
        let output = try read(
            """
            room,username,time,text
            quay,mara,1514764800000,a
            Quay,odo,1514764801000,b
            pier,odo,1514764802000,c

            """)

        #expect(output.messages.map(\.roomID) == ["csv-quay", "csv-quay", "csv-pier"])
        #expect(Set(output.rooms.map(\.importIDs)) == [["csv-quay"], ["csv-pier"]])
        #expect(output.rooms.first { $0.name == "Quay" }?.memberIDs == ["mara", "odo"])
        #expect(output.findings.count { $0.code == .entryUnknownRoom } == 2)
    }

    @Test func `when it has messages with a receiver, then conversations are made of them`() throws {
        let output = try read("from,to,time,text\nodo,mara,1514764800000,a\nmara,odo,1514764801000,b\n")

        #expect(output.rooms == [RoomRecord(importIDs: ["mara/odo"], kind: .direct, memberIDs: ["mara", "odo"])])
        #expect(output.messages.count == 2)
    }

    @Test func `when it is called channels or contacts, then it is read as such`() throws {
        let rooms = try read("quay,mara,private,mara;odo\n", named: "Channels.CSV")
        let contacts = try read("name\nUte\n", named: "contacts.csv")

        #expect(rooms.rooms.map(\.name) == ["quay"])
        #expect(contacts.contacts.map(\.name) == ["Ute"])
    }

    @Test func `when it has messages and no header, then the error explains the column names`() throws {
        let failure = #expect(throws: ImportFileFailure.self) { try read("mara,1514764800000,hello\n") }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains("room, username, time, text") == true)
    }

    @Test(arguments: [
        "\"1483051909\",\"quay\",\"mara\",\"who\"\n", "mara,@odo hello,1483051909\n", "mara,,2016-02-01T04:13:20Z\n",
        "2016-02-01 04:13,,mara\n", "quay,mara,private,mara;odo\n", "mara,a@b,Member,1,0,0,U1,Mara,,\n",
        "mara,m@x@y,Mara\n", "mara,call me @ home,Mara\n", "mara,m@example.org,Mara,and more\n",
    ])
    func `when it has no header and is not a list of users, then no account is called by its cells`(text: String) throws
    {
        let output = RecordingOutput()

        let failure = #expect(throws: ImportFileFailure.self) {
            try CSVImporterTests.read(CSVImporter(), bytes: Array(text.utf8), named: "history.csv", into: output)
        }

        #expect(failure?.code == .unrecognized)
        #expect(output.records.isEmpty)
    }

    @Test func `when it is Slack's list of members, then the right importer is named`() throws {
        for text in [SlackUsersTests.header, ""].map({ $0 + "kim,k@example.org,Deactivated,0,0,0,U2,Kim,kim,\n" }) {
            let failure = #expect(throws: ImportFileFailure.self) { try read(text) }

            #expect(failure?.code == .unrecognized)
            #expect(failure?.message.contains("slack-users") == true)
        }
    }

    @Test func `when its columns are those of contacts, then contacts are read`() throws {
        let output = try read("name;emails;phones\nUte;u@example.org;+49 1\n")

        #expect(output.contacts.map(\.name) == ["Ute"])
        #expect(output.users.isEmpty)
    }

    @Test(arguments: [
        ("dn: cn=mara\ncn: mara\n", "LDIF"), ("AuthorID,Author,Date,Content\n1,a,b,c\n", "Discord"),
    ])
    func `when it is text of another system, then that is named`(text: String, name: String) throws {
        let failure = #expect(throws: ImportFileFailure.self) { try read(text) }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains(name) == true)
    }

    @Test(arguments: [
        ("channels.json", "slack"), ("quay/1.csv", "importer csv"), ("realm.json", "Zulip"),
    ])
    func `when an archive is sent in place of a table, then that is named`(entry: String, name: String) throws {
        let zip = StoredZip(files: [(entry, Array("[]".utf8))]).bytes
        for importer in [SlackUsersImporter(), OmnichannelContactImporter()] as [any Importer] {
            let failure = #expect(throws: ImportFileFailure.self) {
                try CSVImporterTests.read(importer, bytes: zip, named: "a.zip", into: RecordingOutput())
            }
            #expect(failure?.code == .unrecognized)
            #expect(failure?.message.contains(name) == true)
        }
    }

    @Test(arguments: [
        ("%PDF-1.7 secret", ImportFileFailure.Code.unrecognized), ("<!doctype html><p>secret", .unrecognized),
        ("{\"secret\": 1}", .unrecognized), ("Salted__secret", .encrypted), ("PK\u{3}\u{4}secret", .damaged),
        ("", .empty),
        ("\u{1}\u{2}\u{3}\u{4}\u{5}secret", .unrecognized),
    ])
    func `when the content is something else, then it is rejected without showing it`(
        content: String, code: ImportFileFailure.Code
    ) throws {
        for importer in [CSVImporter(), SlackUsersImporter(), OmnichannelContactImporter()] as [any Importer] {
            let failure = #expect(throws: ImportFileFailure.self) {
                try CSVImporterTests.read(
                    importer, bytes: Array(content.utf8), named: "users.csv", into: RecordingOutput())
            }
            #expect(failure?.code == code, "\(importer.description.name)")
            #expect(failure?.message.contains("secret") == false)
        }
    }
}
