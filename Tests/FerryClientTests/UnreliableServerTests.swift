import HostileServers
import ImportAPI
import Testing

@testable import FerryClient

@Suite("Given a server that fails, is busy, or is not one", .timeLimit(.minutes(5)))
struct UnreliableServerTests {
    private static let failure = #"{"success":false,"error":"Internal server error"}"#

    private func transportError(_ call: () async throws -> Void) async throws -> TransportError {
        do {
            try await call()
        } catch let error as TransportError {
            return error
        }
        throw TransportError("test", .unexpectedResponse, "There was no error.")
    }

    @Test(arguments: [
        "220 mail.example.com ESMTP\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "\u{0}\u{1}\u{2}",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    ])
    func `when it sends no HTTP, then the call fails after all attempts`(bytes: String) async throws {
        try await TestClient.with(["import.status": .bytesAndClose(bytes)]) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .unexpectedResponse || error.reason == .connectionLost)
            #expect(!error.isOutcomeUnknown)
            #expect(test.requests(for: "import.status") == 6)
            #expect(test.pauses.all == [.seconds(0.5), .seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        }
    }

    @Test(arguments: ["<html>Welcome</html>", "{", "[]", #"{"success":true}"#, #"{"state":5,"success":true}"#, ""])
    func `when it sends another body than the API's, then the call fails`(body: String) async throws {
        try await TestClient.with(["import.status": .json(body)]) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .unexpectedResponse)
            #expect(error.status == 200)
            #expect(!error.description.contains("Welcome"))
        }
    }

    @Test func `when it fails three times, then a reading call succeeds after growing delays`() async throws {
        let answers: [HostileServer.Answer] = [
            .json(Self.failure, status: "500 Internal Server Error"), .status("502 Bad Gateway"), .close, .staged(3),
        ]
        try await TestClient.with(["import.status": .inTurn(answers)]) { test in
            let status = try await test.client.status()

            #expect(status.operation?.count?.total == 3)
            #expect(test.pauses.all == [.seconds(0.5), .seconds(1), .seconds(2)])
        }
    }

    @Test(arguments: [
        HostileServer.Answer.json(Self.failure, status: "500 Internal Server Error"), .status("502 Bad Gateway"),
        .close,
        .bytesAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"succ"),
        .json(
            #"{"success":false,"error":"The connection broke [error-storage-outcome-unknown]"}"#,
            status: "503 Service Unavailable"),
    ])
    func `when it may have processed a change, then the change is not requested again`(answer: HostileServer.Answer)
        async throws
    {
        try await TestClient.with(["import.retry": answer]) { test in
            await #expect(throws: (any Error).self) { try await test.client.retry() }

            #expect(test.requests(for: "import.retry") == 1)
            #expect(test.pauses.all.isEmpty)
        }
    }

    @Test func `when the response of a change is lost, then the error says that the outcome is unknown`() async throws {
        try await TestClient.with(["import.addUsers": .close]) { test in
            let error = try await transportError { try await test.client.addUsers([]) }

            #expect(error.reason == .connectionLost)
            #expect(error.isOutcomeUnknown)
            #expect(error.description.contains("import.status"))
        }
    }

    @Test func `when it is busy, then the client waits as long as it demands`() async throws {
        let busy = HostileServer.Answer.json(
            #"{"success":false,"error":"Error, too many requests. [error-too-many-requests]"}"#,
            status: "429 Too Many Requests", header: "Retry-After: 17\r\n")
        let full = HostileServer.Answer.json(
            #"{"success":false,"error":"Busy [error-server-busy]"}"#, status: "503 Service Unavailable",
            header: "Retry-After: 3\r\n")
        try await TestClient.with(["import.addUsers": .inTurn([busy, full, .success])]) { test in
            try await test.client.addUsers([])

            #expect(test.requests(for: "import.addUsers") == 3)
            #expect(test.pauses.all == [.seconds(17.5), .seconds(4)])
        }
    }

    @Test func `when it demands a longer delay than allowed, then the error is thrown at once`() async throws {
        let busy = HostileServer.Answer.json(
            #"{"success":false,"error":"Wait. [error-too-many-requests]"}"#, status: "429 Too Many Requests",
            header: "Retry-After: 86400\r\n")
        try await TestClient.with(["import.status": busy]) { test in
            let error = await #expect(throws: ServerError.self) { try await test.client.status() }

            #expect(error?.retryAfter == .seconds(86_400))
            #expect(error?.code == "error-too-many-requests")
            #expect(test.pauses.all.isEmpty)
        }
    }

    @Test(arguments: [
        ("Retry-After: Sat, 31 Jan 2026 12:00:09 GMT\r\n", 9.5),
        ("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1769860804000\r\n", 5.5),
        ("X-RateLimit-Remaining: 3\r\nX-RateLimit-Reset: 1769860804000\r\n", 0.5), ("Retry-After: soon\r\n", 0.5),
    ])
    func `when it demands a delay by date, then its own date counts`(header: String, seconds: Double) async throws {
        let busy = HostileServer.Answer.json(
            #"{"success":false,"error":"Wait."}"#, status: "429 Too Many Requests",
            header: "Date: Sat, 31 Jan 2026 12:00:00 GMT\r\n" + header)
        try await TestClient.with(["import.status": .inTurn([busy, .staged(0)])]) { test in
            _ = try await test.client.status()

            #expect(test.pauses.all == [.seconds(seconds)])
        }
    }

    @Test func `when half of a response comes, then a reading call is repeated`() async throws {
        let half = HostileServer.Answer.bytesAndClose("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"state\":")
        try await TestClient.with(["import.status": .inTurn([half, .staged(1)])]) { test in
            let status = try await test.client.status()

            #expect(status.state == "ready")
            #expect(test.pauses.all.count == 1)
        }
    }

    @Test func `when a response is longer than declared, then the next call is not affected`() async throws {
        let long = HostileServer.Answer.bytes(
            "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"success\":true}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}x"
        )
        try await TestClient.with(["import.clear": long, "import.status": .staged(2)]) { test in
            try await test.client.clear()

            #expect(try await test.client.status().operation?.count?.users == 2)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ])
    func `when a body has no end, then the client stops at its limit`(start: String) async throws {
        var configuration = ClientConfiguration()
        configuration.responseBytes = 1 << 20
        try await TestClient.with(
            ["import.status": .endless(start, repeating: "x")], configuration: configuration
        ) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .responseTooLarge(limit: 1 << 20))
            #expect(test.requests(for: "import.status") == 1)
        }
    }

    @Test func `when a header has no end, then the call fails`() async throws {
        try await TestClient.with(
            ["import.status": .endless("HTTP/1.1 200 OK\r\n", repeating: "X-Field: value\r\n")],
            configuration: .oneAttempt
        ) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .unexpectedResponse)
        }
    }

    @Test func `when the body of an error has no end, then its status is reported`() async throws {
        try await TestClient.with(
            ["import.status": .endless("HTTP/1.1 404 Not Found\r\n\r\n", repeating: "x")]
        ) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .unexpectedResponse)
            #expect(error.status == 404)
        }
    }

    @Test(arguments: [HostileServer.Answer.silence, .bytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{")])
    func `when it is silent, then the call ends`(answer: HostileServer.Answer) async throws {
        try await TestClient.with(
            ["import.status": answer], isImpatient: true, configuration: .oneAttempt
        ) { test in
            let error = try await transportError { _ = try await test.client.status() }

            #expect(error.reason == .silence(.seconds(120)))
        }
    }

    @Test func `when a single byte comes now and then, then the server counts as silent`() async throws {
        let activity = Activity()
        var waiting = RecordedPauses().waiting()
        waiting.silence = { _ in activity.advance(by: 1) }
        try await activity.silence(of: .seconds(1), minimum: 2, waiting: waiting)
    }

    @Test func `when the task is cancelled, then the call throws the cancellation`() async throws {
        try await TestClient.with(["import.status": .silence]) { test in
            let client = test.client
            let task = Task { try await client.status() }
            while test.requests(for: "import.status") == 0 { await Task.yield() }
            task.cancel()

            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `when nothing listens, then the error says so after all attempts`() async throws {
        let url = try await HostileServer.run([:]) { $0.url }
        let pauses = RecordedPauses()
        let client = try FerryClient(
            url, session: nil, configuration: ClientConfiguration(), waiting: pauses.waiting())
        let error = try await transportError { try await client.addUsers([]) }

        #expect(error.reason == .cannotConnect)
        #expect(!error.isOutcomeUnknown)
        #expect(pauses.all.count == 5)
    }

    @Test func `when it redirects, then the client does not follow`() async throws {
        try await HostileServer.run(["/": .success]) { other in
            try await TestClient.with(["import.status": .redirect(other.url + "/")]) { test in
                let error = try await transportError { _ = try await test.client.status() }

                #expect(error.status == 302)
                #expect(other.requests.isEmpty)
                #expect(test.requests(for: "import.status") == 1)
            }
        }
    }

    @Test func `when it rejects a call, then the error has code, state and next calls`() async throws {
        let body =
            #"{"success":false,"error":"error-invalid-operation-status","import":{"code":"invalid-status","#
            + #""message":"The import runs.","state":"importing","control":"paused","next":["import.resume"]}}"#
        try await TestClient.with(["import.run": .json(body, status: "400 Bad Request")]) { test in
            let error = await #expect(throws: ServerError.self) { try await test.client.run() }

            #expect(error?.status == 400)
            #expect(error?.code == "invalid-status")
            #expect(error?.message == "The import runs.")
            #expect(error?.state == "importing")
            #expect(error?.control == "paused")
            #expect(error?.next == ["import.resume"])
            #expect(error?.description == "import.run: The import runs. [invalid-status] Next: import.resume.")
        }
    }

    @Test func `when the response of a start is lost, then the state tells whether it was started`() async throws {
        try await TestClient.with([
            "import.run": .close, "import.status": .staged(5, state: "importing"),
        ]) { test in
            try await test.client.run()

            #expect(test.requests(for: "import.run") == 1)
        }
        try await TestClient.with([
            "import.run": .inTurn([.close, .success]), "import.status": .staged(5),
        ]) { test in
            try await test.client.run()

            #expect(test.requests(for: "import.run") == 2)
        }
    }

    @Test(arguments: [
        "chat.example.com", "ftp://chat.example.com", "http://", "https://user:secret@chat.example.com", "http://a/?b",
    ])
    func `when an address is invalid, then there is no client`(address: String) throws {
        let error = #expect(throws: TransportError.self) { try FerryClient(address) }

        #expect(error?.description.contains("secret") == false)
    }

    @Test func `when values are printed, then they show no secret`() throws {
        var text = ""
        let session = Session(userID: "u", token: "secret")
        dump(session, to: &text)
        dump(try FerryClient("http://localhost", session: session), to: &text)
        dump(Credentials.password(user: "ada", password: "secret"), to: &text)
        text += "\(session) \(try FerryClient("http://localhost", session: session)) \(Credentials.token("secret"))"

        #expect(!text.contains("secret"))
    }
}

extension ClientConfiguration {
    /// A configuration without repetition.
    static var oneAttempt: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.retries = .none
        return configuration
    }
}
