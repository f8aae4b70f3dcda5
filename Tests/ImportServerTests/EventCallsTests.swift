import Foundation
import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing

@Suite("Given a server and clients that listen to an import", .onEveryStore, .timeLimit(.minutes(10)))
struct EventCallsTests {
    private static var timing: ProgressFeed.Timing {
        var timing = ProgressFeed.Timing()
        timing.interval = .milliseconds(5)
        timing.repetition = .milliseconds(50)
        return timing
    }

    /// The events of a stream: name, id and data.
    private static func events(_ body: String) throws -> [(name: String, id: String, data: JSONValue)] {
        try body.components(separatedBy: "\n\n").filter { $0.hasPrefix("event: ") }.map { text in
            let lines = text.split(separator: "\n").map { line in
                line.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
            }
            return (lines[0], lines[1], try JSONValue(parsing: lines[2]))
        }
    }

    /// Waits until a client listens, and long enough for it to take the first event.
    private static func waitForTheListener(of server: TestServer) async throws {
        while server.progress.listenerCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(200))
    }

    @Test func `when the import runs, then events come until its result, and the response ends`() async throws {
        try await TestServer.with(progressTiming: Self.timing) { server in
            try await server.workspace.stage(StagedUser.crowd(50))
            async let stream = server.get("import.events")
            try await Self.waitForTheListener(of: server)
            try await server.workspace.runToTheEnd()

            let answer = try await stream
            let events = try Self.events(answer.body)
            #expect(answer.header("Content-Type") == "text/event-stream")
            #expect(answer.body.hasPrefix("retry: 2000\n\n"))
            #expect(events.map(\.name) == Array(repeating: "progress", count: events.count - 1) + ["result"])
            #expect(events.first?.data["state"] == .string("ready"))
            #expect(events.last?.data["state"] == .string("done"))
            #expect(events.last?.data["done"] == .number(JSONNumber(50)))
            #expect(events.last?.data["counts"]?["users"]?["created"] == .number(JSONNumber(50)))
            #expect(Set(events.map(\.id)).count == events.count)
        }
    }

    @Test func `when the import is undone, then events have the numbers of the undo, and no bytes`() async throws {
        try await TestServer.with(progressTiming: Self.timing) { server in
            try await server.workspace.importing(StagedUser.crowd(50))
            _ = try await server.post("import.undo")
            async let stream = server.get("import.events")
            try await Self.waitForTheListener(of: server)
            let worker = server.workspace.worker()
            while try await worker.step() { try await Task.sleep(for: .milliseconds(50)) }

            let events = try Self.events(try await stream.body)
            let status = try await server.get("import.status")
            #expect(events.last?.name == "result")
            #expect(events.last?.data["undo"] == status.json["undo"])
            #expect(events.last?.data["undo"]?["summary"]?["users"]?["removed"] == .number(JSONNumber(50)))
            let stages = events.compactMap { $0.data["undo"]?["stage"]?.text }
            #expect(stages.count == events.count - 1)
            #expect(Set(stages).count > 2)
            #expect(events.allSatisfy { $0.data["bytesRead"] == nil && $0.data["bytesTotal"] == nil })
        }
    }

    @Test func `when a client comes back, then it gets the present state, or nothing after a result`() async throws {
        try await TestServer.with { server in
            let operation = try await server.workspace.importing([StagedUser("ada")])
            let first = try Self.events(try await server.get("import.events").body)
            let name = try #require(HTTPField.Name("Last-Event-ID"))
            let result = try #require(first.last)
            let again = try await server.call(
                .get, "import.events", headers: [name: result.id], as: server.administrator)
            let missed = try await server.call(
                .get, "import.events?operationId=\(operation.id)", headers: [name: "\(operation.id)-3"],
                as: server.administrator)

            #expect(first.map(\.name) == ["result"])
            #expect(again.status == 204)
            #expect(try Self.events(missed.body).map(\.id) == [result.id])
        }
    }

    @Test func `when the session ends, then the stream ends`() async throws {
        try await TestServer.with(progressTiming: Self.timing) { server in
            try await server.workspace.stage([StagedUser("ada")])
            let other = try await server.signIn("admin", password: TestWorkspace.password)
            async let stream = server.call(.get, "import.events", as: other)
            try await Self.waitForTheListener(of: server)
            _ = try await server.call(.post, "logout", as: other)

            #expect(try Self.events(try await stream.body).map(\.name) == ["progress"])
        }
    }

    @Test func `when nobody may listen or there is nothing to listen to, then the response says so`() async throws {
        try await TestServer.with(listeners: 0) { server in
            let nothing = try await server.get("import.events")
            try await server.workspace.stage([StagedUser("ada")])
            let full = try await server.get("import.events")
            let unknown = try await server.get("import.events?operationId=none")
            let stranger = try await server.call(.get, "import.events", as: server.plainUser())

            #expect(nothing.json["error"] == .string("error-operation-not-found"))
            #expect(full.status == 503)
            #expect(full.header("Retry-After") == "5")
            #expect(unknown.json["error"] == .string("error-operation-not-found"))
            #expect(stranger.status == 403)
        }
    }
}
