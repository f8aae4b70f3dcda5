import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices
import ZipFixtures

@Suite("Given a source with a person who has an existing account's username", .onEveryStore, .timeLimit(.minutes(10)))
struct AdministratorNameTests {
    private static func export(username: String, email: String? = nil) -> SlackExport {
        let address = email.map { #","email":"\#($0)""# } ?? ""
        return SlackExport(
            users: [#"{"id":"U2","name":"\#(username)","profile":{"real_name":"Sam Pike"\#(address)}}"#],
            channels: [#"{"id":"C1","name":"deck","creator":"U2","members":["U2"]}"#],
            messages: ["deck": [#"{"type":"message","user":"U2","ts":"1704456000.000100","text":"I clean"}"#]])
    }

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    private static func findings(_ workspace: TestWorkspace) async throws -> [ImportFinding] {
        try await workspace.engine.history.findings(offset: 0, limit: 100).findings
    }

    @Test(arguments: ["admin", "ADMIN"])
    func `when the account is an administrator's, then the person gets an account under another name`(
        username: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            let first = try await Self.importing(Self.export(username: username), workspace)
            let findings = try await Self.findings(workspace)
            let second = try await Self.importing(Self.export(username: username), workspace)

            #expect(first.totalCounts.error == 0)
            #expect(second.totalCounts.unchanged == second.totalCounts.total)
            let person = try await workspace.store.read { try $0.users.find(importID: ImportID("U2")) }
            #expect(person?.username == "\(username)-1")
            #expect(person?.roles == ["user"])
            #expect(try await workspace.user("admin")?.importIDs == [])
            #expect(findings.contains { $0.severity == .warning && $0.value == username })
            let message = try await workspace.store.read {
                try $0.messages.find(ids: [MessageID("slack-C1-1704456000-000100")]).first
            }
            #expect(message?.authorID == person?.id)
        }
    }

    @Test func `when the account has another role with administrative rights, then it is protected as well`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("helga", emails: ["helga@example.com"], roles: ["livechat-manager"])
            ])
            try await workspace.store.write {
                try $0.roles.grant(
                    PermissionName.editOtherUserPassword.rawValue, to: ["admin", "livechat-manager"],
                    at: Timestamp(milliseconds: 1))
            }
            _ = try await Self.importing(Self.export(username: "helga"), workspace)

            let person = try await workspace.store.read { try $0.users.find(importID: ImportID("U2")) }
            #expect(person?.username == "helga-1")
        }
    }

    @Test func `when the account is anybody else's, then the binding is a finding that names both`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("sam", importIDs: ["sam"], emails: ["sam@example.com"])])
            let sam = try #require(try await workspace.user("sam"))
            _ = try await Self.importing(Self.export(username: "sam"), workspace)

            let bound = try await Self.findings(workspace).filter { $0.code == .userBoundByUsername }
            #expect(bound.count == 1)
            #expect(bound.first?.severity == .warning)
            #expect(bound.first?.message.contains("U2") == true)
            #expect(bound.first?.message.contains(sam.id.rawValue) == true)
        }
    }

    @Test func `when the administrator's address speaks for the person, then they are bound`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.export(username: "admin", email: "admin@example.com"), workspace)

            #expect(try await workspace.user("admin")?.importIDs == [ImportID("U2")])
        }
    }

    /// A CSV archive references people by username.
    @Test func `when a table names the administrator as an author, then nothing is written in that name`() async throws
    {
        try await TestWorkspace.with { workspace in
            let archive = StoredZip(files: [
                ("users.csv", Array("mara,mara@example.com,Mara".utf8)),
                ("channels.csv", Array("quay,mara,public,mara;admin".utf8)),
                ("quay/1.csv", Array("mara,1704456000000,hello\nadmin,1704456001000,I resign".utf8)),
            ])
            try await workspace.read(archive.bytes, named: "export.zip", importer: "csv")
            _ = try await workspace.importFile()

            let failures = try await workspace.failures()
            let admin = try #require(try await workspace.user("admin"))
            #expect(failures.map(\.failure.code) == [.messageUnknownUser])
            #expect(failures.first?.failure.message.contains("administrative rights") == true)
            #expect(try await workspace.store.read { try $0.rooms.subscriptions(of: admin.id, limit: 10) } == [])
        }
    }
}
