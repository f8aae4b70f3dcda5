import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with rooms", .onEveryStore)
struct RoomCallsTests {
    @Test func `when a room is asked for, then it has Rocket-Chat's members and no import ids`() async throws {
        try await RoomScene.with { server, people in
            let answer = try await server.call(.get, "channels.info?roomId=town", as: people.eve)

            let room = try #require(answer.json["channel"])
            #expect(
                room.members.map(\.key) == [
                    "_id", "_updatedAt", "description", "fname", "lastMessage", "lm", "msgs", "name", "ro", "t",
                    "topic", "ts", "u", "usersCount",
                ])
            #expect(
                room["u"]?.serialized() == #"{"_id":"\#(people.ada.userID)","name":"Name of ada","username":"ada"}"#)
            #expect(room["msgs"]?.serialized() == "8")
            #expect(room["usersCount"]?.serialized() == "2")
            #expect(room["lm"] == .string(RoomScene.time(8)))
            #expect(room["lastMessage"]?["_id"] == .string("a2"))
            #expect(room["lastMessage"]?["u"]?["username"] == .string("bob"))
            #expect(room["fname"] == .string("Our Town"))
        }
    }

    @Test func `when a direct room is listed, then it names its people`() async throws {
        try await RoomScene.with { server, people in
            let answer = try await server.call(.get, "dm.list", as: people.ada)

            let room = try #require(answer.json["ims"]?.elements.first)
            #expect(Set(room["usernames"]?.elements.compactMap(\.text) ?? []) == ["ada", "bob"])
            #expect(
                Set(room["uids"]?.elements.compactMap(\.text) ?? []) == [people.ada.userID, people.bob.userID])
            #expect(room["name"] == nil)
            #expect(room["u"] == nil)
            #expect(room["lastMessage"]?["msg"] == .string("Hello Ada"))
        }
    }

    @Test func `when rooms are listed, then each list holds its own`() async throws {
        try await RoomScene.with { server, people in
            let lists: [(String, String, TestServer.Credentials, [String])] = [
                ("channels.list", "channels", people.eve, ["GENERAL", "town"]),
                ("channels.list.joined", "channels", people.ada, ["town"]),
                ("channels.list.joined", "channels", people.eve, []),
                ("groups.list", "groups", people.ada, ["attic"]), ("groups.list", "groups", people.bob, []),
                ("groups.listAll", "groups", server.administrator, ["attic"]),
                ("im.list", "ims", people.bob, ["direct"]), ("im.list", "ims", server.administrator, []),
                ("im.list.everyone", "ims", server.administrator, ["direct"]),
                ("rooms.adminRooms", "rooms", server.administrator, ["attic", "GENERAL", "town", "direct"]),
                ("rooms.adminRooms?types[]=p&types[]=d", "rooms", server.administrator, ["attic", "direct"]),
                ("rooms.adminRooms?types=c,p&filter=OW", "rooms", server.administrator, ["town"]),
                ("rooms.get", "update", people.bob, ["direct", "town"]),
            ]
            for (path, key, caller, expected) in lists {
                let answer = try await server.call(.get, path, as: caller)

                #expect(answer.ids(key) == expected, "\(path): \(answer.body)")
            }
        }
    }

    @Test func `when a page is asked for, then count, offset, total and order hold`() async throws {
        try await RoomScene.with { server, _ in
            let page = try await server.get(
                #"rooms.adminRooms?offset=1&count=2&sort=%7B%22msgs%22%3A-1%7D&types=c,p"#)
            let wrong = try await server.get(#"channels.list?sort=%7B%22size%22%3A1%7D"#)
            let kind = try await server.get("rooms.adminRooms?types=x")

            #expect(page.ids("rooms") == ["attic", "GENERAL"])
            #expect([page.number("count"), page.number("offset"), page.number("total")] == ["2", "1", "3"])
            #expect(wrong.json["errorType"] == .string("error-invalid-sort"))
            #expect(kind.json["errorType"] == .string("error-invalid-params"))
        }
    }

    @Test func `when only changes are wanted, then rooms that did not change are left out`() async throws {
        try await RoomScene.with { server, people in
            let later = try await server.call(.get, "rooms.get?updatedSince=2030-01-01T00:00:00.000Z", as: people.ada)
            let wrong = try await server.call(.get, "rooms.get?updatedSince=yesterday", as: people.ada)

            #expect(later.body == #"{"remove":[],"success":true,"update":[]}"#)
            #expect(wrong.json["errorType"] == .string("error-updatedSince-param-invalid"))
        }
    }

    @Test func `when members are listed, then by username, with a filter and by presence`() async throws {
        try await RoomScene.with { server, people in
            let all = try await server.call(.get, "channels.members?roomId=town", as: people.eve)
            let page = try await server.call(.get, "channels.members?roomId=town&offset=1&count=1", as: people.eve)
            let named = try await server.call(.get, "channels.members?roomId=town&filter=OF%20B", as: people.eve)
            let online = try await server.call(
                .get, "channels.members?roomId=town&status[]=online&status[]=away", as: people.eve)

            #expect(all.json["members"]?.elements.compactMap { $0["username"]?.text } == ["ada", "bob"])
            #expect(all.json["members"]?.elements.first?["status"] == .string("offline"))
            #expect(page.ids("members") == [people.bob.userID])
            #expect(page.number("total") == "2")
            #expect(named.ids("members") == [people.bob.userID])
            #expect(online.ids("members") == [])
        }
    }

    @Test func `when no room matches, then each family reports it in its words`() async throws {
        try await RoomScene.with { server, people in
            for (path, error, type) in [
                (
                    "channels.info?roomId=none",
                    #"The required "roomId" or "roomName" param provided does not match any channel"#,
                    "error-room-not-found"
                ),
                (
                    "groups.info?roomName=none",
                    #"The required "roomId" or "roomName" param provided does not match any group"#,
                    "error-room-not-found"
                ),
                (
                    "im.messages?username=none",
                    #"The required "roomId" or "username" param provided does not match any direct message"#,
                    "error-room-not-found"
                ),
                (
                    "channels.info", #"The parameter "roomId" or "roomName" is required"#,
                    "error-roomid-param-not-provided"
                ),
            ] {
                let answer = try await server.call(.get, path, as: people.ada)

                #expect(answer.status == 400)
                #expect(answer.json["error"] == .string("\(error) [\(type)]"))
                #expect(answer.json["errorType"] == .string(type))
            }
        }
    }

    @Test func `when a user's rooms are asked for, then the user and administrators see them`() async throws {
        try await RoomScene.with { server, people in
            let path = "users.info?username=ada&includeUserRooms=true"

            let own = try await server.call(.get, path, as: people.ada)
            let others = try await server.call(.get, path, as: people.bob)
            let unasked = try await server.call(.get, "users.info?username=ada", as: people.ada)

            let rooms = own.json["user"]?["rooms"]?.elements ?? []
            #expect(rooms.compactMap { $0["rid"]?.text } == ["attic", "direct", "town"])
            #expect(rooms.compactMap { $0["name"]?.text } == ["attic", "bob", "Town"])
            #expect(rooms.last?["roles"]?.serialized() == #"["owner"]"#)
            #expect(try await server.get(path).json["user"]?["rooms"]?.elements.count == 3)
            #expect(others.json["user"]?["rooms"] == nil)
            #expect(unasked.json["user"]?["rooms"] == nil)
        }
    }

    @Test func `when a workspace is new, then it has the bot and the room of everybody`() async throws {
        try await TestServer.with { server in
            let bot = try await server.get("users.info?username=rocket.cat").json["user"]
            let room = try await server.get("channels.info?roomName=general").json["channel"]

            #expect(bot?["_id"] == .string("rocket.cat"))
            #expect(bot?["type"] == .string("bot"))
            #expect(bot?["roles"]?.serialized() == #"["bot"]"#)
            #expect(room?["_id"] == .string("GENERAL"))
            #expect(room?["u"]?["username"] == .string("rocket.cat"))
        }
    }

    @Test func `when a member is deleted, then rooms count who is left, and messages keep the author's name`()
        async throws
    {
        try await RoomScene.with { server, people in
            let deleted = try await server.post("users.delete", #"{"username":"bob"}"#)
            #expect(deleted.status == 200)

            let room = try await server.call(.get, "channels.info?roomId=town", as: people.ada)
            let members = try await server.call(.get, "channels.members?roomId=town", as: people.ada)
            let message = try await server.call(.get, "chat.getMessage?msgId=t5", as: people.ada)
            let direct = try await server.call(.get, "im.list", as: people.ada)

            #expect(room.json["channel"]?["usersCount"]?.serialized() == "1")
            #expect(members.number("total") == "1")
            #expect(message.json["message"]?["u"]?["username"] == .string("bob"))
            #expect(message.json["message"]?["u"]?["name"] == .string("Name of bob"))
            #expect(direct.json["ims"]?.elements.first?["usersCount"]?.serialized() == "1")
            #expect(direct.json["ims"]?.elements.first?["usernames"]?.elements.count == 2)
        }
    }
}
