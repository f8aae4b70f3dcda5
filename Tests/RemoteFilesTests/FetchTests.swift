import HostileServers
import ImportDomain
import RemoteFiles
import Testing

@Suite("Given a server that behaves")
struct FetchTests {
    @Test func `when a file is fetched, then it is there whole, with its size, type and masked address`() async throws {
        let answers = [
            "/a/file.png?t=secret": HostileServer.Answer.file("content", header: "Content-Type: Image/PNG; x=1\r\n")
        ]

        let outcome = try await HostileServer.run(answers) { server in
            (try await Download().run("http://files.test:\(server.port)/a/file.png?t=secret#part"), server.port)
        }

        guard case .file(let file, let content) = outcome.0 else { throw try #require(outcome.0.error) }
        #expect(content == "content")
        #expect(
            file
                == RemoteFile(
                    sizeBytes: 7,
                    sha256: "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", mediaType: "image/png"))
    }

    @Test func `when it is asked, then with the name, a fixed agent, no compression and nothing else`() async throws {
        let (requests, port) = try await HostileServer.run(["/f": .file("x")]) { server in
            _ = try await Download().run("http://files.test:\(server.port)/f")
            return (server.requests, server.port)
        }

        #expect(
            requests == [
                "GET /f HTTP/1.1\r\nHost: files.test:\(port)\r\nUser-Agent: Ferry\r\nAccept: */*\r\n"
                    + "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
            ])
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "Content-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
    ])
    func `when the length is given in either way, then the file ends there`(rest: String) async throws {
        let outcome = try await HostileServer.run(["/f": .bytes("HTTP/1.1 200 OK\r\n\(rest)")]) { server in
            try await Download().run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == "hello")
    }

    @Test func `when the end of the connection ends the file, then it is whole`() async throws {
        let outcome = try await HostileServer.run(["/f": .bytesAndClose("HTTP/1.0 200 OK\r\n\r\nhello")]) { server in
            try await Download().run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == "hello")
    }

    @Test func `when a file has exactly the most bytes allowed, then it is fetched`() async throws {
        let content = String(repeating: "x", count: 700_000)

        let outcome = try await HostileServer.run(["/f": .file(content)]) { server in
            var download = Download()
            download.maximumBytes = 700_000
            return try await download.run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == content)
    }

    @Test func `when a file is empty, then it is fetched`() async throws {
        let outcome = try await HostileServer.run(["/f": .file("")]) { server in
            try await Download().run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == "")
    }

    @Test(arguments: ["/b/next", "next", "?q", "http://files.test:PORT/b/next", "//files.test:PORT/b/next"])
    func `when a redirect leads to an allowed address, then it is followed`(location: String) async throws {
        let seven = try await HostileServer.run([
            "/b/next": .file("there"), "/b/f?q": .file("there"),
        ]) { target in
            let location = location.replacing("PORT", with: "\(target.port)")
            let answers: [String: HostileServer.Answer] = [
                "/b/f": .redirect(location), "/b/next": .file("there"), "/b/f?q": .file("there"),
            ]
            return try await HostileServer.run(answers) { server in
                try await Download().run("http://files.test:\(server.port)/b/f")
            }
        }

        #expect(seven.content == "there")
    }

    @Test func `when there are five redirects, then they are followed, and not a sixth`() async throws {
        var answers = Dictionary(
            uniqueKeysWithValues: (1...6).map { ("/\($0)", HostileServer.Answer.redirect("/\($0 - 1)")) })
        answers["/0"] = .file("end")

        let outcomes = try await HostileServer.run(answers) { server in
            (
                try await Download().run("http://files.test:\(server.port)/5"),
                try await Download().run("http://files.test:\(server.port)/6")
            )
        }

        #expect(outcomes.0.content == "end")
        #expect(outcomes.1.error?.code == .tooManyRedirects)
        #expect(outcomes.1.error?.isPermanent == true)
    }

    @Test func `when the first of two addresses rejects connections, then the second is tried`() async throws {
        let outcome = try await HostileServer.run(["/f": .file("x")]) { server in
            var download = Download()
            download.resolver = ScriptedResolver(["files.test": [["127.0.0.3", "127.0.0.1"]]])
            download.allowlist = ["127.0.0.0/8"]
            return try await download.run("http://files.test:\(server.port)/f")
        }

        #expect(outcome.content == "x")
    }
}
