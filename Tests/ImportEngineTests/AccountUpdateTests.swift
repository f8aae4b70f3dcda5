import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given an account and a record of its person, and the policy to update accounts", .onEveryStore)
struct AccountUpdateTests {
    private static let policies = ImportPolicies(users: .update)

    private static let account = User(
        id: UserID("ann"), username: "ann", name: "Ann", roles: ["user"],
        emails: [EmailAddress("Ann@example.com", isVerified: true), EmailAddress("old@example.com")],
        importIDs: [ImportID("staff-7")], bio: "old", passwordHash: "hash",
        customFields: #"{"team":{"name":"deck","tags":[1,2]},"since":2019}"#, createdAt: Timestamp(milliseconds: 1))

    private static func add(_ user: User, _ workspace: TestWorkspace) async throws {
        try await workspace.store.write { try $0.users.insert([user], by: nil) }
    }

    private static func ann(_ workspace: TestWorkspace) async throws -> User {
        try #require(try await workspace.store.read { try $0.users.find(id: UserID("ann")) })
    }

    /// The decision about the only staged record.
    private static func decision(_ workspace: TestWorkspace, _ users: [StagedUser]) async throws -> RecordDecision {
        try await workspace.stage(users)
        try await workspace.engine.operations.run(policies: policies, by: UserID("nobody"))
        let worker = workspace.worker()
        while try await workspace.current().phase != .running(.users) { _ = try await worker.step() }
        let operation = try await workspace.current().id
        try await worker.prepareUpcoming(of: .init(operation: operation, type: .user), after: nil)
        let batch = try await worker.upcomingBatch()
        let decision = try #require(batch?.decided?.decisions.records.last)
        try await workspace.finish(worker)
        return decision
    }

    private static func changes(_ workspace: TestWorkspace) async throws -> [ImportChange] {
        let number = try #require(try await workspace.current().number)
        // The avatar before a request for another one is recorded for an undo; it is no field of the account.
        return try await workspace.store.read { try $0.importChanges.changes(by: number, after: nil, limit: 100) }
            .filter { $0.field != "avatar" }
    }

    private static func record(
        named username: String? = "ann", emails: [String] = ["ann@example.com", "old@example.com"],
        deleted: Bool = false, roles: [String]? = nil, type: String? = nil, _ members: String...
    ) -> StagedUser {
        StagedUser(
            username, importIDs: ["staff-7"], emails: emails, deleted: deleted, roles: roles, type: type, more: members)
    }

    @Test(arguments: [
        (record(#""name": "Ann Bee""#), [FieldChange("name", from: #""Ann""#, to: #""Ann Bee""#)]),
        (record(#""nickname": "annie""#), [FieldChange("nickname", from: nil, to: #""annie""#)]),
        (record(#""bio": "new""#), [FieldChange("bio", from: #""old""#, to: #""new""#)]),
        (record(#""bio": """#), []),
        (record(#""statusText": "busy""#), [FieldChange("statusText", from: nil, to: #""busy""#)]),
        (record(#""utcOffset": 5.5"#), [FieldChange("utcOffset", from: nil, to: "5.5")]),
        (record(#""utcOffset": 0"#), []),
        (record(#""type": "bot""#), [FieldChange("type", from: #""user""#, to: #""bot""#)]),
        (
            record(#""avatarUrl": "https://example.com/a.png?t=secret""#),
            [FieldChange("avatarUrl", from: nil, to: #""https://example.com/...""#)]
        ),
        (
            record(#""customFields": {"team": {"tags": [3]}, "floor": 2}"#),
            [
                FieldChange(
                    "customFields", from: #"{"team":{"name":"deck","tags":[1,2]},"since":2019}"#,
                    to: #"{"team":{"name":"deck","tags":[3]},"since":2019,"floor":2}"#)
            ]
        ),
        (record(#""customFields": {"since": 2019}"#), []),
        (record(named: "Anna"), [FieldChange("username", from: #""ann""#, to: #""Anna""#)]),
        (record(named: nil), []),
        (
            record(emails: ["new@example.com", "ann@EXAMPLE.com"]),
            [
                FieldChange(
                    "emails", from: #"["Ann@example.com","old@example.com"]"#,
                    to: #"["new@example.com","Ann@example.com"]"#)
            ]
        ),
        (record(deleted: true), [FieldChange("active", from: "true", to: "false")]),
        (record(#""password": "secret""#), []),
    ])
    func `when it is imported, then the account has the values of the record, and a second run changes nothing`(
        record: StagedUser, changes: [FieldChange]
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)

            let first = try await Self.decision(workspace, [record])

            #expect(first.decision == (changes.isEmpty ? .unchanged : .update))
            #expect(first.changes == changes)
            #expect(try await workspace.current().totalCounts.updated == (changes.isEmpty ? 0 : 1))
            let after = try await Self.ann(workspace)
            #expect(after.passwordHash == "hash")
            #expect(after.emails.first { $0.address == "Ann@example.com" }?.isVerified == true)
            #expect(try await Self.changes(workspace).count == changes.count)

            let second = try await Self.decision(workspace, [record])
            #expect(second.decision == .unchanged)
            #expect(try await Self.ann(workspace) == after)
            #expect(try await Self.changes(workspace).isEmpty)
        }
    }

    @Test func `when it changes, then every value before and after is kept`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            let record = StagedUser(
                "anna", importIDs: ["staff-7", "U1"], emails: ["new@example.com", "ann@example.com"], deleted: true,
                more: [#""name": "Ann Bee""#])
            let decision = try await Self.decision(workspace, [record])

            #expect(decision.decision == .update)
            #expect(
                decision.changes.last
                    == FieldChange("importIds", from: #"["staff-7"]"#, to: #"["staff-7","U1"]"#))
            let changes = try await Self.changes(workspace)
            #expect(Set(changes.map(\.field)) == ["active", "emails", "name", "username"])
            #expect(changes.first { $0.field == "name" }?.before == "Ann")
            #expect(changes.first { $0.field == "name" }?.after == "Ann Bee")
        }
    }

    // MARK: Others

    @Test func `when others have its username and an address, then the account does not get them`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            let bob = User(
                id: UserID("bob"), username: "bob", roles: ["user"], emails: [EmailAddress("bob@example.com")],
                createdAt: Timestamp(milliseconds: 1))
            try await Self.add(bob, workspace)

            let done = try await workspace.importing(
                [Self.record(named: "Bob", emails: ["ann@example.com", "bob@example.com"])], policies: Self.policies)

            #expect(done.totalCounts.error == 0)
            #expect(try await Self.ann(workspace).username == "ann")
            #expect(try await Self.ann(workspace).emails == [EmailAddress("Ann@example.com", isVerified: true)])
            #expect(try await workspace.store.read { try $0.users.find(id: UserID("bob")) } == bob)
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 10).findings
            #expect(Set(findings.map(\.field)) == ["username", "emails"])
        }
    }

    @Test func `when one gives up a name that another record has, then that one gets it, batch by batch or not`()
        async throws
    {
        for isOneBatch in [true, false] {
            try await TestWorkspace.with { workspace in
                try await Self.add(Self.account, workspace)
                try await workspace.engine.operations.create(by: UserID("nobody"))
                let users = [
                    Self.record(named: "anna", emails: ["old@example.com"], #""name": "Anna""#),
                    StagedUser("ann", importIDs: ["U2"], emails: ["ann@example.com"]),
                ]
                // Each request is a batch of its own.
                for part in isOneBatch ? [users] : users.map({ [$0] }) { try await workspace.add(part) }
                try await workspace.runToTheEnd(policies: Self.policies)

                #expect(try await Self.ann(workspace).username == "anna")
                #expect(try await workspace.user("ann")?.importIDs == [ImportID("U2")])
                #expect(try await workspace.user("ann")?.emails.map(\.address) == ["ann@example.com"])
            }
        }
    }

    @Test func `when two records describe the account, then the first one counts`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            for _ in 0..<2 {
                let done = try await workspace.importing(
                    [Self.record(#""bio": "first""#), Self.record(#""bio": "second""#)], policies: Self.policies)

                #expect(done.totalCounts.error == 0)
                #expect(try await Self.ann(workspace).bio == "first")
            }
        }
    }

    @Test func `when a file only names the person, then its stand-in changes nothing`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            let export = SlackExport(
                users: [#"{"id":"U1","name":"bob","profile":{"real_name":"Bob"}}"#],
                channels: [#"{"id":"C1","name":"deck","creator":"U1","members":["U1"]}"#],
                messages: ["deck": [#"{"type":"message","user":"staff-7","ts":"1704456000.000100","text":"hello"}"#]])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile(policies: Self.policies)

            #expect(done.counts[.user] == ImportCounts(total: 2, completed: 2, unchanged: 1))
            #expect(try await Self.ann(workspace) == Self.account)
        }
    }

    @Test func `when the account is deactivated, then its sessions end, and only an explicit false activates it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            let session = Session(
                tokenHash: "hash", userID: UserID("ann"), createdAt: Timestamp(milliseconds: 1),
                expiresAt: Timestamp(milliseconds: .max))
            try await workspace.store.write { try $0.sessions.insert(session) }
            for (member, isActive) in [
                (#""deleted": true"#, false), (#""bio": "still here""#, false), (#""deleted": false"#, true),
            ] {
                try await workspace.importing([Self.record(member)], policies: Self.policies)
                #expect(try await Self.ann(workspace).isActive == isActive, "\(member)")
                #expect(try await workspace.store.read { try $0.sessions.find(tokenHash: "hash") } == nil)
            }
        }
    }

    // MARK: Rights

    @Test(
        arguments: [
            // The account's roles, those of the record, and those that it has then.
            (["user"], nil, ["user"]),
            (["user"], ["user"], ["user"]),
            (["user"], ["admin"], ["user"]),
            (["user"], ["bot"], ["user"]),
            (["user"], ["guest"], ["guest"]),
            (["user"], ["livechat-agent"], ["user", "livechat-agent"]),
            (["guest"], nil, ["guest"]),
            (["guest"], ["livechat-agent"], ["guest", "livechat-agent"]),
            (["user", "livechat-agent"], nil, ["user", "livechat-agent"]),
            (["user", "livechat-agent"], ["livechat-manager"], ["user", "livechat-manager"]),
            (["user", "admin"], nil, ["user", "admin"]),
            (["user", "admin"], ["livechat-agent"], ["user", "livechat-agent"]),
            (["user", "admin"], ["admin", "livechat-agent"], ["user", "admin", "livechat-agent"]),
        ] as [([String], [String]?, [String])])
    func `when the record has roles, then the account gets those that give no permissions`(
        held: [String], given: [String]?, expected: [String]
    ) async throws {
        try await TestWorkspace.with { workspace in
            var account = Self.account
            account.roles = held
            try await Self.add(account, workspace)

            try await workspace.importing([Self.record(roles: given)], policies: Self.policies)

            #expect(Set(try await Self.ann(workspace).roles) == Set(expected))
        }
    }

    @Test(arguments: [
        StagedUser("admin", importIDs: ["U1"], emails: ["admin@example.com"], roles: ["livechat-agent"]),
        StagedUser("admin", importIDs: ["U1"], emails: ["admin@example.com"], roles: ["guest"]),
        StagedUser("admin", importIDs: ["U1"], emails: ["admin@example.com"], deleted: true),
    ])
    func `when the account is the last administrator's, then its rights stay`(record: StagedUser) async throws {
        try await TestWorkspace.with { workspace in
            var named = record
            named.members.append(#""name": "Renamed""#)
            let done = try await workspace.importing([named], policies: Self.policies)

            let admin = try #require(try await workspace.user("admin"))
            #expect(done.totalCounts.updated == 1)
            #expect(admin.roles == ["admin", "user"])
            #expect(admin.isActive)
            #expect(admin.name == "Renamed")
            let findings = try await workspace.engine.history.findings(offset: 0, limit: 10).findings
            #expect(findings.contains { $0.field == "roles" && $0.message.contains("No other account") })
        }
    }

    @Test(arguments: ["rocket.cat", "locked"], [#""deleted": true"#, #""roles": ["guest"]"#])
    func `when the other administrators cannot sign in, then the last one that can keeps its rights`(
        other: String, member: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("locked")])
            try await workspace.store.write { transaction in
                var holder = try #require(try transaction.users.find(usernameKey: other))
                holder.roles = ["admin"]
                try transaction.users.update(holder)
            }
            try await workspace.stage([
                StagedUser("admin", importIDs: ["U1"], emails: ["admin@example.com"], more: [member])
            ])
            let check = try await workspace.engine.checks.check(
                ImportCheckRequest(policies: Self.policies), by: UserID("nobody"))
            let foretold = try await workspace.engine.checks.records(of: check, offset: 0, limit: 10)
            try await workspace.runToTheEnd(policies: Self.policies)

            let admin = try #require(try await workspace.user("admin"))
            #expect(admin.roles == ["admin", "user"] && admin.isActive)
            #expect(foretold.first?.changes.map(\.field) == ["importIds"])
        }
    }

    @Test func `when some of its roles are not granted, then the finding names these and claims nothing of the others`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            var account = Self.account
            account.roles = ["user", "livechat-manager"]
            try await Self.add(account, workspace)

            try await workspace.importing(
                [Self.record(emails: ["ann@example.com"], roles: ["bot", "app"])], policies: Self.policies)

            let finding = try await workspace.engine.history.findings(offset: 0, limit: 10).findings.first
            #expect(finding?.value == "app, bot")
            #expect(
                finding?.message
                    == "The account ann does not get these roles of the record. They give permissions that it "
                    + "does not have.")
        }
    }

    @Test(arguments: [ImportPolicies.Users.bind, .update, .fail])
    func `when an account gets import ids, then they are among the changes, whatever the policy`(
        policy: ImportPolicies.Users
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            try await workspace.stage([
                StagedUser(nil, importIDs: ["staff-7", "U1"], emails: ["ann@example.com", "old@example.com"]),
                StagedUser("ann", importIDs: ["U1", "U2"], emails: ["ann@example.com", "old@example.com"]),
            ])
            let check = try await workspace.engine.checks.check(
                ImportCheckRequest(policies: ImportPolicies(users: policy)), by: UserID("nobody"))
            let records = try await workspace.engine.checks.records(of: check, offset: 0, limit: 10)

            #expect(
                records.map(\.changes) == [
                    [FieldChange("importIds", from: #"["staff-7"]"#, to: #"["staff-7","U1"]"#)],
                    [FieldChange("importIds", from: #"["staff-7","U1"]"#, to: #"["staff-7","U1","U2"]"#)],
                ])
            #expect(records.map(\.outcome) == [.bind, .bind])
        }
    }

    @Test(arguments: [true, false])
    func `when every administrator would lose the role, then the last one keeps it`(isOneBatch: Bool) async throws {
        try await TestWorkspace.with { workspace in
            var account = Self.account
            account.roles = ["admin", "user"]
            try await Self.add(account, workspace)
            let users = [
                Self.record(roles: ["livechat-agent"]),
                StagedUser("admin", importIDs: ["U1"], emails: ["admin@example.com"], roles: ["livechat-agent"]),
            ]
            try await workspace.engine.operations.create(by: UserID("nobody"))
            for part in isOneBatch ? [users] : users.map({ [$0] }) { try await workspace.add(part) }
            try await workspace.runToTheEnd(policies: Self.policies)

            #expect(try await Self.ann(workspace).roles == ["user", "livechat-agent"])
            #expect(try await workspace.user("admin")?.roles == ["admin", "user"])
        }
    }

    // MARK: Outdated decisions

    @Test func `when the account changes after the decision, then it is decided again`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.add(Self.account, workspace)
            try await workspace.stage([Self.record(#""bio": "new""#)])
            try await workspace.engine.operations.run(policies: Self.policies, by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().phase != .running(.users) { _ = try await worker.step() }
            let operation = try await workspace.current().id
            try await worker.prepareUpcoming(of: .init(operation: operation, type: .user), after: nil)
            #expect(try await worker.upcomingBatch()?.decided != nil)
            try await workspace.store.write { transaction in
                var user = try #require(try transaction.users.find(id: UserID("ann")))
                (user.statusText, user.bio) = ("from the owner", "new")
                try transaction.users.update(user)
            }
            try await workspace.finish(worker)

            #expect(try await Self.ann(workspace).statusText == "from the owner")
            #expect(try await workspace.current().totalCounts.unchanged == 1)
            #expect(try await Self.changes(workspace).isEmpty)
        }
    }
}
