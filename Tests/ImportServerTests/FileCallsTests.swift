import Foundation
import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given accounts with and without avatars, and messages with files", .onEveryStore)
struct FileCallsTests {
    /// Gives Ada an avatar.
    private static func addAvatar(to server: TestServer) async throws {
        let file = try await store("PICTURE", type: "image/png", area: .avatars, server)
        var user = try #require(try await server.workspace.user("ada"))
        user.pendingAvatarURL = "https://example.com/ada.png"
        let ada = user
        try await server.workspace.store.write { transaction in
            try transaction.users.update(ada)
            _ = try transaction.downloads.enqueueAvatars(after: nil, limit: 10)
            for download in try transaction.claimDownloads() {
                _ = try transaction.downloads.finish(download, avatar: file)
            }
        }
    }

    /// Gives a message a file.
    ///
    /// - Returns: its path.
    private static func addFile(
        _ name: String, type: String, to message: MessageID, _ server: TestServer
    ) async throws -> String {
        let file = try await store("0123456789", type: type, area: .uploads, name: name, server)
        try await server.workspace.store.write { transaction in
            let found = try #require(try transaction.messages.find(ids: [message]).first)
            let reference = FileReference(
                id: file.id.rawValue, name: name, source: "slack", location: .remote(url: "https://example.com/x"))
            try transaction.downloads.enqueue([WantedFile(reference, in: found)], by: nil)
            _ = try transaction.downloads.enqueueFiles()
            for download in try transaction.claimDownloads() { try transaction.downloads.finish(download, file: file) }
        }
        return "/file-upload/\(file.id)/whatever"
    }

    private static func store(
        _ text: String, type: String, area: FileArea, name: String = "ada.png", _ server: TestServer
    ) async throws -> StoredFile {
        let id = FileID(UUID().uuidString.lowercased())
        let writer = try await server.workspace.environment.files.begin(FileKey(area, id: id.rawValue))
        try await writer.write(Array(text.utf8))
        let size = try await writer.finish()
        return StoredFile(
            id: id, name: name, mediaType: type, sizeBytes: Int(size), createdAt: RoomScene.start)
    }

    @Test func `when an account has an avatar, then anybody gets it`() async throws {
        try await RoomScene.with { server, _ in
            try await Self.addAvatar(to: server)

            let answer = try await server.call(.get, "/avatar/ADA", as: nil)

            #expect(answer.status == 200)
            #expect(answer.body == "PICTURE")
            #expect(answer.header("Content-Type") == "image/png")
            #expect(answer.header("X-Content-Type-Options") == "nosniff")
            #expect(answer.header("Cache-Control") == "public, max-age=300")
            #expect(answer.header("Content-Security-Policy") == "default-src 'none'; sandbox")
            let tag = try #require(answer.header("ETag"))
            let again = try await server.call(.get, "/avatar/ada", headers: [.ifNoneMatch: tag], as: nil)
            #expect(again.status == 304)
            #expect(again.bytes.isEmpty)
        }
    }

    @Test(arguments: [
        ("ada", ">AD<"), ("nobody.at-all", ">NA<"), ("%3Cscript%3E%26", ">SC<"), ("%3C%26%3E", ">?<"),
        ("a%00b", ">AB<"),
    ])
    func `when there is no avatar, then the initials are drawn`(username: String, text: String) async throws {
        try await RoomScene.with { server, _ in
            let answer = try await server.call(.get, "/avatar/\(username)", as: nil)

            #expect(answer.status == 200)
            #expect(answer.header("Content-Type") == "image/svg+xml")
            #expect(answer.body.contains(text), "\(answer.body)")
            #expect(try await server.call(.get, "/avatar/\(username)", as: nil).body == answer.body)
        }
    }

    @Test func `when a part of drawn initials is asked for, then it is a part of the same image`() async throws {
        try await RoomScene.with { server, _ in
            let whole = try await server.call(.get, "/avatar/ada", as: nil)
            let size = whole.bytes.count
            let part = try await server.call(.get, "/avatar/ada", headers: [.range: "bytes=2-5"], as: nil)
            let beyond = try await server.call(.get, "/avatar/ada", headers: [.range: "bytes=\(size)-"], as: nil)
            let other = try await server.call(
                .get, "/avatar/ada", headers: [.range: "bytes=2-5", .ifRange: "\"other\""], as: nil)

            #expect(whole.header("Accept-Ranges") == "bytes")
            #expect(part.status == 206)
            #expect(part.bytes == Array(whole.bytes[2...5]))
            #expect(part.header("Content-Range") == "bytes 2-5/\(size)")
            #expect(beyond.status == 416)
            #expect(beyond.header("Content-Range") == "bytes */\(size)")
            #expect(other.status == 200)
        }
    }

    @Test(arguments: [".", ".."])
    func `when a username would be taken out of a path, then its avatar has the account's id in its address`(
        username: String
    ) async throws {
        try await TestServer.with { server in
            try await server.workspace.importing([StagedUser(username, emails: ["dots@example.com"])])
            let user = try #require(try await server.workspace.user(username))
            let account = try await server.get("users.info?userId=\(user.id)").json["user"]
            let address = "http://ferry.test/avatar/uid/\(user.id)"

            #expect(account?["avatarUrl"] == .string(address))
            #expect(try await server.get("users.getAvatar?userId=\(user.id)").header("Location") == address)
            #expect(try await server.call(.get, "/avatar/uid/\(user.id)", as: nil).body.contains(">?<"))
        }
    }

    @Test func `when an avatar is asked for by the id of an account, then it is the one of its username`() async throws
    {
        try await RoomScene.with { server, people in
            let drawn = try await server.call(.get, "/avatar/ada", as: nil)
            let drawnByID = try await server.call(.get, "/avatar/uid/\(people.ada.userID)", as: nil)
            try await Self.addAvatar(to: server)
            let byID = try await server.call(.get, "/avatar/uid/\(people.ada.userID)", as: nil)
            let nobody = try await server.call(.get, "/avatar/uid/no%00body", as: nil)

            #expect(drawnByID.body == drawn.body)
            #expect(byID.body == "PICTURE")
            #expect(nobody.status == 200)
            #expect(try await server.call(.get, "/avatar/%ff", as: nil).status == 404)
            #expect(try await server.call(.get, "/avatar/uid/%ff", as: nil).status == 404)
        }
    }

    @Test func `when an avatar is asked for by account, then the call points to it`() async throws {
        try await RoomScene.with { server, people in
            let byName = try await server.get("users.getAvatar?username=ada")
            let byID = try await server.get("users.getAvatar?userId=\(people.ada.userID)")

            #expect(byName.status == 307)
            #expect(byName.header("Location") == "http://ferry.test/avatar/ada")
            #expect(byID.header("Location") == "http://ferry.test/avatar/ada")
            #expect(
                try await server.get("users.info?username=ada").json["user"]?["avatarUrl"]
                    == .string("http://ferry.test/avatar/ada"))
            #expect(
                try await server.get("users.getAvatar?username=x").json["errorType"] == .string("error-invalid-user"))
            #expect(try await server.get("users.getAvatar").status == 400)
        }
    }

    @Test func `when a file is asked for, then only readers of its room get it`() async throws {
        try await RoomScene.with { server, people in
            let path = try await Self.addFile("plan.txt", type: "text/plain", to: MessageID("secret"), server)

            let ada = try await server.call(.get, path, as: people.ada)
            let bob = try await server.call(.get, path, as: people.bob)

            #expect(ada.body == "0123456789")
            #expect(ada.header("Content-Disposition") == #"attachment; filename="plan.txt""#)
            #expect(ada.header("Cache-Control") == "private, max-age=3600")
            #expect(ada.header("X-Content-Type-Options") == "nosniff")
            #expect(ada.header("Content-Security-Policy") == "default-src 'none'; sandbox")
            #expect(bob.status == 404)
            #expect(bob.body == #"{"error":"Resource not found","success":false}"#)
            #expect(try await server.call(.get, path, as: nil).status == 401)
            #expect(try await server.call(.get, "/file-upload/unknown/x", as: people.ada).body == bob.body)
            #expect(try await server.call(.get, "/file-upload/%00/x", as: people.ada).status == 404)
        }
    }

    @Test func `when cookies sign a call in, then they do so for files only`() async throws {
        try await RoomScene.with { server, people in
            let path = try await Self.addFile("plan.txt", type: "text/plain", to: MessageID("t5"), server)
            let cookie = "rc_uid=\(people.ada.userID); rc_token=\(people.ada.token)"

            let file = try await server.call(.get, path, headers: [.cookie: cookie], as: nil)
            let account = try await server.call(.get, "me", headers: [.cookie: cookie], as: nil)

            #expect(file.status == 200)
            #expect(account.status == 401)
        }
    }

    @Test(arguments: [
        ("a.png", "image/png", #"inline; filename="a.png""#),
        ("a.svg", "image/svg+xml", #"attachment; filename="a.svg""#),
        ("a.html", "text/html", #"attachment; filename="a.html""#),
        (
            "Caf\u{E9} \"1\".pdf", "application/pdf",
            #"attachment; filename="Caf_ _1_.pdf"; filename*=UTF-8''Caf%C3%A9%20%221%22.pdf"#
        ),
        ("a\r\nX: y", "video/mp4", #"inline; filename="a__X_ y"; filename*=UTF-8''a%0D%0AX%3A%20y"#),
    ])
    func `when a file is handed out, then only harmless kinds are shown in place`(
        name: String, type: String, disposition: String
    ) async throws {
        try await RoomScene.with { server, people in
            let path = try await Self.addFile(name, type: type, to: MessageID("t5"), server)

            let answer = try await server.call(.get, path, as: people.eve)

            #expect(answer.header("Content-Type") == type)
            #expect(answer.header("Content-Disposition") == disposition)
        }
    }

    @Test(arguments: [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"), ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"), ("bytes=-20", 206, "0123456789", "bytes 0-9/10"),
        ("bytes=5-100", 206, "56789", "bytes 5-9/10"), ("bytes=10-", 416, "", "bytes */10"),
        ("bytes=-0", 416, "", "bytes */10"), ("bytes=4-2", 200, "0123456789", nil),
        ("bytes=0-1,3-4", 200, "0123456789", nil), ("lines=1-2", 200, "0123456789", nil),
        ("bytes=99999999999999999999-", 200, "0123456789", nil),
    ])
    func `when a part of a file is asked for, then that part is returned`(
        range: String, status: Int, body: String, contentRange: String?
    ) async throws {
        try await RoomScene.with { server, people in
            let path = try await Self.addFile("a.mp4", type: "video/mp4", to: MessageID("t5"), server)

            let answer = try await server.call(.get, path, headers: [.range: range], as: people.eve)

            #expect(answer.status == status)
            #expect(answer.body == body)
            #expect(answer.header("Content-Range") == contentRange)
        }
    }
}

extension StoreTransaction {
    fileprivate func claimDownloads() throws -> [Download] {
        try downloads.claim(by: WorkerID("test"), for: .seconds(60), limit: 10, perHost: 10, running: [:])
            .map(\.download)
    }
}
