import ImportDomain
import ImportFixtures
import SQL
import Testing

@testable import ImportEngine

@Suite("Given records with avatars and files, and a policy for downloads", .onEveryStore)
struct DownloadPolicyTests {
    private static let users = [StagedUser("ada", more: [#""avatarUrl": "https://example.com/a.png""#])]

    /// Stages an account with an avatar, and a message that carries a file.
    private static func stage(_ workspace: TestWorkspace) async throws {
        try await workspace.stage(users)
        try await workspace.engine.staging.addRooms(
            from: Chunks(#"{"channels":[{"importIds":["C1"],"name":"quay","t":"c","users":["id-ada"]}]}"#),
            format: .json)
        let file = #"{"id":"f","name":"f.gif","source":"slack","downloadUrl":"https://example.com/f.gif"}"#
        let message = #"{"_id":"m","rid":"C1","u":{"_id":"id-ada"},"ts":1,"msg":"","_importFile":\#(file)}"#
        try await workspace.engine.staging.addMessages(from: Chunks(#"{"messages":[\#(message)]}"#), format: .json)
    }

    private static func policies(_ downloads: ImportPolicies.Downloads) -> ImportPolicies {
        ImportPolicies(users: .fail, downloads: downloads)
    }

    @Test(arguments: [(ImportPolicies.Downloads.ask, 0), (.automatic, 2)])
    func `when the import ends, then they are queued if the policy is automatic`(
        policy: ImportPolicies.Downloads, queued: Int
    ) async throws {
        try await DownloadScene.with { scene in
            let workspace = scene.workspace
            try await Self.stage(workspace)
            try await workspace.runToTheEnd(policies: Self.policies(policy))

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await scene.count(.queued) == queued)
        }
    }

    @Test func `when the process ends in between, then they are queued once by the next one`() async throws {
        try await DownloadScene.with { scene in
            let workspace = scene.workspace
            try await Self.stage(workspace)
            try await workspace.engine.operations.run(policies: Self.policies(.automatic), by: UserID("nobody"))
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
            try await Self.stage(workspace)
            try await workspace.engine.operations.run(policies: Self.policies(.automatic), by: UserID("nobody"))
            _ = try await workspace.engine.controls.cancel(.import)
            try await workspace.finish()

            #expect(try await scene.count(.queued) == 0)
        }
    }

    @Test func `when others wait as well, then only those that the import brought are queued`() async throws {
        try await DownloadScene.with { scene in
            let workspace = scene.workspace
            try await scene.add("other", carrying: "g", at: "https://example.com/g.gif")
            try await workspace.importing([
                StagedUser("bob", more: [#""avatarUrl": "https://example.com/b.png""#]),
                StagedUser("cat", more: [#""avatarUrl": "https://example.com/c.png""#]),
            ])

            try await Self.stage(workspace)
            try await workspace.add([
                StagedUser("cat", importIDs: ["new"], more: [#""avatarUrl": "https://example.com/new.png""#]),
                StagedUser("bob", importIDs: ["new-b"], more: [#""avatarUrl": "https://example.com/b.png""#]),
            ])
            try await workspace.runToTheEnd(policies: ImportPolicies(users: .update, downloads: .automatic))

            let queued = try await workspace.files.database.read {
                try $0.rows("SELECT url FROM downloads WHERE state = 'queued' ORDER BY url") { $0.text(0) }
            }
            let expected = ["a.png", "f.gif", "new.png"].map { "https://example.com/\($0)" }
            #expect(queued == expected)
            #expect(try await scene.count(.waiting) == 1)
        }
    }

    @Test func `when there are more than a page, then all of them are queued`() async throws {
        try await DownloadScene.with { scene in
            let store = scene.workspace.store
            for index in 0..<7 { try await scene.add("m\(index)", carrying: "\(index)", at: "https://x.test/\(index)") }
            try await scene.workspace.files.database.write {
                _ = try $0.execute("UPDATE messages SET import_number = 4 WHERE id <> 'm3'")
            }

            var position: Int64? = 0
            while let start = position {
                position = try await store.write {
                    try $0.downloads.enqueueFiles(of: ImportNumber(4), after: start, limit: 2)
                }
            }

            #expect(try await scene.count(.queued) == 6)
        }
    }
}
