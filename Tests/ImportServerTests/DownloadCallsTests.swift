import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with pending avatars", .onEveryStore)
struct DownloadCallsTests {
    private static func withAvatars(_ test: @Sendable @escaping (TestServer) async throws -> Void) async throws {
        try await TestServer.with { server in
            _ = try await server.workspace.importing(
                (0..<3).map {
                    StagedUser("p\($0)", more: [#""avatarUrl":"https://pictures.test/x\#($0)?token=secret""#])
                })
            try await test(server)
        }
    }

    @Test func `when the queue is listed, then pages, filters and totals agree, and no URL is shown`() async throws {
        try await Self.withAvatars { server in
            let page = try await server.get("import.downloads?count=2&offset=2")
            let waiting = try await server.get("import.downloads?state=waiting&kind=avatar")
            let failed = try await server.get("import.downloads?state=failed")
            let unknown = try await server.get("import.downloads?state=lost")

            #expect(page.json["downloads"]?.elements.count == 1)
            #expect(page.json["total"] == .number(JSONNumber(3)))
            #expect(page.json["avatars"]?["waiting"] == .number(JSONNumber(3)))
            #expect(
                waiting.json["downloads"]?.elements.compactMap { $0["user"]?["username"]?.text }.sorted() == [
                    "p0", "p1", "p2",
                ])
            #expect(!waiting.body.contains("secret"))
            #expect(failed.json["total"] == .number(JSONNumber(0)))
            #expect(unknown.json["errorType"] == .string("error-invalid-params"))
        }
    }

    @Test(arguments: [
        ("https://bob:hunter2@pictures.test/a.png?x=1", "pictures.test"),
        ("https://hunter2@pictures.test/a.png", "pictures.test"),
        ("https://bob:hunter2/x@pictures.test:8443/a.png", ""), ("https://bob:hunter2@[::1]:8443/a.png", "[::1]:8443"),
        ("https://a@hunter2@pictures.test?x", "pictures.test"), ("https://bob:hunter2#@pictures.test/", ""),
    ])
    func `when a URL has a user name or password, then nothing shows them`(url: String, host: String) async throws {
        try await TestServer.with { server in
            _ = try await server.workspace.importing([StagedUser("ann")])
            let avatar = StagedUser("ann", more: [#""avatarUrl":"\#(url)""#])
            try await server.workspace.stage([avatar])
            let check = try await server.post("import.check?records=true", #"{"policy":{"users":"update"}}"#)
            try await server.workspace.runToTheEnd(policies: ImportPolicies(users: .update))
            let waiting = try await server.get("import.downloads")
            let user = try await server.get("users.info?username=ann")
            _ = try await server.post("downloadPendingAvatars")
            let queued = try await server.get("import.downloads")
            let report = try await server.get("import.report")

            for answer in [check, waiting, user, queued, report] { #expect(!answer.body.contains("hunter2")) }
            #expect(waiting.json["downloads"]?.elements.map { $0["host"]?.text ?? "" } == [host])
            #expect(queued.json["downloads"]?.elements.map { $0["host"]?.text ?? "" } == [host])
        }
    }

    @Test func `when some are skipped and retried, then the responses count them`() async throws {
        try await Self.withAvatars { server in
            let ids = try await server.get("import.downloads").json["downloads"]?.elements.compactMap { $0["id"]?.text }
            let first = try #require(ids?.first)

            let skipped = try await server.post("import.downloads.skip", #"{"ids":["\#(first)"]}"#)
            let again = try await server.post("import.downloads.skip", #"{"ids":["\#(first)"]}"#)
            let retried = try await server.post("import.downloads.retry", #"{"state":"skipped"}"#)
            let nothing = try await server.post("import.downloads.retry")
            let both = try await server.post("import.downloads.skip", #"{"ids":[],"state":"failed"}"#)
            let invalid = try await server.post("import.downloads.skip", #"{"ids":["x"]}"#)
            let stranger = try await server.call(
                .post, "import.downloads.skip", body: "{}", as: server.plainUser())

            #expect(skipped.json["count"] == .number(JSONNumber(1)))
            #expect(again.json["count"] == .number(JSONNumber(0)))
            #expect(retried.json["count"] == .number(JSONNumber(1)))
            #expect(nothing.json["count"] == .number(JSONNumber(0)))
            #expect(both.status == 400)
            #expect(invalid.json["import"]?["index"] == .number(JSONNumber(0)))
            #expect(stranger.status == 403)
        }
    }
}
