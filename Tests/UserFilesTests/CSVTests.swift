import DelimitedText
import Foundation
import ImportAPI
import RandomNumbers
import Testing
import UserFiles

@Suite("Given a list of users in CSV")
struct CSVTests {
    @Test(arguments: [
        "username,email,name\nmara,mara@example.org,Mara Vale\n",
        "mara,mara@example.org,Mara Vale\n",
        "\u{FEFF}Name;E-Mail;User Name\r\nMara Vale;mara@example.org;mara\r\n",
        "sep=|\nusername|email|name\rmara|mara@example.org|Mara Vale\r",
        "\n\nusername\temail\tname\nmara\tmara@example.org\tMara Vale",
        "\"mara\",\"mara@example.org\",\"Mara Vale\"",
    ])
    func `when columns are known, then their titles, separators and line ends do not matter`(text: String) async throws
    {
        let passes = try await Passes(text)

        #expect(passes.file.format == .csv)
        #expect(passes.bodies == [body("mara", ["mara@example.org"], ids: ["mara"], name: "Mara Vale")])
        #expect(passes.check.invalid == 0)
    }

    @Test func `when a header names everything, then everything is read`() async throws {
        let passes = try await Passes(
            """
            username,emails,name,nickname,import_id,roles,type,password,deleted,bio,status text,utcOffset,avatarUrl,\
            customFields.Team,customfields.floor
            mara,a@example.org;b@example.org,Mara,Mar,U1,user;leader,BOT, secret ,yes,sails,away,"5,5",https://example.org/a,Quay,
            """)

        #expect(
            passes.bodies == [
                body("mara", ["a@example.org", "b@example.org"], ids: ["U1", "mara"], name: "Mara") {
                    $0.nickname = "Mar"
                    $0.roles = ["user", "leader"]
                    $0.type = "bot"
                    $0.password = " secret "
                    $0.deleted = true
                    $0.bio = "sails"
                    $0.statusText = "away"
                    $0.utcOffset = 5.5
                    $0.avatarUrl = "https://example.org/a"
                    $0.customFields = .object(["Team": .string("Quay")])
                }
            ])
    }

    /// A file, and what becomes of its only user.
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let user: StagedUserBody

        init(_ name: String, _ text: String, _ user: StagedUserBody) {
            (testDescription, self.text, self.user) = (name, text, user)
        }
    }

    @Test(arguments: [
        Sample(
            "Okta",
            "login,firstName,lastName,email,title,displayName,secondEmail,status\n"
                + "mara.vale@example.org,Mara,Vale,mara.vale@example.org,Pilot,,m@example.net,PROVISIONED\n",
            body("mara.vale", ["mara.vale@example.org", "m@example.net"], ids: ["mara.vale"], name: "Mara Vale") {
                $0.bio = "Pilot"
            }),
        Sample(
            "Okta, deprovisioned",
            "User Id,Username,First Name,Last Name,Email,Status\n00u1,mara,Mara,Vale,m@example.org,DEPROVISIONED\n",
            body("mara", ["m@example.org"], ids: ["00u1", "mara"], name: "Mara Vale") { $0.deleted = true }),
        Sample(
            "Google Workspace",
            "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
                + "Password Hash Function [UPLOAD ONLY],Status [READ ONLY],Employee Title\n"
                + "Mara,Vale,mara@example.org,****,,Suspended,Pilot\n",
            body(nil, ["mara@example.org"], ids: ["mara@example.org"], name: "Mara Vale") {
                $0.bio = "Pilot"
                $0.deleted = true
            }),
        Sample(
            "Microsoft Entra",
            "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,accountEnabled\n"
                + "mara_example.net#EXT#@tenant.example.com,Mara Vale,Vale,mara@example.net,Mara,"
                + "6f9619ff-8b86-d011-b42d-00c04fc964ff,Guest,Pilot,False\n",
            body(
                "mara_example.net", ["mara@example.net"],
                ids: ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "mara_example.net"],
                name: "Mara Vale"
            ) {
                $0.bio = "Pilot"
                $0.deleted = true
                $0.roles = ["guest"]
            }),
        Sample(
            "Slack's member list",
            "username,email,status,billing-active,has-2fa,has-sso,userid,fullname,displayname,expiration-timestamp\n"
                + "mara,mara@example.org,Bot,1,0,0,U000000001,,Mar,\n",
            body("mara", ["mara@example.org"], ids: ["U000000001", "mara@example.org"], name: "Mar") {
                $0.type = "bot"
                $0.roles = ["bot"]
            }),
    ])
    func `when a directory exported it, then its header is known`(sample: Sample) async throws {
        let passes = try await Passes(sample.text)

        #expect(passes.bodies == [sample.user])
        #expect(passes.check.invalid == 0)
    }

    @Test func `when columns are mapped, then the mapping takes precedence over titles`() async throws {
        var options = UserFileOptions()
        options.map =
            #"username=Kürzel,email=Adresse 1,email=Adresse 2,name="Name, voll",customfields.Team=Abt,status="#
        let passes = try await Passes(
            "Kürzel;Adresse 1;Adresse 2;Name, voll;Abt;name;status\nmv@x;a@example.org;b@example.org;Mara;Quay;M;gone\n",
            options: options)

        #expect(
            passes.bodies == [
                body("mv", ["a@example.org", "b@example.org"], ids: ["mv"], name: "Mara") {
                    $0.customFields = .object(["Team": .string("Quay")])
                }
            ])
        #expect(passes.file.columns?.origin == .given)
        #expect(passes.file.columns?.description.contains("username ← Kürzel") == true)
        #expect(passes.check.notices.contains { $0.code == .usernameFromAddress })
    }

    @Test(arguments: [
        ("email", UserFileError.Code.invalidMap), ("", .invalidMap), ("email=a,name", .invalidMap),
        ("bio=mail,bio=mail", .invalidMap), ("\"email=mail", .invalidMap), ("mailbox=mail", .unknownField),
        ("customfields=mail", .unknownField), ("email=adress", .unknownColumn),
    ])
    func `when a mapping is wrong, then the error names its part`(map: String, code: UserFileError.Code) throws {
        let temporary = try TemporaryFile("login,mail\nmara,mara@example.org\n")
        var options = UserFileOptions()
        options.map = map

        let error = #expect(throws: UserFileError.self) { _ = try temporary.open(options) }
        #expect(error?.code == code)
        #expect(error?.field != nil)
    }

    @Test func `when a mapping was used before, then it is used for the same header again`() async throws {
        let home = try TemporaryFile("")
        let text = "a,b,c\nmara,m@example.org,Mara\n"
        var options = UserFileOptions()
        options.headers = HeaderMemory(directory: home.directory + "/config")
        options.map = "username=a,email=b,name=c"
        try await Passes(text, options: options).file.rememberColumns()
        options.map = nil

        let again = try await Passes("A,B,C\nodo,o@example.org,Odo\n", options: options)
        let other = #expect(throws: UserFileError.self) { _ = try TemporaryFile("a,b\nx,y\n").open(options) }
        let attributes = try FileManager.default.attributesOfItem(atPath: home.directory + "/config/headers.json")

        #expect(again.file.columns?.origin == .remembered)
        #expect(again.file.columns?.map == "username=a,email=b,name=c")
        #expect(again.bodies == [body("odo", ["o@example.org"], ids: ["odo"], name: "Odo")])
        #expect(other?.code == .unknownHeader)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `when Ferry wrote the table of failures, then protected cells are restored`() async throws {
        let passes = try await Passes(
            "failure.id,failure.type,failure.code,importIds,username,emails,name,deleted,matchedByUsername,customFields\r\n"
                + "1,user,x,U1,mara,m@example.org,'=Mara,no,no,\"{\"\"a\"\":1}\"\r\n"
                + "2,channel,x,C1,,,,,,\r\n")

        #expect(
            passes.bodies == [
                body("mara", ["m@example.org"], ids: ["U1"], name: "=Mara") {
                    $0.deleted = false
                    $0.matchedByUsername = false
                    $0.customFields = .object(["a": .integer(1)])
                }
            ])
        #expect(passes.check.faults.map(\.line) == [3])
        #expect(passes.check.faults.first?.field == "failure.type")
    }

    private static let wrongRows: [(row: String, code: UserFault.Code, field: String?)] = [
        ("mara,no address,,,", .valueInvalid, "email"), (",,Mara,,", .withoutID, "username"),
        ("mara,m@example.org,,maybe,", .valueInvalid, "deleted"),
        ("mara,m@example.org,,,x", .valueInvalid, "utcoffset"),
        ("mara,m@example.org,,,99", .valueInvalid, "utcoffset"),
        ("mara,m@example.org,,,1,surplus", .rowInvalid, nil), ("mara,\"m@example.org\"x,,,", .rowInvalid, nil),
        (String(repeating: "m", count: 256) + ",,,,", .valueTooLong, "username"),
    ]

    @Test(arguments: wrongRows)
    func `when a row is wrong, then it costs itself and is reported with its line and field`(
        row: String, code: UserFault.Code, field: String?
    ) async throws {
        let passes = try await Passes("username,email,name,deleted,utcoffset\nodo,,,,\n\(row)\nivo,,,,\n")

        #expect(passes.check.faults.map(\.code) == [code])
        #expect(passes.check.faults.map(\.line) == [3])
        #expect(passes.check.faults.first?.field == field)
        #expect(passes.bodies.map(\.username) == ["odo", "ivo"])
        #expect(passes.users.map(\.line) == [2, 4])
        #expect(passes.users.map(\.index) == [0, 1])
    }

    @Test func `when users repeat earlier ones, then the later ones are invalid`() async throws {
        let passes = try await Passes(
            "username,email,id\nmara,m@example.org,1\nMARA,,2\nodo,x@example.org;M@Example.org,3\nivo,,1\nana,a@e.org;A@e.org,4\n"
        )

        #expect(
            passes.check.faults.map(\.description) == [
                "line 3, username \"MARA\": The user of line 2 has it too. Keep one of them, or correct the other.",
                "line 4, email \"M@Example.org\": The user of line 2 has it too. Keep one of them, or correct the other.",
                "line 5, importid \"1\": The user of line 2 has it too. Keep one of them, or correct the other.",
            ])
        #expect(passes.check.users == 2)
        #expect(passes.check.invalid == 3)
        #expect(passes.bodies.map(\.username) == ["mara", "ana"])
    }

    @Test func `when the template is read, then it is valid`() async throws {
        let passes = try await Passes(UserFile.template)

        #expect(passes.bodies.map(\.username) == ["mara.vale", "odo.quist"])
        #expect(passes.check.invalid == 0)
        #expect(passes.check.notices.isEmpty)
    }

    @Test func `when the text is Windows-1252, UTF-16 or has NUL, then it is read with a notice`() async throws {
        let text = "username,email,name\nmara,m@example.org,Märä" + String(repeating: "x", count: 200) + "\n"
        let windows = try await Passes(text.unicodeScalars.map { UInt8($0.value) })
        let utf16 = try await Passes([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        let nul = try await Passes(Array(text.replacing("Märä", with: "Mä\0rä").utf8))

        for passes in [windows, utf16, nul] { #expect(passes.bodies.first?.name?.hasPrefix("Märäx") == true) }
        #expect(windows.check.notices.map(\.code) == [.fallbackEncoding])
        #expect(utf16.check.notices.isEmpty)
        #expect(nul.check.notices.map(\.code) == [.bytesReplaced])
    }

    @Test func `when random users are written and read, then they are the same`() async throws {
        var random = SeededGenerator(seed: 33)
        let alphabet = Array("abäß漢🙂 \"',;\t=+-@'\n")
        func word() -> String {
            String(
                (0..<Int.random(in: 1...6, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
        }
        var writer = DelimitedTextWriter(byteOrderMark: true)
        let titles = ["failure.id", "failure.type", "importids", "username", "emails", "name", "bio"]
        for title in titles { writer.field(title) }
        writer.endRow()
        var expected: [[String?]] = []
        for number in 0..<300 {
            let (name, bio) = (word(), word())
            for cell in ["\(number)", "user", "id\(number)", "user\(number)", "u\(number)@example.org", name, bio] {
                writer.field(cell)
            }
            writer.endRow()
            func kept(_ text: String) -> String? {
                let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
                return trimmed.isEmpty ? nil : trimmed
            }
            expected.append(["user\(number)", kept(name), kept(bio)])
        }

        let passes = try await Passes(writer.take())

        #expect(passes.bodies.map { [$0.username, $0.name, $0.bio] } == expected)
    }

    @Test func `when the file changes after the check, then nothing more is read`() async throws {
        let temporary = try TemporaryFile("username,email\nmara,m@example.org\n")
        let file = try temporary.open()
        let check = try await file.check()
        try Data("username,email\nodo,o@example.org\nivo,\n".utf8).write(to: URL(fileURLWithPath: temporary.path))

        let error = await #expect(throws: UserFileError.self) { for try await _ in file.users(after: check) {} }
        #expect(error?.code == .changed)
    }
}
