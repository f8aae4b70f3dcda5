import AdminPage
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

    @Test func `when the root is opened, then it leads to the admin page`() async throws {
        try await TestServer.with { server in
            let root = try await server.call(.get, "/", as: nil)

            #expect(root.status == 307)
            // Relative, for proxies that add a prefix.
            #expect(root.header("Location") == "admin/import")
        }
    }

    @Test func `when the admin page is opened, then it has its policy and is asked for again by its tag only`()
        async throws
    {
        try await TestServer.with { server in
            let page = try await server.call(.get, "/admin/import", as: nil)
            let tag = try #require(page.header("ETag"))

            #expect(page.status == 200)
            #expect(page.header("Content-Type") == "text/html; charset=utf-8")
            #expect(page.header("Content-Security-Policy") == AdminPage.contentSecurityPolicy)
            #expect(page.header("Referrer-Policy") == "no-referrer")
            #expect(page.header("X-Content-Type-Options") == "nosniff")
            #expect(page.header("Cache-Control") == "no-cache")
            #expect(page.body.hasPrefix("<!doctype html>"))
            let again = try await server.call(.get, "/admin/import", headers: [.ifNoneMatch: tag], as: nil)
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
        }
    }

    @Test func `when a file of the admin page is asked for, then it is served with its type and tag`() async throws {
        try await TestServer.with { server in
            for file in AdminPage.files.values {
                let served = try await server.call(.get, "/admin/import/\(file.path)", as: nil)

                #expect(served.status == 200, "\(file.path)")
                #expect(served.header("Content-Type") == file.mediaType)
                #expect(served.header("ETag") == file.tag)
                #expect(served.header("Content-Security-Policy") == AdminPage.contentSecurityPolicy)
                #expect(served.bytes == file.bytes)
            }
        }
    }

    @Test(arguments: [
        "/admin/import/nothing.js", "/admin/import/views", "/admin/import/../../api/openapi.json",
        "/admin/import/%2e%2e/main.js", "/admin", "/admin/imports",
    ])
    func `when another path near the admin page is asked for, then it does not exist`(path: String) async throws {
        try await TestServer.with { server in
            let response = try await server.call(.get, path, as: nil)

            #expect(response.status == 404)
        }
    }

    @Test func `when the admin page is posted to, then the path supports GET alone`() async throws {
        try await TestServer.with { server in
            for path in ["/admin/import", "/admin/import/main.js"] {
                let response = try await server.call(.post, path, as: nil)

                #expect(response.status == 405)
                #expect(response.header("Allow") == "GET")
            }
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
