import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with imported users", .onEveryStore)
struct UserCallsTests {
    @Test func `when a user is asked for by import id, then administrators and the user itself find it`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            try await server.workspace.importing([StagedUser("ada", importIDs: ["1523"])])

            let found = try await server.get("users.info?importId=1523")
            let hidden = try await server.call(.get, "users.info?importId=1523", as: plain)
            let own = try await server.call(.get, "users.info?importId=id-plain", as: plain)

            #expect(found.json["user"]?["username"] == .string("ada"))
            #expect(found.json["user"]?["importIds"]?.serialized() == #"["1523"]"#)
            #expect(found.json["user"]?["canViewAllInfo"] == .boolean(true))
            #expect(hidden.status == 400)
            #expect(hidden.body == #"{"error":"User not found.","success":false}"#)
            #expect(own.json["user"]?["username"] == .string("plain"))
        }
    }

    @Test func `when others look at a user, then addresses, roles and import ids are not shown`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()

            let answer = try await server.call(.get, "users.info?username=admin", as: plain)

            let user = try #require(answer.json["user"])
            #expect(user["username"] == .string("admin"))
            for hidden in ["emails", "roles", "importIds", "services", "createdAt"] { #expect(user[hidden] == nil) }
            #expect(user["canViewAllInfo"] == .boolean(false))
        }
    }

    @Test(arguments: ["users.info", "users.info?userId=1&username=2"])
    func `when not exactly one selector is given, then the alternatives are named`(path: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.get(path)

            #expect(answer.status == 400)
            #expect(answer.json["errorType"] == .string("error-invalid-params"))
            #expect(answer.body.contains("must match a schema in anyOf"))
        }
    }

    @Test func `when users are listed, then pages are sorted by username`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing(["carl", "Bea", "ada"].map { StagedUser($0) })

            let page = try await server.get("users.list?offset=1&count=2")
            let reverse = try await server.get(#"users.list?count=1&sort=%7B%22username%22%3A-1%7D"#)

            #expect(page.json["users"]?.elements.map { $0["username"]?.text } == ["admin", "Bea"])
            #expect(page.json["total"]?.serialized() == "5")
            #expect(page.json["count"]?.serialized() == "2")
            #expect(reverse.body.contains("rocket.cat"))
        }
    }

    @Test func `when a user is created, changed, deactivated and deleted, then each call does so`() async throws {
        try await TestServer.with { server in
            let created = try await server.post(
                "users.create",
                #"{"name":"Bob","email":"bob@example.com","username":"bob","password":"builder","verified":true}"#)
            let id = try #require(created.json["user"]?["_id"]?.text)
            #expect(created.json["user"]?["roles"]?.serialized() == #"["user"]"#)
            let bob = try await server.signIn("bob", password: "builder")

            let updated = try await server.post(
                "users.update", #"{"userId":"\#(id)","data":{"name":"Robert","email":"r@example.com"}}"#)
            #expect(updated.json["user"]?["name"] == .string("Robert"))
            #expect(updated.json["user"]?["emails"]?.elements.first?["address"]?.text == "r@example.com")

            let inactive = try await server.post("users.setActiveStatus", #"{"userId":"\#(id)","activeStatus":false}"#)
            #expect(inactive.body == #"{"success":true,"user":{"_id":"\#(id)","active":false}}"#)
            #expect(try await server.call(.get, "me", as: bob).status == 401)

            let deleted = try await server.post("users.delete", #"{"userId":"\#(id)"}"#)
            #expect(deleted.body == #"{"deletedRooms":[],"success":true}"#)
            #expect(try await server.get("users.info?userId=\(id)").status == 400)
        }
    }

    @Test(arguments: ["email", "name", "username"])
    func `when a required value is null, then no account is made`(field: String) async throws {
        try await TestServer.with { server in
            let body = #"{"name":"B","email":"b@example.com","username":"b","password":"x"}"#
            let values = ["email": "b@example.com", "name": "B", "username": "b"]

            let answer = try await server.post(
                "users.create", body.replacing(#""\#(field)":"\#(values[field] ?? "")""#, with: #""\#(field)":null"#))

            #expect(answer.status == 400)
            #expect(try await server.workspace.user("b") == nil)
        }
    }

    @Test func `when a name or address belongs to somebody, then it cannot be given again`() async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "users.create", #"{"name":"B","email":"b@example.com","username":"ADMIN","password":"x"}"#)

            #expect(answer.status == 400)
            #expect(answer.json["errorType"] == .string("error-field-unavailable"))
            #expect(answer.json["error"] == .string("ADMIN is already in use :( [error-field-unavailable]"))
        }
    }

    @Test func `when the last administrator would go, then the call is rejected`() async throws {
        try await TestServer.with { server in
            let id = server.administrator.userID
            for (path, body) in [
                ("users.setActiveStatus", #"{"userId":"\#(id)","activeStatus":false}"#),
                ("users.delete", #"{"userId":"\#(id)"}"#),
                ("users.update", #"{"userId":"\#(id)","data":{"roles":["user"]}}"#),
            ] {
                let answer = try await server.post(path, body)

                #expect(answer.status == 400)
                #expect(answer.json["errorType"] == .string("error-action-not-allowed"))
            }
            #expect(try await server.get("me").status == 200)
        }
    }

    @Test func `when permissions are changed, then they hold at once`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let body = #"{"permissions":[{"_id":"run-import","roles":["admin","user"]}]}"#

            let answer = try await server.post("permissions.update", body)

            #expect(answer.status == 200)
            #expect(try await server.call(.get, "import.status", as: plain).status == 200)
        }
    }

    @Test(arguments: [
        (#"{"permissions":[{"_id":"fly","roles":[]}]}"#, "Invalid permission", "error-invalid-permission"),
        (#"{"permissions":[{"_id":"run-import","roles":["wizard"]}]}"#, "Invalid role", "error-invalid-role"),
        (
            #"{"permissions":[{"_id":"run-import","roles":["user","admin","user"]}]}"#,
            "must NOT have duplicate items (items ## 0 and 2 are identical) [invalid-params]", "invalid-params"
        ),
    ])
    func `when a permission or role is unknown, then nothing changes`(
        body: String, error: String, type: String
    ) async throws {
        try await TestServer.with { server in
            let answer = try await server.post("permissions.update", body)

            #expect(answer.status == 400)
            #expect(answer.json["error"] == .string(error))
            #expect(answer.json["errorType"] == .string(type))
        }
    }

    @Test func `when roles and permissions are listed, then the built-in ones are there`() async throws {
        try await TestServer.with { server in
            let roles = try await server.get("roles.list")
            let permissions = try await server.get("permissions.listAll")
            let none = try await server.get("permissions.listAll?updatedSince=2030-01-01T00:00:00.000Z")
            let bad = try await server.get("permissions.listAll?updatedSince=yesterday")

            for role in ["admin", "user", "bot", "app", "guest", "anonymous", "livechat-agent", "owner", "leader"] {
                #expect(roles.body.contains(#""_id":"\#(role)""#))
            }
            #expect(
                permissions.body.contains(
                    #"{"_id":"run-import","_updatedAt":"2026-01-31T12:00:00.000Z","roles":["admin"]}"#))
            #expect(none.body == #"{"remove":[],"success":true,"update":[]}"#)
            #expect(bad.json["errorType"] == .string("error-roomId-param-invalid"))
        }
    }

    @Test func `when a setting is read and written, then it has the kind of value it always had`() async throws {
        try await TestServer.with { server in
            let before = try await server.get("settings/API_Default_Count")

            #expect(before.body == #"{"_id":"API_Default_Count","success":true,"value":50}"#)
            #expect(try await server.post("settings/API_Default_Count", #"{"value":7}"#).status == 200)
            #expect(try await server.get("settings/API_Default_Count").json["value"]?.serialized() == "7")
            #expect(try await server.post("settings/API_Default_Count", #"{"value":"x"}"#).status == 400)
            for senseless in ["0", "-1", "9000000000000000000"] {
                let answer = try await server.post("settings/Accounts_LoginExpiration", #"{"value":\#(senseless)}"#)
                #expect(
                    answer.json["error"]?.text == "The setting Accounts_LoginExpiration takes a number from 1 to 3650.")
            }
            #expect(try await server.get("settings/Nothing").status == 400)
        }
    }

    @Test(arguments: ["all", "HERE"])
    func `when a username is reserved, then neither a new nor an old account gets it`(username: String) async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let created = try await server.post(
                "users.create", #"{"name":"B","email":"b@example.com","username":"\#(username)","password":"x"}"#)
            let updated = try await server.post(
                "users.update", #"{"userId":"\#(plain.userID)","data":{"username":"\#(username)"}}"#)

            for answer in [created, updated] {
                #expect(answer.status == 400)
                #expect(answer.body.contains("is reserved"))
            }
        }
    }

    @Test func `when a form repeats values that no new account gets, then only what changes is validated`() async throws
    {
        try await TestServer.with { server in
            try await server.workspace.importing([
                StagedUser("old name", emails: ["no address", "second@example.com"], more: [#""name": "<Old>""#])
            ])
            let id = try #require(try await server.workspace.user("old name")).id
            func update(_ data: String) async throws -> TestServer.Answer {
                try await server.post("users.update", #"{"userId":"\#(id)","data":\#(data)}"#)
            }

            let same = try await update(
                #"{"username":"old name","email":"no address","name":"<Old>","roles":["user"],"bio":"new"}"#)
            let other = try await update(#"{"username":"other name"}"#)

            #expect(same.status == 200, "\(same.body)")
            #expect(same.json["user"]?["bio"] == .string("new"))
            let addresses = same.json["user"]?["emails"]?.elements.map { $0["address"]?.text }
            #expect(addresses == ["no address", "second@example.com"])
            #expect(other.status == 400)
        }
    }

    @Test(arguments: [
        ("username", RecordLimits.usernameBytes), ("name", RecordLimits.nameBytes),
        ("nickname", RecordLimits.nameBytes), ("bio", RecordLimits.descriptionBytes),
        ("statusText", RecordLimits.descriptionBytes),
    ])
    func `when a value is too long, then field and limit are named`(field: String, limit: Int) async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            func update(_ length: Int) async throws -> TestServer.Answer {
                let value = String(repeating: "x", count: length)
                return try await server.post(
                    "users.update", #"{"userId":"\#(plain.userID)","data":{"\#(field)":"\#(value)"}}"#)
            }

            #expect(try await update(limit).status == 200)
            let answer = try await update(limit + 1)
            #expect(answer.status == 400)
            #expect(answer.body.contains("The value of \(field) has \(limit + 1) bytes; the limit is \(limit)."))
        }
    }

    @Test(arguments: [
        (
            #""email":"\#(String(repeating: "x", count: RecordLimits.addressBytes))@b.c""#,
            "The value of email has \(RecordLimits.addressBytes + 4) bytes; the limit is \(RecordLimits.addressBytes)."
        ),
        (
            #""customFields":{"a":"\#(String(repeating: "x", count: RecordLimits.customFieldsBytes))"}"#,
            "The value of customFields has \(RecordLimits.customFieldsBytes + 8) bytes; the limit is "
                + "\(RecordLimits.customFieldsBytes)."
        ),
        (
            #""roles":[\#((0...RecordLimits.rolesPerUser).map { "\"r\($0)\"" }.joined(separator: ","))]"#,
            "The list roles has \(RecordLimits.rolesPerUser + 1) items; the limit is \(RecordLimits.rolesPerUser)."
        ),
        (
            #""roles":["\#(String(repeating: "x", count: RecordLimits.roleBytes + 1))"]"#,
            "The value of roles has \(RecordLimits.roleBytes + 1) bytes; the limit is \(RecordLimits.roleBytes)."
        ),
    ])
    func `when an address, custom fields or roles go beyond a limit, then nothing changes and the limit is named`(
        field: String, sentence: String
    ) async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let before = try await server.workspace.user("plain")

            let answer = try await server.post(
                "users.update", #"{"userId":"\#(plain.userID)","data":{"bio":"new",\#(field)}}"#)

            #expect(answer.status == 400)
            #expect(answer.body.contains(sentence), "\(answer.body.prefix(300))")
            #expect(try await server.workspace.user("plain") == before)
        }
    }

    @Test func `when an account is looked up by address, then holders of the permission and its owner find it`()
        async throws
    {
        try await TestServer.with { server in
            let plain = try await server.plainUser()

            let found = try await server.get("users.info?email=PLAIN@example.com")
            #expect(found.json["user"]?["username"] == .string("plain"))
            #expect(try await server.call(.get, "users.info?email=plain@example.com", as: plain).status == 200)
            #expect(try await server.call(.get, "users.info?email=admin@localhost", as: plain).status == 400)
            let list = try await server.get("users.list?email=plain@example.com")
            #expect(list.json["users"]?.elements.map { $0["username"]?.text } == ["plain"])
            #expect(list.json["total"]?.serialized() == "1")
            #expect(try await server.get("users.list?email=nobody@example.com").json["total"]?.serialized() == "0")
            #expect(try await server.call(.get, "users.list?email=plain@example.com", as: plain).status == 403)
        }
    }

    @Test func `when a deletion names two accounts, then none is deleted`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()

            let answer = try await server.post(
                "users.delete", #"{"userId":"\#(plain.userID)","username":"rocket.cat"}"#)

            #expect(answer.status == 400)
            #expect(try await server.call(.get, "me", as: plain).status == 200)
        }
    }

    @Test func `when an e-mail is asked for, then the call says that Ferry sends none`() async throws {
        try await TestServer.with { server in
            let answer = try await server.post(
                "users.create",
                #"{"name":"B","email":"b@example.com","username":"b","password":"x","sendWelcomeEmail":true}"#)

            #expect(answer.json["errorType"] == .string("error-not-supported"))
            #expect(try await server.workspace.user("b") == nil)
        }
    }
}
