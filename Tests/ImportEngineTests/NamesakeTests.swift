import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given sources that have names in common", .onEveryStore, .timeLimit(.minutes(10)))
struct NamesakeTests {
    private static func importing(
        _ files: KeyValuePairs<String, String>, _ workspace: TestWorkspace, _ selection: ImportSelection = .everything
    ) async throws -> ImportOperation {
        let archive = StoredZip(files: files.map { ($0.key, Array($0.value.utf8)) })
        try await workspace.read(archive.bytes, named: "export.zip", importer: "csv")
        return try await workspace.importFile(selection)
    }

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    /// An account that no import created.
    private static func insert(_ username: String, _ workspace: TestWorkspace) async throws {
        let user = User(
            id: UserID("local-\(username)"), username: username, emails: [EmailAddress("\(username)@local.example")],
            createdAt: workspace.clock.now())
        try await workspace.store.write { try $0.users.insert([user], by: nil) }
    }

    /// What an account reads in rooms of which it is a member.
    private static func texts(readBy username: String, _ workspace: TestWorkspace) async throws -> [String] {
        try await workspace.store.read { transaction in
            guard let user = try transaction.users.find(usernameKey: username) else { return [] }
            return try transaction.rooms.subscriptions(of: user.id, limit: 100).flatMap { subscription in
                try transaction.messages.list(
                    MessageFilter(roomID: subscription.roomID), order: .oldestFirst, offset: 0, limit: 100
                ).map(\.text)
            }.sorted()
        }
    }

    private static func findings(_ workspace: TestWorkspace) async throws -> [ImportFinding] {
        try await workspace.engine.history.findings(offset: 0, limit: 100, bytes: .max).findings
    }

    private static func slackUser(_ id: String, _ name: String, more: String = "", profile: String = "") -> String {
        #"{"id":"\#(id)","name":"\#(name)"\#(more),"profile":{"real_name":"\#(name)"\#(profile)}}"#
    }

    private static func message(_ text: String, by user: String, at second: Int = 0, more: String = "") -> String {
        #"{"type":"message","user":"\#(user)","ts":"170445600\#(second).000100","text":"\#(text)"\#(more)}"#
    }

    // MARK: Usernames that are import ids

    private static let maraOfB: KeyValuePairs = [
        "users.csv": "mara,mara@b.example,Mara B\nyan,yan@b.example,Yan\n",
        "channels.csv": "board,yan,private,yan;mara\n", "board/1.csv": "mara,1514764860000,to the board\n",
        "directmessages/1.csv": "yan,mara,1514764860000,to mara of b\n",
    ]

    @Test func `when a username comes with another address, then it is another person's, each time`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(
                [
                    "users.csv": "mara,mara@a.example,Mara A\nbob,bob@a.example,Bob\n",
                    "directmessages/1.csv": "mara,bob,1514764800000,to bob\n",
                ], workspace)
            for _ in 0..<2 {
                let done = try await Self.importing(Self.maraOfB, workspace)
                let failures = try await workspace.failures().map(\.failure.code)

                #expect(failures == [.userUsernameTaken, .roomMissingUsers, .messageUnknownUser, .messageUnknownRoom])
                #expect(done.totalCounts.pending == 0)
                #expect(try await Self.texts(readBy: "mara", workspace) == ["to bob"])
            }
        }
    }

    @Test func `when that person is not selected, then the username is another person's all the same`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(["users.csv": "mara,mara@a.example,Mara A\n"], workspace)
            _ = try await Self.importing(
                Self.maraOfB, workspace, ImportSelection(users: .listed(["yan"]), rooms: .all, contacts: .all))

            #expect(try await Self.texts(readBy: "mara", workspace) == [])
        }
    }

    @Test func `when the account has another username by now, then it is still another person's`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(["users.csv": "mara,mara@a.example,Mara A\n"], workspace)
            try await workspace.store.write { transaction in
                guard var user = try transaction.users.find(usernameKey: "mara") else { return }
                user.username = "mara.vale"
                try transaction.users.update(user)
            }
            _ = try await Self.importing(Self.maraOfB, workspace)

            #expect(try await workspace.failures().first?.failure.code == .userImportIDTaken)
            #expect(try await Self.texts(readBy: "mara.vale", workspace) == [])
        }
    }

    @Test func `when such a username comes through the API, then it is another person's as well`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing([StagedUser("mara", importIDs: ["mara"], emails: ["mara@a.example"])])
            try await workspace.stage([
                StagedUser("mara", importIDs: ["mara"], emails: ["mara@b.example"]), StagedUser("yan"),
            ])
            let rooms =
                #"{"channels":[{"importIds":["G1"],"t":"p","name":"board","users":["id-yan","mara"],"#
                + #""u":{"_id":"id-yan"}}]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(rooms), format: .json)
            let messages =
                #"{"messages":[{"_id":"m1","rid":"G1","u":{"_id":"id-yan"},"ts":1704456000000,"msg":"secret"}]}"#
            try await workspace.engine.staging.addMessages(from: Chunks(messages), format: .json)
            try await workspace.runToTheEnd()

            #expect(try await workspace.failures().map(\.failure.code) == [.userUsernameTaken])
            #expect(try await Self.texts(readBy: "yan", workspace) == ["secret"])
            #expect(try await Self.texts(readBy: "mara", workspace) == [])
        }
    }

    @Test func `when another import id is the account's, then a new address changes nothing`() async throws {
        try await TestWorkspace.with { workspace in
            for address in ["old", "new"] {
                let export = SlackExport(
                    users: [Self.slackUser("U1", "mara", profile: #","email":"\#(address)@example.com""#)])
                let done = try await Self.importing(export, workspace)

                #expect(done.counts[.user]?.error == 0)
                #expect(done.counts[.user]?.unchanged == (address == "old" ? 0 : 1))
            }
        }
    }

    @Test func `when two rows of one file have one username, then the first one's messages arrive`() async throws {
        try await TestWorkspace.with { workspace in
            for _ in 0..<2 {
                _ = try await Self.importing(
                    [
                        "users.csv": "mara,one@a.example,Mara\nmara,two@a.example,Mara\n",
                        "channels.csv": "board,mara,private,mara\n", "board/1.csv": "mara,1514764860000,text\n",
                    ], workspace)

                #expect(try await workspace.failures().count == 1)
                #expect(try await Self.texts(readBy: "mara", workspace) == ["text"])
            }
        }
    }

    // MARK: Private rooms that only have a name

    private static func plans(members: String, _ text: String, more: String = "") -> KeyValuePairs<String, String> {
        let author = members.prefix { $0 != ";" }
        return [
            "users.csv": members.split(separator: ";").map { "\($0),\($0)@a.example,Name\n" }.joined() + more,
            "channels.csv": "plans,\(author),private,\(members)\n", "plans/1.csv": "\(author),1514764800000,\(text)\n",
        ]
    }

    @Test(arguments: ["xen;yan", "ann;xen", "ann"])
    func `when a private room of a table comes with other members, then it fails with its messages`(members: String)
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.plans(members: "ann;bob", "of a"), workspace)
            let done = try await Self.importing(Self.plans(members: members, "of b"), workspace)

            #expect(
                try await workspace.failures().map(\.failure.code) == [.roomParticipantsMismatch, .messageUnknownRoom])
            #expect(done.totalCounts.pending == 0)
            for (person, texts) in ["ann": ["of a"], "bob": ["of a"], "xen": [], "yan": []] {
                #expect(try await Self.texts(readBy: person, workspace) == texts)
            }
        }
    }

    @Test
    func `when a retry gives it another name and id, and its messages too, then they arrive in a room of their own`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.plans(members: "ann;bob", "of a"), workspace)
            _ = try await Self.importing(Self.plans(members: "ann;xen", "of b"), workspace)
            let failed = try await workspace.failures()
            let advice = "change its name, its importIds, and the rid of each of its messages."
            #expect(failed.first?.failure.message.hasSuffix(advice) == true)

            let records = failed.map { record in
                let data = record.document.replacing("\"csv-plans\"", with: "\"csv-plans-b\"")
                    .replacing("\"plans\"", with: "\"plans-b\"")
                return #"{"id":"\#(record.sequence.number)","data":\#(data)}"#
            }
            try await RetryScene.retry(workspace, #"{"records":[\#(records.joined(separator: ","))]}"#)
            try await workspace.finish()

            #expect(try await workspace.failures().isEmpty)
            #expect(try await Self.texts(readBy: "ann", workspace) == ["of a", "of b"])
            #expect(try await Self.texts(readBy: "bob", workspace) == ["of a"])
            #expect(try await Self.texts(readBy: "xen", workspace) == ["of b"])
        }
    }

    @Test func `when it comes with more members, then they are left out with a warning, each time`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(Self.plans(members: "ann;bob", "old"), workspace)
            for _ in 0..<2 {
                let done = try await Self.importing(Self.plans(members: "ann;bob;cid", "new"), workspace)
                let left = try await Self.findings(workspace).filter { $0.field == "users" && $0.value == "plans" }

                #expect(done.totalCounts.error == 0)
                #expect(left.map(\.severity) == [.warning])
                #expect(try await Self.texts(readBy: "ann", workspace) == ["new", "old"])
                #expect(try await Self.texts(readBy: "cid", workspace) == [])
            }
        }
    }

    @Test(arguments: ["ann;bob", ""])
    func `when the same file comes again, then nothing changes`(members: String) async throws {
        try await TestWorkspace.with { workspace in
            let files: KeyValuePairs = [
                "users.csv": "ann,ann@a.example,Ann\nbob,bob@a.example,Bob\n",
                "channels.csv": "plans,,private,\(members)\n", "plans/1.csv": "ann,1514764800000,text\n",
            ]
            _ = try await Self.importing(files, workspace)
            let again = try await Self.importing(files, workspace)

            #expect(again.totalCounts.unchanged == again.totalCounts.total)
        }
    }

    // MARK: People whose username proves nothing

    private static let foreigners = [
        Self.slackUser("U9", "kim", more: #","is_stranger":true"#),
        Self.slackUser("U9", "kim", more: #","is_bot":true"#),
        Self.slackUser("U9", "kim", more: #","is_external":true"#), Self.slackUser("U1", "ann"),
    ]

    @Test(arguments: Self.foreigners)
    func
        `when a placeholder, a program or somebody of another workspace has an account's username, then it gets another`(
            user: String
        ) async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.insert("kim", workspace)
            let more = #","user_profile":{"name":"kim","real_name":"Foreign Kim"}"#
            let export = SlackExport(
                users: [Self.slackUser("U1", "ann"), user],
                directs: [#"{"id":"D1","members":["U1","U9"]}"#],
                messages: ["D1": [Self.message("secret", by: "U9", more: more)]])
            let done = try await Self.importing(export, workspace)
            let findings = try await Self.findings(workspace)
            let again = try await Self.importing(export, workspace)

            #expect(done.totalCounts.error == 0)
            #expect(again.totalCounts.unchanged == again.totalCounts.total)
            #expect(try await Self.texts(readBy: "kim", workspace) == [])
            #expect(try await Self.texts(readBy: "kim-1", workspace) == ["secret"])
            #expect(try await workspace.user("kim")?.importIDs == [])
            #expect(!findings.contains { $0.code == .userBoundByUsername })
            #expect(findings.contains { $0.field == "username" && $0.message.contains("imported as kim-1") })
        }
    }

    @Test func `when an export describes a placeholder later, then both are one`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insert("kim", workspace)
            let more = #","user_profile":{"name":"kim"}"#
            let messages = ["plan": [Self.message("text", by: "U9", more: more)]]
            _ = try await Self.importing(SlackExport(messages: messages), workspace)
            let later = SlackExport(
                users: [Self.slackUser("U1", "ann"), Self.slackUser("U9", "kim")], messages: messages)
            let done = try await Self.importing(later, workspace)

            #expect(done.totalCounts.error == 0)
            let person = try await workspace.store.read { try $0.users.find(importID: ImportID("U9")) }
            #expect(person?.username == "kim-1")
        }
    }

    @Test func `when a program comes through the API, then it gets another username as well`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insert("deploy", workspace)
            for _ in 0..<2 {
                try await workspace.stage([StagedUser("deploy", emails: ["deploy@c.example"], type: "bot")])
                _ = try await workspace.importFile()
            }

            #expect(try await workspace.failures().isEmpty)
            #expect(try await workspace.user("deploy")?.importIDs == [])
            #expect(try await workspace.user("deploy-1")?.importIDs == [ImportID("id-deploy")])
            #expect(try await workspace.user("deploy-2") == nil)
        }
    }

    // MARK: Names and addresses that change hands

    private static let conversation = #"{"id":"D9","members":["U9","U2"]}"#

    /// Orders and kinds of an export in which `ann` is another person than in the export before.
    private static let laterUsers = [
        [Self.slackUser("U1", "anna"), Self.slackUser("U9", "ann")],
        [Self.slackUser("U9", "ann"), Self.slackUser("U1", "anna")],
        [Self.slackUser("U9", "ann")],
    ]

    private static let withoutAnn = ImportSelection(users: .listed(["U9", "U2"]), rooms: .all, contacts: .all)

    @Test(arguments: Self.laterUsers, [ImportSelection.everything, Self.withoutAnn])
    func `when a handle changes hands without an address, then the new holder gets an account of their own`(
        users: [String], selection: ImportSelection
    ) async throws {
        try await TestWorkspace.with { workspace in
            let bob = Self.slackUser("U2", "bob")
            _ = try await Self.importing(SlackExport(users: [Self.slackUser("U1", "ann"), bob]), workspace)
            let export = SlackExport(
                users: users + [bob], directs: [Self.conversation],
                messages: ["D9": [Self.message("secret", by: "U9")]])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile(selection)

            #expect(done.totalCounts.error == 0)
            #expect(try await workspace.user("ann")?.importIDs == [ImportID("U1")])
            #expect(try await Self.texts(readBy: "ann", workspace) == [])
            #expect(try await Self.texts(readBy: "ann-1", workspace) == ["secret"])
            #expect(
                try await Self.findings(workspace).contains { $0.field == "username" && $0.message.contains("ann-1") })
        }
    }

    @Test func `when the holder before has further import ids by then, then the new holder is still another person`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(SlackExport(users: [Self.slackUser("U1", "ann")]), workspace)
            let address = #","email":"anna@x.example""#
            let users = [
                Self.slackUser("U9", "ann"), Self.slackUser("U3", "anna", profile: address),
                Self.slackUser("U1", "anna.old", profile: address),
            ]
            _ = try await Self.importing(SlackExport(users: users), workspace)

            #expect(try await workspace.user("ann")?.importIDs == [ImportID("U1"), ImportID("U3")])
            #expect(try await workspace.user("ann-1")?.importIDs == [ImportID("U9")])
        }
    }

    @Test(arguments: [false, true])
    func `when an address changes hands, then nobody gets the account of the person before`(isReversed: Bool)
        async throws
    {
        try await TestWorkspace.with { workspace in
            let bob = Self.slackUser("U2", "bob")
            let ann = Self.slackUser("U1", "ann", profile: #","email":"sales@x.example""#)
            _ = try await Self.importing(SlackExport(users: [ann, bob]), workspace)
            let users = [
                Self.slackUser("U9", "zed", profile: #","email":"sales@x.example""#),
                Self.slackUser("U1", "ann", profile: #","email":"ann@x.example""#),
            ]
            _ = try await Self.importing(
                SlackExport(
                    users: (isReversed ? users.reversed() : users) + [bob], directs: [Self.conversation],
                    messages: ["D9": [Self.message("secret", by: "U9")]]), workspace)

            #expect(try await workspace.failures().first?.failure.code == .userEmailTaken)
            #expect(try await workspace.user("ann")?.importIDs == [ImportID("U1")])
            #expect(try await Self.texts(readBy: "ann", workspace) == [])
        }
    }

    @Test(arguments: [#","is_bot":true"#, #","deleted":true"#])
    func `when an account is a program's or deactivated, then nobody gets it by its username`(more: String) async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(SlackExport(users: [Self.slackUser("U1", "jira", more: more)]), workspace)
            _ = try await Self.importing(
                [
                    "users.csv": "jira,jira@a.example,Jira\nbob,bob@a.example,Bob\n",
                    "directmessages/1.csv": "bob,jira,1514764800000,secret\n",
                ], workspace)

            #expect(try await workspace.user("jira")?.importIDs == [ImportID("U1")])
            #expect(try await Self.texts(readBy: "jira", workspace) == [])
        }
    }

    // MARK: Import ids that two sources have

    @Test(arguments: [false, true])
    func `when an id comes with another name and address, then its rooms and messages are not that account's`(
        isRun: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing([
                StagedUser("boss", importIDs: ["U1"], emails: ["boss@a.example"]),
                StagedUser("bob", importIDs: ["U2"], emails: ["bob@a.example"]),
            ])
            let export = SlackExport(
                users: [
                    Self.slackUser("U1", "ann", profile: #","email":"ann@b.example""#),
                    Self.slackUser("U2", "bob", profile: #","email":"bob@a.example""#),
                ], directs: [#"{"id":"D1","members":["U1","U2"]}"#],
                messages: ["D1": [Self.message("secret", by: "U1")]])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            if isRun { try await workspace.runToTheEnd() } else { _ = try await workspace.importFile() }

            #expect(
                try await workspace.failures().map(\.failure.code)
                    == [.userImportIDTaken, .roomMissingUsers, .messageUnknownRoom])
            #expect(try await Self.texts(readBy: "boss", workspace) == [])
        }
    }

    @Test func `when one Slack team gave the id, then a person may change name and address`() async throws {
        try await TestWorkspace.with { workspace in
            for (name, team) in [("ann", "T1"), ("anna", "T1"), ("xen", "T2")] {
                let export = SlackExport(users: [
                    Self.slackUser(
                        "U1", name, more: #","team_id":"\#(team)""#, profile: #","email":"\#(name)@x.example""#)
                ])
                _ = try await Self.importing(export, workspace)

                #expect(
                    try await workspace.failures().first?.failure.code == (name == "xen" ? .userImportIDTaken : nil))
            }
            #expect(try await workspace.user("xen") == nil)
        }
    }

    @Test func `when a private room's id comes with another name and other members, then they do not join it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            for (name, member, fails) in [("plans", "U1", false), ("ideas", "U1", false), ("roadmap", "U2", true)] {
                let export = SlackExport(
                    users: [Self.slackUser("U1", "ann"), Self.slackUser("U2", "zoe")], channels: [],
                    groups: [#"{"id":"G1","name":"\#(name)","members":["\#(member)"]}"#],
                    messages: [name: [Self.message(name, by: member)]])
                let done = try await Self.importing(export, workspace)

                #expect((done.totalCounts.error > 0) == fails)
            }
            #expect(try await Self.texts(readBy: "zoe", workspace) == [])
        }
    }

    @Test func `when guests come to a channel of another source, then they are left out with a finding, each time`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let random = #"{"id":"C1","name":"random","members":["U1"]}"#
            _ = try await Self.importing(
                SlackExport(channels: [random], messages: ["random": [Self.message("before", by: "U1")]]), workspace)
            let other = SlackExport(
                users: [
                    Self.slackUser("U11", "bob"),
                    Self.slackUser("U12", "zoe", more: #","is_restricted":true"#),
                ], channels: [#"{"id":"C11","name":"random","members":["U11","U12"]}"#])
            for _ in 0..<2 {
                _ = try await Self.importing(other, workspace)

                #expect(try await Self.findings(workspace).contains { $0.message.contains("1 guests are members") })
                #expect(try await Self.texts(readBy: "zoe", workspace) == [])
                #expect(try await Self.texts(readBy: "bob", workspace) == ["before"])
            }
        }
    }

    @Test func `when a username comes with an address for the first time, then a finding names both`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(["users.csv": "ann,,Ann\n"], workspace)
            _ = try await Self.importing(["users.csv": "ann,ann@b.example,Ann\n"], workspace)

            #expect(try await Self.findings(workspace).map(\.code).contains(.userBoundByUsername))
        }
    }

    // MARK: Ids that come later

    @Test func `when a later export has a second id of a person, then the account gets it`() async throws {
        try await TestWorkspace.with { workspace in
            let address = #","email":"ann@example.com""#
            let first = SlackExport(users: [Self.slackUser("U1", "ann", profile: address)])
            let second = SlackExport(
                users: [
                    Self.slackUser("U1", "ann", profile: address), Self.slackUser("U3", "ann.new", profile: address),
                ], messages: ["plan": [Self.message("text", by: "U3")]])
            _ = try await Self.importing(first, workspace)
            let done = try await Self.importing(second, workspace)
            let again = try await Self.importing(second, workspace)

            #expect(done.totalCounts.error == 0)
            #expect(done.counts[.user]?.updated == 1)
            #expect(again.totalCounts.unchanged == again.totalCounts.total)
            #expect(try await workspace.user("ann")?.importIDs == [ImportID("U1"), ImportID("U3")])
        }
    }

    @Test func `when another person has the second id, then it stays with them`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing([
                StagedUser("ann", importIDs: ["U1"]), StagedUser("ben", importIDs: ["U3"]),
            ])
            let done = try await workspace.importing([StagedUser("ann", importIDs: ["U1", "U3", "U4"])])

            #expect(done.counts[.user]?.updated == 1)
            #expect(try await workspace.user("ann")?.importIDs == [ImportID("U1"), ImportID("U4")])
            #expect(try await workspace.user("ben")?.importIDs == [ImportID("U3")])
        }
    }

    // MARK: Usernames of people from other sources

    private static func importIDs(of username: String, _ workspace: TestWorkspace) async throws -> [ImportID]? {
        try await workspace.user(username)?.importIDs
    }

    @Test(arguments: [true, false])
    func `when no address decides about a person and an account of another source, then the person gets a username`(
        accountHasAddress: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            let address = #","email":"kim@example.com""#
            let first = SlackExport(
                users: [
                    Self.slackUser("U1", "ann"), Self.slackUser("U2", "kim", profile: accountHasAddress ? address : ""),
                ])
            let other = SlackExport(
                users: [
                    Self.slackUser("V1", "ben", profile: #","email":"ben@example.com""#),
                    Self.slackUser("V2", "kim", profile: accountHasAddress ? "" : address),
                ], channels: [],
                directs: [#"{"id":"D9","members":["V1","V2"]}"#], messages: ["D9": [Self.message("secret", by: "V1")]])
            _ = try await Self.importing(first, workspace)
            let done = try await Self.importing(other, workspace)
            let findings = try await Self.findings(workspace)
            let again = try await Self.importing(other, workspace)

            #expect(done.totalCounts.error == 0)
            #expect(try await Self.importIDs(of: "kim", workspace) == [ImportID("U2")])
            #expect(try await Self.importIDs(of: "kim-1", workspace) == [ImportID("V2")])
            #expect(try await Self.texts(readBy: "kim", workspace) == [])
            #expect(try await Self.texts(readBy: "kim-1", workspace) == ["secret"])
            #expect(!findings.contains { $0.code == .userBoundByUsername })
            #expect(findings.contains { $0.field == "username" && $0.message.contains("imported as kim-1") })
            #expect(again.totalCounts.unchanged == again.totalCounts.total)
        }
    }

    @Test func `when an account has no import id but its username, then a person without address is bound to it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(["users.csv": "kim,kim@example.com,Kim\nben,ben@example.com,Ben\n"], workspace)
            _ = try await Self.importing(SlackExport(users: [Self.slackUser("U2", "kim")], channels: []), workspace)

            #expect(try await Self.importIDs(of: "kim", workspace) == [ImportID("kim"), ImportID("U2")])
            #expect(try await Self.findings(workspace).contains { $0.code == .userBoundByUsername })
        }
    }

    @Test(arguments: [true, false])
    func `when a table names a person without address like an account of another source, then it is another person`(
        isSelected: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing(SlackExport(users: [Self.slackUser("U2", "kim")], channels: []), workspace)
            let table: KeyValuePairs = [
                "users.csv": "username,email,name\nyan,yan@b.example,Yan\nkim,,Kim B\n",
                "directmessages/1.csv": "yan,kim,1514764860000,to kim of b\nkim,yan,1514764860001,from kim of b\n",
            ]
            let people: ImportSelection.Choice = isSelected ? .all : .listed(["yan"])
            for _ in 0..<2 {
                _ = try await Self.importing(
                    table, workspace, ImportSelection(users: people, rooms: .all, contacts: .all))
            }

            #expect(try await Self.texts(readBy: "kim", workspace) == [])
            #expect(try await Self.importIDs(of: "kim", workspace) == [ImportID("U2")])
            #expect(try await Self.importIDs(of: "kim-1", workspace) == (isSelected ? [ImportID("kim")] : nil))
            #expect(
                try await Self.texts(readBy: "kim-1", workspace)
                    == (isSelected ? ["from kim of b", "to kim of b"] : []))
        }
    }

    // MARK: Two records of one username

    private static func authors(_ workspace: TestWorkspace) async throws -> [String: UserID] {
        try await workspace.store.read { transaction in
            let rooms = try transaction.rooms.rooms(withImportIDs: [ImportID("G1")]).map(\.value)
            return try rooms.reduce(into: [:]) { authors, room in
                for message in try transaction.messages.list(
                    MessageFilter(roomID: room), order: .oldestFirst, offset: 0, limit: 100)
                {
                    authors[message.text] = message.authorID
                }
            }
        }
    }

    private static func run(_ users: [StagedUser], messages: [String], _ workspace: TestWorkspace) async throws {
        _ = try await workspace.engine.operations.create(by: UserID("nobody"))
        // A request each, and so a batch each.
        for user in users { try await workspace.add([user]) }
        let room =
            #"{"importIds":["G1"],"t":"p","name":"board","users":["id-yan"],"u":{"_id":"id-yan"}}"#
        try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(room)]}"#), format: .json)
        let list = messages.map {
            #"{"_id":"\#($0)","rid":"G1","u":{"_id":"mara"},"ts":1704456000000,"msg":"\#($0)"}"#
        }
        try await workspace.engine.staging.addMessages(
            from: Chunks(#"{"messages":[\#(list.joined(separator: ","))]}"#), format: .json)
        try await workspace.runToTheEnd()
    }

    @Test(arguments: [[0, 1, 2], [1, 0, 2], [2, 1, 0]])
    func `when two records have one username for an id and are sent again, then the first stays the author`(
        order: [Int]
    ) async throws {
        try await TestWorkspace.with { workspace in
            let users = [
                StagedUser("mara", importIDs: ["mara"], emails: ["mara@a.example"]),
                StagedUser("mara", importIDs: ["mara"], emails: ["mara@b.example"]), StagedUser("yan"),
            ]
            try await Self.run(users, messages: ["one"], workspace)
            let mara = try #require(try await workspace.user("mara")?.id)
            try await Self.run(order.map { users[$0] }, messages: ["one", "two"], workspace)

            #expect(try await workspace.failures().map(\.failure.code) == [.userUsernameTaken])
            #expect(try await Self.authors(workspace) == ["one": mara, "two": mara])
        }
    }

    @Test(arguments: [[0, 1, 2], [1, 0, 2]])
    func `when a person was renamed and another person got the username, then neither writes for the other`(
        order: [Int]
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await Self.run(
                [StagedUser("mara", importIDs: ["mara"], emails: ["mara@a.example"]), StagedUser("yan")],
                messages: ["one"], workspace)
            let mara = try #require(try await workspace.user("mara")?.id)
            let users = [
                StagedUser("mara.vale", importIDs: ["mara.vale"], emails: ["mara@a.example"]),
                StagedUser("mara", importIDs: ["mara"], emails: ["mara@b.example"]), StagedUser("yan"),
            ]
            _ = try await workspace.stage(order.map { users[$0] })
            let message = #"{"_id":"two","rid":"G1","u":{"_id":"mara"},"ts":1704456000000,"msg":"two"}"#
            try await workspace.engine.staging.addMessages(
                from: Chunks(#"{"messages":[\#(message)]}"#), format: .json)
            _ = try await workspace.importFile()

            #expect(try await Self.authors(workspace) == ["one": mara])
            #expect(try await workspace.failures().map(\.failure.code).contains(.messageUnknownUser))
        }
    }

    // MARK: Reasons

    @Test func `when the holder of a username was bound by its address, then that is the reason`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insert("kim", workspace)
            let users = [
                Self.slackUser("U2", "other", profile: #","email":"KIM@local.example""#),
                Self.slackUser("U3", "kim", profile: #","email":"kim@b.example""#),
            ]
            _ = try await Self.importing(SlackExport(users: users, channels: []), workspace)

            #expect(try await workspace.failures().map(\.failure.code) == [.userUsernameTaken])
        }
    }
}
