import ImportDomain
import ImportFixtures
import Testing

@testable import ImportEngine

@Suite("Given records with avatars and files, and a policy for downloads", .onEveryStore)
struct DownloadPolicyTests {
    private static let users = [StagedUser("ada", more: [#""avatarUrl": "https://example.com/a.png""#])]

    private static func file(_ scene: DownloadScene) async throws {
        try await scene.add("m", carrying: "f", at: "https://example.com/f.gif")
    }

    @Test(arguments: [(ImportPolicies.Downloads.ask, 0), (.automatic, 2)])
    func `when the import ends, then they are queued if the policy is automatic`(
        policy: ImportPolicies.Downloads, queued: Int
    ) async throws {
        try await DownloadScene.with { scene in
            try await Self.file(scene)
            let done = try await scene.workspace.importing(
                Self.users, policies: ImportPolicies(users: .fail, downloads: policy))

            #expect(done.phase == .ended(.done))
            #expect(try await scene.count(.queued) == queued)
        }
    }

    @Test func `when the process ends in between, then they are queued once by the next one`() async throws {
        try await DownloadScene.with { scene in
            let workspace = scene.workspace
            try await Self.file(scene)
            try await workspace.stage(Self.users)
            try await workspace.engine.operations.run(
                policies: ImportPolicies(users: .fail, downloads: .automatic), by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().phase != .running(.finishing) { _ = try await worker.step() }
            #expect(try await scene.count(.queued) == 0)
            // The first half of the work of a worker that ends then.
            _ = try await workspace.store.write { try $0.downloads.enqueueAvatars(after: nil, limit: 1) }

            try await workspace.finish()

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await scene.count(.queued) == 2)
        }
    }

    @Test func `when the import is cancelled, then nothing is queued`() async throws {
        try await DownloadScene.with { scene in
            let workspace = scene.workspace
            try await Self.file(scene)
            try await workspace.stage(Self.users)
            try await workspace.engine.operations.run(
                policies: ImportPolicies(users: .fail, downloads: .automatic), by: UserID("nobody"))
            _ = try await workspace.engine.controls.cancel(.import)
            try await workspace.finish()

            #expect(try await scene.count(.queued) == 0)
        }
    }
}
