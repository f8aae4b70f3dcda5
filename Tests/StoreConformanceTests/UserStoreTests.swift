import ImportDomain
import ImportFixtures
import Testing

@Suite("Given a store with accounts", .onEveryStore)
struct UserStoreTests {
    private static func user(_ name: String, importIDs: [String] = [], roles: [String] = ["user"]) -> User {
        User(
            id: UserID("id-\(name)"), username: name, roles: roles, emails: [EmailAddress("\(name)@example.com")],
            importIDs: importIDs.map { ImportID($0) }, createdAt: Timestamp(milliseconds: 1))
    }

    private static func with(_ test: (any Store) async throws -> Void) async throws {
        let files = try await TestStore.open(.current, clock: TestClock())
        try await test(files.store)
        try await files.remove()
    }

    @Test func `when an account is written, then every value is read back`() async throws {
        try await Self.with { store in
            let user = User(
                id: UserID("u1"), username: "Ada \"L\"", name: "Ада", kind: .bot, isActive: false,
                roles: ["admin", "x'y"], emails: [EmailAddress("A@x", isVerified: true), EmailAddress("b@x")],
                importIDs: [ImportID("1"), ImportID("ü")], bio: "", nickname: "a\nb", statusText: "😀", utcOffset: -3.5,
                passwordHash: "$2b$", requiresPasswordChange: true, hasEmailSecondFactor: true,
                pendingAvatarURL: "http://x", customFields: "{}", createdAt: Timestamp(milliseconds: -5),
                updatedAt: Timestamp(milliseconds: 7), lastLoginAt: Timestamp(milliseconds: 9))

            try await store.write { try $0.users.insert([user], by: ImportNumber(1)) }

            let found = try await store.read { try $0.users.find(id: UserID("u1")) }
            #expect(found == user)
        }
    }

    @Test func `when it is looked for, then each of its names finds it`() async throws {
        try await Self.with { store in
            try await store.write { try $0.users.insert([Self.user("Ada", importIDs: ["1"])], by: nil) }

            let found = try await store.read { transaction in
                [
                    try transaction.users.find(username: "Ada"), try transaction.users.find(usernameKey: "ada"),
                    try transaction.users.find(addressKey: "ada@example.com"),
                    try transaction.users.find(importID: ImportID("1")),
                ].map { $0?.id.rawValue }
            }
            let missed = try await store.read { transaction in
                [try transaction.users.find(username: "ada"), try transaction.users.find(importID: ImportID("2"))]
            }
            #expect(found == Array(repeating: "id-Ada", count: 4))
            #expect(missed == [nil, nil])
        }
    }

    @Test func `when a name, address or import id is taken, then none of the batch is inserted`() async throws {
        try await Self.with { store in
            try await store.write { try $0.users.insert([Self.user("ada", importIDs: ["1"])], by: nil) }
            var sameAddress = Self.user("eve")
            sameAddress.emails = [EmailAddress("ADA@example.com")]
            for clash in [Self.user("ADA"), sameAddress, Self.user("bob", importIDs: ["1"])] {
                let clash = User(
                    id: UserID("other"), username: clash.username, emails: clash.emails, importIDs: clash.importIDs,
                    createdAt: clash.createdAt)
                await #expect(throws: StoreError.self) {
                    try await store.write { try $0.users.insert([Self.user("new"), clash], by: nil) }
                }
            }
            #expect(try await store.read { try $0.users.count() } == 1)
        }
    }

    @Test func `when holders are asked for, then only keys with an account are returned`() async throws {
        try await Self.with { store in
            try await store.write { try $0.users.insert([Self.user("ada", importIDs: ["1"])], by: ImportNumber(1)) }
            let keys = AccountKeys(
                usernames: ["ada", "\"; DROP TABLE users; --"], addresses: ["ada@example.com", "x"],
                importIDs: [ImportID("1"), ImportID("2")])

            let holders = try await store.read { try $0.users.holders(of: keys) }
            let made = try await store.read { transaction in
                try [ImportNumber(1), ImportNumber(2)].map {
                    try transaction.users.accounts(of: $0, among: [UserID("id-ada")])
                }
            }

            #expect(holders.usernames == ["ada": UserID("id-ada")])
            #expect(holders.addresses == ["ada@example.com": UserID("id-ada")])
            #expect(holders.importIDs == [ImportID("1"): UserID("id-ada")])
            #expect(made == [OperationAccounts(made: [UserID("id-ada")]), OperationAccounts()])
        }
    }

    @Test func `when an import gives an account an import id, then it found the account and did not make it`()
        async throws
    {
        try await Self.with { store in
            try await store.write { transaction in
                try transaction.users.insert([Self.user("ada"), Self.user("bob")], by: nil)
                try transaction.users.bind([(ImportID("1"), UserID("id-ada"))], by: ImportNumber(1))
                try transaction.users.confirm([UserID("id-ada"), UserID("id-bob")], by: ImportNumber(1))
            }

            let accounts = try await store.read {
                try $0.users.accounts(of: ImportNumber(1), among: [UserID("id-ada"), UserID("id-bob")])
            }

            #expect(accounts == OperationAccounts(found: [UserID("id-ada"), UserID("id-bob")]))
        }
    }

    @Test func `when import ids of accounts are read, then they come in order, and accounts without any are absent`()
        async throws
    {
        try await Self.with { store in
            let users = [
                Self.user("ada", importIDs: ["2", "1"]), Self.user("bob"), Self.user("eve", importIDs: ["3"]),
            ]
            try await store.write { transaction in
                try transaction.users.insert(users, by: nil)
                try transaction.users.bind([(ImportID("0"), UserID("id-ada"))], by: ImportNumber(1))
            }

            let importIDs = try await store.read {
                try $0.users.importIDs(of: [UserID("id-ada"), UserID("id-bob"), UserID("nobody")])
            }

            #expect(importIDs == [UserID("id-ada"): ["2", "1", "0"].map { ImportID($0) }])
        }
    }

    @Test func `when accounts are listed, then pages follow the order`() async throws {
        try await Self.with { store in
            try await store.write { try $0.users.insert(["c", "B", "a"].map { Self.user($0) }, by: nil) }

            let (ascending, second, descending) = try await store.read { transaction in
                (
                    try transaction.users.list(orderedBy: UserOrder(.username), offset: 0, limit: nil),
                    try transaction.users.list(orderedBy: UserOrder(.username), offset: 1, limit: 1),
                    try transaction.users.list(orderedBy: UserOrder(.username, isDescending: true), offset: 0, limit: 2)
                )
            }

            #expect(ascending.map(\.username) == ["a", "B", "c"])
            #expect(second.map(\.username) == ["B"])
            #expect(descending.map(\.username) == ["c", "B"])
        }
    }

    @Test func `when an account is deleted, then its names are free again`() async throws {
        try await Self.with { store in
            try await store.write { try $0.users.insert([Self.user("ada", importIDs: ["1"])], by: nil) }

            try await store.write { try $0.users.delete(UserID("id-ada")) }
            try await store.write { try $0.users.insert([Self.user("ada", importIDs: ["1"])], by: nil) }

            #expect(try await store.read { try $0.users.count() } == 1)
        }
    }

    @Test func `when administrators are counted, then only active ones that can sign in count`() async throws {
        try await Self.with { store in
            var admin = Self.user("root", roles: ["admin"])
            admin.passwordHash = "$2b$"
            let inserted = admin
            var locked = Self.user("locked", roles: ["admin"])
            locked.passwordHash = "$2b$" + String(User.lockedHashEnd)
            let bot = User(
                id: .rocketCat, username: "rocket.cat", roles: ["admin"], passwordHash: "$2b$",
                createdAt: locked.createdAt)
            let others = [Self.user("ada"), Self.user("none", roles: ["admin"]), locked, bot]
            try await store.write { try $0.users.insert(others, by: nil) }
            #expect(try await store.read { try $0.users.hasActiveHolder(ofAnyOf: ["admin", "bot"]) } == false)
            let without = try await store.read { try $0.users.hasActiveAdministrator() }
            try await store.write { try $0.users.insert([inserted], by: nil) }
            let with = try await store.read { try $0.users.hasActiveAdministrator() }

            admin.isActive = false
            let updated = admin
            try await store.write { try $0.users.update(updated) }

            #expect((without, with) == (false, true))
            #expect(try await store.read { try $0.users.hasActiveAdministrator() } == false)
        }
    }

    @Test(arguments: [
        (["admin"], true), (["livechat-agent"], true), (["bot", "livechat-agent"], true), (["livechat"], false),
        (["user"], false), ([], false),
    ])
    func `when holders of roles are asked for, then an active account with one of them is found`(
        roles: [String], isFound: Bool
    ) async throws {
        try await Self.with { store in
            var gone = Self.user("gone", roles: ["user"])
            gone.isActive = false
            var holders = [
                gone, Self.user("root", roles: ["admin"]), Self.user("ada", roles: ["x", "livechat-agent"]),
            ]
            for index in holders.indices { holders[index].passwordHash = "$2b$" }
            var locked = Self.user("locked", roles: ["livechat", "user"])
            locked.passwordHash = "$2b$" + String(User.lockedHashEnd)
            let users = holders + [locked]
            try await store.write { try $0.users.insert(users, by: nil) }

            #expect(try await store.read { try $0.users.hasActiveHolder(ofAnyOf: Set(roles)) } == isFound)
        }
    }

    @Test func `when a write throws, then nothing of it stays`() async throws {
        struct Stop: Error {}
        try await Self.with { store in
            await #expect(throws: Stop.self) {
                try await store.write { transaction in
                    try transaction.users.insert([Self.user("ada")], by: nil)
                    throw Stop()
                }
            }
            let count = try await store.read { try $0.users.count() }
            #expect(count == 0)
        }
    }
}
