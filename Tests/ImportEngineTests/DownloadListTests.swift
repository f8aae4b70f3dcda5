import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given files and avatars to download", .onEveryStore)
struct DownloadListTests {
    /// Adds files of messages, each in a message of its own, in the state `waiting`.
    private static func addFiles(_ names: [String], in workspace: TestWorkspace) async throws {
        try await workspace.store.write { transaction in
            let room = Room(id: RoomID("r"), kind: .channel, name: "r", createdAt: workspace.clock.now())
            try transaction.rooms.insert([room], by: nil)
            for (number, name) in names.enumerated() {
                let message = Message(
                    id: MessageID("m-\(name)"), roomID: room.id, authorID: UserID("a"),
                    writtenAt: workspace.clock.now(), sequence: Int64(number), text: "")
                let file = FileReference(
                    id: name, name: name, source: "slack",
                    location: .remote(url: "https://host.test:8443/secret/\(name)?token=secret"))
                try transaction.messages.insert([message])
                try transaction.downloads.enqueue([WantedFile(file, in: message)], by: nil)
            }
        }
    }

    private static func list(
        _ workspace: TestWorkspace, _ filter: DownloadFilter = DownloadFilter(), offset: Int = 0, limit: Int = 100
    ) async throws -> [ListedDownload] {
        try await workspace.store.read {
            try $0.downloads.downloads(matching: filter, offset: offset, limit: limit)
        }
    }

    private static func claim(_ workspace: TestWorkspace) async throws -> [DownloadClaim] {
        try await workspace.store.write {
            try $0.downloads.claim(by: WorkerID("w"), for: .seconds(60), limit: 10, perHost: 10, running: [:])
        }
    }

    private static func fail(
        _ claim: DownloadClaim, retryAfter delay: Duration?, in workspace: TestWorkspace
    ) async throws {
        try await workspace.store.write { transaction in
            try transaction.leases.verify(claim.lease)
            try transaction.downloads.fail(claim.download, reason: "It failed.", retryAfter: delay)
        }
    }

    @Test func `when they are listed, then each page shows what they are for, and avatars that wait come last`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.addFiles(["a", "b"], in: workspace)
            _ = try await workspace.importing([
                StagedUser("ada", more: [#""avatarUrl":"https://pictures.test/ada""#]),
                StagedUser("bob", more: [#""avatarUrl":"data:image/gif;base64,R0lG""#]), StagedUser("eve"),
            ])
            let ada = try #require(try await workspace.user("ada"))

            let all = try await Self.list(workspace)
            let pages = try await [0, 1, 2, 3, 4].asyncMap {
                try await Self.list(workspace, offset: $0, limit: 1)
            }
            let totals = try await workspace.store.read { try $0.downloads.downloadTotals() }
            let failed = try await Self.list(workspace, DownloadFilter(state: .failed))
            let files = try await Self.list(workspace, DownloadFilter(state: .waiting, kind: .file))

            #expect(all.map(\.name) == ["a", "b", "avatar", "avatar"])
            #expect(pages.flatMap { $0 } == all)
            #expect(all[0].target == .message(MessageID("m-a"), room: RoomID("r"), count: 1))
            #expect(all[0].host == "host.test:8443")
            #expect(all.allSatisfy { $0.state == .waiting && !$0.isInProgress && $0.attempts == 0 })
            #expect(
                all[2...].contains {
                    $0.target == .user(ada.id, username: "ada", name: ada.name) && $0.host == "pictures.test"
                })
            #expect(Set(totals.map { "\($0.kind) \($0.state) \($0.count)" }) == ["file waiting 2", "avatar waiting 2"])
            #expect(failed.isEmpty)
            #expect(files == Array(all[..<2]))
        }
    }

    @Test func `when one failed and one waits for its next attempt, then the list says when and why`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.addFiles(["a", "b", "c"], in: workspace)
            try await workspace.store.write { try $0.downloads.enqueueFiles() }
            let claims = try await Self.claim(workspace)
            try await Self.fail(claims[0], retryAfter: nil, in: workspace)
            try await Self.fail(claims[1], retryAfter: .seconds(30), in: workspace)

            let list = try await Self.list(workspace)

            #expect(list.map(\.state) == [.failed, .queued, .queued])
            #expect(list.map(\.isInProgress) == [false, false, true])
            #expect(list.map(\.attempts) == [1, 1, 0])
            #expect(list.map(\.reason) == ["It failed.", "It failed.", nil])
            let due = try #require(list[1].dueAt)
            #expect(due > workspace.clock.now() || StoreKind.current == .postgresql)
        }
    }

    @Test func `when one in progress is skipped, then its worker stores nothing and the message says so`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.addFiles(["a"], in: workspace)
            try await workspace.store.write { try $0.downloads.enqueueFiles() }
            let claim = try #require(try await Self.claim(workspace).first)

            let count = try await workspace.engine.downloads.skip(.listed([.numbered(claim.download.number)]))
            let list = try await Self.list(workspace)
            let message = try await workspace.store.read { try $0.messages.find(ids: [MessageID("m-a")]).first }

            #expect(count == 1)
            #expect(list.map(\.state) == [.skipped])
            #expect(list.map(\.isInProgress) == [false])
            #expect(
                message?.details.file?.state
                    == .unavailable(.notFetched(reason: "An administrator decided not to download it.")))
            await #expect(throws: ImportError.leaseLost) {
                try await workspace.store.write { transaction in
                    try transaction.leases.verify(claim.lease)
                    let file = StoredFile(
                        id: FileID("f"), name: "a", mediaType: "text/plain", sizeBytes: 1,
                        createdAt: workspace.clock.now())
                    try transaction.downloads.finish(claim.download, file: file)
                }
            }
            try await workspace.store.write { try $0.leases.release(claim.lease) }
            try await workspace.store.write { try $0.downloads.enqueueFiles() }
            #expect(try await Self.list(workspace).map(\.state) == [.skipped])
        }
    }

    @Test func `when they are retried, then those that failed or were skipped are queued with all attempts`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            try await Self.addFiles(["a", "b", "c"], in: workspace)
            try await workspace.store.write { try $0.downloads.enqueueFiles() }
            let claims = try await Self.claim(workspace)
            try await Self.fail(claims[0], retryAfter: nil, in: workspace)
            try await Self.fail(claims[1], retryAfter: .seconds(3_600), in: workspace)
            _ = try await workspace.engine.downloads.skip(.listed([.numbered(claims[2].download.number)]))

            let failed = try await workspace.engine.downloads.retry(.matching(DownloadFilter(state: .failed)))
            let skipped = try await workspace.engine.downloads.retry(.matching(DownloadFilter(state: .skipped)))
            let early = try await workspace.engine.downloads.retry(.listed([.numbered(claims[1].download.number)]))
            let again = try await workspace.engine.downloads.retry(.matching(DownloadFilter(state: .failed)))

            #expect([failed, skipped, early, again] == [1, 1, 1, 0])
            #expect(try await Self.list(workspace).map(\.attempts) == [0, 0, 0])
            #expect(try await Self.claim(workspace).count == 3)
        }
    }

    @Test func `when avatars that were never queued are skipped and retried, then each is so once`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.importing(
                (0..<5).map { StagedUser("p\($0)", more: [#""avatarUrl":"https://pictures.test/x""#]) })
            let new = try await Self.list(workspace)

            let skipped = try await workspace.engine.downloads.skip(.listed([new[0].id, new[0].id]))
            let left = try await workspace.engine.downloads.enqueueAvatars(by: UserID("nobody"))
            let afterwards = try await workspace.store.read { try $0.downloads.downloadTotals() }
            let retried = try await workspace.engine.downloads.retry(
                .matching(DownloadFilter(state: .skipped, kind: .avatar)))
            let all = try await workspace.engine.downloads.skip(
                .matching(DownloadFilter(state: .queued, kind: .avatar)))

            #expect((skipped, left) == (1, 4))
            #expect(Set(afterwards.map { "\($0.state) \($0.count)" }) == ["skipped 1", "queued 4"])
            #expect((retried, all) == (1, 5))
        }
    }

    @Test func `when more match than one transaction changes, then all are changed`() async throws {
        try await TestWorkspace.with { workspace in
            try await Self.addFiles((0..<1_203).map { "f\($0)" }, in: workspace)

            let skipped = try await workspace.engine.downloads.skip(.matching(DownloadFilter(state: .waiting)))
            let retried = try await workspace.engine.downloads.retry(.matching(DownloadFilter(state: .skipped)))

            #expect((skipped, retried) == (1_203, 1_203))
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
