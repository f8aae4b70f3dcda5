import Foundation
import HTTPTypes
import ImportFixtures
import ImportServer
import JSON
import Testing

@Suite("Given a server that is asked about itself", .onEveryStore)
struct ServerCallsTests {
    @Test func `when anybody asks, then health, readiness, metrics and version are answered`() async throws {
        try await TestServer.with { server in
            #expect(try await server.call(.get, "/health", as: nil).body == #"{"status":"ok"}"#)
            #expect(try await server.call(.get, "/ready", as: nil).body == #"{"status":"ok"}"#)
            #expect(try await server.call(.get, "/metrics", as: nil).body == "ferry_up 1\n")
            let info = try await server.call(.get, "/api/info", as: nil)
            #expect(info.body == #"{"success":true,"version":"7.10"}"#)
            #expect(try await server.get("info").json["info"]?["version"] == .string("1.2.3"))
        }
    }

    @Test func `when the OpenAPI document is asked for, then it names exactly the routes of the server`() async throws {
        try await TestServer.with { server in
            let document = try await server.call(.get, "/api/openapi.json", as: nil).json
            var documented: Set<String> = []
            for path in document["paths"]?.members ?? [] {
                for method in path.value.members where ["get", "post", "put", "delete", "patch"].contains(method.key) {
                    let id = method.value["operationId"]?.text ?? "none"
                    documented.insert("\(method.key.uppercased()) \(path.key) \(id)")
                }
            }

            let routes = ServerRouter.routes.map { "\($0.method) \($0.path) \($0.operationID)" }
            #expect(documented == Set(routes))
        }
    }

    @Test func `when the document is read from docs, then it is the one that is served`() async throws {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(contentsOf: repository.appending(path: "docs/openapi.json"), encoding: .utf8)

        try await TestServer.with { server in
            let served = try await server.call(.get, "/api/openapi.json", as: nil)
            #expect(served.body == file)
        }
    }
}
