import Foundation
import HTTPTypes
import ImportFixtures
import ImportServer
import JSON
import Testing

@Suite("Given a server that is asked about itself", .onEveryStore)
struct ServerCallsTests {
    @Test func `when anybody asks, then health, readiness, metrics and version respond`() async throws {
        try await TestServer.with { server in
            #expect(try await server.call(.get, "/health", as: nil).body == #"{"status":"ok"}"#)
            #expect(try await server.call(.get, "/ready", as: nil).body == #"{"status":"ok"}"#)
            #expect(try await server.call(.get, "/metrics", as: nil).body == "ferry_up 1\n")
            let info = try await server.call(.get, "/api/info", as: nil)
            #expect(info.body == #"{"success":true,"version":"7.10"}"#)
            #expect(try await server.get("info").json["info"]?["version"] == .string("1.2.3"))
        }
    }

    @Test func `when the document is read from docs, then it is the one that is served, but for the server`()
        async throws
    {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try String(contentsOf: repository.appending(path: "docs/openapi.json"), encoding: .utf8)

        try await TestServer.with { server in
            let served = try await server.call(.get, "/api/openapi.json", as: nil)
            #expect(served.body == file.replacing("\"http://127.0.0.1:3000\"", with: "\"http://ferry.test\""))
        }
    }

    @Test func `when the start page is opened, then it links to the documents and loads nothing`() async throws {
        try await TestServer.with { server in
            let page = try await server.call(.get, "/", as: nil)

            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.header("Content-Security-Policy")?.hasPrefix("default-src 'none';") == true)
            for text in ["Ferry 1.2.3", "/api/openapi.json", "/health"] { #expect(page.body.contains(text)) }
            for text in ["<script", "http://", "https://"] { #expect(!page.body.contains(text)) }
        }
    }

    @Test func `when the 3.0 document is asked for, then it has the same calls, in Rocket.Chat's form`() async throws {
        try await TestServer.with { server in
            func calls(_ document: JSONValue) -> [String] {
                (document["paths"]?.members ?? []).flatMap { path in
                    path.value.members.compactMap { $0.value["operationId"]?.text }
                }
            }
            let first = try await server.call(.get, "/api/openapi.json", as: nil).json
            let second = try await server.call(.get, "/api/openapi-3.0.json", as: nil).json
            let addUsers = second["paths"]?["/api/v1/import.addUsers"]?["post"]

            #expect(second["openapi"] == .string("3.0.3"))
            #expect(calls(second) == calls(first))
            #expect(addUsers?["tags"]?.serialized() == #"["Bulk User Import"]"#)
            #expect(addUsers?["parameters"]?.elements.map { $0["name"]?.text } == ["X-User-Id", "X-Auth-Token"])
            let schema = addUsers?["requestBody"]?["content"]?["application/json"]?["schema"]
            #expect(schema?["type"] == .string("object"))
        }
    }

    @Test(arguments: ["/api/openapi.json", "/api/openapi-3.0.json"])
    func `when a client is generated, then it calls the server at its root`(path: String) async throws {
        try await TestServer.with { server in
            let document = try await server.call(.get, path, as: nil).json

            #expect(document["servers"]?.serialized() == #"[{"url":"http://ferry.test"}]"#)
            #expect(document["paths"]?["/api/v1/import.new"] != nil)
        }
    }

    @Test(arguments: ["/api/openapi.json", "/api/openapi-3.0.json"])
    func `when a client is generated, then success is a plain Boolean`(path: String) async throws {
        try await TestServer.with { server in
            let document = try await server.call(.get, path, as: nil).json
            var pending = [document]
            while let value = pending.popLast() {
                if let success = value["properties"]?["success"] {
                    #expect(success["type"] == .string("boolean"))
                    #expect(success["enum"] == nil && success["const"] == nil)
                }
                pending += value.members.map(\.value) + value.elements
            }
        }
    }
}
