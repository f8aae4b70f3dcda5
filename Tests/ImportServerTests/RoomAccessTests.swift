import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@Suite("Given rooms that not everybody may read", .onEveryStore)
struct RoomAccessTests {
    /// A call, and the status that the administrator, Ada, Bob and Eve get.
    struct Case: Sendable, CustomTestStringConvertible {
        let path: String
        let administrator: Int
        let ada: Int
        let bob: Int
        let eve: Int

        var testDescription: String { path }

        init(_ path: String, _ administrator: Int, _ ada: Int, _ bob: Int, _ eve: Int) {
            self.path = path
            self.administrator = administrator
            self.ada = ada
            self.bob = bob
            self.eve = eve
        }
    }

    @Test func `when somebody calls, then rooms are read by those who may`() async throws {
        try await RoomScene.with { server, people in
            for entry in Self.table {
                let callers = [
                    (server.administrator, entry.administrator), (people.ada, entry.ada), (people.bob, entry.bob),
                    (people.eve, entry.eve),
                ]
                for (index, (caller, status)) in callers.enumerated() {
                    let answer = try await server.call(.get, entry.path, as: caller)

                    #expect(answer.status == status, "\(entry.path) by caller \(index): \(answer.body)")
                }
            }
        }
    }

    private static let table: [Case] = [
        Case("channels.info?roomId=town", 200, 200, 200, 200),
        Case("channels.info?roomName=tOWN", 200, 200, 200, 200),
        Case("channels.messages?roomName=town", 200, 200, 200, 200),
        Case("channels.history?roomId=town", 200, 200, 200, 200),
        Case("channels.members?roomId=town", 200, 200, 200, 200),
        Case("channels.info?roomId=attic", 400, 400, 400, 400),
        Case("groups.info?roomId=attic", 400, 200, 400, 400),
        Case("groups.info?roomName=attic", 400, 200, 400, 400),
        Case("groups.members?roomId=attic", 400, 200, 400, 400),
        Case("groups.messages?roomId=attic", 400, 200, 400, 400),
        Case("groups.history?roomId=attic", 400, 200, 400, 400),
        Case("groups.listAll", 200, 403, 403, 403),
        Case("im.messages?roomId=direct", 400, 200, 200, 400),
        Case("im.history?username=bob", 400, 200, 400, 400),
        Case("dm.members?roomId=direct", 400, 200, 200, 400),
        Case("im.list.everyone", 200, 403, 403, 403),
        Case("rooms.info?roomId=attic", 403, 200, 403, 403),
        Case("rooms.info?roomName=attic", 400, 200, 400, 400),
        Case("rooms.info?roomId=direct", 403, 200, 200, 403),
        Case("rooms.info?importId=G1", 200, 400, 400, 400),
        Case("rooms.adminRooms", 200, 403, 403, 403),
        Case("chat.getMessage?msgId=secret", 400, 200, 400, 400),
        Case("chat.getMessage?msgId=t1", 200, 200, 200, 200),
        Case("chat.getMessage?msgId=unseen", 400, 400, 400, 400),
        Case("chat.getThreadMessages?tmid=secret", 400, 200, 400, 400),
        Case("chat.search?roomId=attic&searchText=roof", 403, 200, 403, 403),
    ]

    @Test func `when public rooms are for those who joined, then others neither list nor read them`() async throws {
        try await RoomScene.with { server, people in
            _ = try await server.workspace.roles.update([("view-c-room", ["admin"]), ("view-joined-room", ["user"])])

            let bobs = try await server.call(.get, "channels.list", as: people.bob)
            let eves = try await server.call(.get, "channels.list", as: people.eve)
            let read = try await server.call(.get, "channels.messages?roomId=town", as: people.bob)
            let refused = try await server.call(.get, "channels.messages?roomId=town", as: people.eve)

            #expect(bobs.ids("channels") == ["town"])
            #expect(eves.ids("channels") == [])
            #expect(read.status == 200)
            #expect(refused.status == 403)
            #expect(refused.body == #"{"error":"unauthorized","success":false}"#)
        }
    }

    @Test func `when a kind of room is nobody's to see, then its members do not read it either`() async throws {
        try await RoomScene.with { server, people in
            _ = try await server.workspace.roles.update([
                ("view-p-room", []), ("view-d-room", []), ("view-c-room", []), ("view-joined-room", []),
            ])

            for (path, status) in [
                ("groups.messages?roomId=attic", 400), ("im.messages?roomId=direct", 400), ("channels.list", 403),
                ("channels.messages?roomId=town", 403),
            ] {
                #expect(try await server.call(.get, path, as: people.ada).status == status, "\(path)")
            }
            #expect(try await server.call(.get, "groups.list", as: people.ada).ids("groups") == [])
            #expect(try await server.call(.get, "rooms.get", as: people.ada).ids("update") == [])
        }
    }

    @Test func `when an administrator lists rooms of others, then no message of theirs is shown`() async throws {
        try await RoomScene.with { server, _ in
            for path in ["groups.listAll", "im.list.everyone", "rooms.adminRooms", "rooms.info?importId=G1"] {
                let answer = try await server.get(path)

                #expect(answer.status == 200)
                #expect(!answer.body.contains("lastMessage"))
                #expect(!answer.body.contains("Under the roof"))
                #expect(!answer.body.contains("importIds"))
            }
            #expect(try await server.get("rooms.info?importId=C1").json["room"]?["lastMessage"] != nil)
        }
    }
}
