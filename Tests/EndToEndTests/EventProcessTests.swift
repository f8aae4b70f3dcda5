import Foundation
import FoundationNetworking
import JSON
import Testing

extension EndToEnd {
    @Suite("Given the program and clients that listen by sockets", .serialized, .timeLimit(.minutes(10)))
    struct EventProcessTests {
        private static func users(_ count: Int) -> String {
            let users = (0..<count).map { number in
                #"{"username":"p\#(number)","emails":["p\#(number)@example.com"],"importIds":["id\#(number)"]}"#
            }
            return #"{"users":["# + users.joined(separator: ",") + "]}"
        }

        /// A server with staged users.
        private static func server(staging count: Int) async throws -> FerryProcess {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            try await server.call("POST", "import.new")
            try await server.call("POST", "import.addUsers", users(count))
            return server
        }

        /// A connection that has received the first event.
        private static func listener(to server: FerryProcess) async throws -> RawConnection {
            let connection = try RawConnection(port: server.port)
            let headers = try server.request("GET", "import.events").allHTTPHeaderFields ?? [:]
            let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            await connection.send(
                Array("GET /api/v1/import.events HTTP/1.1\r\nHost: ferry.test\r\n\(fields)\r\n".utf8))
            return connection
        }

        @Test func `when an import runs, then progress comes before the result, and the response ends`() async throws {
            let server = try await Self.server(staging: 3_000)
            let connection = try await Self.listener(to: server)
            let start = await connection.receive(until: "event: progress")
            try await server.call("POST", "import.run")
            let rest = await connection.receive(until: "\r\n0\r\n\r\n")
            // The connection serves other requests.
            await connection.send(Array("GET /health HTTP/1.1\r\nHost: ferry.test\r\n\r\n".utf8))
            let next = await connection.receive(until: #""status""#)

            #expect(start.hasPrefix("HTTP/1.1 200 "))
            #expect(start.contains("text/event-stream"))
            #expect(rest.components(separatedBy: "event: result").count == 2)
            #expect(rest.contains(#""state":"done""#))
            #expect(next.contains("HTTP/1.1 200 "))
            try await server.remove()
        }

        @Test func `when the server stops, then the streams end and the process ends`() async throws {
            let server = try await Self.server(staging: 1)
            let connections = try await [Self.listener(to: server), Self.listener(to: server)]
            for connection in connections { _ = await connection.receive(until: "event: progress") }
            let start = ContinuousClock.now
            let outcome = try await server.stop()
            let ends = await [connections[0].receive(), connections[1].receive()]

            #expect(outcome.status == 0)
            #expect(ContinuousClock.now - start < .seconds(15))
            #expect(ends.allSatisfy { $0.hasSuffix("0\r\n\r\n") && !$0.contains("event: result") })
            try await server.remove()
        }

        @Test func `when 200 listen and one of them reads nothing, then each other one gets the result`() async throws {
            let server = try await Self.server(staging: 5_000)
            var connections: [RawConnection] = []
            for _ in 0..<200 { connections.append(try await Self.listener(to: server)) }
            let silent = try await Self.listener(to: server)
            try await server.call("POST", "import.run")
            let done = try await server.status { $0["state"] == .string("done") }
            var results = 0
            for connection in connections where await connection.receive(until: "event: result").contains("done") {
                results += 1
            }

            #expect(done.count("completed") == 5_000)
            #expect(results == 200)
            withExtendedLifetime(silent) {}
            try await server.remove()
        }
    }
}
