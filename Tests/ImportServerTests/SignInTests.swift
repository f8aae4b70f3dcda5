import HTTPTypes
import ImportFixtures
import JSON
import Passwords
import Testing

@Suite("Given an imported user who signs in", .onEveryStore)
struct SignInTests {
    private static func withUser(_ test: @Sendable @escaping (TestServer) async throws -> Void) async throws {
        try await TestServer.with { server in
            try await server.workspace.importing([
                StagedUser("ada", password: "countess"), StagedUser("gone", password: "countess", deleted: true),
            ])
            try await test(server)
        }
    }

    @Test(arguments: [
        #"{"user":"ada","password":"countess"}"#, #"{"user":"ADA@example.com","password":"countess"}"#,
        #"{"username":"ada","password":"countess"}"#, #"{"email":"ada@example.com","password":"countess"}"#,
        #"{"user":{"username":"ada"},"password":"countess"}"#,
        #"{"user":{"email":"ada@example.com"},"password":"countess"}"#,
        """
        {"user":"ada","password":{"digest":"6b4bbac35ab87b5911e68c80bf4d72ef6e1eda3b8b8b0e3d6dc6dbbb3a8e6df5",\
        "algorithm":"sha-256"}}
        """,
    ])
    func `when any documented form of credentials is right, then there is a session`(body: String) async throws {
        try await Self.withUser { server in
            let digest = server.workspace.passwords.digest(of: "countess")
            let body = body.replacing(
                "6b4bbac35ab87b5911e68c80bf4d72ef6e1eda3b8b8b0e3d6dc6dbbb3a8e6df5", with: digest)

            let answer = try await server.call(.post, "login", body: body, as: nil)

            #expect(answer.status == 200)
            #expect(answer.json["status"] == .string("success"))
            #expect(answer.json["success"] == .boolean(true))
            let token = try #require(answer.json["data"]?["authToken"]?.text)
            let id = try #require(answer.json["data"]?["userId"]?.text)
            #expect(token.count == 43)
            let me = try await server.call(.get, "me", as: .init(userID: id, token: token))
            #expect(me.json["username"] == .string("ada"))
            #expect(me.json["services"]?.serialized() == #"{"password":{"exists":true}}"#)
            #expect(!answer.body.contains("$2b$"))
        }
    }

    @Test func `when credentials come as a form, then there is a session`() async throws {
        try await Self.withUser { server in
            let answer = try await server.call(
                .post, "login", body: "user=ada&password=count%65ss", type: "application/x-www-form-urlencoded", as: nil
            )

            #expect(answer.status == 200)
        }
    }

    @Test func `when a token is presented again, then the same session continues`() async throws {
        try await Self.withUser { server in
            let ada = try await server.signIn("ada", password: "countess")

            let answer = try await server.call(.post, "login", body: #"{"resume":"\#(ada.token)"}"#, as: nil)

            #expect(answer.json["data"]?["authToken"] == .string(ada.token))
        }
    }

    @Test(arguments: [
        #"{"user":"ada","password":"wrong"}"#, #"{"user":"nobody","password":"countess"}"#, #"{"user":"ada"}"#, "{", "",
        #"{"resume":"unknown"}"#, #"{"user":"ada","password":{"digest":"00"}}"#,
    ])
    func `when credentials are wrong, then the response does not reveal which`(body: String) async throws {
        try await Self.withUser { server in
            let answer = try await server.call(.post, "login", body: body, as: nil)

            #expect(answer.status == 401)
            #expect(
                answer.body == #"{"error":"Unauthorized","message":"Unauthorized","status":"error","success":false}"#)
        }
    }

    @Test func `when the account is deactivated, then the response states it`() async throws {
        try await Self.withUser { server in
            let answer = try await server.call(.post, "login", body: #"{"user":"gone","password":"countess"}"#, as: nil)

            #expect(answer.status == 401)
            #expect(answer.json["error"] == .string("error-user-is-not-activated"))
            #expect(answer.json["message"] == .string("User is not activated"))
        }
    }

    @Test func `when a password was wrong ten times, then the account is blocked for five minutes`() async throws {
        try await Self.withUser { server in
            let right = #"{"user":"ada","password":"countess"}"#
            for _ in 0..<10 {
                _ = try await server.call(.post, "login", body: #"{"user":"ada","password":"wrong"}"#, as: nil)
            }

            let blocked = try await server.call(.post, "login", body: right, as: nil)
            let other = try await server.call(.post, "login", body: #"{"user":"gone","password":"x"}"#, as: nil)
            server.workspace.clock.advance(by: .seconds(301))
            let later = try await server.call(.post, "login", body: right, as: nil)

            #expect(blocked.status == 401)
            #expect(blocked.json["error"] == .string("error-login-blocked-for-user"))
            #expect(other.json["error"] == .string("Unauthorized"))
            #expect(later.status == 200)
        }
    }

    @Test func `when an address failed fifty times, then the address is blocked`() async throws {
        try await Self.withUser { server in
            for attempt in 0..<50 {
                let body = #"{"user":"nobody\#(attempt)","password":"wrong"}"#
                _ = try await server.call(.post, "login", body: body, as: nil)
            }

            let answer = try await server.call(
                .post, "login", body: #"{"user":"ada","password":"countess"}"#, as: nil)

            #expect(answer.json["error"] == .string("error-login-blocked-for-ip"))
        }
    }

    @Test func `when the session ends, then its token is worth nothing`() async throws {
        try await Self.withUser { server in
            let ada = try await server.signIn("ada", password: "countess")

            let answer = try await server.call(.post, "logout", as: ada)

            #expect(answer.body == #"{"data":{"message":"You've been logged out!"},"status":"success"}"#)
            #expect(try await server.call(.get, "me", as: ada).status == 401)
        }
    }

    @Test func `when ninety days have passed, then the token has run out`() async throws {
        try await Self.withUser { server in
            let ada = try await server.signIn("ada", password: "countess")

            server.workspace.clock.advance(by: .seconds(90 * 86_400))

            #expect(try await server.call(.get, "me", as: ada).status == 401)
        }
    }
}
