import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given accounts and records that meet them", .onEveryStore, .timeLimit(.minutes(10)))
struct UserPolicyTests {
    /// What the workspace has, which record comes, and what becomes of it under each policy.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Accounts that people made: username, address.
        var accounts: [(username: String, address: String?)] = []
        /// Users of an earlier import.
        var imported: [StagedUser] = []
        /// Records of the import; the outcome is that of the last one.
        var records: [StagedUser]
        /// What becomes of the last record: fail, skip, bind, update.
        var outcomes: [String]
    }

    static let rows: [Row] = [
        Row(
            testDescription: "nobody holds any of its keys", records: [StagedUser("ann")],
            outcomes: ["created", "created", "created", "created"]),
        Row(
            testDescription: "an account has its address", accounts: [("ann", "ann@example.com")],
            records: [StagedUser("anna", importIDs: ["U1"], emails: ["ANN@example.com"])],
            outcomes: ["importer-user-email-taken", "skipped", "updated", "updated"]),
        Row(
            testDescription: "an account without an address has its username", accounts: [("ann", nil)],
            records: [StagedUser("ann", importIDs: ["U1"])],
            outcomes: ["importer-user-username-taken", "skipped", "updated", "updated"]),
        Row(
            testDescription: "an account of another address has its username", accounts: [("ann", "other@example.com")],
            records: [StagedUser("ann", importIDs: ["U1"])],
            outcomes: [
                "importer-user-username-taken", "skipped", "importer-user-username-taken",
                "importer-user-username-taken",
            ]),
        Row(
            testDescription: "an administrator has its username",
            records: [StagedUser("admin", importIDs: ["U1"], emails: ["sam@example.com"])],
            outcomes: ["importer-user-username-taken", "skipped", "created", "created"]),
        Row(
            testDescription: "two accounts have its addresses",
            accounts: [("ann", "ann@example.com"), ("bob", "bob@example.com")],
            records: [StagedUser("cleo", importIDs: ["U1"], emails: ["ann@example.com", "bob@example.com"])],
            outcomes: [
                "importer-user-email-taken", "skipped", "importer-user-email-taken", "importer-user-email-taken",
            ]),
        Row(
            testDescription: "it was imported before", imported: [StagedUser("ann")], records: [StagedUser("ann")],
            outcomes: ["unchanged", "skipped", "unchanged", "unchanged"]),
        Row(
            testDescription: "it was imported before and has another import id now", imported: [StagedUser("ann")],
            records: [StagedUser("ann", importIDs: ["id-ann", "U1"])],
            outcomes: ["updated", "skipped", "updated", "updated"]),
        Row(
            testDescription: "it was imported before under another name", imported: [StagedUser("ann")],
            records: [StagedUser("anna", importIDs: ["id-ann"], emails: ["ann@example.com"])],
            outcomes: ["unchanged", "skipped", "unchanged", "updated"]),
        Row(
            testDescription: "another person has its import id", imported: [StagedUser("ann", importIDs: ["7"])],
            records: [StagedUser("bob", importIDs: ["7"])],
            outcomes: [
                "importer-user-import-id-taken", "skipped", "importer-user-import-id-taken",
                "importer-user-import-id-taken",
            ]),
        Row(
            testDescription: "an earlier record of the import has its address",
            records: [StagedUser("ann"), StagedUser("anna", importIDs: ["U1"], emails: ["ann@example.com"])],
            outcomes: Array(repeating: "importer-user-duplicate-in-batch", count: 4)),
        Row(
            testDescription: "an earlier record of the import is the account", accounts: [("ann", "ann@example.com")],
            records: [
                StagedUser("ann", importIDs: ["U1"]),
                StagedUser("anna", importIDs: ["U2"], emails: ["ann@example.com"]),
            ],
            outcomes: [
                "importer-user-email-taken", "skipped", "importer-user-email-taken", "importer-user-email-taken",
            ]),
    ]

    private static func prepare(_ row: Row, _ workspace: TestWorkspace) async throws {
        try await workspace.store.write { transaction in
            try transaction.users.insert(
                row.accounts.map { account in
                    User(
                        id: UserID("made-\(account.username)"), username: account.username, name: account.username,
                        roles: ["user"], emails: account.address.map { [EmailAddress($0, isVerified: true)] } ?? [],
                        createdAt: Timestamp(milliseconds: 1))
                }, by: nil)
        }
        if !row.imported.isEmpty { try await workspace.importing(row.imported) }
    }

    private static func allUsers(_ workspace: TestWorkspace) async throws -> [User] {
        try await workspace.store.read { try $0.users.list(orderedBy: UserOrder(.createdAt), offset: 0, limit: nil) }
    }

    /// The outcome of the last record, by counting what the others leave.
    private static func outcome(
        of row: Row, _ policy: ImportPolicies.Users, _ workspace: TestWorkspace
    ) async throws -> String {
        // One import for the records before, whose counts are subtracted.
        let done = try await workspace.importing(row.records, policies: ImportPolicies(users: policy))
        #expect(done.totalCounts.pending == 0)
        if let failure = try await workspace.failures().last { return failure.failure.code.rawValue }
        let counts = done.totalCounts
        if row.records.count > 1, counts.skipped > 0 { return "skipped" }
        return counts.skipped > 0
            ? "skipped" : counts.unchanged > 0 ? "unchanged" : counts.updated > 0 ? "updated" : "created"
    }

    @Test(arguments: rows, [ImportPolicies.Users.fail, .skip, .bind, .update])
    func `when they are imported, then the policy says what becomes of the record`(
        row: Row, policy: ImportPolicies.Users
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.prepare(row, workspace)
            let before = try await Self.allUsers(workspace)

            let outcome = try await Self.outcome(of: row, policy, workspace)

            let place = try #require([ImportPolicies.Users.fail, .skip, .bind, .update].firstIndex(of: policy))
            #expect(outcome == row.outcomes[place])
            let after = try await Self.allUsers(workspace)
            if policy == .fail && outcome.hasPrefix("importer-") || policy == .skip {
                #expect(after.filter { user in before.contains { $0.id == user.id } } == before)
            }
            // A second run changes nothing.
            _ = try await Self.outcome(of: row, policy, workspace)
            #expect(try await Self.allUsers(workspace) == after)
        }
    }

    // MARK: Skip

    private static func export(_ user: String, members: String = #""U1""#) -> SlackExport {
        SlackExport(
            users: [user],
            channels: [#"{"id":"C1","name":"deck","creator":"U1","members":[\#(members)]}"#],
            messages: ["deck": [#"{"type":"message","user":"U1","ts":"1704456000.000100","text":"ahoy <@U1>"}"#]])
    }

    private static let message = MessageID("slack-C1-1704456000-000100")

    @Test(arguments: [1, 2])
    func `when a skipped user is the person of the account, then rooms and messages name the account`(
        times: Int
    ) async throws {
        try await TestWorkspace.with { workspace in
            let row = Row(testDescription: "", accounts: [("ann", "ann@example.com")], records: [], outcomes: [])
            try await Self.prepare(row, workspace)
            let export = Self.export(#"{"id":"U1","name":"anna","profile":{"email":"ann@example.com"}}"#)
            var done: ImportOperation?
            for _ in 0..<times {
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                done = try await workspace.importFile(policies: ImportPolicies(users: .skip))
            }

            let ann = try #require(try await workspace.user("ann"))
            #expect(done?.counts[.user] == ImportCounts(total: 1, skipped: 1))
            #expect(done?.totalCounts.error == 0)
            #expect(ann.importIDs.isEmpty)
            #expect(ann.name == "ann")
            let message = try await workspace.store.read { try $0.messages.find(ids: [Self.message]).first }
            #expect(message?.authorID == ann.id)
            #expect(message?.text == "ahoy @ann")
            let rooms = try await workspace.store.read { try $0.rooms.subscriptions(of: ann.id, limit: 10) }
            #expect(rooms.count == 1)
        }
    }

    @Test func `when it is not sure that a skipped user is the person, then their messages are skipped`() async throws {
        try await TestWorkspace.with { workspace in
            let export = Self.export(#"{"id":"U1","name":"admin","profile":{"real_name":"Sam"}}"#)
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile(policies: ImportPolicies(users: .skip))

            let admin = try #require(try await workspace.user("admin"))
            #expect(done.counts[.user] == ImportCounts(total: 1, skipped: 1))
            #expect(done.counts[.message] == ImportCounts(total: 1, skipped: 1))
            #expect(try await workspace.store.read { try $0.messages.find(ids: [Self.message]) }.isEmpty)
            #expect(try await workspace.store.read { try $0.rooms.subscriptions(of: admin.id, limit: 10) }.isEmpty)
        }
    }

    /// A CSV archive names people by username.
    @Test(arguments: [("ann@example.com", "made-ann"), ("other@example.com", nil)])
    func `when a table names a skipped user, then it means the account only if that is the person`(
        address: String, author: String?
    ) async throws {
        try await TestWorkspace.with { workspace in
            let row = Row(testDescription: "", accounts: [("ann", "ann@example.com")], records: [], outcomes: [])
            try await Self.prepare(row, workspace)
            let archive = StoredZip(files: [
                ("users.csv", Array("ann,\(address),Ann\nbob,bob@example.com,Bob".utf8)),
                ("channels.csv", Array("quay,bob,public,bob;ann".utf8)),
                ("quay/1.csv", Array("ann,1704456000000,hello".utf8)),
            ])
            try await workspace.read(archive.bytes, named: "export.zip", importer: "csv")
            let done = try await workspace.importFile(policies: ImportPolicies(users: .skip))

            #expect(done.counts[.user] == ImportCounts(total: 2, completed: 1, skipped: 1))
            #expect(done.counts[.message]?.skipped == (author == nil ? 1 : 0))
            let memberships = try await workspace.store.read {
                try $0.rooms.subscriptions(of: UserID("made-ann"), limit: 10)
            }
            #expect(memberships.count == (author == nil ? 0 : 1))
        }
    }
}
