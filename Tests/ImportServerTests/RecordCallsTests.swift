import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with staged records", .onEveryStore)
struct RecordCallsTests {
    private static let channels = """
        {"channels":[{"importIds":["C1"],"t":"c","name":"town","topic":"All","users":["id-ada"],"ts":"2026-01-31T12:00:00.000Z"},
            {"importIds":["C2"],"t":"p","name":"<b>plans</b>","archived":true},{"importIds":["D"],"t":"d"}]}
        """
    private static let message =
        #"{"messages":[{"rid":"C1","u":{"_id":"id-ada"},"msg":"x","ts":"2026-01-31T12:00:00.000Z"}]}"#

    private static func stage(on server: TestServer) async throws {
        try await server.workspace.importing([StagedUser("taken")])
        try await server.workspace.stage([
            StagedUser("ada", more: [#""name": "<script>alert(1)</script>""#]),
            StagedUser("ben", deleted: true), StagedUser("cy", emails: ["taken@example.com"], type: "bot"),
        ])
        #expect(try await server.post("import.addChannels", channels).status == 200)
        #expect(try await server.post("import.addMessages", message).status == 200)
    }

    @Test func `when records are listed, then pages, numbers and properties are returned`() async throws {
        try await TestServer.with { server in
            try await Self.stage(on: server)

            let page = try await server.get("import.records?type=user&offset=1&count=1&counts=true")
            let found = try await server.get("import.records?type=user&without=deleted,bot&search=SCRIPT")
            let rooms = try await server.get("import.records?type=channel&counts=true")
            let messages = try await server.get("import.records?type=message")
            let contacts = try await server.get("import.records?type=contact&search=x&counts=true")

            #expect(page.json["total"]?.serialized() == "3")
            #expect(page.json["records"]?.elements.map { $0["importId"]?.text } == ["id-ben"])
            #expect(
                page.json["counts"]?.serialized() == #"{"addressTaken":1,"bot":1,"deleted":1,"guest":0}"#)
            #expect(found.json["total"]?.serialized() == "1")
            #expect(found.json["records"]?.elements.first?["name"]?.text == "<script>alert(1)</script>")
            #expect(rooms.json["counts"]?.serialized() == #"{"archived":1,"direct":1,"private":1}"#)
            #expect(
                rooms.json["records"]?.elements.first?.serialized() == """
                    {"id":"\(rooms.json["records"]?.elements.first?["id"]?.text ?? "")","importId":"C1","members":1,\
                    "name":"town","properties":[],"t":"c","topic":"All","ts":"2026-01-31T12:00:00.000Z","type":"channel"}
                    """)
            #expect(messages.json["total"]?.serialized() == "1")
            #expect(messages.json["records"]?.elements.isEmpty == true)
            #expect(messages.json["firstAt"] == .string("2026-01-31T12:00:00.000Z"))
            #expect(messages.json["lastAt"] == .string("2026-01-31T12:00:00.000Z"))
            #expect(contacts.json["total"]?.serialized() == "0")
        }
    }

    @Test(arguments: [
        ("type=person", "type", "person"), ("type=user&filter=archived", "filter", "archived"),
        ("type=channel&without=private,bot", "without", "bot"), ("type=contact&filter=deleted", "filter", "deleted"),
        ("search=x", "type", ""),
    ])
    func `when a word is not known, then the error names parameter, value and the words that are`(
        query: String, field: String, value: String
    ) async throws {
        try await TestServer.with { server in
            try await Self.stage(on: server)

            let answer = try await server.get("import.records?\(query)")

            #expect(answer.status == 400)
            #expect(answer.json["import"]?["field"]?.text == field)
            #expect(answer.json["import"]?["value"]?.text == value)
        }
    }

    @Test func `when the operation is not ready, then the error says what comes next`() async throws {
        try await TestServer.with { server in
            let none = try await server.get("import.records?type=user")
            try await Self.stage(on: server)
            let unknown = try await server.get("import.records?type=user&operationId=none")
            try await server.workspace.runToTheEnd()
            let done = try await server.get("import.records?type=user")
            let plain = try await server.call(.get, "import.records?type=user", as: nil)

            #expect(none.json["import"]?["code"] == .string("operation-not-found"))
            #expect(unknown.json["import"]?["code"] == .string("operation-not-found"))
            #expect(done.json["import"]?["code"] == .string("invalid-operation-status"))
            #expect(done.json["import"]?["next"]?.elements.first == .string("import.failures"))
            #expect(plain.status == 401)
        }
    }

    @Test(arguments: ["startImport", "import.run"])
    func `when an import starts by rules, then check and import have the same numbers`(call: String) async throws {
        try await TestServer.with { server in
            try await Self.stage(on: server)
            let body = """
                {"selection":{"users":{"without":["bot"],"except":["id-ben"]},"channels":{"all":false,"also":["C1"]}},
                "policy":{"users":"bind"}}
                """

            let check = try await server.post("import.check", body)
            let start = try await server.post(call, body)
            try await server.workspace.finish()

            #expect(start.status == 200)
            let counts = try await server.workspace.current().counts
            #expect(check.json["summary"]?["users"]?["create"]?.serialized() == "1")
            #expect(check.json["summary"]?["users"]?["skip"]?.serialized() == "2")
            #expect(check.json["summary"]?["channels"]?["create"]?.serialized() == "1")
            #expect(counts[.user]?.created == 1 && counts[.user]?.skipped == 2)
            #expect(counts[.room]?.created == 1 && counts[.room]?.skipped == 2)
            #expect(counts[.message]?.created == 1)
        }
    }

    @Test(arguments: [
        (#"{"selection":{"people":{}}}"#, "additional-property", "selection.people"),
        (#"{"selection":{"users":{"list":[]}}}"#, "additional-property", "selection.users.list"),
        (#"{"selection":[]}"#, "wrong-kind", "selection"),
        (#"{"selection":{"users":true}}"#, "wrong-kind", "selection.users"),
        (#"{"selection":{"users":{"filter":["private"]}}}"#, "unknown-word", "selection.users.filter"),
        (#"{"selection":{"users":{"except":["id-ada",5]}}}"#, "wrong-kind", "selection.users.except[1]"),
        (#"{"selection":{"users":{"all":false,"search":"x"}}}"#, "contradictory-selection", "selection.users.all"),
        (
            #"{"selection":{"users":{"except":["id-ada"],"also":["id-ada"]}}}"#, "contradictory-selection",
            "selection.users.except"
        ),
        (#"{"selection":{"users":{"except":["nobody"]}}}"#, "records-not-staged", "selection.users.except"),
        (#"{"selection":{"channels":{"also":["C9"]}}}"#, "records-not-staged", "selection.channels.also"),
        (#"{"selection":{"messages":"no"}}"#, "wrong-kind", "selection.messages"),
    ])
    func `when a selection is not valid, then no call accepts it, and the error names the field`(
        body: String, code: String, field: String
    ) async throws {
        try await TestServer.with { server in
            try await Self.stage(on: server)

            for call in ["startImport", "import.run", "import.check"] {
                let answer = try await server.post(call, body)

                #expect(answer.status == 400, "\(call)")
                #expect(answer.json["import"]?["code"]?.text == code, "\(call)")
                #expect(answer.json["import"]?["field"]?.text == field, "\(call)")
            }
            let both = try await server.post("startImport", #"{"input":{},"selection":{}}"#)
            #expect(both.json["import"]?["code"]?.text == "contradictory-selection")
            #expect(try await server.workspace.current().phase == .ready)
        }
    }
}
