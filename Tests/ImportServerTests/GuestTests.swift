import HTTPTypes
import ImportDomain
import ImportFixtures
import Testing

@Suite("Given a guest", .onEveryStore)
struct GuestTests {
    private static let paths = [
        "channels.info?roomId=town", "channels.messages?roomId=town", "channels.history?roomId=town",
        "channels.members?roomId=town", "chat.getMessage?msgId=t1", "chat.search?roomId=town&searchText=a",
    ]

    private static func with(
        _ test: @Sendable @escaping (TestServer, TestServer.Credentials) async throws -> Void
    ) async throws {
        try await RoomScene.with { server, _ in
            try await server.workspace.importing([StagedUser("gil", password: "gil", roles: ["guest"])])
            try await test(server, try await server.signIn("gil", password: "gil"))
        }
    }

    @Test func `when the guest is in no room, then no public room is read or listed`() async throws {
        try await Self.with { server, guest in
            for path in Self.paths {
                #expect(try await server.call(.get, path, as: guest).status != 200, "\(path)")
            }
            for path in ["channels.list", "channels.list.joined", "rooms.get"] {
                let answer = try await server.call(.get, path, as: guest)
                #expect(!"\(answer.body)".contains("town"), "\(path)")
                #expect(!"\(answer.body)".contains("GENERAL"), "\(path)")
            }
        }
    }

    @Test func `when the guest is a member, then that room is read and no other`() async throws {
        try await Self.with { server, guest in
            try await server.workspace.store.write { transaction in
                _ = try transaction.rooms.add([
                    Subscription(
                        roomID: RoomID("town"), userID: UserID(guest.userID), createdAt: RoomScene.start)
                ])
            }
            for path in ["channels.info?roomId=town", "channels.messages?roomId=town"] {
                #expect(try await server.call(.get, path, as: guest).status == 200, "\(path)")
            }
            #expect(try await server.call(.get, "channels.messages?roomId=GENERAL", as: guest).status != 200)
        }
    }

    @Test func `when the API creates a guest, then the default roles are not added`() async throws {
        try await RoomScene.with { server, _ in
            let answer = try await server.call(
                .post, "users.create",
                body:
                    #"{"name":"Gus","email":"gus@x.example","username":"gus","password":"gus-secret","roles":["guest"]}"#,
                as: server.administrator)

            #expect(answer.status == 200)
            #expect(try await server.workspace.user("gus")?.roles == ["guest"])
        }
    }

    @Test(arguments: ["username", "name", "email", "nickname"])
    func `when the API creates an account with a value beyond its limit, then the call fails`(
        field: String
    ) async throws {
        try await RoomScene.with { server, _ in
            var values = [
                "name": "Gus", "email": "gus@x.example", "username": "gus", "password": "gus-secret",
                "nickname": "g",
            ]
            let long = String(repeating: "x", count: 600)
            values[field] = field == "email" ? long + "@x.example" : long
            let members = values.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
            let answer = try await server.call(
                .post, "users.create", body: "{\(members)}", as: server.administrator)

            #expect(answer.status == 400)
        }
    }
}
