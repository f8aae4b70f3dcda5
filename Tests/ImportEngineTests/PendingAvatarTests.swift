import HostileServers
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given accounts with pending avatars", .onEveryStore, .timeLimit(.minutes(10)))
struct PendingAvatarTests {
    /// An account with a pending avatar.
    private static func add(_ username: String, picture url: String, to scene: DownloadScene) async throws -> User {
        try await scene.workspace.importing([StagedUser(username, more: [#""avatarUrl": "\#(url)""#])])
        return try #require(try await scene.workspace.user(username))
    }

    private static func avatar(of user: User, in scene: DownloadScene) async throws -> StoredFile? {
        try await scene.workspace.store.read { try $0.downloads.avatar(of: user.id) }
    }

    @Test func `when the avatar is there, then the account shows it, and nothing is pending`() async throws {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a": .file(DownloadScene.picture)]) { server in
                let ada = try await Self.add("ada", picture: "\(server.url)/a", to: scene)
                let asked = try await scene.workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
                try await scene.fetch()

                #expect(asked == 1)
                #expect(try await Self.avatar(of: ada, in: scene)?.mediaType == "image/gif")
                #expect(try await scene.workspace.user("ada")?.pendingAvatarURL == nil)
                #expect(try await scene.workspace.engine.downloads.enqueueAvatars(by: .rocketCat) == 0)
            }
        }
    }

    @Test(arguments: [
        HostileServer.Answer.file("<svg xmlns='http://www.w3.org/2000/svg'/>", header: "Content-Type: image/png\r\n"),
        .file("MZ\u{1}\u{2}", header: "Content-Type: image/png\r\n"), .status("404 Gone"),
    ])
    func `when it is not an image, regardless of its declared type, then the account has no avatar`(
        answer: HostileServer.Answer
    ) async throws {
        try await DownloadScene.with { scene in
            try await HostileServer.run(["/a": answer]) { server in
                let ada = try await Self.add("ada", picture: "\(server.url)/a", to: scene)
                _ = try await scene.workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
                try await scene.fetch()

                #expect(try await Self.avatar(of: ada, in: scene) == nil)
                #expect(try await scene.count(.failed) == 1)
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test func `when the URL contains the image, then no server is contacted`() async throws {
        try await DownloadScene.with { scene in
            let ada = try await Self.add(
                "ada", picture: "data:image/gif;base64,R0lGODlhAQABAAAAACw=", to: scene)
            _ = try await scene.workspace.engine.downloads.enqueueAvatars(by: .rocketCat)
            try await scene.fetch()

            #expect(try await Self.avatar(of: ada, in: scene)?.mediaType == "image/gif")
        }
    }
}
