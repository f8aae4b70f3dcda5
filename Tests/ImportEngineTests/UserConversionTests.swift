import ImportDomain
import ImportFixtures
import Passwords
import Testing
import WorkspaceServices

@Suite("Given staged users", .onEveryStore)
struct UserConversionTests {
    @Test func `when all members are given, then the account has them all`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser(
                    "ada", importIDs: ["1", "2"],
                    emails: [" ada@example.com ", "ADA@example.com", "", "l@example.com"],
                    roles: ["bot"], type: "bot",
                    more: [
                        #""name": "Ada Lovelace""#, #""utcOffset": -3.5"#, #""statusText": "busy""#, #""bio": "first""#,
                        #""customFields": {"team": "x", "n": [1, null]}"#,
                        #""services": {"password": {"bcrypt": "x"}}"#,
                        #""_id": "chosen""#,
                    ])
            ])

            let user = try #require(try await workspace.user("ada"))
            #expect(user.name == "Ada Lovelace")
            #expect(user.emails == [EmailAddress("ada@example.com"), EmailAddress("l@example.com")])
            #expect(user.importIDs.map(\.rawValue) == ["1", "2"])
            #expect(user.kind == .bot)
            #expect(user.utcOffset == -3.5)
            #expect(user.statusText == "busy")
            #expect(user.bio == "first")
            #expect(user.customFields == #"{"team":"x","n":[1,null]}"#)
            #expect(user.hasEmailSecondFactor)
            #expect(user.id.rawValue != "chosen")
            #expect(user.passwordHash != "x")
        }
    }

    @Test func `when the second factor is not opted in, then accounts come without it`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.settings.set(.flag(false), of: Settings.emailSecondFactorOptIn.id)

            try await workspace.importing([StagedUser("ada")])

            #expect(try await workspace.user("ada")?.hasEmailSecondFactor == false)
        }
    }

    @Test(arguments: [
        (#""name": "Grace Hopper""#, ["grace.hopper@navy.example"], "grace.hopper"),
        (#""name": "Grace Hopper""#, ["admin@navy.example"], "grace.hopper"),
        (#""name": "Admin""#, ["admin@navy.example"], "admin.navy"),
        (#""name": "Иван Петров""#, ["@"], "ivan.petrov"),
        (#""name": "李小龙""#, ["ADMIN@x"], "li.xiao.long"),
        (#""bio": "no name""#, ["all@"], "all"),
    ])
    func `when no username is given, then the address and then the name suggest one`(
        member: String, emails: [String], expected: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser(nil, importIDs: ["1"], emails: emails, more: [member])])

            let caller = try await workspace.administrator()
            let user = try await workspace.accounts.account(.importID(ImportID("1")), for: caller)
            if expected == "all" {
                #expect(user.username == "user-1")
            } else {
                #expect(user.username == expected)
            }
        }
    }

    @Test func `when every suggestion is taken, then a number is added`() async throws {
        try await TestWorkspace.with { workspace in
            let users = (1...4).map { StagedUser(nil, importIDs: ["\($0)"], emails: ["info@host\($0)"]) }

            let operation = try await workspace.importing(
                users.map { user in
                    var user = user
                    user.emails = user.emails.map { $0.replacing("host", with: "host.") }
                    return user
                })

            #expect(operation.totalCounts.completed == 4)
            for username in ["info", "info.host", "info-1", "info-2"] {
                #expect(try await workspace.user(username) != nil, "\(username)")
            }
        }
    }

    @Test func `when no name is given, then the username suggests one`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("john.doe"), StagedUser("jane_doe"), StagedUser("-.-")])

            #expect(try await workspace.user("john.doe")?.name == "John Doe")
            #expect(try await workspace.user("jane_doe")?.name == "Jane_doe")
            #expect(try await workspace.user("-.-")?.name == "-.-")
        }
    }

    @Test func `when neither address nor username has any letters, then the record is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser(nil, importIDs: ["1"], emails: ["  "])])

            #expect(try await workspace.failures().map(\.failure.code) == [.userMissingEmailAndUsername])
        }
    }

    @Test func `when the same import runs twice, then nothing changes and every record counts as completed`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let users = StagedUser.crowd(20)
            try await workspace.importing(users)
            let before = try await workspace.user("person7")

            let operation = try await workspace.importing(users)

            #expect(operation.totalCounts == ImportCounts(total: 20, completed: 20, unchanged: 20))
            #expect(try await workspace.user("person7") == before)
        }
    }

    @Test func `when an import id belongs to another person, then the record is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ada", importIDs: ["7"])])

            try await workspace.importing([StagedUser("bob", importIDs: ["8", "7"])])

            let failure = try #require(try await workspace.failures().first?.failure)
            #expect(failure.code == .userImportIDTaken)
            #expect(failure.field == "importIds")
            let ada = try await workspace.user("ada")
            #expect(failure.clashesWith == ada?.id.rawValue)
        }
    }

    @Test func `when clashes differ in case only, then they are clashes in any script`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("straße"), StagedUser("ÉCOLE")])

            let operation = try await workspace.importing([
                StagedUser("STRASSE", emails: ["1@x"]), StagedUser("e\u{301}cole", emails: ["2@x"]),
            ])

            #expect(operation.totalCounts.error == 2)
        }
    }

    @Test func `when passwords are given, then each signs in by its plain text and by its digest`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing(StagedUser.crowd(5, password: "påss wörd"))

            let digest = workspace.passwords.digest(of: "påss wörd")
            let plain = try await workspace.signIn.signIn(
                .email("PERSON3@example.com"), password: .plain("påss wörd"), from: "local")
            let digested = try await workspace.signIn.signIn(
                .username("person3"), password: .digest(digest.uppercased()), from: "local")
            #expect(plain.user.id == digested.user.id)
            await #expect(throws: WorkspaceError.invalidCredentials) {
                try await workspace.signIn.signIn(.username("person3"), password: .plain("wrong"), from: "local")
            }
        }
    }
}
