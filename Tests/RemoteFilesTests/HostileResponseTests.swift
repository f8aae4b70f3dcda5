import Foundation
import HostileServers
import ImportDomain
import RemoteFiles
import Testing

@Suite("Given a server that misbehaves")
struct HostileResponseTests {
    private static let ok = "HTTP/1.1 200 OK\r\n"

    private func failure(
        of answer: HostileServer.Answer, _ change: (inout Download) -> Void = { _ in }
    ) async throws -> RemoteFileError? {
        var download = Download()
        change(&download)
        let fixed = download
        return try await HostileServer.run(["/f?t=secret": answer]) { server in
            try await fixed.run("http://files.test:\(server.port)/f?t=secret").error
        }
    }

    @Test(arguments: [
        (400, true), (401, true), (403, true), (404, true), (410, true), (304, true), (204, true), (206, true),
        (501, true), (408, false), (425, false), (429, false), (500, false), (502, false), (503, false), (504, false),
    ])
    func `when the status is not a success, then the error is permanent or temporary`(
        status: Int, isPermanent: Bool
    ) async throws {
        let error = try await failure(of: .status("\(status) X"))

        #expect(error?.code == .statusRefused)
        #expect(error?.isPermanent == isPermanent)
        #expect(error?.message.contains("\(status)") == true)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        ("120", Duration.seconds(120)), ("0", .zero), ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(7)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", .zero), ("99999999999999999999", .seconds(86_400)),
        ("Sun, 06 Nov 2094 08:49:00 GMT", .seconds(86_400)), ("soon", nil), ("-5", nil),
    ])
    func `when the server asks for patience, then the error says for how long`(
        text: String, wait: Duration?
    ) async throws {
        let busy = try await failure(of: .status("503 Busy", header: "Retry-After: \(text)\r\n"))
        let limited = try await failure(of: .status("429 Slow", header: "Retry-After: \(text)\r\n"))

        #expect(busy?.retryAfter == wait)
        #expect(limited?.retryAfter == wait)
    }

    @Test(arguments: [
        HostileServer.Answer.status("404 X"), .status("503 X"), .close, .bytesAndClose("nonsense\r\n\r\n"),
        .bytesAndClose(ok + "Content-Length: 9\r\n\r\nx"), .bytes(ok + "Content-Length: 99999999999\r\n\r\nx"),
        .bytes(ok + "Content-Type: text/html\r\nContent-Length: 1\r\n\r\nx"),
        .bytes(ok + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
        .bytes(ok + "X: " + String(repeating: "x", count: 200_000) + "\r\n\r\n"), .redirect("/f?t=secret"),
        .redirect("ftp://files.test/secret"), .redirect("http://user:secret@files.test/"), .redirect(""),
    ])
    func `when a file cannot be fetched, then the message shows the host of the address at most`(
        answer: HostileServer.Answer
    ) async throws {
        let error = try #require(try await failure(of: answer))

        for part in ["://", "/f", "secret", "?"] { #expect(!error.message.contains(part), "\(error.message)") }
    }

    @Test func `when more is declared than allowed, then it is rejected permanently`() async throws {
        let error = try await failure(of: .bytes(Self.ok + "Content-Length: 99999999999\r\n\r\nx"))

        #expect(error?.code == .tooLarge)
        #expect(error?.isPermanent == true)
    }

    @Test(arguments: ["\r\n", "Transfer-Encoding: chunked\r\n\r\n"])
    func `when the file has no end, then it is rejected at the limit`(header: String) async throws {
        let chunk = header == "\r\n" ? "0123456789" : "a\r\n0123456789\r\n"

        let error = try await failure(of: .endless(Self.ok + header, repeating: chunk))

        #expect(error?.code == .tooLarge)
        #expect(error?.isPermanent == true)
    }

    @Test func `when bytes drip in, then the total time ends it`() async throws {
        let error = try await failure(of: .drip(Self.ok + "Content-Length: 1000\r\n\r\n", milliseconds: 20)) {
            $0.totalTime = .milliseconds(300)
        }

        #expect(error?.code == .totalTimeout)
        #expect(error?.isPermanent == false)
    }

    @Test func `when bytes drip in, then they do not count as progress`() async throws {
        let error = try await failure(of: .drip(Self.ok + "Content-Length: 1000\r\n\r\n", milliseconds: 20)) {
            $0.idleTime = .milliseconds(300)
        }

        #expect(error?.code == .idleTimeout)
        #expect(error?.isPermanent == false)
    }

    @Test func `when a header drips in, then the total time ends it`() async throws {
        let error = try await failure(of: .drip(Self.ok + "X: ", milliseconds: 20)) {
            $0.totalTime = .milliseconds(300)
        }

        #expect(error?.code == .totalTimeout)
    }

    @Test(arguments: [HostileServer.Answer.silence, .bytes(ok), .bytes(ok + "Content-Length: 9\r\n\r\nhalf")])
    func `when nothing comes any more, then the idle time ends it`(answer: HostileServer.Answer) async throws {
        let error = try await failure(of: answer) { $0.idleTime = .milliseconds(200) }

        #expect(error?.code == .idleTimeout)
        #expect(error?.isPermanent == false)
    }

    @Test(arguments: [
        "Content-Length: 9\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `when the file ends before its end, then it is truncated`(rest: String) async throws {
        let error = try await failure(of: .bytesAndClose(Self.ok + rest))

        #expect(error?.code == .truncated)
        #expect(error?.isPermanent == false)
    }

    @Test func `when the connection ends at once, then there is none`() async throws {
        let error = try await failure(of: .close)

        #expect(error?.code == .connectionFailed)
        #expect(error?.isPermanent == false)
    }

    @Test func `when nobody listens, then there is no connection`() async throws {
        let port = try await HostileServer.run([:]) { server in
            try #require(server.port > 0)
            return server.port
        }

        let error = try await Download().run("http://files.test:\(port)/f").error

        #expect(error?.code == .connectionFailed)
        #expect(error?.isPermanent == false)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "\0\0\0\0\0\0\0\0",
        ok + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello", ok + "Content-Length: -1\r\n\r\n",
        ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `when the response is not HTTP, then it is malformed`(text: String) async throws {
        let error = try await failure(of: .bytesAndClose(text))

        #expect(error?.code == .answerMalformed)
    }

    @Test(arguments: [
        ("X-A: ", "a"), ("", "X-A: a\r\n"), ("Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", "a"),
        ("Transfer-Encoding: chunked\r\n\r\n1;x=", "a"),
    ])
    func `when a header, trailer or chunk's frame has no end, then it is rejected`(
        beginning: String, repeated: String
    ) async throws {
        let error = try await failure(of: .endless(Self.ok + beginning, repeating: repeated))

        #expect(error?.code == .answerMalformed)
    }

    @Test func `when preliminary answers have no end, then they are rejected`() async throws {
        let error = try await failure(of: .endless("", repeating: "HTTP/1.1 102 Processing\r\n\r\n"))

        #expect(error?.code == .answerMalformed)
    }

    @Test(arguments: [
        "Content-Encoding: gzip", "Content-Encoding: br", "content-encoding: identity, gzip",
        "Transfer-Encoding: gzip, chunked",
    ])
    func `when the file is compressed, then it is rejected and nothing is unpacked`(header: String) async throws {
        let error = try await failure(of: .bytes(Self.ok + header + "\r\n\r\n\u{1f}\u{8b}"))

        #expect(error?.code == .encodingRefused)
        #expect(error?.isPermanent == true)
    }

    @Test(arguments: ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"])
    func `when a web page comes in place of a file, then it is rejected unless it is wanted`(
        type: String
    ) async throws {
        let answer = HostileServer.Answer.file("<html>", header: "Content-Type: \(type)\r\n")

        let refused = try await failure(of: answer)
        let wanted = try await failure(of: answer) { $0.acceptsPages = true }

        #expect(refused?.code == .pageRefused)
        #expect(refused?.isPermanent == true)
        #expect(wanted == nil)
    }

    @Test(arguments: ["nonsense", "a/b/c", "image/p\u{7f}ng", "/", "\(String(repeating: "a", count: 200))/b"])
    func `when the media type is malformed, then there is none`(type: String) async throws {
        let answers = ["/f": HostileServer.Answer.file("x", header: "Content-Type: \(type)\r\n")]

        let outcome = try await HostileServer.run(answers) { server in
            try await Download().run("http://files.test:\(server.port)/f")
        }

        if case .file(let file, _) = outcome {
            #expect(file.mediaType == nil)
        } else {
            // A decoder that rejects such a field is equally good.
            #expect(outcome.error?.code == .answerMalformed)
        }
    }

    @Test func `when a redirect leads round in a circle, then it ends`() async throws {
        let error = try await failure(of: .redirect("/f?t=secret"))

        #expect(error?.code == .tooManyRedirects)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(.timeLimit(.minutes(10)), arguments: [HostileServer.Answer.silence, .drip(ok + "\r\n", milliseconds: 5)])
    func `when the task is cancelled, then the download ends at once and leaves nothing`(
        answer: HostileServer.Answer
    ) async throws {
        // Its limits are half an hour; the test's own is a minute.
        let error = try await HostileServer.run(["/f": answer]) { server in
            let task = Task { try await Download().run("http://files.test:\(server.port)/f").error }
            while server.requests.isEmpty { await Task.yield() }
            task.cancel()
            return try await task.value
        }

        #expect(error?.code == .cancelled)
    }
}
