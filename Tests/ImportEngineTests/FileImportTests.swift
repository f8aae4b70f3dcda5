import Foundation
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given an export file that was read", .onEveryStore)
struct FileImportTests {
    /// A file that another test target has for its own tests.
    private static func fixture(_ path: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: path)
    }

    private static let houston = fixture("SlackImporterTests/Fixtures/houston/slack-export.zip")
    private static let csv = fixture("CSVImporterTests/Fixtures/rocketchat/csv_import.zip")

    /// Everything that an import may change, without the order of rows.
    private static func contents(_ workspace: TestWorkspace) async throws -> [String] {
        try await workspace.store.read { transaction in
            let users = try transaction.users.list(orderedBy: UserOrder(.username), offset: 0, limit: nil)
            let rooms = try transaction.rooms.list(
                RoomFilter(kinds: RoomKind.allCases), orderedBy: RoomOrder(.createdAt), offset: 0, limit: 1_000)
            let messages = try rooms.flatMap { room in
                try transaction.messages.list(
                    MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 100_000)
            }
            return users.map { "\($0)" } + rooms.map { "\($0)" } + messages.map { "\($0)" }
        }
    }

    private static func expectLaw(_ operation: ImportOperation) {
        for counts in operation.counts.values {
            #expect(counts.total == counts.completed + counts.error + counts.skipped)
            #expect(counts.pending == 0)
        }
    }

    @Test func `when a Slack export is imported, then everybody, every room and every message is there`() async throws {
        try await TestWorkspace.with { workspace in
            let read = try await workspace.read(Self.houston, importer: "slack")
            let done = try await workspace.importFile()

            #expect(read.phase == .ready)
            let bytes = try #require(try Self.houston.resourceValues(forKeys: [.fileSizeKey]).fileSize)
            #expect(read.fileProgress == FileProgress(bytesRead: Int64(bytes), bytesTotal: Int64(bytes)))
            #expect(done.fileProgress == read.fileProgress)
            #expect(read.counts[.user]?.total == 71)
            #expect(read.counts[.room]?.total == 16)
            #expect(done.phase == .ended(.done))
            #expect(done.totalCounts.error == 0)
            Self.expectLaw(done)
            let (users, rooms) = try await workspace.store.read {
                (
                    try $0.users.count(),
                    try $0.rooms.list(
                        RoomFilter(kinds: [.channel]), orderedBy: RoomOrder(.name), offset: 0, limit: 100)
                )
            }
            #expect(users == 71 + 2)
            #expect(rooms.reduce(0) { $0 + $1.messageCount } == done.counts[.message]?.total)
            // expected-counts.json: 173 messages, the last of them at 1468289356.000024.
            let datajam = try #require(rooms.first { $0.name == "datajam" })
            #expect(datajam.lastMessageAt == Timestamp(milliseconds: 1_468_289_356_000))
        }
    }

    @Test(arguments: [(houston, "slack"), (csv, "csv")])
    func `when it is imported a second time, then nothing changes`(file: URL, importer: String) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(file, importer: importer)
            let first = try await workspace.importFile()
            let before = try await Self.contents(workspace)

            try await workspace.read(file, importer: importer)
            let second = try await workspace.importFile()

            #expect(first.totalCounts.error == 0)
            #expect(second.totalCounts.unchanged == first.totalCounts.total)
            #expect(second.totalCounts.updated == 0)
            #expect(second.totalCounts.error == 0)
            let after = try await Self.contents(workspace)
            #expect(after == before)
        }
    }

    @Test func `when only some rooms are selected, then messages of others are skipped and counted`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.houston, importer: "slack")
            let operation = try await workspace.current()
            let rooms = try await workspace.engine.selectable.rooms(
                of: operation.id, after: nil, limit: 100, bytes: .max)
            let datajam = try #require(rooms.first { $0.record.name == "datajam" })

            let done = try await workspace.importFile(
                ImportSelection(
                    users: .all, rooms: .listed([datajam.record.importIDs[0]]), contacts: .all))

            Self.expectLaw(done)
            #expect(done.counts[.room]?.skipped == 15)
            #expect(done.counts[.room]?.completed == 1)
            #expect(done.totalCounts.error == 0)
            let room = try await workspace.store.read { try $0.rooms.find(nameKey: "datajam") }
            #expect(room?.messageCount == done.counts[.message]?.completed)
            #expect((done.counts[.message]?.skipped ?? 0) > 1_000)
        }
    }

    @Test func `when nobody is selected, then messages of people who are not there are skipped`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.houston, importer: "slack")
            let done = try await workspace.importFile(
                ImportSelection(users: .listed([]), rooms: .all, contacts: .all))

            Self.expectLaw(done)
            #expect(done.counts[.user]?.skipped == 71)
            #expect(done.counts[.message]?.error == 0)
            #expect((done.counts[.message]?.skipped ?? 0) > 1_300)
        }
    }

    @Test func `when workers come and go at every step, then each message is there once`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.read(Self.houston, importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))

            // Each worker does one step, leaves its next batch claimed, and vanishes.
            var steps = 0
            while try await workspace.current().lifecycle.isRunning {
                _ = try await workspace.worker().step()
                try await workspace.files.expireLeases()
                steps += 1
            }

            let done = try await workspace.current()
            Self.expectLaw(done)
            #expect(done.phase == .ended(.done))
            #expect(done.totalCounts.error == 0)
            #expect(steps > 6)
            let messages = try await workspace.store.read { transaction in
                try transaction.rooms.list(
                    RoomFilter(kinds: [.channel]), orderedBy: RoomOrder(.name), offset: 0, limit: 100
                ).map { try transaction.messages.count(MessageFilter(roomID: $0.id)) }
            }
            #expect(messages.reduce(0, +) == done.counts[.message]?.total)
        }
    }

    @Test func `when the importer does not read the file, then the operation reports it and stays failed`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let failed = try await workspace.read(
                Self.fixture("SlackImporterTests/Fixtures/houston/LICENSE"), importer: "slack")

            #expect(failed.phase == .ended(.failed))
            #expect(failed.phase == .ended(.failed))
            #expect(failed.failure?.code == .unrecognized)
            let failure = try #require(failed.failure)
            await expectRejection(.fileNotImported(failure)) {
                _ = try await workspace.engine.importFiles.preview()
            }
            await expectRejection(.fileNotImported(failure)) {
                try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            }
        }
    }

    @Test func `when another operation begins, then the history keeps the name of the file`() async throws {
        try await TestWorkspace.with { workspace in
            let read = try await workspace.read(Self.csv, importer: "csv")

            try await workspace.engine.operations.create(by: UserID("nobody"))

            let former = try await workspace.engine.operations.latest().first { $0.id == read.id }
            #expect(former?.file?.name == "csv_import.zip")
            let left = try await workspace.store.read { try $0.operations.filesOfEndedOperations() }
            #expect(left.isEmpty)
        }
    }

    @Test func `when an account has a person's address, then it gets the import ids and stays as it is`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([
                StagedUser("present", importIDs: ["hr-1"], emails: ["billy.bob@example.com"])
            ])
            let before = try #require(try await workspace.user("present"))

            try await workspace.read(Self.csv, importer: "csv")
            let operation = try await workspace.current()
            let users = try await workspace.engine.selectable.users(
                of: operation.id, after: nil, limit: 10, bytes: .max)
            let done = try await workspace.importFile()

            let bound = users.filter(\.isAddressTaken).count
            #expect(done.counts[.user]?.updated == bound)
            let after = try #require(try await workspace.user("present"))
            #expect(after.username == before.username)
            #expect(after.emails == before.emails)
            #expect(after.importIDs.count == before.importIDs.count + bound)
        }
    }
}
