import ImportDomain
import ImportFixtures
import SQL
import SQLStore
import Testing

@Suite("Given a database whose keys were folded by an earlier rule", .onEveryStore)
struct FoldedKeyMigrationTests {
    private static func user(_ id: String, _ username: String) -> User {
        User(
            id: UserID(id), username: username, emails: [EmailAddress("\(username)@example.com")],
            createdAt: Timestamp(milliseconds: 1))
    }

    /// The state before migration 7, with its keys for these names.
    private static func wind(_ files: TestStore, back keys: [(id: String, key: String)]) async throws {
        try await files.database.write { connection in
            for (id, key) in keys {
                try connection.execute("UPDATE users SET username_key = \(key) WHERE id = \(id)")
                try connection.execute(
                    "UPDATE user_emails SET address_key = \(key + "@example.com") WHERE user_id = \(id)")
            }
        }
        try await files.windBack(to: 6)
    }

    @Test func `when it is opened, then accounts are found by the present rule`() async throws {
        let clock = TestClock()
        let files = try await TestStore.open(.current, clock: clock)
        try await files.store.write {
            try $0.users.insert([Self.user("a", "STRA\u{1E9E}E"), Self.user("b", "k\u{131}rsi")], by: nil)
        }
        try await Self.wind(files, back: [("a", "stra\u{DF}e"), ("b", "kirsi")])

        let store = try await WorkspaceStore.open(files.database, clock: clock)
        let found = try await store.read { transaction in
            (
                sharp: try transaction.users.find(usernameKey: CaseFolding.key("strasse"))?.id,
                dotless: try transaction.users.find(addressKey: CaseFolding.key("k\u{131}rsi@example.com"))?.id,
                dotted: try transaction.users.find(usernameKey: CaseFolding.key("kirsi"))?.id
            )
        }

        #expect(found.sharp == UserID("a"))
        #expect(found.dotless == UserID("b"))
        #expect(found.dotted == nil)
        try await files.remove()
    }

    @Test func `when a key is taken by another account, then both accounts stay`() async throws {
        let clock = TestClock()
        let files = try await TestStore.open(.current, clock: clock)
        try await files.store.write { try $0.users.insert([Self.user("a", "x"), Self.user("b", "strasse")], by: nil) }
        _ = try await files.database.write {
            try $0.execute("UPDATE users SET username = \("stra\u{1E9E}e") WHERE id = \("a")")
        }
        try await Self.wind(files, back: [("a", "stra\u{DF}e")])

        let store = try await WorkspaceStore.open(files.database, clock: clock)

        #expect(try await store.read { try $0.users.find(usernameKey: "strasse")?.id } == UserID("b"))
        #expect(try await store.read { try $0.users.count() } == 2)
        try await files.remove()
    }
}
