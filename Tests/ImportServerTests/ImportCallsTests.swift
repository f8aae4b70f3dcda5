import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server and an administrator who imports users", .onEveryStore)
struct ImportCallsTests {
    private static let listedImporters =
        #"[{"key":"csv","name":"CSV"},{"key":"slack","name":"Slack"},{"key":"slack-users","name":"Slack_Users"},"#
        + #"{"key":"omnichannel_contact","name":"omnichannel_contacts_importer"}]"#

    @Test func `when an operation is created, then the response is as documented`() async throws {
        try await TestServer.with { server in
            let answer = try await server.post("import.new")

            let operation = try await server.workspace.current()
            #expect(answer.status == 200)
            #expect(
                answer.body == """
                    {"operation":{"_id":"\(operation.id)","_updatedAt":"2026-01-31T12:00:00.000Z","importerKey":"api",\
                    "status":"importer_new","ts":"2026-01-31T12:00:00.000Z","type":"api",\
                    "user":"\(server.administrator.userID)","valid":true},"success":true}
                    """)
            #expect(answer.header("Content-Type") == "application/json")
            #expect(answer.header("Cache-Control") == "no-store")
            #expect(answer.header("Pragma") == "no-cache")
        }
    }

    /// The documents' example of a request body, byte for byte.
    private static let documentedUsers = """
        {"users":[{"username":"john.doe","emails":["john.doe@example.com"],"importIds":["1523"],"name":"John Doe",\
        "password":"P@ssw0rd"},{"username":"jane.doe","emails":["jane.doe@example.com"],"importIds":["1524"],\
        "name":"Jane Doe"}]}
        """

    @Test func `when the documented users are imported, then every response is as documented`() async throws {
        try await TestServer.with { server in
            #expect(try await server.get("import.status").body == #"{"state":"none","success":true}"#)
            #expect(try await server.get("getCurrentImportOperation").body == #"{"success":true}"#)
            _ = try await server.post("import.new")
            #expect(try await server.post("import.addUsers", Self.documentedUsers).body == #"{"success":true}"#)
            let ready = try await server.get("import.status")
            #expect(ready.json["state"] == .string("ready"))
            #expect(ready.json["operation"]?["count"]?.serialized() == #"{"total":2,"users":2}"#)
            #expect(try await server.post("import.run").body == #"{"success":true}"#)
            #expect(try await server.get("import.status").json["state"] == .string("importing"))
            try await server.workspace.finish()

            let done = try await server.get("import.status")
            #expect(done.json["state"] == .string("done"))
            #expect(
                done.json["operation"]?["count"]?.serialized() == #"{"completed":2,"error":0,"total":2,"users":2}"#)
            #expect(
                try await server.get("getImportProgress").body == """
                    {"count":{"completed":2,"error":0,"total":2},"key":"api","name":"API","step":"importer_done",\
                    "success":true}
                    """)
            let plain = #"{"user":"john.doe","password":"P@ssw0rd"}"#
            #expect(try await server.call(.post, "login", body: plain, as: nil).status == 200)
        }
    }

    @Test func `when lists are asked for, then they are bare arrays`() async throws {
        try await TestServer.with { server in
            #expect(try await server.get("importers.list").body == Self.listedImporters)
            #expect(try await server.get("getLatestImportOperations").body == "[]")
            _ = try await server.post("import.new")
            let latest = try await server.get("getLatestImportOperations")
            #expect(latest.json.elements.count == 1)
        }
    }

    @Test func `when the list of users is empty, then the call succeeds without any operation`() async throws {
        try await TestServer.with { server in
            let answer = try await server.post("import.addUsers", #"{"users":[]}"#)

            #expect(answer.body == #"{"success":true}"#)
            #expect(try await server.get("import.status").json["state"] == .string("none"))
        }
    }

    @Test func `when users come one a line, then they are staged`() async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")
            let lines = StagedUser.crowd(3).map(\.text).joined(separator: "\n")

            let answer = try await server.call(
                .post, "import.addUsers", body: lines, type: "application/x-ndjson", as: server.administrator)

            #expect(answer.status == 200)
            #expect(try await server.workspace.current().totalCounts.total == 3)
        }
    }

    @Test func `when everything is cleared, then the operation reads canceled`() async throws {
        try await TestServer.with { server in
            #expect(try await server.post("import.clear").body == #"{"success":true}"#)
            try await server.workspace.stage(StagedUser.crowd(2))

            #expect(try await server.post("import.clear").body == #"{"success":true}"#)

            let status = try await server.get("import.status").json
            #expect(status["state"] == .string("canceled"))
            #expect(status["operation"]?["status"] == .string("importer_import_cancelled"))
            #expect(status["operation"]?["valid"] == .boolean(false))
        }
    }

    @Test func `when records failed, then they are listed with their reasons and without their passwords`() async throws
    {
        try await TestServer.with { server in
            try await server.workspace.importing([
                StagedUser("ada"), StagedUser("ADA", importIDs: ["2"], emails: ["2@x"], password: "hidden"),
                StagedUser("odd", type: "wizard"),
            ])
            let ada = try await server.workspace.user("ada")

            let all = try await server.get("import.failures")
            let page = try await server.get(
                "import.failures?type=user&code=importer-user-invalid-type&count=1&offset=0")

            #expect(all.json["total"]?.serialized() == "2")
            #expect(page.json["count"]?.serialized() == "1")
            let first = try #require(all.json["failures"]?.elements.first)
            #expect(first["code"] == .string("importer-user-duplicate-in-batch"))
            #expect(first["field"] == .string("username"))
            #expect(first["clashesWith"] == ada.map { .string($0.id.rawValue) })
            #expect(first["data"]?["username"] == .string("ADA"))
            #expect(!all.body.contains("hidden"))
        }
    }
}
