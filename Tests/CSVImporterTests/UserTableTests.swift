import CSVImporter
import ImportDomain
import Testing
import ZipFixtures

@Suite("Given a users file")
struct UserTableTests {
    private func read(_ text: String) throws -> RecordingOutput { try readArchive([("users.csv", text)]) }

    @Test(arguments: [
        "username,email,name\nmara,mara@example.org,Mara\n", "Name,E-Mail,User_Name\nMara,mara@example.org,mara\n",
        " USERNAME ;E mails; NAME\nmara;mara@example.org;Mara\n", "mara , mara@example.org,  Mara\n",
        "\u{FEFF}username,email,name\r\nmara,mara@example.org,Mara\r\n", "sep=;\nmara;mara@example.org;Mara\n",
    ])
    func `when columns have names, then they are found by them, otherwise by their places`(text: String) throws {
        let output = try read(text)

        #expect(
            output.users
                == [
                    UserRecord(
                        importIDs: ["mara"], emails: ["mara@example.org"], username: "mara", name: "Mara", type: "user")
                ])
    }

    @Test func `when a header names everything, then everything is read`() throws {
        let output = try read(
            """
            username,emails,name,import_id,roles,type,password,deleted,bio,status text,utcOffset,avatarUrl,\
            customFields.Team,customfields.floor
            mara,a@example.org;b@example.org,Mara,U1,user;leader,BOT,secret,TRUE,sails,away,5.5,https://example.org/a,Quay,
            """)
        var user = UserRecord(importIDs: ["U1", "mara"], emails: ["a@example.org", "b@example.org"])
        user.username = "mara"
        user.name = "Mara"
        user.roles = ["user", "leader"]
        user.type = "bot"
        user.passwordDigest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
        user.isDeleted = true
        user.bio = "sails"
        user.statusText = "away"
        user.utcOffset = 5.5
        user.avatarURL = "https://example.org/a"
        user.customFields = #"{"Team":"Quay"}"#

        #expect(output.users == [user])
    }

    @Test(arguments: [
        "username,email,name,bio\nmara,m@e.org,Vale, Mara,\nodo,o@e.org,Odo,\n",
        "username;email\nmara;m@e.org;\nodo;o@e.org\n", "mara,m@e.org,Mara,\nodo,o@e.org,Vale, Odo,\n",
    ])
    func `when a row has more fields than the table, then it is rejected even if they are empty`(text: String) throws {
        let output = try read(text)

        #expect(output.refusals.count == 1)
        #expect(output.users.count == 1)
        #expect(output.users.first?.emails == [output.users.first?.username == "odo" ? "o@e.org" : "m@e.org"])
    }

    @Test func `when a table without a header has empty columns, then its rows may have them`() throws {
        let output = try read("mara,m@e.org,Mara,,\nodo,o@e.org,Odo,,\n")

        #expect(output.findings.isEmpty)
        #expect(output.users.map(\.name) == ["Mara", "Odo"])
    }

    @Test func `when a header has other columns, then they are named in a finding`() throws {
        let output = try read("username,shoe size,email\nmara,44,m@example.org\n")

        #expect(output.findings.map(\.value) == ["shoe size"])
        #expect(output.users.map(\.username) == ["mara"])
    }

    @Test func `when values are invalid, then they are left out with a finding and the user stays`() throws {
        let output = try read(
            "username,deleted,utcoffset,avatarurl\nmara,maybe,west,javascript:alert(1)\n")

        #expect(output.findings.map(\.field) == ["deleted", "utcoffset", "avatarurl"])
        #expect(output.findings.allSatisfy { $0.code == .valueReplaced && $0.position == 2 })
        #expect(
            output.users == [
                UserRecord(importIDs: ["mara"], emails: [], username: "mara", isDeleted: true, type: "user")
            ])
    }

    @Test(arguments: [
        ("mara,m@example.org\n", ["users.csv:1 row"]), ("mara\nodo,o@example.org,Odo\n", ["users.csv:1 row"]),
        ("odo,o@example.org,Odo\nmara,m@example.org,Vale, Mara\n", ["users.csv:2 row"]),
        (",,Nobody\nodo,,\n", ["users.csv:1 username"]),
        ("username,email\n,\nodo,\n,  ;\nmara,x@y,z\n", ["users.csv:4 username", "users.csv:5 row"]),
        ("\"odo\",\"o@example.org\",\"Odo\" x\nmara,,\n", ["users.csv:1 row"]),
        (String(repeating: "m", count: 256) + ",,\nodo,,\n", ["users.csv:1 username"]),
    ])
    func `when a row is invalid, then it is rejected by its line and the others stay`(
        text: String, lines: [String]
    ) throws {
        let output = RecordingOutput()

        // A file with only such rows is rejected after its findings.
        _ = try? CSVImporterTests.read(
            CSVImporter(), bytes: StoredZip(files: [("users.csv", Array(text.utf8))]).bytes, named: "a.zip",
            into: output)

        #expect(output.refusedLines == lines)
        #expect(output.refusals.allSatisfy { $0.severity == .error })
        #expect(output.users.count + output.refusals.count <= text.split(separator: "\n").count)
    }

    @Test(arguments: [
        ("username,active\nmara,false\n", true), ("username,active\nmara,TRUE\n", false),
        ("username,enabled\nmara,0\n", true), ("username,suspended\nmara,yes\n", true),
        ("username,status\nmara,Deactivated\n", true), ("username,status\nmara,inactive\n", true),
        ("username,status\nmara,Active\n", false), ("username,deactivated,active\nmara,,\n", false),
    ])
    func `when a column says who is active, then nobody else is`(text: String, isDeleted: Bool) throws {
        let output = try read(text)

        #expect(output.users.map(\.isDeleted) == [isDeleted])
        #expect(output.findings.isEmpty)
    }

    @Test func `when the file is Slack's list of members, then it is read as such`() throws {
        let output = try read(
            SlackUsersTests.header + "kim,k@example.org,Deactivated,0,0,0,U2,Kim Osei,kimo,\n"
                + "bot,,Bot,0,0,0,U3,Tide Bot,tidebot,\n")

        #expect(output.users.map(\.name) == ["Kim Osei", "Tide Bot"])
        #expect(output.users.map(\.nickname) == ["kimo", "tidebot"])
        #expect(output.users.map(\.isDeleted) == [true, false])
        #expect(output.users.map(\.type) == ["user", "bot"])
        #expect(output.users.map(\.importIDs) == [["U2", "kim", "k@example.org"], ["U3", "bot"]])
    }

    @Test func `when the table is one of messages, then no row becomes an account`() throws {
        let output = RecordingOutput()

        // A file with only such rows is rejected after its findings.
        _ = try? CSVImporterTests.read(
            CSVImporter(), bytes: StoredZip(files: [("users.csv", Array("mara,1514764800000,hello\n".utf8))]).bytes,
            named: "a.zip", into: output)

        #expect(output.users.isEmpty)
        #expect(output.refusedLines == ["users.csv:1 email"])
    }

    @Test func `when import ids differ in their bytes alone, then both are kept as they are`() throws {
        let output = try read("username,importid\nmara,e\u{301};\u{E9}\n")

        #expect(
            output.users.first?.importIDs.map { Array($0.utf8) }
                == ["e\u{301}", "\u{E9}", "mara"].map { Array($0.utf8) })
    }

    @Test func `when values are beyond their limits, then they are cut or left out with a finding`() throws {
        let long = String(repeating: "x", count: 20_000)

        let output = try read(
            "username,email,name,bio,importid,avatarurl\nmara,\(long)@example.org,\(long),\(long),\(long),http://\(long)\n"
        )

        #expect(output.users.map { $0.name?.utf8.count } == [RecordLimits.nameBytes])
        #expect(output.users.map { $0.bio?.utf8.count } == [RecordLimits.descriptionBytes])
        #expect(output.users.map(\.importIDs) == [["mara"]])
        #expect(output.users.map(\.emails) == [[]])
        #expect(output.users.map(\.avatarURL) == [nil])
        #expect(output.findings.map(\.field) == ["email", "importid", "name", "bio", "avatarurl"])
        #expect(output.findings.allSatisfy { $0.code == .limitExceeded })
    }

    @Test func `when cells are padded with spaces of any kind, then they are trimmed`() throws {
        let output = try read("username,email\n\u{A0}mara\u{A0},\u{A0}m@example.org \n\u{A0},\u{A0}\n")

        #expect(output.users.map(\.emails) == [["m@example.org"]])
        #expect(output.users.map(\.username) == ["mara"])
        #expect(output.findings.isEmpty)
    }

    @Test func `when cells beyond the last column are empty, then they do not count`() throws {
        let output = try read("mara,m@example.org,Mara,,\n,,,,\n")

        #expect(output.users.map(\.username) == ["mara"])
        #expect(output.findings.isEmpty)
    }

    @Test func `when there is no username, then the first address names the record`() throws {
        let output = try read("email,name\nm@example.org,Mara\n")

        #expect(
            output.users == [
                UserRecord(importIDs: ["m@example.org"], emails: ["m@example.org"], name: "Mara", type: "user")
            ])
    }

    @Test func `when a password is given, then no record or finding holds it`() throws {
        let output = try read("username,password\nmara,correct horse\n,battery staple\n")
        let everything = String(describing: output.records) + String(describing: output.findings)

        #expect(!everything.contains("horse"))
        #expect(!everything.contains("staple"))
    }

    @Test(arguments: [
        "username,active\nmara,perhaps\n", "username,deleted\nmara,perhaps\n",
        "username,status\nmara,Deactivated Guest\n",
    ])
    func `when it cannot be read whether an account is active, or only in part, then it is not`(text: String) throws {
        let output = try read(text)

        #expect(output.users.map(\.isDeleted) == [true])
        #expect(output.findings.count == 1)
    }

    @Test(arguments: [
        ("username,status\nmara,Zombie\n", ["guest"]), ("username,status,roles\nmara,Guest,user\n", ["user"]),
        ("username,status,roles\nmara,Zombie,user\n", ["user"]),
    ])
    func `when a status is a guest's or not known, then the person is a guest unless the table has roles`(
        text: String, roles: [String]
    ) throws {
        let output = try read(text)

        #expect(output.users.map(\.roles) == [roles])
        #expect(output.findings.filter { $0.code == .userGuest }.count == 1)
        #expect(
            output.findings.filter { $0.code == .userGuest }.allSatisfy {
                $0.message.contains("gets the role") == (roles == ["guest"])
            })
    }
}
