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

    @Test func `when a header has other columns, then they are named in a finding`() throws {
        let output = try read("username,shoe size,email\nmara,44,m@example.org\n")

        #expect(output.findings.map(\.value) == ["shoe size"])
        #expect(output.users.map(\.username) == ["mara"])
    }

    @Test func `when values make no sense, then they are left out with a finding and the user stays`() throws {
        let output = try read(
            "username,deleted,utcoffset,avatarurl\nmara,maybe,west,javascript:alert(1)\n")

        #expect(output.findings.map(\.field) == ["deleted", "utcoffset", "avatarurl"])
        #expect(output.findings.allSatisfy { $0.code == .valueReplaced && $0.position == 2 })
        #expect(output.users == [UserRecord(importIDs: ["mara"], emails: [], username: "mara", type: "user")])
    }

    @Test(arguments: [
        ("mara,m@example.org\n", ["users.csv:1 row"]), ("mara\nodo,o@example.org,Odo\n", ["users.csv:1 row"]),
        ("odo,o@example.org,Odo\nmara,m@example.org,Vale, Mara\n", ["users.csv:2 row"]),
        (",,Nobody\nodo,,\n", ["users.csv:1 username"]),
        ("username,email\n,\nodo,\n,  ;\nmara,x@y,z\n", ["users.csv:4 username", "users.csv:5 row"]),
        ("\"odo\",\"o@example.org\",\"Odo\" x\nmara,,\n", ["users.csv:1 row"]),
        (String(repeating: "m", count: 256) + ",,\nodo,,\n", ["users.csv:1 username"]),
    ])
    func `when a row makes no sense, then it is refused by its line and the others stay`(
        text: String, lines: [String]
    ) throws {
        let output = RecordingOutput()

        // A file of nothing but such rows is refused as a whole, after its findings.
        _ = try? CSVImporterTests.read(
            CSVImporter(), bytes: StoredZip(files: [("users.csv", Array(text.utf8))]).bytes, named: "a.zip",
            into: output)

        #expect(output.refusedLines == lines)
        #expect(output.refusals.allSatisfy { $0.severity == .error })
        #expect(output.users.count + output.refusals.count <= text.split(separator: "\n").count)
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
}
