import ImportDomain
import ImportFixtures
import Testing

@Suite("Given rooms and threads that an import touched", .onEveryStore)
struct RecountTests {
    private typealias Fixtures = RoomFixtures

    private static func add(_ messages: [Message], to store: any Store) async throws {
        try await store.write { transaction in
            try transaction.messages.insert(messages)
            let added = Dictionary(grouping: messages, by: \.roomID).mapValues(\.count)
            try transaction.rooms.touch(added, by: Fixtures.operation)
            let threads = messages.compactMap { message in
                message.threadID.map { TouchedThread(parentID: $0, roomID: message.roomID, startedAt: nil) }
            }
            try transaction.messages.touch(Array(Set(threads)), by: Fixtures.operation)
        }
    }

    private static func room(_ id: String, in store: any Store) async throws -> Room {
        try #require(try await store.read { try $0.rooms.find(id: RoomID(id)) })
    }

    private static func message(_ id: String, in store: any Store) async throws -> Message {
        try #require(try await store.read { try $0.messages.find(ids: [MessageID(id)]) }.first)
    }

    @Test func `when they are recounted, then rooms have their counts and their latest visible message`() async throws {
        try await Fixtures.with { store in
            try await store.write {
                try $0.rooms.insert(["r", "s", "t", "u"].map { Fixtures.room($0) }, by: nil)
            }
            try await Self.add([Fixtures.message("a", at: 1), Fixtures.message("b", at: 2, sequence: 1)], to: store)
            try await Self.add(
                [
                    Fixtures.message("c", at: 2), Fixtures.message("answer", at: 8, thread: "a"),
                    Fixtures.message("unseen", at: 9, hidden: true), Fixtures.message("d", in: "s", at: 3),
                    Fixtures.message("shown", in: "s", at: 7, thread: "d", shownInRoom: true),
                    Fixtures.message("e", in: "t", at: 1),
                ], to: store)

            try await Fixtures.recount(store)

            let (first, second) = (try await Self.room("r", in: store), try await Self.room("s", in: store))
            #expect(first.messageCount == 5)
            #expect(first.lastMessageID == MessageID("b"))
            #expect(first.lastMessageAt == Fixtures.moment(2))
            #expect(first.updatedAt == TestClock().now())
            #expect(second.messageCount == 2)
            #expect(second.lastMessageID == MessageID("shown"))
            #expect(try await Self.room("t", in: store).messageCount == 1)
            #expect(try await Self.room("u", in: store).messageCount == 0)
        }
    }

    @Test func `when they are recounted again, then nothing changes`() async throws {
        try await Fixtures.with { store in
            try await store.write { try $0.rooms.insert([Fixtures.room("r")], by: nil) }
            try await Self.add(
                [Fixtures.message("a", at: 1), Fixtures.message("b", at: 2, thread: "gone")], to: store)
            try await Fixtures.recount(store)
            let before = try await Self.room("r", in: store)

            try await Fixtures.recount(store)

            #expect(try await Self.room("r", in: store) == before)
            #expect(before.messageCount == 3)
        }
    }

    @Test func `when a thread is recounted, then its first message has the number of its replies and their authors`()
        async throws
    {
        var first = MessageDetails()
        first.alias = "x"
        first.addFollowers([UserID("bob"), UserID("old")])
        let details = first
        try await Fixtures.with { store in
            try await store.write { try $0.rooms.insert([Fixtures.room("r")], by: nil) }
            try await Self.add(
                [
                    Fixtures.message("p", at: 1, details: details),
                    Fixtures.message("1", by: "carl", at: 4, thread: "p"),
                    Fixtures.message("2", by: "ada", at: 3, thread: "p", hidden: true),
                    Fixtures.message("3", by: "bob", at: 5, thread: "p"),
                    Fixtures.message("4", by: "carl", at: 6, thread: "p"),
                    Fixtures.message("5", in: "elsewhere", by: "eve", at: 7, thread: "p"),
                ], to: store)

            try await Fixtures.recount(store, limit: 1)

            let parent = try await Self.message("p", in: store)
            #expect(parent.replyCount == 4)
            #expect(parent.lastReplyAt == Fixtures.moment(6))
            #expect(parent.details.alias == "x")
            #expect(parent.details.followers.map(\.rawValue) == ["bob", "old", "ada", "carl"])
        }
    }

    @Test func `when more people replied than are listed, then the first 200 of them follow`() async throws {
        try await Fixtures.with { store in
            try await store.write { try $0.rooms.insert([Fixtures.room("r")], by: nil) }
            let answers = (0..<250).map { number in
                Fixtures.message("m\(number)", by: "u\(number)", at: Int64(10 + number), thread: "p")
            }
            try await Self.add([Fixtures.message("p", at: 1)] + answers, to: store)

            try await Fixtures.recount(store)

            let parent = try await Self.message("p", in: store)
            #expect(parent.replyCount == 250)
            #expect(parent.details.followers.map(\.rawValue) == (0..<200).map { "u\($0)" })
        }
    }

    @Test(arguments: [(nil as Int64?, 6 as Int64), (3, 3)])
    func `when the first message is missing, then a stand-in takes its place and is counted`(
        startedAt: Int64?, expected: Int64
    ) async throws {
        try await Fixtures.with { store in
            try await store.write { transaction in
                try transaction.rooms.insert([Fixtures.room("r")], by: nil)
                try transaction.messages.insert([
                    Fixtures.message("b", at: 9, thread: "gone"), Fixtures.message("a", at: 7, thread: "gone"),
                ])
                try transaction.rooms.touch([RoomID("r"): 2], by: Fixtures.operation)
                for start in [nil, startedAt] {
                    let thread = TouchedThread(
                        parentID: MessageID("gone"), roomID: RoomID("r"), startedAt: start.map(Fixtures.moment))
                    try transaction.messages.touch([thread], by: Fixtures.operation)
                }
            }

            try await Fixtures.recount(store)

            let standIn = try await Self.message("gone", in: store)
            #expect(standIn.text == "Message not in the export.")
            #expect(standIn.authorID == .rocketCat)
            #expect(standIn.writtenAt == Fixtures.moment(expected))
            #expect(standIn.replyCount == 2)
            #expect(standIn.details.followers == [UserID("ada")])
            let room = try await Self.room("r", in: store)
            #expect(room.messageCount == 3)
            #expect(room.lastMessageID == MessageID("gone"))
        }
    }

    @Test func `when several processes recount at the same time, then everything is recounted once`() async throws {
        try await Fixtures.with { store in
            let rooms = (0..<40).map { "room\($0)" }
            try await store.write { try $0.rooms.insert(rooms.map { Fixtures.room($0) }, by: nil) }
            for round in 0..<5 {
                try await Self.add(
                    rooms.flatMap { room in
                        [
                            Fixtures.message("\(room)-\(round)", in: room, at: 10),
                            Fixtures.message("\(room)-\(round)-answer", in: room, at: 11, thread: "\(room)-start"),
                        ]
                    }, to: store)
            }

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await Fixtures.recount(store, limit: 7) } }
                try await group.waitForAll()
            }

            for room in rooms {
                #expect(try await Self.room(room, in: store).messageCount == 11)
                #expect(try await Self.message("\(room)-start", in: store).replyCount == 5)
            }
        }
    }

    @Test func `when other operations touched rooms, then they are left to those`() async throws {
        try await Fixtures.with { store in
            try await store.write { transaction in
                try transaction.rooms.insert([Fixtures.room("r")], by: nil)
                try transaction.rooms.touch([RoomID("r"): 4], by: OperationID("other"))
            }

            try await Fixtures.recount(store)

            #expect(try await Self.room("r", in: store).messageCount == 0)
        }
    }
}
