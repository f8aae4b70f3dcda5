import HTTPTypes
import ImportFixtures
import JSON
import Testing

@Suite("Given a request whose body has a byte order mark or a coding")
struct BodyRuleTests {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    @Test func `when JSON begins with a byte order mark, then it is skipped in every call`() async throws {
        try await TestServer.with { server in
            let calls: [(String, String)] = [
                ("login", #"{"user":"admin","password":"wrong"}"#), ("import.new", ""),
                ("import.addUsers", #"{"users":[{"emails":["a@b.c"],"importIds":["1"]}]}"#),
                ("users.create", #"{"username":"eve","email":"eve@b.c","name":"Eve","password":"evening"}"#),
            ]
            for (name, body) in calls {
                let plain = name == "login" ? 401 : 200
                let answer = try await server.call(
                    .post, name, bytes: Self.mark + Array(body.utf8), type: "application/json",
                    as: server.administrator)
                #expect(answer.status == plain, "\(name): \(answer.body)")
            }
            let lines = try await server.call(
                .post, "import.addUsers", bytes: Self.mark + Array(#"{"emails":["d@b.c"],"importIds":["2"]}"#.utf8),
                type: "application/x-ndjson", as: server.administrator)
            #expect(lines.status == 200, "\(lines.body)")
        }
    }

    @Test(
        arguments: [
            "login", "downloadPublicImportFile", "downloadPendingFiles", "startImport", "users.create", "users.update",
            "users.delete", "users.setActiveStatus", "permissions.update", "settings/API_Default_Count",
            "import.addUsers",
            "import.addChannels", "import.addMessages", "uploadImportFile",
        ], ["280000000000", "18446744073709551615"])
    func `when a body announces more than its call takes, then none of it is asked for`(
        name: String, length: String
    ) async throws {
        try await TestServer.with(.sqlite) { server in
            // The body is small: only the announced length is too large.
            let answer = try await server.call(
                .post, name, bytes: nil, type: "application/json",
                headers: [.contentLength: length, .contentType: "application/json"], as: server.administrator)

            #expect(answer.status == 413)
            #expect(answer.json["errorType"] == .string("error-request-too-large"))
        }
    }

    @Test(arguments: ["gzip", "br", "deflate, gzip"])
    func `when the body is compressed, then the error reports it and nothing is staged`(coding: String) async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")
            let answer = try await server.call(
                .post, "import.addUsers", body: "{}", headers: [.contentEncoding: coding], as: server.administrator)

            #expect(answer.status == 415)
            #expect(answer.json["errorType"] == .string("error-content-encoding"))
            #expect(answer.header("Accept-Encoding") == "identity")
        }
    }

    @Test(arguments: ["PROPFIND", "TRACE", "MKCOL", "LOCK", "PATCH"])
    func `when a method is not one of the path, then the status is 405 with the methods that are`(
        name: String
    ) async throws {
        try await TestServer.with { server in
            let method = try #require(HTTPRequest.Method(name))

            let answer = try await server.call(method, "import.status", as: nil)
            let unknown = try await server.call(method, "no.such.call", as: nil)

            #expect(answer.status == 405)
            #expect(answer.header("Allow") == "GET")
            #expect(unknown.status == 404)
        }
    }
}
