import ImportDomain
import ImportFixtures
import Testing

@Suite("Given a store with messages", .onEveryStore)
struct MessageStoreTests {
    private typealias Fixtures = RoomFixtures

    private static func list(
        _ store: any Store, _ filter: MessageFilter, order: MessageOrder = .oldestFirst, offset: Int = 0,
        limit: Int = 100
    ) async throws -> [String] {
        try await store.read {
            try $0.messages.list(filter, order: order, offset: offset, limit: limit).map(\.id.rawValue)
        }
    }

    /// Details of every kind.
    private static var details: MessageDetails {
        var details = MessageDetails()
        details.alias = "a\n\"\\"
        details.emoji = ":x:"
        details.avatarURL = "https://example.com/a.png"
        details.isBot = true
        details.isGroupable = false
        details.editor = MessageDetails.Person(id: UserID("eve"), username: "eve")
        details.mentions = [
            MessageDetails.Person(id: UserID("ada"), username: "ada", name: "Ada"),
            MessageDetails.Person(id: UserID("all"), username: "all"),
        ]
        details.rooms = [MessageDetails.NamedRoom(id: RoomID("r"), name: "town")]
        details.reactions = [
            MessageDetails.Reaction(emoji: ":b:", usernames: ["bob", "ada"]),
            MessageDetails.Reaction(emoji: ":a:", usernames: ["eve"]),
        ]
        details.attachments = #"[{"title":"a","n":1.0}]"#
        details.file = MessageDetails.File(name: "a", state: .pending)
        details.addFollowers([UserID("bob"), UserID("ada"), UserID("bob")])
        return details
    }

    @Test(arguments: [
        MessageDetails.File.State.pending, .linked(url: "https://example.com/a"),
        .unavailable(.notFetched(reason: "404")), .unavailable(.notExtracted(reason: "damaged")),
        .stored(FileID("f"), mediaType: "image/png", sizeBytes: 3, pixels: PixelSize(width: 1, height: 2)),
        .stored(FileID("f"), mediaType: "text/plain", sizeBytes: nil, pixels: nil),
    ])
    func `when a message carries a file, then what became of it is read back, with and without attachments`(
        state: MessageDetails.File.State
    ) async throws {
        try await Fixtures.with { store in
            // The last attachment looks like a file that an earlier release wrote.
            let attachments = [nil, #"[{"title":"b","type":"file"}]"#]
            let messages = attachments.enumerated().map { index, attachments in
                var details = MessageDetails()
                details.attachments = attachments
                details.file = MessageDetails.File(name: "a", state: state)
                return Fixtures.message("m\(index)", at: 1, details: details)
            }
            var details = MessageDetails()
            details.attachments = attachments[1]
            let all = messages + [Fixtures.message("m2", at: 1, details: details)]

            try await store.write { try $0.messages.insert(all) }

            let found = try await store.read { try $0.messages.find(ids: all.map(\.id)) }
            #expect(found.sorted { $0.id.rawValue < $1.id.rawValue } == all)
        }
    }

    @Test func `when a message is written, then every value is read back`() async throws {
        try await Fixtures.with { store in
            let message = Message(
                id: MessageID("m\"1"), roomID: RoomID("r"), authorID: UserID("u"), writtenAt: Fixtures.moment(-5),
                sequence: 1 << 40, text: "a\n\\b\t😀", systemKind: "uj", threadID: MessageID("p"), isShownInRoom: true,
                replyCount: 2, lastReplyAt: Fixtures.moment(8), editedAt: Fixtures.moment(9), isPinned: true,
                isHidden: true, details: Self.details)
            let plain = Fixtures.message("plain", at: 1)

            try await store.write { try $0.messages.insert([plain, message]) }

            let found = try await store.read { try $0.messages.find(ids: [message.id, plain.id, MessageID("none")]) }
            #expect(found.first { $0.id == message.id } == message)
            #expect(found.first { $0.id == plain.id } == plain)
            #expect(found.count == 2)
        }
    }

    @Test func `when an id is there already, then none of the batch is inserted`() async throws {
        try await Fixtures.with { store in
            try await store.write { try $0.messages.insert([Fixtures.message("m", at: 1)]) }

            await #expect(throws: StoreError.self) {
                try await store.write {
                    try $0.messages.insert([Fixtures.message("a", at: 1), Fixtures.message("m", at: 2)])
                }
            }

            #expect(try await Self.list(store, MessageFilter(roomID: RoomID("r"))) == ["m"])
        }
    }

    @Test func `when a message is updated, then its thread counts stay`() async throws {
        try await Fixtures.with { store in
            var message = Fixtures.message("m", at: 1, hidden: true)
            message.replyCount = 3
            message.lastReplyAt = Fixtures.moment(7)
            let written = message
            try await store.write { try $0.messages.insert([written]) }

            message.text = "new"
            message.isHidden = false
            message.details.alias = "x"
            message.replyCount = 0
            message.lastReplyAt = nil
            let changed = message
            try await store.write { try $0.messages.update(changed) }

            let found = try #require(try await store.read { try $0.messages.find(ids: [MessageID("m")]) }.first)
            #expect(found.text == "new")
            #expect(found.details.alias == "x")
            #expect(found.replyCount == 3)
            #expect(found.lastReplyAt == Fixtures.moment(7))
            #expect(try await Self.list(store, MessageFilter(roomID: RoomID("r"))) == ["m"])
        }
    }

    @Test func `when times are equal, then the sequence decides, in both orders and across pages`() async throws {
        try await Fixtures.with { store in
            try await store.write {
                try $0.messages.insert([
                    Fixtures.message("z", at: 5, sequence: 1), Fixtures.message("a", at: 5, sequence: 3),
                    Fixtures.message("k", at: 5, sequence: 2), Fixtures.message("first", at: 4, sequence: 9),
                    Fixtures.message("elsewhere", in: "other", at: 5), Fixtures.message("unseen", at: 5, hidden: true),
                ])
            }
            let filter = MessageFilter(roomID: RoomID("r"))

            #expect(try await Self.list(store, filter) == ["first", "z", "k", "a"])
            #expect(try await Self.list(store, filter, order: .newestFirst) == ["a", "k", "z", "first"])
            #expect(try await Self.list(store, filter, order: .newestFirst, offset: 1, limit: 2) == ["k", "z"])
            #expect(try await store.read { try $0.messages.count(filter) } == 4)
        }
    }

    @Test(arguments: [(true, ["b", "c", "d"]), (false, ["c"])])
    func `when a range of time is asked for, then its ends belong to it or not`(
        isInclusive: Bool, expected: [String]
    ) async throws {
        try await Fixtures.with { store in
            try await store.write {
                try $0.messages.insert(
                    ["a", "b", "c", "d", "e"].enumerated().map { Fixtures.message($0.element, at: Int64($0.offset)) })
            }
            var filter = MessageFilter(roomID: RoomID("r"))
            filter.oldest = Fixtures.moment(1)
            filter.latest = Fixtures.moment(3)
            filter.isInclusive = isInclusive

            let found = try await Self.list(store, filter)

            #expect(found == expected)
        }
    }

    @Test func `when messages are filtered, then each filter holds`() async throws {
        var details = MessageDetails()
        details.editor = MessageDetails.Person(id: UserID("eve"), username: "eve")
        details.mentions = [MessageDetails.Person(id: UserID("ada"), username: "ada", name: #""_id":"bob""#)]
        let mentioning = details
        try await Fixtures.with { store in
            try await store.write {
                try $0.messages.insert([
                    Fixtures.message("plain", at: 1, text: "100% Sure_thing \\o/"),
                    Fixtures.message("pinned", at: 2, pinned: true),
                    Fixtures.message("answer", at: 3, thread: "plain"),
                    Fixtures.message("shown", at: 4, thread: "plain", shownInRoom: true),
                    Fixtures.message("elsewhere", in: "other", at: 5, thread: "plain"),
                    Fixtures.message("mention", at: 6, details: mentioning),
                ])
            }
            func found(_ change: (inout MessageFilter) -> Void) async throws -> [String] {
                var filter = MessageFilter(roomID: RoomID("r"))
                change(&filter)
                return try await Self.list(store, filter)
            }

            #expect(try await found { $0.isPinned = true } == ["pinned"])
            #expect(try await found { $0.threadID = MessageID("plain") } == ["answer", "shown"])
            #expect(try await found { $0.leavesOutThreads = true } == ["plain", "pinned", "shown", "mention"])
            #expect(try await found { $0.text = "% sURE_" } == ["plain"])
            #expect(try await found { $0.text = "\\O" } == ["plain"])
            #expect(try await found { $0.text = "sure.thing" } == [])
            #expect(try await found { $0.mentions = [UserID("zoe"), UserID("ada")] } == ["mention"])
            #expect(try await found { $0.mentions = [UserID("ADA"), UserID("bob"), UserID("eve")] } == [])
        }
    }
}
