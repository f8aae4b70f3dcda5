import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import WorkspaceServices

@Suite("Given an export whose conversations name only the other person", .onEveryStore, .timeLimit(.minutes(10)))
struct GuessedPersonTests {
    private static let users = [("U1", "ann"), ("U3", "carl"), ("U4", "dora"), ("U5", "emil")].map {
        #"{"id":"\#($0.0)","name":"\#($0.1)","profile":{"real_name":"\#($0.1)"}}"#
    }

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

    @Test func `when a later export lists the people of one of them, then no other account reads it`() async throws {
        let first = SlackExport(
            users: Self.users, directs: [#"{"id":"D0","user":"U5"}"#, #"{"id":"D1","user":"U3"}"#],
            messages: ["D0": [#"{"type":"message","user":"U4","ts":"1577880001.000100","text":"to emil"}"#]])
        let second = SlackExport(
            users: Self.users, directs: [#"{"id":"D1","members":["U1","U3"]}"#],
            messages: ["D1": [#"{"type":"message","user":"U3","ts":"1577880002.000100","text":"to ann"}"#]])
        try await TestWorkspace.with { workspace in
            for export in [first, second] {
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                _ = try await workspace.importFile()
            }
            let messages = MessageService(workspace.environment)

            for (name, isReadable) in [("carl", true), ("dora", false), ("emil", false)] {
                let caller = try await Self.caller(name, workspace)
                // An error is the expected result.
                let read = try? await messages.message(MessageID("slack-D1-1577880002-000100"), for: caller)
                #expect((read != nil) == isReadable, "\(name)")
            }
        }
    }
}
