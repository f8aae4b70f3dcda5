import HostileServers
import ImportAPI
import Testing

@testable import FerryClient

@Suite("Given the progress of an import", .timeLimit(.minutes(5)))
struct ProgressTests {
    private static let id = "64e6a2c1f2b3a4d5e6f70819"

    private static func event(_ name: String, done: Int, state: String = "importing") -> String {
        "event: \(name)\nid: \(id)-\(done)\ndata: {\"counts\":{},\"done\":\(done),\"failed\":0,\"operationId\":\"\(id)\","
            + "\"state\":\"\(state)\",\"status\":\"importer_importing_users\",\"total\":9,"
            + "\"ts\":\"2026-01-31T12:00:04.000Z\",\"undone\":false}\n\n"
    }

    private static func stream(_ events: String) -> HostileServer.Answer {
        .bytesAndClose("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\(events)")
    }

    private static let result = event("result", done: 9, state: "done")
    private static let again = "import.events?operationId=\(id)"

    private func reports(_ client: FerryClient) async throws -> [ProgressEventBody] {
        var reports: [ProgressEventBody] = []
        for try await report in client.progress() { reports.append(report) }
        return reports
    }

    @Test func `when events come, then they are reported up to the result`() async throws {
        let events = ": hello\n\n" + Self.event("progress", done: 4) + Self.result + Self.event("progress", done: 5)
        try await TestClient.with(["import.events": Self.stream(events)]) { test in
            let reports = try await reports(test.client)

            #expect(reports.last?.state == "done")
            #expect(reports.last?.done == 9)
            #expect(test.requests(for: "import.status") == 0)
        }
    }

    @Test func `when the connection breaks, then the client connects again to the same operation`() async throws {
        try await TestClient.with([
            "import.events": Self.stream(Self.event("progress", done: 4)), Self.again: Self.stream(Self.result),
            "import.status": .staged(9, state: "importing"),
        ]) { test in
            let reports = try await reports(test.client)
            let last = test.server.requests.last ?? ""

            #expect(reports.last?.state == "done")
            #expect(last.contains("GET /api/v1/\(Self.again) "))
            #expect(last.contains("Last-Event-ID: \(Self.id)-4\r\n"))
        }
    }

    @Test(arguments: [
        HostileServer.Answer.status("404 Not Found"), .status("405 Method Not Allowed"),
        .json(#"{"success":false,"error":"unauthorized"}"#, status: "404 Not Found"), .file("<html>"),
        .json(#"{"success":true}"#),
    ])
    func `when the server has no events, then the client polls`(answer: HostileServer.Answer) async throws {
        try await TestClient.with([
            "import.events": answer,
            "import.status": .inTurn([
                .staged(9, state: "importing"), .staged(9, state: "importing"), .staged(9, state: "done"),
            ]),
        ]) { test in
            let last = try await test.client.waitUntilEnded()

            #expect(last.state == "done")
            #expect(last.operationId == Self.id)
            #expect(test.requests(for: "import.events") == 1)
            #expect(test.requests(for: "import.status") == 3)
            #expect(test.pauses.all == [.seconds(1), .seconds(1)])
        }
    }

    @Test(arguments: [
        HostileServer.Answer.close, .status("503 Service Unavailable", header: "Retry-After: 1\r\n"),
        stream("data: {}\n\n"), stream("event: progress\ndata: garbage\n\n"),
        .endless("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", repeating: "data: x\n"),
        .endless("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", repeating: "x"),
    ])
    func `when events fail, then polls report until the end`(answer: HostileServer.Answer) async throws {
        try await TestClient.with([
            "import.events": answer, Self.again: answer,
            "import.status": .inTurn([.staged(9, state: "importing"), .staged(9, state: "done")]),
        ]) { test in
            let last = try await test.client.waitUntilEnded()
            #expect(last.state == "done")
        }
    }

    @Test func `when too many listen, then the client waits as long as the server demands`() async throws {
        let full = HostileServer.Answer.json(
            #"{"success":false,"error":"Too many listeners [error-server-busy]"}"#, status: "503 Service Unavailable",
            header: "Retry-After: 30\r\n")
        try await TestClient.with([
            "import.events": full, Self.again: Self.stream(Self.result),
            "import.status": .staged(9, state: "importing"),
        ]) { test in
            let reports = try await reports(test.client)

            #expect(reports.last?.state == "done")
            #expect(test.pauses.all == [.seconds(30)])
        }
    }

    @Test func `when another import supersedes the operation, then the wait fails`() async throws {
        try await TestClient.with([
            "import.events": .status("404 Not Found"),
            "import.status": .inTurn([.staged(9, state: "importing"), .staged(0, id: "another", state: "new")]),
        ]) { test in
            let error = await #expect(throws: TransportError.self) { try await test.client.waitUntilEnded() }

            #expect(error?.reason == .operationReplaced)
        }
    }

    @Test func `when the session has ended, then the wait fails`() async throws {
        let body = #"{"status":"error","message":"You must be logged in to do this."}"#
        try await TestClient.with(["import.events": .json(body, status: "401 Unauthorized")]) { test in
            let error = await #expect(throws: ServerError.self) { try await test.client.waitUntilEnded() }

            #expect(error?.status == 401)
        }
    }

    @Test func `when a state is reached that was asked for, then the wait ends`() async throws {
        try await TestClient.with([
            "import.events": .status("404 Not Found"),
            "import.status": .inTurn([.staged(9, state: "loading"), .staged(9, state: "ready")]),
        ]) { test in
            let last = try await test.client.waitUntilEnded(or: [.ready])
            #expect(last.state == "ready")
        }
    }

    @Test func `when the waiting task is cancelled, then the wait throws the cancellation`() async throws {
        let start = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + Self.event("progress", done: 1)
        try await TestClient.with(["import.events": .bytes(start)]) { test in
            let client = test.client
            let task = Task { try await client.waitUntilEnded() }
            while test.requests(for: "import.events") == 0 { await Task.yield() }
            task.cancel()

            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `when events have any line ends and come byte by byte, then they are read`(end: String) throws {
        let text = "\u{FEFF}: c\n\nevent:progress\nid: 1\ndata: a\ndata\ndata:b\nretry: 5\n\nevent: none\n\ndata: c\n\n"
        var parser = EventParser(limit: 100)
        var events: [EventParser.Event] = []
        for byte in text.replacing("\n", with: end).utf8 { events += try parser.receive([byte]) }

        #expect(
            events == [
                EventParser.Event(name: "progress", id: "1", data: Array("a\n\nb".utf8)),
                EventParser.Event(name: "message", data: Array("c".utf8)),
            ])
    }

    @Test(arguments: ["x", "data: x\n", "data:\n"])
    func `when an event has no end, then memory has`(text: String) throws {
        var parser = EventParser(limit: 1_000)
        #expect(throws: EventParser.TooLarge.self) {
            for _ in 0..<10_000 { _ = try parser.receive(Array(text.utf8)) }
        }
    }
}
