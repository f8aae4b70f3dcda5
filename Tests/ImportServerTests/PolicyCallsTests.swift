import HTTPTypes
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@testable import ImportServer

@Suite("Given a call with policies", .onEveryStore)
struct PolicyCallsTests {
    private static func stage(_ server: TestServer) async throws {
        _ = try await server.call(.post, "import.new", as: server.administrator)
        _ = try await server.call(
            .post, "import.addUsers",
            body: #"{"users": [{"username": "ada", "emails": ["ada@example.com"], "importIds": ["1"]}]}"#,
            as: server.administrator)
    }

    private static func policy(of server: TestServer) async throws -> JSONValue? {
        let status = try await server.call(.get, "import.status", as: server.administrator)
        return status.json["operation"]?["policy"]
    }

    @Test(arguments: [
        ("import.run", "", #"{"downloads":"ask","guests":"guest","rooms":"join","users":"fail"}"#),
        ("import.run", "{}", #"{"downloads":"ask","guests":"guest","rooms":"join","users":"fail"}"#),
        (
            "import.run", #"{"other": [1], "policy": {"users": null, "rooms": "rename"}}"#,
            #"{"downloads":"ask","guests":"guest","rooms":"rename","users":"fail"}"#
        ),
        (
            "import.run",
            #"{"policy": {"users": "update", "rooms": "fail", "guests": "skip", "downloads": "automatic"}}"#,
            #"{"downloads":"automatic","guests":"skip","rooms":"fail","users":"update"}"#
        ),
        (
            "startImport", #"{"input": {"users": {"all": true}}}"#,
            #"{"downloads":"ask","guests":"guest","rooms":"join","users":"bind"}"#
        ),
        (
            "startImport", #"{"policy": {"users": "skip", "guests": "user"}, "input": {"users": {"all": true}}}"#,
            #"{"downloads":"ask","guests":"user","rooms":"join","users":"skip"}"#
        ),
    ])
    func `when they are known, then the operation shows them, and the defaults of the call for the others`(
        call: String, body: String, expected: String
    ) async throws {
        try await TestServer.with { server in
            try await Self.stage(server)
            #expect(try await Self.policy(of: server) == nil)

            let answer = try await server.call(.post, call, body: body, as: server.administrator)

            #expect(answer.status == 200, "\(answer.body)")
            #expect(try await Self.policy(of: server) == JSONValue(parsing: expected))
        }
    }

    @Test(arguments: [
        (#"{"users": "merge"}"#, "unknown-policy", "policy.users", "merge", "fail, skip, bind, update"),
        (#"{"rooms": ""}"#, "unknown-policy", "policy.rooms", "", "join, fail, rename"),
        (#"{"guests": "GUEST"}"#, "unknown-policy", "policy.guests", "GUEST", "guest, user, skip"),
        (#"{"downloads": "yes"}"#, "unknown-policy", "policy.downloads", "yes", "ask, automatic"),
        (#"{"people": "skip"}"#, "additional-property", "policy.people", "people", "users, rooms, guests, downloads"),
        (#"{"users": 1}"#, "wrong-kind", "policy.users", nil, nil),
        (#"["skip"]"#, "wrong-kind", "policy", nil, nil),
    ])
    func `when a word or a kind is unknown, then the error names it with the allowed words, and nothing starts`(
        policy: String, code: String, field: String, value: String?, allowed: String?
    ) async throws {
        try await TestServer.with { server in
            try await Self.stage(server)
            for (call, body) in [
                ("import.run", #"{"policy": \#(policy)}"#), ("startImport", #"{"input": {}, "policy": \#(policy)}"#),
            ] {
                let answer = try await server.call(.post, call, body: body, as: server.administrator)

                let fault = answer.json["import"]
                #expect(answer.status == 400)
                #expect(answer.json["errorType"]?.text == "invalid-params")
                #expect(fault?["code"]?.text == code)
                #expect(fault?["field"]?.text == field)
                #expect(fault?["value"]?.text == value)
                if let allowed { #expect(fault?["message"]?.text?.contains("Allowed: \(allowed).") == true) }
                #expect(try await Self.policy(of: server) == nil, "\(call)")
            }
        }
    }

    @Test(arguments: [
        "edit-other-user-info", "edit-other-user-active-status", "assign-roles", "assign-admin-role",
    ])
    func `when a caller lacks a permission of the calls that change accounts, then it cannot update accounts`(
        permission: String
    ) async throws {
        try await TestServer.with { server in
            let granted = [
                "run-import", "edit-other-user-info", "edit-other-user-active-status", "assign-roles",
                "assign-admin-role",
            ]
            try await server.workspace.importing([StagedUser("ops", password: "ops", roles: ["livechat-agent"])])
            _ = try await server.workspace.roles.update(
                granted.map { ($0, $0 == permission ? ["admin"] : ["admin", "livechat-agent"]) })
            let ops = try await server.signIn("ops", password: "ops")
            let body = #"{"input": {"users": {"all": true}}, "policy": {"users": "update"}}"#
            func expectForbidden(_ calls: [String]) async throws {
                for call in calls {
                    let answer = try await server.call(.post, call, body: body, as: ops)
                    #expect(answer.status == 403, "\(call)")
                    #expect(answer.json["error"]?.text?.hasSuffix("[error-unauthorized]") == true)
                    #expect(answer.json["import"]?["code"]?.text == "missing-permission")
                    #expect(answer.json["import"]?["value"]?.text == permission)
                }
            }
            try await Self.stage(server)
            _ = try await server.post(
                "import.addUsers", #"{"users": [{"emails": ["x@e.org"], "importIds": ["1", "2"], "type": "x"}]}"#)

            try await expectForbidden(["import.run", "startImport", "import.check"])
            #expect(try await Self.policy(of: server) == nil)
            let bound = try await server.call(
                .post, "import.check", body: #"{"policy": {"users": "bind"}}"#, as: ops)
            #expect(bound.status == 200)

            _ = try await server.post("import.run", #"{"policy": {"users": "update"}}"#)
            try await server.workspace.finish()
            for (call, body) in [("import.retry", "{}"), ("import.undo", "{}")] {
                let answer = try await server.call(.post, call, body: body, as: ops)
                #expect(answer.status == 403, "\(call)")
                #expect(answer.json["import"]?["value"]?.text == permission)
            }
            _ = try await server.workspace.roles.update([(permission, ["admin", "livechat-agent"])])
            let retry = try await server.call(.post, "import.retry", body: "{}", as: ops)
            #expect(retry.status == 200)
        }
    }

    @Test(arguments: ["{", "[]", "policy=skip"])
    func `when the body of a run is not a JSON object, then nothing starts`(body: String) async throws {
        try await TestServer.with { server in
            try await Self.stage(server)

            let answer = try await server.call(.post, "import.run", body: body, as: server.administrator)

            #expect(answer.status == 400)
            #expect(try await Self.policy(of: server) == nil)
        }
    }
}
