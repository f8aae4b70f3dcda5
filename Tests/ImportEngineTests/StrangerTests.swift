import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given a file whose people are named by their usernames", .onEveryStore, .timeLimit(.minutes(10)))
struct StrangerTests {
    /// An account of another person than the ben of the file.
    private static func insertBen(_ workspace: TestWorkspace) async throws {
        let ben = User(
            id: UserID("ben"), username: "ben", emails: [EmailAddress("ben@example.com")],
            createdAt: workspace.clock.now())
        try await workspace.store.write { try $0.users.insert([ben], by: nil) }
    }

    private static let files: [(String, String)] = [
        ("users.csv", "eve,eve@example.com,Eve\nben,ben@other.example,Another Ben\n"),
        ("channels.csv", "board,eve,private,eve;ben\n"),
        ("board/1.csv", "eve,1704456000000,secret\nben,1704456001000,mine\n"),
        ("directmessages/1.csv", "eve,ben,1704456002000,hello\n"),
    ]

    private static func read(_ files: [(String, String)], _ workspace: TestWorkspace) async throws {
        let archive = StoredZip(files: files.map { ($0.0, Array($0.1.utf8)) })
        try await workspace.read(archive.bytes, named: "export.zip", importer: "csv")
    }

    /// How many rooms the account is in, and how many messages in them it wrote.
    private static func traces(of account: String, _ workspace: TestWorkspace) async throws -> (Int, Int) {
        try await workspace.store.read { transaction in
            let rooms = try transaction.rooms.subscriptions(of: UserID(account), limit: 10).map(\.roomID)
            let written = try rooms.map { room in
                try transaction.messages.list(
                    MessageFilter(roomID: room), order: .newestFirst, offset: 0, limit: 10
                ).filter { $0.authorID == UserID(account) }.count
            }
            return (rooms.count, written.reduce(0, +))
        }
    }

    @Test func `when the account of a username has another address, then it is another person`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insertBen(workspace)
            try await Self.read(Self.files, workspace)
            let done = try await workspace.importFile()
            let failures = try await workspace.failures().map(\.failure.code)

            #expect(failures == [.userUsernameTaken, .roomMissingUsers, .messageUnknownUser, .messageUnknownRoom])
            #expect(try await Self.traces(of: "ben", workspace) == (0, 0))
            #expect(done.totalCounts.pending == 0)
        }
    }

    @Test func `when that person is not selected, then the account is another person all the same`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insertBen(workspace)
            try await Self.read(Self.files, workspace)
            _ = try await workspace.importFile(
                ImportSelection(users: .listed(["eve"]), rooms: .all, contacts: .all))

            #expect(try await Self.traces(of: "ben", workspace) == (0, 0))
        }
    }

    @Test func `when the file does not describe the person, then the account of the username is meant`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insertBen(workspace)
            var files = Self.files
            files[0].1 = "eve,eve@example.com,Eve\n"
            try await Self.read(files, workspace)
            _ = try await workspace.importFile()

            #expect(try await Self.traces(of: "ben", workspace) == (2, 1))
        }
    }

    @Test func `when two people of a file have one address, then importing it again changes nothing`() async throws {
        try await TestWorkspace.with { workspace in
            var counts: [ImportCounts] = []
            for _ in 0..<3 {
                try await Self.read(
                    [
                        ("users.csv", "ann,ann@example.com,Ann\nann2,ann@example.com,Ann Two\n"),
                        ("channels.csv", "board,ann2,private,ann2\n"), ("board/1.csv", "ann2,1704456000000,secret\n"),
                    ], workspace)
                counts.append(try await workspace.importFile().totalCounts)
            }

            #expect(counts.map(\.error) == [2, 2, 2])
            #expect(counts.map(\.unchanged) == [0, 2, 2])
            #expect(counts.map(\.updated) == [0, 0, 0])
            let left = try await workspace.store.read { try $0.users.find(importID: ImportID("ann2")) }
            #expect(left == nil)
        }
    }

    @Test func `when a user's addresses belong to two accounts, then nobody is chosen`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.insertBen(workspace)
            let carl = User(
                id: UserID("carl"), username: "carl", emails: [EmailAddress("carl@example.com")],
                createdAt: workspace.clock.now())
            try await workspace.store.write { try $0.users.insert([carl], by: nil) }
            try await workspace.stage([
                StagedUser("zoe", importIDs: ["z"], emails: ["ben@example.com", "carl@example.com"])
            ])
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            try await workspace.finish()

            let failures = try await workspace.failures().map(\.failure.code)
            #expect(failures == [.userEmailTaken])
        }
    }
}
