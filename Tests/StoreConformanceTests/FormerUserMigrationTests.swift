import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import Testing

@Suite("Given a database in which deleted accounts left their subscriptions behind", .onEveryStore)
struct FormerUserMigrationTests {
    private typealias Fixtures = RoomFixtures

    /// A room of three people, two of whom an earlier version deleted, and one that nobody left.
    private static func withEarlierDatabase(_ test: (WorkspaceStore) async throws -> Void) async throws {
        let clock = TestClock()
        let files = try await TestStore.open(.current, clock: clock)
        try await files.store.write { transaction in
            try transaction.users.insert(["ada", "bob", "carl"].map(Fixtures.user), by: nil)
            try transaction.rooms.insert(["left", "kept", "empty"].map { Fixtures.room($0) }, by: nil)
            try transaction.rooms.add([
                Fixtures.place("ada", "left", roles: ["owner"]), Fixtures.place("bob", "left"),
                Fixtures.place("carl", "left"), Fixtures.place("ada", "kept"), Fixtures.place("bob", "empty"),
            ])
            try transaction.messages.insert([Fixtures.message("m", in: "left", by: "bob", at: 1)])
        }
        try await files.database.write { connection in
            for user in ["bob", "carl"] { try connection.execute("DELETE FROM users WHERE id = \(user)") }
            // A correct count stays unchanged.
            try connection.execute("UPDATE rooms SET member_count = 7 WHERE id = \("kept")")
        }
        try await files.windBack(to: 7)
        try await test(try await WorkspaceStore.open(files.database, clock: clock))
        try await files.remove()
    }

    @Test func `when it is opened, then their subscriptions go and their rooms count their members anew`() async throws
    {
        try await Self.withEarlierDatabase { store in
            let rooms = try await store.read { try $0.rooms.find(ids: ["left", "kept", "empty"].map { RoomID($0) }) }
            let counts = Dictionary(uniqueKeysWithValues: rooms.map { ($0.id.rawValue, $0.memberCount) })

            #expect(counts == ["left": 1, "kept": 7, "empty": 0])
            for user in ["bob", "carl"] {
                #expect(
                    try await store.read { try $0.rooms.subscriptions(of: UserID(user), limit: 10) }.isEmpty)
            }
            let kept = try await store.read { try $0.rooms.subscriptions(of: UserID("ada"), limit: 10) }
            #expect(Set(kept.map(\.roomID.rawValue)) == ["left", "kept"])
            #expect(kept.first { $0.roomID == RoomID("left") }?.roles == ["owner"])
            #expect(try await store.read { try $0.messages.find(ids: [MessageID("m")]) }.count == 1)
        }
    }

    @Test func `when an account is deleted afterwards, then its name stays and its rooms count one less`() async throws
    {
        try await Self.withEarlierDatabase { store in
            try await store.write { try $0.users.delete(UserID("ada")) }

            let names = try await store.read { try $0.users.names(of: [UserID("ada"), UserID("bob")]) }
            let room = try await store.read { try $0.rooms.find(id: RoomID("left")) }
            #expect(names[UserID("ada")]?.username == "ada")
            #expect(names[UserID("bob")] == nil)
            #expect(room?.memberCount == 0)
        }
    }
}
