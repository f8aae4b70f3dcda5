import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@testable import ImportServer

@Suite("Given lists of large items", .onEveryStore)
struct LargeListTests {
    /// A town with messages of these sizes.
    private static func with(
        sizes: [Int], _ test: @Sendable @escaping (TestServer, RoomScene.People) async throws -> Void
    ) async throws {
        try await RoomScene.with { server, people in
            try await server.workspace.store.write { transaction in
                try transaction.rooms.insert(
                    [Room(id: RoomID("heap"), kind: .channel, name: "heap", createdAt: RoomScene.start)], by: nil)
                try transaction.messages.insert(
                    sizes.enumerated().map { index, size in
                        Message(
                            id: MessageID("h\(100 + index)"), roomID: RoomID("heap"),
                            authorID: UserID(people.ada.userID),
                            writtenAt: RoomScene.second(index), sequence: Int64(index),
                            text: String(repeating: "x", count: size))
                    })
            }
            try await test(server, people)
        }
    }

    @Test(arguments: ["messages", "history"])
    func `when all messages are asked for, then each page is bounded, and paging on gives every message`(
        call: String
    ) async throws {
        try await Self.with(sizes: Array(repeating: 300_000, count: 60)) { server, people in
            var ids: [String] = []
            var pages = 0
            while ids.count < 60, pages < 10 {
                let answer = try await server.call(
                    .get, "channels.\(call)?roomId=heap&count=0&offset=\(ids.count)", as: people.eve)
                let page = answer.ids("messages")
                #expect(answer.status == 200)
                #expect(answer.bytes.count < LargeResponse.largestBytes + 10_000)
                #expect(
                    answer.header("Content-Length") == nil || answer.header("Content-Length") == "\(answer.bytes.count)"
                )
                if call == "messages" {
                    #expect(answer.number("count") == "\(page.count)")
                    #expect(answer.number("total") == "60")
                }
                guard !page.isEmpty else { break }
                ids += page
                pages += 1
            }

            #expect(ids == (100..<160).reversed().map { "h\($0)" })
            #expect(pages == 3)
        }
    }

    @Test func `when one message is larger than a page, then it is a page of its own`() async throws {
        try await Self.with(sizes: [10, LargeResponse.largestBytes + 1, 10]) { server, people in
            let pages = try await (0..<3).asyncMap { offset in
                try await server.call(.get, "channels.messages?roomId=heap&count=0&offset=\(offset)", as: people.eve)
                    .ids("messages")
            }

            #expect(pages == [["h102"], ["h101"], ["h100"]])
        }
    }

    @Test func `when text grows as JSON, then the page is bounded by what is sent`() async throws {
        try await RoomScene.with { server, people in
            try await server.workspace.store.write { transaction in
                let topic = String(repeating: "\u{1}", count: 1_000_000)
                try transaction.rooms.insert(
                    (0..<6).map { number in
                        Room(
                            id: RoomID("w\(number)"), kind: .channel, name: "w\(number)", topic: topic,
                            createdAt: RoomScene.start)
                    }, by: nil)
            }

            let answer = try await server.call(.get, "channels.list?count=0&sort=%7B%22name%22%3A-1%7D", as: people.eve)

            #expect(answer.bytes.count < LargeResponse.largestBytes)
            #expect(answer.ids("channels") == ["w5"])
            #expect(answer.number("total") == "8")
        }
    }

    @Test func `when all of one's rooms are asked for, then a response in pages holds every room`() async throws {
        try await RoomScene.with { server, people in
            let ada = UserID(people.ada.userID)
            try await server.workspace.store.write { transaction in
                let rooms = (0..<8).map { number in
                    Room(
                        id: RoomID("r\(number)"), kind: .channel, name: "r\(number)",
                        topic: String(repeating: "t", count: 400_000), createdAt: RoomScene.start)
                }
                try transaction.rooms.insert(rooms, by: nil)
                try transaction.rooms.add(
                    rooms.map { Subscription(roomID: $0.id, userID: ada, createdAt: RoomScene.start) })
            }

            let answer = try await server.call(.get, "rooms.get", as: people.ada)

            #expect(
                answer.ids("update").sorted()
                    == ["attic", "direct"] + (0..<8).map { "r\($0)" } + ["town"])
            #expect(answer.json["remove"]?.elements.isEmpty == true)
        }
    }

    @Test func `when accounts and their members' lists are large, then they are paged as well`() async throws {
        try await RoomScene.with { server, people in
            try await server.workspace.store.write { transaction in
                let users = (0..<4).map { number in
                    User(
                        id: UserID("large\(number)"), username: "zz\(number)",
                        customFields: #"{"a":"\#(String(repeating: "c", count: 3_000_000))"}"#,
                        createdAt: RoomScene.start)
                }
                try transaction.users.insert(users, by: nil)
                try transaction.rooms.add(
                    users.map { Subscription(roomID: RoomID("town"), userID: $0.id, createdAt: RoomScene.start) })
            }

            let list = try await server.get("users.list?count=0&sort=%7B%22username%22%3A-1%7D")
            let members = try await server.call(
                .get, "channels.members?roomId=town&count=0&sort=%7B%22username%22%3A-1%7D", as: people.ada)

            #expect(list.ids("users") == ["large3", "large2"])
            #expect(list.number("count") == "2")
            #expect(members.ids("members") == ["large3", "large2"])
            #expect(members.number("total") == "6")
        }
    }
}

@Suite("Given large responses at the same time")
struct ResponseMemoryTests {
    private let memory = ResponseMemory(capacityBytes: 400, patience: .zero)

    @Test func `when an account has its share, then its next response is rejected and others are admitted`()
        async throws
    {
        let first = try await memory.reserve(100, for: UserID("a"))

        await #expect(throws: APIFailure.self) { try await memory.reserve(1, for: UserID("a")) }
        let other = try await memory.reserve(100, for: UserID("b"))
        #expect(memory.heldBytes == 200)
        withExtendedLifetime((first, other)) {}
    }

    @Test func `when responses take the whole, then nobody is admitted until one of them ends`() async throws {
        var held = [ResponseMemory.Reservation?]()
        for name in ["a", "b", "c", "d"] { held.append(try await memory.reserve(100, for: UserID(name))) }

        let failure = await #expect(throws: APIFailure.self) { try await memory.reserve(1, for: UserID("e")) }
        #expect(failure?.status == .serviceUnavailable)
        #expect(failure?.headers[.retryAfter] == "10")
        held[0] = nil
        let next = try await memory.reserve(100, for: UserID("e"))
        held[1]?.change(to: 10)
        #expect(memory.heldBytes == 310)
        withExtendedLifetime((held, next)) {}
    }

    @Test func `when a response is larger than a share, then it is admitted alone`() async throws {
        let large = try await memory.reserve(1_000, for: UserID("a"))

        await #expect(throws: APIFailure.self) { try await memory.reserve(1, for: UserID("b")) }
        withExtendedLifetime(large) {}
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
