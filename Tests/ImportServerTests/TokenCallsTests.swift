import HTTPTypes
import ImportDomain
import ImportFixtures
import JSON
import Passwords
import Testing
import WorkspaceServices

@Suite("Given an account that generates personal access tokens", .onEveryStore)
struct TokenCallsTests {
    private static func generate(
        _ name: String, on server: TestServer, as credentials: TestServer.Credentials? = nil
    ) async throws -> TestServer.Credentials {
        let owner = credentials ?? server.administrator
        let answer = try await server.call(
            .post, "users.generatePersonalAccessToken", body: #"{"tokenName":"\#(name)"}"#, as: owner)
        #expect(answer.status == 200, "\(answer.body)")
        return .init(userID: owner.userID, token: try #require(answer.json["token"]?.text))
    }

    @Test func `when a token is generated, then it authenticates calls, is stored as a hash only and does not expire`()
        async throws
    {
        try await TestServer.with { server in
            let token = try await Self.generate("nightly", on: server)

            #expect(token.token.count == 43)
            #expect(try await server.call(.get, "me", as: token).json["username"] == .string("admin"))
            let other = TestServer.Credentials(userID: "somebody", token: token.token)
            #expect(try await server.call(.get, "me", as: other).status == 401)
            let stored = try await server.workspace.store.read {
                try $0.sessions.personalTokens(of: UserID(server.administrator.userID))
            }
            #expect(stored.map(\.tokenHash) == [server.workspace.passwords.tokenHash(of: token.token)])

            server.workspace.clock.advance(by: .seconds(4_000 * 86_400))
            try await SignInService(server.workspace.environment).removeExpired()
            #expect(try await server.call(.get, "me", as: token).status == 200)
        }
    }

    @Test func `when tokens are listed, then names, times and last characters are shown, and no token`() async throws {
        try await TestServer.with { server in
            let first = try await Self.generate("nightly", on: server)
            server.workspace.clock.advance(by: .seconds(1))
            _ = try await server.post(
                "users.generatePersonalAccessToken", #"{"tokenName":"it's ü","bypassTwoFactor":true}"#)

            let list = try await server.get("users.getPersonalAccessTokens")

            let tokens = try #require(list.json["tokens"]?.elements)
            #expect(tokens.map { $0["name"]?.text } == ["nightly", "it's ü"])
            #expect(tokens.map { $0["bypassTwoFactor"] } == [.boolean(false), .boolean(true)])
            #expect(tokens.first?["lastTokenPart"] == .string(String(first.token.suffix(6))))
            #expect(tokens.first?["createdAt"]?.text?.hasSuffix("Z") == true)
            #expect(!list.body.contains(first.token))
            let plain = try await server.plainUser()
            let others = try await server.call(.get, "users.getPersonalAccessTokens", as: plain)
            #expect(others.body == #"{"success":true,"tokens":[]}"#)
        }
    }

    @Test func `when a token is regenerated or removed, then the old one is worth nothing`() async throws {
        try await TestServer.with { server in
            let first = try await Self.generate("nightly", on: server)

            let answer = try await server.post(
                "users.regeneratePersonalAccessToken", #"{"tokenName":"nightly"}"#)
            let second = TestServer.Credentials(
                userID: first.userID, token: try #require(answer.json["token"]?.text))

            #expect(try await server.call(.get, "me", as: first).status == 401)
            #expect(try await server.call(.get, "me", as: second).status == 200)
            let removed = try await server.post("users.removePersonalAccessToken", #"{"tokenName":"nightly"}"#)
            #expect(removed.body == #"{"success":true}"#)
            #expect(try await server.call(.get, "me", as: second).status == 401)
        }
    }

    @Test(arguments: [
        (
            "generate", #"{"tokenName":"nightly"}"#,
            "A token with this name already exists [error-token-already-exists]"
        ),
        ("regenerate", #"{"tokenName":"other"}"#, "Token does not exist [error-token-does-not-exists]"),
        ("remove", #"{"tokenName":"other"}"#, "Token does not exist [error-token-does-not-exists]"),
        ("generate", "{}", "The 'tokenName' param is required"),
        ("regenerate", #"{"tokenName":""}"#, "The 'tokenName' param is required"),
        ("remove", "{}", "The 'tokenName' param is required"),
        (
            "generate", #"{"tokenName":"a\u0001b"}"#,
            "The token's name must have 1 to 255 bytes and no control characters."
        ),
    ])
    func `when a call is wrong, then the error is the documented one`(
        call: String, body: String, error: String
    ) async throws {
        try await TestServer.with { server in
            _ = try await Self.generate("nightly", on: server)

            let answer = try await server.post("users.\(call)PersonalAccessToken", body)

            #expect(answer.status == 400)
            #expect(answer.json["error"] == .string(error))
        }
    }

    @Test func `when an account has fifty tokens, then it gets no more`() async throws {
        try await TestServer.with { server in
            for number in 0..<PersonalToken.perAccount { _ = try await Self.generate("t\(number)", on: server) }

            let answer = try await server.post("users.generatePersonalAccessToken", #"{"tokenName":"another"}"#)

            #expect(answer.json["errorType"] == .string("error-too-many-tokens"))
        }
    }

    @Test func `when the account lacks the permission, then the documented errors are returned`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let change = #"{"permissions":[{"_id":"create-personal-access-tokens","roles":["admin"]}]}"#
            #expect(try await server.post("permissions.update", change).status == 200)

            for call in ["generate", "regenerate", "remove"] {
                let answer = try await server.call(
                    .post, "users.\(call)PersonalAccessToken", body: #"{"tokenName":"x"}"#, as: plain)
                #expect(answer.status == 400)
                #expect(answer.json["errorType"] == .string("not-authorized"))
                #expect(answer.json["details"] == .string("personalAccessTokens:\(call)Token"))
            }
            let list = try await server.call(.get, "users.getPersonalAccessTokens", as: plain)
            #expect(list.status == 403)
        }
    }

    @Test(arguments: [#""active":false"#, #""password":"another one""#])
    func `when the account is deactivated or gets a new password, then its tokens are removed`(
        change: String
    ) async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            let token = try await Self.generate("nightly", on: server, as: plain)

            let answer = try await server.post(
                "users.update", #"{"userId":"\#(plain.userID)","data":{\#(change)}}"#)

            #expect(answer.status == 200, "\(answer.body)")
            #expect(try await server.call(.get, "me", as: token).status == 401)
            let left = try await server.workspace.store.read {
                try $0.sessions.personalTokens(of: UserID(plain.userID))
            }
            #expect(left.isEmpty)
        }
    }

    @Test func `when one name is generated many times at once, then one token exists`() async throws {
        try await TestServer.with { server in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await server.post("users.generatePersonalAccessToken", #"{"tokenName":"once"}"#).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(statuses.sorted() == [200] + Array(repeating: 400, count: 7))
        }
    }
}
