import ImportDomain
import ImportFixtures
import Testing

@Suite("Given a store with rooms", .onEveryStore)
struct RoomStoreTests {
    private typealias Fixtures = RoomFixtures

    @Test func `when a room is written, then every value is read back`() async throws {
        try await Fixtures.with { store in
            let room = Room(
                id: RoomID("r1"), kind: .privateGroup, name: "Büro \"1\"", displayName: "a\tb", topic: "😀",
                description: "", announcement: "x", isArchived: true, isReadOnly: true, creatorID: UserID("u"),
                memberCount: 3, messageCount: 4, lastMessageID: MessageID("m"), lastMessageAt: Fixtures.moment(-9),
                importIDs: [ImportID("2"), ImportID("1")], createdAt: Fixtures.moment(5),
                updatedAt: Fixtures.moment(6))
            let direct = Fixtures.room("d", kind: .direct, participants: ["a", "b"])

            try await store.write { try $0.rooms.insert([room, direct], by: nil) }

            let found = try await store.read { try $0.rooms.find(ids: [RoomID("r1"), RoomID("d"), RoomID("none")]) }
            #expect(found.first { $0.kind == .privateGroup } == room)
            #expect(found.first { $0.kind == .direct } == direct)
            #expect(found.count == 2)
        }
    }

    @Test func `when it is looked for, then name, participants and import ids find it`() async throws {
        try await Fixtures.with { store in
            try await store.write {
                try $0.rooms.insert(
                    [
                        Fixtures.room("c", name: "Café", importIDs: ["1", "2"]),
                        Fixtures.room("d", kind: .direct, participants: ["b", "a"]),
                    ], by: nil)
            }

            let found = try await store.read { transaction in
                [
                    try transaction.rooms.find(nameKey: CaseFolding.key("CAFÉ"))?.id,
                    try transaction.rooms.find(participants: [UserID("a"), UserID("b")])?.id,
                    try transaction.rooms.find(participants: [UserID("a")])?.id,
                    try transaction.rooms.find(nameKey: "tea")?.id,
                ]
            }
            let carrying = try await store.read { try $0.rooms.rooms(withImportIDs: [ImportID("2"), ImportID("3")]) }
            let named = try await store.read { try $0.rooms.rooms(named: ["café", "tea"]) }

            #expect(found == [RoomID("c"), RoomID("d"), nil, nil])
            #expect(carrying == [ImportID("2"): RoomID("c")])
            #expect(named == ["café": RoomID("c")])
        }
    }

    @Test(arguments: [
        RoomFixtures.room("x", name: "CAFÉ"), RoomFixtures.room("x", importIDs: ["1"]),
        RoomFixtures.room("x", kind: .direct, participants: ["b", "a"]), RoomFixtures.room("c", name: "other"),
    ])
    func `when a name, import id or set of participants is taken, then none of the batch is inserted`(
        clash: Room
    ) async throws {
        try await Fixtures.with { store in
            try await store.write {
                try $0.rooms.insert(
                    [
                        Fixtures.room("c", name: "Café", importIDs: ["1"]),
                        Fixtures.room("d", kind: .direct, participants: ["a", "b"]),
                    ], by: nil)
            }

            await #expect(throws: StoreError.self) {
                try await store.write { try $0.rooms.insert([Fixtures.room("new"), clash], by: nil) }
            }

            #expect(try await store.read { try $0.rooms.find(id: RoomID("new")) } == nil)
        }
    }

    @Test func `when a room is updated, then counts stay and import ids are only added`() async throws {
        try await Fixtures.with { store in
            var room = Fixtures.room("c", importIDs: ["1", "2"])
            room.messageCount = 7
            let inserted = room
            try await store.write { try $0.rooms.insert([inserted], by: ImportNumber(1)) }

            room.name = "New"
            room.topic = "t"
            room.messageCount = 99
            room.importIDs = [ImportID("3"), ImportID("1")]
            let changed = room
            try await store.write { try $0.rooms.update(changed, by: ImportNumber(2)) }

            let found = try #require(try await store.read { try $0.rooms.find(nameKey: "new") })
            #expect(found.topic == "t")
            #expect(found.messageCount == 7)
            #expect(found.importIDs.map(\.rawValue) == ["1", "2", "3"])
            let bound = try await store.read {
                try $0.rooms.bound(by: ImportNumber(2), among: [RoomID("c"), RoomID("other")])
            }
            #expect(bound == [RoomID("c")])
        }
    }

    @Test func `when people are added, then each is counted once and stays as they were`() async throws {
        try await Fixtures.with { store in
            try await store.write { try $0.rooms.insert([Fixtures.room("c"), Fixtures.room("e")], by: nil) }

            let first = try await store.write {
                try $0.rooms.add([
                    Fixtures.place("ada", "c", roles: ["owner"]), Fixtures.place("bob", "c"),
                    Fixtures.place("bob", "c"),
                ])
            }
            let second = try await store.write {
                try $0.rooms.add([Fixtures.place("ada", "c"), Fixtures.place("eve", "c"), Fixtures.place("ada", "e")])
            }
            try await store.write { try $0.rooms.setArchived(true, subscriptionsOf: RoomID("e")) }

            #expect(first == [RoomID("c"): 2])
            #expect(second == [RoomID("c"): 1, RoomID("e"): 1])
            let places = try await store.read { try $0.rooms.subscriptions(of: UserID("ada"), limit: 10) }
            #expect(places.map(\.roles) == [["owner"], []])
            #expect(places.map(\.isArchived) == [false, true])
            #expect(try await store.read { try $0.rooms.subscriptions(of: UserID("ada"), limit: 1) }.count == 1)
            let rooms = try await store.read { try $0.rooms.find(ids: [RoomID("c"), RoomID("e")]) }
            #expect(Set(rooms.map(\.memberCount)) == [3, 1])
            #expect(
                try await store.read { try $0.rooms.subscription(of: UserID("eve"), in: RoomID("e")) } == nil)
        }
    }

    @Test func `when rooms are listed, then filter, order and page hold`() async throws {
        try await Fixtures.with { store in
            var busy = Fixtures.room("c2", name: "B_sy")
            busy.messageCount = 5
            busy.updatedAt = Fixtures.moment(50)
            let rooms = [
                Fixtures.room("c1", name: "alpha"), busy, Fixtures.room("p1", kind: .privateGroup, name: "Gamma"),
                Fixtures.room("d1", kind: .direct, participants: ["a", "b"]),
            ]
            try await store.write { transaction in
                try transaction.rooms.insert(rooms, by: nil)
                try transaction.rooms.add([
                    Subscription(roomID: RoomID("p1"), userID: UserID("a"), createdAt: Fixtures.moment(1))
                ])
            }
            func ids(
                _ filter: RoomFilter, _ order: RoomOrder = RoomOrder(.name), offset: Int = 0, limit: Int = 10
            ) async throws -> [String] {
                try await store.read {
                    try $0.rooms.list(filter, orderedBy: order, offset: offset, limit: limit).map(\.id.rawValue)
                }
            }
            let all = RoomFilter(kinds: RoomKind.allCases)

            #expect(try await ids(all) == ["c1", "c2", "p1", "d1"])
            #expect(try await ids(all, RoomOrder(.name, isDescending: true)) == ["p1", "c2", "c1", "d1"])
            #expect(try await ids(all, offset: 1, limit: 2) == ["c2", "p1"])
            #expect(try await ids(RoomFilter(kinds: [.channel]), RoomOrder(.messageCount)) == ["c1", "c2"])
            #expect(try await ids(RoomFilter(kinds: RoomKind.allCases, memberID: UserID("a"))) == ["p1"])
            #expect(try await ids(RoomFilter(kinds: RoomKind.allCases, text: "B_S")) == ["c2"])
            #expect(try await ids(RoomFilter(kinds: RoomKind.allCases, text: "a%a")) == [])
            #expect(try await ids(RoomFilter(kinds: RoomKind.allCases, changedAfter: Fixtures.moment(49))) == ["c2"])
            #expect(try await store.read { try $0.rooms.count(all) } == 4)
        }
    }

    @Test(arguments: [1, 10_001])
    func `when members are listed, then they are ordered by username and searched by name`(size: Int) async throws {
        try await Fixtures.with { store in
            var room = Fixtures.room("c")
            // The stored member count decides the query plan.
            room.memberCount = size
            let written = room
            try await store.write { transaction in
                try transaction.rooms.insert([written], by: nil)
                try transaction.users.insert(["carl", "Bea", "ada", "outside"].map(Fixtures.user), by: nil)
                try transaction.rooms.add(
                    ["ada", "Bea", "carl"].map {
                        Subscription(roomID: RoomID("c"), userID: UserID($0), createdAt: Fixtures.moment(1))
                    })
            }

            let members = try await store.read {
                try $0.rooms.members(of: RoomID("c"), matching: nil, offset: 1, limit: 5).map(\.username)
            }
            let named = try await store.read {
                try $0.rooms.members(of: RoomID("c"), matching: "OF A", offset: 0, limit: 5).map(\.username)
            }

            #expect(members == ["Bea", "carl"])
            #expect(named == ["ada"])
            #expect(try await store.read { try $0.rooms.memberCount(of: RoomID("c"), matching: "e") } == 3)
        }
    }
}
