import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given a Slack export with a guest", .onEveryStore, .timeLimit(.minutes(10)))
struct GuestTests {
    private static let export = SlackExport(
        users: [
            #"{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}"#,
            #"{"id":"U2","name":"gus","is_restricted":true,"is_ultra_restricted":true,"profile":{"real_name":"Gus"}}"#,
        ],
        channels: [
            #"{"id":"C1","name":"open","creator":"U1","members":["U1"]}"#,
            #"{"id":"C2","name":"shared","creator":"U1","members":["U1","U2"]}"#,
        ],
        groups: [#"{"id":"G1","name":"closed","creator":"U1","members":["U1"]}"#],
        messages: [
            "open": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"for all"}"#],
            "shared": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"for us"}"#],
            "closed": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"for me"}"#],
        ])

    private static func caller(_ username: String, _ workspace: TestWorkspace) async throws -> Caller {
        let passwords = workspace.environment.passwords
        let hash = try await passwords.hash(of: passwords.digest(of: "secret"))
        try await workspace.store.write { transaction in
            guard var user = try transaction.users.find(usernameKey: username) else { return }
            user.passwordHash = hash
            try transaction.users.update(user)
        }
        let signedIn = try await workspace.signIn.signIn(.username(username), password: .plain("secret"), from: "local")
        return try #require(
            try await workspace.signIn.authenticate(userID: signedIn.user.id.rawValue, token: signedIn.token))
    }

    @Test func `when it is imported, then the guest reads the rooms of which they are a member, and no other`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings
            let guest = try await Self.caller("gus", workspace)
            let member = try await Self.caller("ann", workspace)
            let rooms = RoomService(workspace.environment)
            let messages = MessageService(workspace.environment)
            func listed(for caller: Caller) async throws -> [String?] {
                try await rooms.rooms(
                    .publicRooms, orderedBy: RoomOrder(.name), offset: 0, limit: 10, for: caller
                ).rooms.map(\.room.name)
            }

            #expect(done.totalCounts.error == 0)
            #expect(guest.user.roles == ["guest"])
            #expect(findings.filter { $0.code == .userGuest }.map(\.value) == ["U2"])
            #expect(try await listed(for: guest) == ["shared"])
            #expect(try await listed(for: member) == ["general", "open", "shared"])
            for (id, isReadable) in [("C1", false), ("C2", true), ("G1", false)] {
                let message = MessageID("slack-\(id)-1704456000-000100")
                let read = try? await messages.message(message, for: guest)  // A refusal is what is asked for.
                #expect((read != nil) == isReadable, "\(id)")
            }
        }
    }

    @Test func `when the guest is bound to an existing account, then the account keeps its roles, with a finding`()
        async throws
    {
        var export = Self.export
        export.users[1] =
            #"{"id":"U2","name":"gus","is_restricted":true,"profile":{"real_name":"Gus","email":"gus@example.com"}}"#
        let bytes = export.bytes
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("gustav", importIDs: ["staff-7"], emails: ["gus@example.com"])])
            let account = try #require(try await workspace.user("gustav"))

            try await workspace.read(bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()

            let bound = try #require(try await workspace.user("gustav"))
            #expect(done.totalCounts.error == 0)
            #expect(try await workspace.user("gus") == nil)
            #expect(bound.id == account.id)
            #expect(bound.roles == ["user"])
            #expect(bound.importIDs.map(\.rawValue) == ["staff-7", "U2"])
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings
            let finding = try #require(
                findings.first { $0.code == .userGuest && $0.message.contains("existing account") })
            #expect(finding.severity == .warning)
            #expect(finding.field == "roles")
            #expect(finding.message.contains("The user U2 is a guest"))
            #expect(finding.message.contains(account.id.rawValue))
        }
    }

    @Test(arguments: [#""is_restricted":true"#, #""is_stranger":true"#])
    func `when a person of an earlier import is a guest now, then they keep their roles and the findings report it`(
        flag: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            for flags in ["", ",\(flag)"] {
                let export = SlackExport(users: [#"{"id":"U2","name":"gus"\#(flags),"profile":{"real_name":"Gus"}}"#])
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                _ = try await workspace.importFile()
            }
            let gus = try await Self.caller("gus", workspace)
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 100).findings

            #expect(gus.user.roles == ["user"])
            let told = findings.filter { $0.code == .userGuest }.map(\.message)
            #expect(!told.isEmpty)
            #expect(told.allSatisfy { $0.contains("keeps its roles") || $0.contains("roles stay as they are") })
        }
    }
}
