import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@testable import ImportServer

@Suite("Given import.check", .onEveryStore)
struct CheckCallsTests {
    /// An account `ada`, and staged records of every type: one clashes with the account.
    private static func stage(_ server: TestServer) async throws {
        try await server.workspace.importing([StagedUser("ada")])
        _ = try await server.post("import.new")
        _ = try await server.post(
            "import.addUsers",
            #"""
            {"users": [{"username": "ada", "emails": ["ada@example.com"], "importIds": ["1"]},
            {"username": "ben", "emails": ["ben@example.com"], "importIds": ["2"], "password": "secret"}]}
            """#)
        _ = try await server.post(
            "import.addChannels", #"{"channels": [{"name": "plan", "t": "c", "users": ["2"], "importIds": ["r"]}]}"#)
        _ = try await server.post(
            "import.addMessages",
            #"""
            {"messages": [{"_id": "m1", "rid": "r", "u": {"_id": "2"}, "ts": "2026-01-01T00:00:00.000Z", "msg": "hi"},
            {"_id": "m2", "rid": "x", "u": {"_id": "2"}, "ts": "2026-01-01T00:00:00.000Z", "msg": "hi"}]}
            """#)
    }

    private static func counts(_ fields: String...) -> JSONValue? {
        let names = ["bind", "create", "fail", "skip", "unchanged", "update"]
        let members = names.map { name in
            #""\#(name)":\#(fields.first { $0.hasPrefix("\(name) ") }?.dropFirst(name.count + 1) ?? "0")"#
        }
        return try? JSONValue(parsing: "{\(members.joined(separator: ","))}")
    }

    @Test func `when the body is empty, then everything that is staged is checked as import.run would import it`()
        async throws
    {
        try await TestServer.with { server in
            try await Self.stage(server)
            for body in [nil, "", "{}"] {
                let answer = try await server.post("import.check", body)

                #expect(answer.status == 200, "\(answer.body)")
                let summary = answer.json["summary"]
                #expect(summary?["users"] == Self.counts("create 1", "fail 1"))
                #expect(summary?["channels"] == Self.counts("create 1"))
                #expect(summary?["messages"] == Self.counts("create 1", "fail 1"))
                #expect(summary?["contacts"] == Self.counts())
                #expect(summary?["total"] == Self.counts("create 3", "fail 2"))
                let reasons = answer.json["reasons"]?.elements ?? []
                #expect(
                    reasons.map { $0["code"]?.text } == ["importer-user-email-taken", "importer-message-unknown-room"])
                #expect(reasons.map { $0["type"]?.text } == ["user", "message"])
                #expect(reasons.last?["examples"]?.elements.map { $0["importId"]?.text } == ["m2"])
                #expect(answer.json["records"] == nil)
            }
            #expect(try await server.workspace.user("ben") == nil)
        }
    }

    @Test func `when the check is cancelled, as at a stop, then the response has status 503`() async throws {
        try await TestServer.with { server in
            try await Self.stage(server)

            let answer = try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await server.post("import.check")
            }.value

            #expect(answer.status == 503)
            #expect(answer.json["errorType"] == .string("error-server-stopping"))
        }
    }

    @Test func `when a policy or a selection is given, then both count`() async throws {
        try await TestServer.with { server in
            try await Self.stage(server)

            let bound = try await server.post("import.check", #"{"policy": {"users": "bind"}}"#)
            let selected = try await server.post(
                "import.check", #"{"input": {"users": {"all": true}, "channels": {"list": []}}}"#)
            let older = try await server.post(
                "import.check", #"{"input": {"users": [{"user_id": "1", "do_import": true}]}}"#)

            #expect(bound.json["summary"]?["users"] == Self.counts("create 1", "bind 1"))
            #expect(selected.json["summary"]?["users"] == Self.counts("create 1", "bind 1"))
            #expect(selected.json["summary"]?["channels"] == Self.counts("skip 1"))
            #expect(selected.json["summary"]?["messages"] == Self.counts("skip 1", "fail 1"))
            #expect(older.json["summary"]?["users"] == Self.counts("bind 1", "skip 1"))
        }
    }

    @Test func `when records are requested, then pages follow each other in the order of the import`() async throws {
        try await TestServer.with { server in
            try await Self.stage(server)
            var records: [JSONValue] = []
            for offset in [0, 2, 4, 6] {
                let answer = try await server.post("import.check?records=true&offset=\(offset)&count=2")

                #expect(answer.status == 200, "\(answer.body)")
                #expect(answer.json["total"] == .number(JSONNumber(5)))
                #expect(answer.json["offset"] == .number(JSONNumber(offset)))
                #expect(answer.json["count"] == .number(JSONNumber(max(0, min(2, 5 - offset)))))
                records += answer.json["records"]?.elements ?? []
            }

            #expect(records.map { $0["type"]?.text } == ["user", "user", "channel", "message", "message"])
            #expect(records.map { $0["decision"]?.text } == ["fail", "create", "create", "create", "fail"])
            #expect(records.map { $0["importId"]?.text } == ["1", "2", "r", "m1", "m2"])
            #expect(records[0]["reason"]?["clashesWith"] != nil)
            #expect(records[0]["reason"]?["field"]?.text == "emails")
            #expect(Set(records.map { $0["id"]?.text }).count == 5)
        }
    }

    @Test func `when records are filtered, then the total counts those alone`() async throws {
        try await TestServer.with { server in
            try await Self.stage(server)

            let failed = try await server.post("import.check?records=true&decision=fail&offset=1")
            let messages = try await server.post("import.check?records=true&type=message&decision=create")

            #expect(failed.json["total"] == .number(JSONNumber(2)))
            #expect(failed.json["records"]?.elements.map { $0["importId"]?.text } == ["m2"])
            #expect(messages.json["total"] == .number(JSONNumber(1)))
            #expect(messages.json["records"]?.elements.map { $0["importId"]?.text } == ["m1"])
        }
    }

    /// An account with `run-import` that is in no room and may not see what is others'.
    private static func runner(_ server: TestServer) async throws -> TestServer.Credentials {
        _ = try await server.workspace.roles.update([("run-import", ["admin", "livechat-agent"])])
        try await server.workspace.importing([
            StagedUser("ops", password: "ops", roles: ["livechat-agent"])
        ])
        return try await server.signIn("ops", password: "ops")
    }

    /// The changes of each record, as `field from → to`.
    private static func changes(
        _ server: TestServer, as credentials: TestServer.Credentials, _ body: String
    ) async throws -> [String: [String]] {
        let answer = try await server.call(.post, "import.check?records=true", body: body, as: credentials)
        #expect(answer.status == 200, "\(answer.body)")
        return Dictionary(
            uniqueKeysWithValues: (answer.json["records"]?.elements ?? []).compactMap { record in
                guard let id = record["importId"]?.text, let changes = record["changes"]?.elements else { return nil }
                return (
                    id,
                    changes.map {
                        "\($0["field"]?.text ?? "") \($0["from"]?.serialized() ?? "–") → \($0["to"]?.serialized() ?? "–")"
                    }
                )
            })
    }

    @Test func `when rooms and messages change, then only their readers see what was there`() async throws {
        try await RoomScene.with { server, people in
            _ = try await server.post("import.new")
            _ = try await server.post(
                "import.addChannels",
                #"{"channels": [{"importIds": ["G1"], "t": "p", "name": "attic", "topic": "PRIVATE"}]}"#)
            try await server.workspace.runToTheEnd()
            let ops = try await Self.runner(server)
            _ = try await server.post("import.new")
            _ = try await server.post(
                "import.addChannels",
                #"""
                {"channels": [{"importIds": ["G1", "G2"], "t": "p", "name": "attic", "topic": "new"},
                {"importIds": ["C1"], "t": "c", "name": "town", "topic": "new"},
                {"importIds": ["D1"], "t": "d", "users": ["id-ada", "id-bob"]}]}
                """#)
            func message(_ id: String, _ room: String, by author: String, at second: Int) -> String {
                #"{"_id":"\#(id)","rid":"\#(room)","u":{"_id":"id-\#(author)"},"msg":"y","ts":"\#(RoomScene.time(second))"}"#
            }
            _ = try await server.post(
                "import.addMessages",
                """
                {"messages": [\(message("secret", "G1", by: "ada", at: 1)), \(message("hello", "D1", by: "bob", at: 2)),
                \(message("t4", "C1", by: "ada", at: 3))]}
                """)
            _ = try await server.workspace.roles.update([("run-import", ["admin", "livechat-agent", "user"])])

            let shown = try await Self.changes(server, as: server.administrator, "{}")
            let hidden = try await Self.changes(server, as: ops, "{}")
            let own = try await Self.changes(server, as: people.ada, "{}")

            #expect(shown["G1"]?.first == #"topic "PRIVATE" → "new""#)
            #expect(shown["C1"]?.first == #"topic "News" → "new""#)
            #expect(shown["secret"] == [#"msg – → "y""#])
            #expect(shown["hello"] == [#"msg – → "y""#])
            #expect(shown["t4"] == [#"msg "second" → "y""#])
            #expect(hidden["G1"] == [#"topic – → "new""#, "importIds – → –"])
            #expect(hidden["secret"] == [#"msg – → "y""#])
            #expect(hidden["hello"] == [#"msg – → "y""#])
            #expect(own["G1"]?.first == #"topic "PRIVATE" → "new""#)
            #expect(own["secret"] == [#"msg "Under the roof" → "y""#])
            #expect(own["hello"] == [#"msg "Hello Ada" → "y""#])
        }
    }

    @Test func `when accounts change, then only holders of the permission see their addresses, roles and import ids`()
        async throws
    {
        try await TestServer.with { server in
            let ops = try await Self.runner(server)
            _ = try await server.workspace.roles.update([
                ("edit-other-user-info", ["admin", "livechat-agent"]),
                ("edit-other-user-active-status", ["admin", "livechat-agent"]),
                ("assign-roles", ["admin", "livechat-agent"]), ("assign-admin-role", ["admin", "livechat-agent"]),
            ])
            try await server.workspace.importing([
                StagedUser("ada", more: [#""name": "Ada", "customFields": {"a": 1}"#])
            ])
            try await server.workspace.stage([
                StagedUser(
                    "ada", importIDs: ["id-ada", "2"], emails: ["new@example.com"],
                    roles: ["livechat-manager"], more: [#""name": "Eda", "customFields": {"b": 2}"#])
            ])
            let body = #"{"policy": {"users": "update"}}"#

            let shown = try await Self.changes(server, as: server.administrator, body)
            let hidden = try await Self.changes(server, as: ops, body)
            let bound = try await Self.changes(server, as: ops, #"{"policy": {"users": "bind"}}"#)

            #expect(
                shown["id-ada"] == [
                    #"name "Ada" → "Eda""#, #"emails ["ada@example.com"] → ["new@example.com"]"#,
                    #"roles ["user"] → ["user","livechat-manager"]"#, #"customFields {"a":1} → {"a":1,"b":2}"#,
                    #"importIds ["id-ada"] → ["id-ada","2"]"#,
                ])
            #expect(
                hidden["id-ada"] == [
                    #"name "Ada" → "Eda""#, #"emails – → ["new@example.com"]"#, "roles – → –", "customFields – → –",
                    "importIds – → –",
                ])
            #expect(bound["id-ada"] == ["importIds – → –"])
        }
    }

    @Test func `when the import has begun or ended, then the call says which one comes next`() async throws {
        try await TestServer.with { server in
            let none = try await server.post("import.check")
            try await Self.stage(server)
            _ = try await server.post("import.run")
            let running = try await server.post("import.check")
            try await server.workspace.finish()
            let done = try await server.post("import.check")

            #expect(none.status == 400)
            #expect(none.json["error"]?.text == "error-operation-not-found")
            #expect(
                none.json["import"]?["message"]?.text
                    == "There is no import to check. Next: import.new, or uploadImportFile.")
            #expect(running.status == 400)
            #expect(running.json["error"]?.text == "error-invalid-operation-status")
            #expect(
                running.json["import"]?["message"]?.text?.contains("so it cannot be checked. Next: import.status")
                    == true)
            #expect(
                done.json["import"]?["message"]?.text?.hasPrefix("The import is done, so it cannot be checked. Next:")
                    == true)
        }
    }

    @Test(arguments: [
        ("import.check", #"{"policy": {"users": "merge"}}"#), ("import.check", #"{"inputs": {}}"#),
        ("import.check", "[1]"), ("import.check?records=maybe", "{}"), ("import.check?other=1", "{}"),
        ("import.check?records=true&type=room", "{}"),
        ("import.check?records=true&decision=created", "{}"),
        ("import.check?records=true&offset=-1", "{}"),
    ])
    func `when the request has another shape, then it is rejected`(path: String, body: String) async throws {
        try await TestServer.with { server in
            try await Self.stage(server)

            let answer = try await server.post(path, body)

            #expect(answer.status == 400, "\(answer.body)")
        }
    }
}
