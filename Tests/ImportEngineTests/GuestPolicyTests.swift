import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given guests", .onEveryStore, .timeLimit(.minutes(10)))
struct GuestPolicyTests {
    @Test(
        arguments: [
            ("is_restricted", ImportPolicies.Guests.guest, ["guest"]),
            ("is_ultra_restricted", .guest, ["guest"]),
            ("is_restricted", .user, ["user"]),
            ("is_ultra_restricted", .user, ["user"]),
            ("is_restricted", .skip, nil),
            ("is_ultra_restricted", .skip, nil),
        ] as [(String, ImportPolicies.Guests, [String]?)])
    func `when a Slack export has one, then the policy says which role they get`(
        flag: String, policy: ImportPolicies.Guests, roles: [String]?
    ) async throws {
        let export = SlackExport(
            users: [
                #"{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}"#,
                #"{"id":"U2","name":"gus","\#(flag)":true,"profile":{"real_name":"Gus"}}"#,
            ],
            channels: [#"{"id":"C1","name":"shared","creator":"U1","members":["U1","U2"]}"#],
            messages: [
                "shared": [
                    #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"hello"}"#,
                    #"{"type":"message","user":"U2","ts":"1704456001.000100","text":"hi"}"#,
                ]
            ])
        try await TestWorkspace.with { workspace in
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile(policies: ImportPolicies(users: .bind, guests: policy))

            #expect(done.totalCounts.error == 0)
            #expect(try await workspace.user("gus")?.roles == roles)
            #expect(try await workspace.user("ann")?.roles == ["user"])
            #expect(done.counts[.user]?.skipped == (roles == nil ? 1 : 0))
            #expect(done.counts[.message]?.skipped == (roles == nil ? 1 : 0))
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 20).findings
            let isTold = findings.contains {
                $0.code == .userGuest && $0.severity == .warning && $0.message.contains("imported as a user")
            }
            #expect(isTold == (policy == .user))
        }
    }

    @Test(
        arguments: [
            (["guest"], ImportPolicies.Guests.guest, ["guest"]),
            (["guest"], .user, ["user"]),
            (["guest"], .skip, nil),
            (["guest", "livechat-agent"], .guest, ["guest", "livechat-agent"]),
            (["guest", "livechat-agent"], .user, ["livechat-agent"]),
            (["guest", "livechat-agent"], .skip, nil),
            (["livechat-agent"], .skip, ["livechat-agent", "user"]),
        ] as [([String], ImportPolicies.Guests, [String]?)])
    func `when a record of the API names the role, then the same holds`(
        roles: [String], policy: ImportPolicies.Guests, expected: [String]?
    ) async throws {
        try await TestWorkspace.with { workspace in
            let done = try await workspace.importing(
                [StagedUser("gus", roles: roles)], policies: ImportPolicies(users: .fail, guests: policy))

            #expect(done.totalCounts.error == 0)
            #expect(try await workspace.user("gus")?.roles == expected)
        }
    }
}
