import CSVImporter
import ImportDomain
import Testing

@Suite("Given a member list of Slack")
struct SlackUsersTests {
    static let header =
        "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expiration-timestamp\n"

    private func read(_ text: String) throws -> RecordingOutput {
        try CSVImporterTests.read(SlackUsersImporter(), bytes: Array(text.utf8))
    }

    @Test func `when a row is read, then ids, address and names are taken from their columns`() throws {
        let output = try read(Self.header + "mara,m@example.org,Member,1,0,0,U1,Mara Vale,Mara,\n")

        #expect(
            output.users
                == [
                    UserRecord(
                        importIDs: ["U1", "m@example.org"], emails: ["m@example.org"], username: "mara",
                        name: "Mara Vale", type: "user")
                ])
    }

    @Test func `when columns are in another order, then they are found by name`() throws {
        let output = try read("UserID;Display Name;status;Email;Username\nU1;Mara;Bot;m@example.org;mara\n")

        #expect(output.users.map(\.importIDs) == [["U1", "m@example.org"]])
        #expect(output.users.map(\.name) == ["Mara"])
        #expect(output.users.map(\.roles) == [["bot"]])
    }

    @Test(arguments: [
        ("Member", false, "user", []), ("Deactivated", true, "user", []), ("Bot", false, "bot", ["bot"]),
        ("Admin", false, "user", []), ("Owner", false, "user", []), ("Primary Owner", false, "user", []),
        ("Multi-Channel Guest", false, "user", ["guest"]), ("Single-Channel Guest", false, "user", ["guest"]),
        ("Deactivated Guest", true, "user", ["guest"]), ("Guest (deactivated)", true, "user", ["guest"]),
        ("Deactivated Bot", true, "bot", ["bot"]), ("Auto-deactivated", true, "user", []),
        ("Restricted Bot", false, "bot", ["guest"]), ("Zombie", false, "user", ["guest"]),
        ("Workspace Owner", false, "user", []), ("Former Member", false, "user", ["guest"]),
    ])
    func `when a status is read, then it never gives rights`(
        status: String, isDeleted: Bool, type: String, roles: [String]
    ) throws {
        let output = try read(Self.header + "mara,m@example.org,\(status),1,0,0,U1,Mara Vale,Mara,\n")

        #expect(output.users.map(\.isDeleted) == [isDeleted])
        #expect(output.users.map(\.type) == [type])
        #expect(output.users.map(\.roles) == [roles])
    }

    @Test(arguments: ["Admin", "Owner", "Primary Owner"])
    func `when somebody had rights, then a finding reports it`(status: String) throws {
        let output = try read(Self.header + "mara,m@example.org,\(status),1,0,0,U1,Mara Vale,Mara,\n")

        #expect(output.findings.map(\.position) == [2])
        #expect(output.findings.map(\.value) == [status])
    }

    @Test(arguments: [
        ("mara,,Member,1,0,0,U1,,,", ["U1"], "mara"), ("mara,,Member,1,0,0,,,,", ["mara"], "mara"),
        (",m@example.org,Member,1,0,0,,Mara,,", ["m@example.org"], "Mara"),
        ("mara,,Member", ["mara"], "mara"),
    ])
    func `when parts are missing, then the user is kept with what is there`(
        row: String, importIDs: [String], name: String
    ) throws {
        let output = try read(Self.header + row + "\n")

        #expect(output.users.map(\.importIDs) == [importIDs])
        #expect(output.users.map(\.name) == [name])
    }

    @Test func `when a row names nobody, then it is rejected`() throws {
        let output = try read(Self.header + ",,Member,1,0,0,U2,Nobody,,\nmara,,Member,1,0,0,U1,,,\n")

        #expect(output.refusedLines == ["-:2 username"])
    }

    @Test(arguments: [
        ("benutzer,adresse,zustand,a,b,c,kennung,name,kurz,ende\n", 1), ("", 0),
    ])
    func `when the header is not Slack's, then the columns are taken by their places`(
        header: String, findings: Int
    ) throws {
        let output = try read(header + "mara,m@example.org,Member,1,0,0,U1,Mara Vale,Mara,\n")

        #expect(output.users.map(\.importIDs) == [["U1", "m@example.org"]])
        #expect(output.findings.count == findings)
    }

    @Test(arguments: [
        "mara.vale,mara@example.com,Mara Elena Vale\nodo,odo@example.com,Odo Quist\n",
        "username,email,name\nmara,m@example.org,Mara\n", "email;name;username\nm@example.org;Mara;mara\n",
        "name,emails,phones,manager\nUte,u@example.org,1,mara\n", "from,to,time,text\na,b,1514764800000,x\n",
        "benutzer,adresse,name\nmara,m@example.org,Mara Vale\n", "mara,,Mara Vale\nodo,,Odo\n",
    ])
    func `when it is another table, then it is rejected and the right importer is named`(text: String) throws {
        let output = RecordingOutput()

        let failure = #expect(throws: ImportFileFailure.self) {
            try CSVImporterTests.read(SlackUsersImporter(), bytes: Array(text.utf8), named: "users.csv", into: output)
        }

        #expect(failure?.code == .unrecognized)
        #expect(failure?.message.contains("importer csv") == true || failure?.message.contains("omnichannel") == true)
        #expect(output.records.isEmpty)
    }

    @Test func `when a status is not known, then a warning shows it`() throws {
        let output = try read(Self.header + "mara,m@example.org,Zombie,1,0,0,U1,Mara Vale,Mara,\n")

        #expect(output.findings.map(\.value) == ["Zombie"])
        #expect(output.findings.map(\.code) == [.userGuest])
        #expect(output.findings.map(\.severity) == [.warning])
        #expect(output.findings.allSatisfy { $0.message.contains("keeps its roles") })
    }

    @Test func `when the text is not a table, then it is rejected`() throws {
        let failure = #expect(throws: ImportFileFailure.self) { try read("Dear all,\n\nplease find attached\n") }

        #expect(failure?.code == .empty)
        #expect(failure?.message.contains("Dear") == false)
    }
}
