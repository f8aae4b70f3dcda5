import DirectoryFileStore
import Foundation
import HostileServers
import ImportDomain
import ImportEngine
import ImportFixtures
import SQL
import Testing

@Suite("Given an import that requests other avatars", .onEveryStore, .timeLimit(.minutes(10)))
struct UndoAvatarTests {
    /// How far the download of the new avatar comes before the undo.
    enum Progress: CaseIterable { case waiting, queued, failed, skipped, done }

    /// An account with or without an avatar, before and after an import of another one and its undo.
    struct Scene {
        let download: DownloadScene
        let server: HostileServer
        var workspace: TestWorkspace { download.workspace }

        static func with(hasAvatar: Bool, _ test: (Scene) async throws -> Void) async throws {
            try await DownloadScene.with { download in
                let answers: [String: HostileServer.Answer] = [
                    "/old": .file(DownloadScene.picture), "/new": .file(DownloadScene.picture + "new"),
                    "/other": .file(DownloadScene.picture + "other"), "/gone": .status("404 Gone"),
                ]
                try await HostileServer.run(answers) { server in
                    let scene = Scene(download: download, server: server)
                    try await scene.importAvatar(hasAvatar ? "/old" : nil)
                    if hasAvatar { try await scene.fetch() }
                    try await test(scene)
                }
            }
        }

        @discardableResult
        func importAvatar(_ path: String?) async throws -> ImportOperation {
            try await workspace.importing(
                [StagedUser("ann", more: path.map { [#""avatarUrl": "\#(server.url)\#($0)""#] } ?? [])],
                policies: ImportPolicies(users: .update))
        }

        func fetch() async throws {
            _ = try await workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
            try await download.fetch()
        }

        func avatar() async throws -> String? {
            let ann = try #require(try await workspace.user("ann"))
            guard let file = try await workspace.store.read({ try $0.downloads.avatar(of: ann.id) }) else { return nil }
            var bytes: [UInt8] = []
            for try await chunk in try await workspace.files.files.read(
                FileKey(.avatars, id: file.id.rawValue), range: nil)
            {
                bytes += chunk
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test(arguments: Progress.allCases, [false, true])
    func `when it is undone, then the account has what it had before, and nothing is downloaded`(
        progress: Progress, hasAvatar: Bool
    ) async throws {
        try await Scene.with(hasAvatar: hasAvatar) { scene in
            let before = try await scene.workspace.dump()
            let avatar = try await scene.avatar()
            let later = try await scene.importAvatar(progress == .failed ? "/gone" : "/new")
            switch progress {
            case .waiting: break
            case .queued: _ = try await scene.workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
            case .failed, .done: try await scene.fetch()
            case .skipped:
                _ = try await scene.workspace.engine.downloads.skip(.matching(DownloadFilter(state: .waiting)))
            }
            let requests = scene.server.requests.count

            let report = try await UndoTests.undo(later, in: scene.workspace)
            try await scene.download.fetch()

            #expect(report.counts.restored == [.user: 1])
            #expect(report.counts.kept.isEmpty)
            #expect(try await scene.avatar() == avatar)
            #expect(before.differences(to: try await scene.workspace.dump()) == [])
            #expect(scene.server.requests.count == requests)
        }
    }

    @Test func `when the same import comes again after the undo, then the avatar is downloaded again`() async throws {
        try await Scene.with(hasAvatar: true) { scene in
            let later = try await scene.importAvatar("/new")
            try await scene.fetch()
            let new = try await scene.avatar()
            _ = try await UndoTests.undo(later, in: scene.workspace)

            try await scene.importAvatar("/new")
            try await scene.fetch()

            #expect(new?.hasSuffix("new") == true)
            #expect(try await scene.avatar() == new)
        }
    }

    @Test func `when a later import replaced the avatar, then it stays until that import is undone`() async throws {
        try await Scene.with(hasAvatar: true) { scene in
            let old = try await scene.avatar()
            let second = try await scene.importAvatar("/new")
            try await scene.fetch()
            let third = try await scene.importAvatar("/other")
            try await scene.fetch()

            let kept = try await UndoTests.undo(second, in: scene.workspace)
            let other = try await scene.avatar()
            _ = try await UndoTests.undo(third, in: scene.workspace)

            #expect(kept.counts.kept == [.user: [.fieldChanged: 1]])
            #expect(other?.hasSuffix("other") == true)
            #expect(try await scene.avatar()?.hasSuffix("new") == true)
            #expect(old != nil)
        }
    }

    /// What happens to the download of the first avatar after a second import requested another one.
    enum Meanwhile: CaseIterable { case ends, fails, isSkipped, isQueuedAnew }

    @Test(arguments: Meanwhile.allCases)
    func `when another import requests another avatar during the download, then that one is downloaded as well`(
        meanwhile: Meanwhile
    ) async throws {
        try await Scene.with(hasAvatar: false) { scene in
            let workspace = scene.workspace
            try await scene.importAvatar("/new")
            _ = try await workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
            let claim = try #require(
                try await workspace.store.write {
                    try $0.downloads.claim(by: WorkerID("w"), for: .seconds(60), limit: 1, perHost: 1, running: [:])
                }.first)
            try await scene.importAvatar("/other")
            switch meanwhile {
            case .ends: try await Self.finish(claim, in: workspace)
            case .fails:
                try await workspace.store.write { transaction in
                    try transaction.leases.verify(claim.lease)
                    try transaction.downloads.fail(claim.download, reason: "It failed.", retryAfter: nil)
                }
            case .isSkipped:
                _ = try await workspace.engine.downloads.skip(.listed([.numbered(claim.download.number)]))
            case .isQueuedAnew:
                _ = try await workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
                await #expect(throws: ImportError.leaseLost) { try await Self.finish(claim, in: workspace) }
            }
            #expect(try await workspace.user("ann")?.pendingAvatarURL?.hasSuffix("/other") == true)

            try await scene.fetch()

            #expect(try await scene.avatar()?.hasSuffix("other") == true)
            #expect(try await workspace.user("ann")?.pendingAvatarURL == nil)
        }
    }

    private static func finish(_ claim: DownloadClaim, in workspace: TestWorkspace) async throws {
        let file = StoredFile(
            id: FileID("first"), name: "avatar", mediaType: "image/gif", sizeBytes: 1, createdAt: workspace.clock.now())
        try await workspace.store.write { transaction in
            try transaction.leases.verify(claim.lease)
            _ = try transaction.downloads.finish(claim.download, avatar: file)
        }
    }

    @Test func `when the import is deleted, then the bytes of the earlier avatar go`() async throws {
        try await Scene.with(hasAvatar: true) { scene in
            let later = try await scene.importAvatar("/new")
            try await scene.fetch()
            let kept = try Self.avatarFiles(scene.workspace)
            _ = try await scene.workspace.engine.history.delete(later.id)

            #expect(kept == 2)
            #expect(try Self.avatarFiles(scene.workspace) == 1)
            #expect(try await scene.avatar()?.hasSuffix("new") == true)
        }
    }

    private static func avatarFiles(_ workspace: TestWorkspace) throws -> Int {
        try workspace.files.contents().count { $0.starts(with: Data(DownloadScene.picture.utf8)) }
    }
}
