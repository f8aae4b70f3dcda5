import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given rooms and messages that are staged by API", .onEveryStore)
struct ConversationCallsTests {
    private static let users = #"""
        {"users":[{"username":"ada","emails":["ada@example.com"],"importIds":["U1"]},
        {"username":"grace","emails":["grace@example.com"],"importIds":["U12"]}]}
        """#

    /// Imports the users above and the given rooms and messages in a new operation.
    private static func importing(
        channels: String = #"{"importIds":["C1"],"t":"c","name":"engines","users":["U1","U12"],"u":{"_id":"U1"}}"#,
        messages: String, on server: TestServer
    ) async throws -> JSONValue {
        _ = try await server.post("import.new")
        _ = try await server.post("import.addUsers", users)
        _ = try await server.post("import.addChannels", #"{"channels":[\#(channels)]}"#)
        let answer = try await server.post("import.addMessages", #"{"messages":[\#(messages)]}"#)
        #expect(answer.body == #"{"success":true}"#)
        _ = try await server.post(
            "startImport", #"{"input":{"users":{"all":true},"channels":{"all":true}}}"#)
        try await server.workspace.finish()
        return try await server.get("import.status").json
    }

    private static func texts(_ answer: TestServer.Answer) -> [String] {
        answer.json["messages"]?.elements.compactMap { $0["msg"]?.text } ?? []
    }

    @Test func `when ids begin alike, then each becomes its own name`() async throws {
        try await TestServer.with { server in
            let status = try await Self.importing(
                messages: #"""
                    {"_id":"m1","rid":"C1","u":{"_id":"U1"},"msg":"@U12 meets @U1, @U123 and #C1.","ts":1000,
                    "mentions":["U1","U12","all"],"channels":["C1"]}
                    """#, on: server)
            let message = try await server.get("chat.getMessage?msgId=m1").json["message"]

            #expect(status["state"] == .string("done"))
            #expect(message?["msg"]?.text == "@grace meets @ada, @U123 and #engines.")
            #expect(message?["mentions"]?.elements.compactMap { $0["username"]?.text } == ["ada", "grace", "all"])
            #expect(message?["channels"]?.elements.first?["name"]?.text == "engines")
            #expect(message?["u"]?["username"]?.text == "ada")
        }
    }

    @Test func `when a reply precedes its thread, then the thread counts it`() async throws {
        try await TestServer.with { server in
            _ = try await Self.importing(
                messages: #"""
                    {"_id":"r1","rid":"C1","u":{"_id":"U12"},"msg":"answer","ts":2000,"tmid":"p1"},
                    {"_id":"p1","rid":"C1","u":{"_id":"U1"},"msg":"question","ts":1000},
                    {"_id":"r2","rid":"C1","u":{"_id":"U1"},"msg":"lost","ts":3000,"tmid":"nowhere"}
                    """#, on: server)
            let parent = try await server.get("chat.getMessage?msgId=p1").json["message"]
            let standIn = try await server.get("chat.getMessage?msgId=nowhere").json["message"]
            let room = try await server.get("channels.info?roomName=engines").json["channel"]

            #expect(parent?["tcount"]?.serialized() == "1")
            #expect(parent?["tlm"]?.text == "1970-01-01T00:00:02.000Z")
            #expect(standIn?["u"]?["username"]?.text == "rocket.cat")
            #expect(standIn?["tcount"]?.serialized() == "1")
            #expect(room?["msgs"]?.serialized() == "4")
        }
    }

    @Test func `when messages have the same time, then they stay in the order of their arrival`() async throws {
        try await TestServer.with { server in
            let messages = (0..<30).map {
                #"{"_id":"z\#(99 - $0)","rid":"C1","u":{"_id":"U1"},"msg":"\#($0)","ts":"2024-05-01T08:00:00.000Z"}"#
            }
            _ = try await Self.importing(messages: messages.joined(separator: ","), on: server)
            let page = try await server.get("channels.messages?roomName=engines&count=100")

            #expect(Self.texts(page) == (0..<30).reversed().map(String.init))
            try #require(page.json["total"]?.serialized() == "30")
        }
    }

    @Test func `when a message cannot be imported, then it is flagged and the others are there`() async throws {
        try await TestServer.with { server in
            let status = try await Self.importing(
                messages: #"""
                    {"_id":"a","rid":"C1","u":{"_id":"U1"},"msg":"fine","ts":1000},
                    {"_id":"b","rid":"C9","u":{"_id":"U1"},"msg":"no room","ts":1000},
                    {"_id":"c","rid":"C1","u":{"_id":"U9"},"msg":"nobody","ts":1000},
                    {"_id":"d","rid":"C1","u":{"_id":"U1"},"msg":"when","ts":"yesterday"},
                    {"_id":"a","rid":"C1","u":{"_id":"U12"},"msg":"somebody else","ts":1000}
                    """#, on: server)
            let failures = try await server.get("import.failures?type=message").json["failures"]

            #expect(status["operation"]?["count"]?["error"]?.serialized() == "4")
            #expect(
                failures?.elements.compactMap { $0["code"]?.text } == [
                    "importer-message-unknown-room", "importer-message-unknown-user",
                    "importer-message-invalid-timestamp", "importer-message-id-conflict",
                ])
            #expect(failures?.elements.first?["data"]?["msg"]?.text == "no room")
            try #require(Self.texts(try await server.get("channels.messages?roomName=engines")) == ["fine"])
        }
    }

    @Test func `when attachments hold addresses that clients must not follow, then those are dropped`() async throws {
        try await TestServer.with { server in
            _ = try await Self.importing(
                messages: #"""
                    {"_id":"m1","rid":"C1","u":{"_id":"U1"},"msg":"","ts":1000,"attachments":[
                    {"title":"a","title_link":"javascript:alert(1)","image_url":"https://example.com/a.png",
                    "fields":[{"title":"x","url":"data:text/html,x"}]}],
                    "reactions":{":wave:":{"users":["U1","U12","U1","U9"]},":none:":{"users":["U9"]}}}
                    """#, on: server)
            let message = try await server.get("chat.getMessage?msgId=m1").json["message"]
            let attachment = message?["attachments"]?.elements.first

            #expect(attachment?["title_link"] == nil)
            #expect(attachment?["image_url"]?.text == "https://example.com/a.png")
            #expect(attachment?["fields"]?.elements.first?["url"] == nil)
            #expect(message?["reactions"]?.serialized() == #"{":wave:":{"usernames":["ada","grace"]}}"#)
            try #require(message != nil)
        }
    }

    @Test func `when a room's name belongs to a room of another kind, then they are not merged`() async throws {
        try await TestServer.with { server in
            _ = try await Self.importing(messages: "", on: server)
            let status = try await Self.importing(
                channels: #"{"importIds":["G1"],"t":"p","name":"Engines","users":["U1"],"u":{"_id":"U1"}}"#,
                messages: #"{"_id":"s","rid":"G1","u":{"_id":"U1"},"msg":"secret","ts":1000}"#, on: server)
            let codes = try await server.get("import.failures").json["failures"]

            #expect(status["operation"]?["count"]?["error"]?.serialized() == "2")
            #expect(
                codes?.elements.compactMap { $0["code"]?.text } == [
                    "importer-channel-type-mismatch", "importer-message-unknown-room",
                ])
            try #require(Self.texts(try await server.get("channels.messages?roomName=engines")).isEmpty)
        }
    }

    @Test func `when direct rooms are staged, then each pair of people has one room of exactly these`() async throws {
        try await TestServer.with { server in
            let status = try await Self.importing(
                channels: #"""
                    {"importIds":["D1"],"t":"d","users":["U1","U12"]},{"importIds":["D2"],"t":"d","users":["U12","U1"]},
                    {"importIds":["D3"],"t":"d","users":["U1","U1"]},{"importIds":["D4"],"t":"d","users":["U1","U9"]}
                    """#,
                messages: #"""
                    {"_id":"1","rid":"D1","u":{"_id":"U1"},"msg":"psst","ts":1000},
                    {"_id":"2","rid":"D2","u":{"_id":"U12"},"msg":"what","ts":2000}
                    """#, on: server)
            let rooms = try await server.get("im.list.everyone").json["ims"]

            #expect(status["operation"]?["count"]?["error"]?.serialized() == "1")
            #expect(rooms?.elements.compactMap { $0["msgs"]?.serialized() }.sorted() == ["0", "2"])
            #expect(rooms?.elements.map { $0["usersCount"]?.serialized() ?? "" }.sorted() == ["1", "2"])
            try #require(rooms?.elements.count == 2)
        }
    }

    @Test(arguments: [
        (#"{"channels":[{"t":"c"}]}"#, "must have required property 'importIds'"),
        (#"{"channels":[{"importIds":["a"]}]}"#, "must have required property 't'"),
        (#"{"channels":[{"importIds":["a"],"t":"x"}]}"#, "must be equal to one of the allowed values"),
        (#"{"rooms":[]}"#, "must have required property 'channels'"),
    ])
    func `when a body has another shape, then nothing is staged`(body: String, message: String) async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")
            let answer = try await server.post("import.addChannels", body)

            #expect(answer.json["error"]?.text?.hasPrefix(message) == true)
            #expect(answer.json["errorType"]?.text == "invalid-params")
            try #require(try await server.get("import.status").json["state"]?.text == "new")
        }
    }
}
