import HTTPTypes
import ImportFixtures
import JSON
import Testing

@Suite("Given queries as forms encode them", .onEveryStore)
struct QueryTests {
    @Test(arguments: [
        "searchText=morning+@bob", "searchText=morning%20%40bob", "searchText=Good+morning", "&&searchText=morning&&",
        "search%54ext=morning", "count=5&searchText=morning&fields=x",
    ])
    func `when a query is encoded in any form, then it is read`(query: String) async throws {
        try await RoomScene.with { server, people in
            let answer = try await server.call(.get, "chat.search?roomId=town&\(query)", as: people.ada)

            #expect(answer.ids("messages") == ["t2"], "\(answer.body)")
        }
    }

    @Test(arguments: ["types%5B%5D=p", "types[]=p", "types=p", "types[]=p&types[]=p", "types=p&types%5b%5d=p"])
    func `when a list is given in any form, then it is read`(query: String) async throws {
        try await RoomScene.with { server, _ in
            let answer = try await server.get("rooms.adminRooms?\(query)")

            #expect(answer.ids("rooms") == ["attic"])
        }
    }

    @Test(arguments: [
        ("filter=%zz", "Invalid query parameters: \"%\" must be followed by two hexadecimal digits"),
        ("filter=%4", "Invalid query parameters: \"%\" must be followed by two hexadecimal digits"),
        ("filter=%ff", "Invalid query parameters: not UTF-8"),
        ("filter=%00", "Invalid query parameters: the character NUL is not allowed"),
        ("count=1&count=2", "\"count\" must be given only once"), ("other=1", "must NOT have additional properties"),
    ])
    func `when a query cannot be read, then the reason is reported`(query: String, reason: String) async throws {
        try await RoomScene.with { server, _ in
            let answer = try await server.get("rooms.adminRooms?\(query)")

            #expect(answer.status == 400)
            #expect(answer.json["error"]?.text == "\(reason) [error-invalid-params]")
        }
    }

    @Test func `when a date has no time, then it is its midnight`() async throws {
        try await RoomScene.with { server, people in
            let since = try await server.call(.get, "channels.history?roomId=town&oldest=2026-01-31", as: people.ada)
            let after = try await server.call(.get, "channels.history?roomId=town&oldest=2026-02-01", as: people.ada)

            #expect(since.ids("messages").count == 7)
            #expect(after.ids("messages").isEmpty)
        }
    }

    @Test func `when members, history and threads are sorted, then they are in that order`() async throws {
        try await RoomScene.with { server, people in
            func ids(_ path: String, _ sort: String, _ key: String) async throws -> [String] {
                try await server.call(.get, "\(path)&sort=\(sort)", as: people.ada).ids(key)
            }
            let names = try await server.call(
                .get, "channels.members?roomId=town&sort=%7B%22username%22:-1%7D", as: people.ada)

            #expect(names.json["members"]?.elements.map { $0["username"]?.text } == ["bob", "ada"])
            #expect(try await ids("channels.history?roomId=town", "%7B%22ts%22:1%7D", "messages").first == "t1")
            #expect(
                try await ids("chat.search?roomId=town&searchText=o", "%7B%22ts%22:1%7D", "messages")
                    == ids("chat.search?roomId=town&searchText=o", "%7B%22ts%22:-1%7D", "messages").reversed())
            #expect(try await ids("chat.getThreadMessages?tmid=t1", "%7B%22ts%22:-1%7D", "messages") == ["a2", "a1"])
        }
    }

    @Test(arguments: [
        "import.failures?sort=%7B%7D", "import.findings?sort=%7B%7D",
        "users.list?sort=%7B%22name%22:1,%22username%22:1%7D",
        "channels.info?roomId=town&roomName=Town", "users.getAvatar?userId=a&username=b",
    ])
    func `when a parameter cannot be honoured, then the call is rejected`(path: String) async throws {
        try await RoomScene.with { server, _ in
            let answer = try await server.get(path)

            #expect(answer.status == 400)
        }
    }
}
