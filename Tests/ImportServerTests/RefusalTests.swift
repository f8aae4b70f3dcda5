import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing

@Suite("Given a server that rejects a call", .onEveryStore)
struct RefusalTests {
    static let administratorCalls: [(HTTPRequest.Method, String)] = [
        (.post, "import.new"), (.post, "import.addUsers"), (.post, "import.run"), (.get, "import.status"),
        (.post, "import.check"), (.post, "import.clear"), (.post, "import.pause"), (.post, "import.resume"),
        (.post, "import.cancel"),
        (.get, "import.failures"), (.get, "importers.list"),
        (.get, "getCurrentImportOperation"), (.get, "getImportProgress"), (.get, "getLatestImportOperations"),
        (.post, "users.create"), (.post, "users.update"), (.post, "users.delete"), (.post, "users.setActiveStatus"),
        (.post, "permissions.update"), (.get, "settings/API_Default_Count"), (.post, "settings/API_Default_Count"),
    ]

    @Test(arguments: administratorCalls.map(\.1))
    func `when nobody is signed in, then every call returns the same 401`(path: String) async throws {
        try await TestServer.with { server in
            let method = try #require(Self.administratorCalls.first { $0.1 == path }?.0)
            let wrong = [
                nil, TestServer.Credentials(userID: server.administrator.userID, token: "wrong"),
                TestServer.Credentials(userID: "somebody", token: server.administrator.token),
            ]
            for credentials in wrong {
                let answer = try await server.call(method, path, as: credentials)

                #expect(answer.status == 401)
                #expect(
                    answer.body == """
                        {"error":"You must be logged in to do this.","message":"You must be logged in to do this.",\
                        "status":"error","success":false}
                        """)
            }
        }
    }

    @Test func `when the caller lacks the permission, then every call returns the same 403`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            for (method, path) in Self.administratorCalls {
                let answer = try await server.call(method, path, body: method == .post ? "{" : nil, as: plain)

                #expect(answer.status == 403, "\(path)")
                #expect(
                    answer.body == """
                        {"error":"User does not have the permissions required for this action [error-unauthorized]",\
                        "success":false}
                        """)
            }
        }
    }

    @Test(arguments: [
        ("none", "Import operation not initialized.", "operation-not-initialized", "none"),
        (
            "importing", "The current import operation can not receive new data.", "operation-cannot-receive-records",
            "importing"
        ),
        ("done", "The current import operation is already finished.", "operation-finished", "done"),
        ("cleared", "Import operation not initialized.", "operation-not-initialized", "canceled"),
    ])
    func `when the operation takes no users, then the text reports why, and beside it the state and the next calls`(
        situation: String, text: String, code: String, state: String
    ) async throws {
        try await TestServer.with { server in
            try await server.prepare(situation)

            let answer = try await server.post("import.addUsers", StagedUser.body([StagedUser("x")]))

            #expect(answer.status == 400)
            try Self.expectWords(answer, text, code: code, state: state, because: "takes no records")
        }
    }

    /// Expects the documented text without other documented fields, and the words beside it.
    private static func expectWords(
        _ answer: TestServer.Answer, _ text: String, code: String, state: String, because reason: String
    ) throws {
        #expect(answer.json["error"] == .string(text))
        #expect(answer.json["success"] == .boolean(false))
        #expect(answer.json["errorType"] == nil && answer.json["details"] == nil)
        let words = try #require(answer.json["import"])
        #expect(words["code"] == .string(code))
        #expect(words["state"] == .string(state))
        let message = words["message"]?.text ?? ""
        #expect(message.contains(state == "none" ? "There is no import" : ", so it \(reason). Next: "))
        #expect(words["next"]?.elements.isEmpty == false)
    }

    @Test(arguments: [
        ("none", "operation-not-found", "none"), ("new", "invalid-operation-status", "new"),
        ("importing", "invalid-operation-status", "importing"), ("done", "invalid-operation-status", "done"),
        ("cleared", "operation-not-found", "canceled"),
    ])
    func `when the operation cannot run, then the text reports why, and beside it the state and the next calls`(
        situation: String, code: String, state: String
    ) async throws {
        try await TestServer.with { server in
            try await server.prepare(situation)

            let answer = try await server.post("import.run")

            #expect(answer.status == 400)
            try Self.expectWords(answer, "error-\(code)", code: code, state: state, because: "cannot be started")
        }
    }

    @Test func `when there is no operation to report on, then the error names the call`() async throws {
        try await TestServer.with { server in
            let answer = try await server.get("getImportProgress")

            #expect(answer.json["details"] == .string("getImportProgress"))
            #expect(answer.json["error"] == .string("Import Operation Not Found [error-operation-not-found]"))
            #expect(answer.json["errorType"] == .string("error-operation-not-found"))
            #expect(answer.json["import"]?["state"] == .string("none"))
        }
    }

    @Test func `when users lack data or have unknown roles, then the first of them is named`() async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")

            let missing = try await server.post(
                "import.addUsers", StagedUser.body([StagedUser("a"), StagedUser("b", importIDs: [])]))
            let role = try await server.post("import.addUsers", StagedUser.body([StagedUser("a", roles: ["wizard"])]))

            #expect(
                missing.body == """
                    {"error":"Users are missing required data.",\
                    "import":{"code":"missing-import-id","field":"importIds","index":1},"success":false}
                    """)
            #expect(
                role.body == """
                    {"error":"One or more of the users have been assigned invalid roles.",\
                    "import":{"code":"invalid-role","field":"roles","index":0,"value":"wizard"},"success":false}
                    """)
        }
    }

    @Test(arguments: [
        (#"{}"#, "must have required property 'users'"), (#"{"users":1}"#, "must be array"),
        (#"{"users":[],"other":1}"#, "must NOT have additional properties"), (#"[]"#, "must be object"),
        (#"{"users":[{}]}"#, "must have required property 'emails'"),
        (#"{"users":[{"emails":[],"importIds":{}}]}"#, "must be array"),
        (#"{"users":[{"emails":[[]],"importIds":[]}]}"#, "must be string"),
    ])
    func `when the body has another shape, then the validator's message reports it`(
        body: String, message: String
    ) async throws {
        try await TestServer.with { server in
            let answer = try await server.post("import.addUsers", body)

            #expect(answer.status == 400)
            #expect(answer.json["error"] == .string(message + " [invalid-params]"))
            #expect(answer.json["errorType"] == .string("invalid-params"))
        }
    }

    @Test(arguments: [
        #"{"users": [}"#, #"{"users": [], "users": []}"#, "\u{0}", #"{"users":[{"bio":"\ud800"}]}"#, "",
        "{\"users\":" + String(repeating: "[", count: 100_000),
    ])
    func `when the body is not valid JSON, then the error says where, and nothing is staged`(
        body: String
    ) async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")

            let answer = try await server.post("import.addUsers", body)

            #expect(answer.status == 400)
            let text = try #require(answer.json["error"]?.text)
            #expect(text.hasPrefix("must have required property 'users'\n "))
            #expect(text.hasSuffix(" [invalid-params]"))
            #expect(try await server.workspace.current().counts.isEmpty)
        }
    }

    @Test func `when a user or a body is too large, then the status is 413`() async throws {
        try await TestServer.with { server in
            _ = try await server.post("import.new")
            let large = #"{"users":[{"bio":""# + String(repeating: "x", count: 3 << 20)

            let user = try await server.post("import.addUsers", large)
            let body = try await server.post("users.create", String(repeating: " ", count: 2 << 20))

            for answer in [user, body] {
                #expect(answer.status == 413)
                #expect(
                    answer.body == """
                        {"error":"Request body too large [error-request-too-large]",\
                        "errorType":"error-request-too-large","success":false}
                        """)
            }
        }
    }

    @Test(arguments: ["importers.list", "getCurrentImportOperation", "getImportProgress", "getLatestImportOperations"])
    func `when a call has no parameters, then any parameter is rejected`(path: String) async throws {
        try await TestServer.with { server in
            let answer = try await server.get(path + "?x=1")

            #expect(answer.status == 400)
            #expect(
                answer.body == """
                    {"error":"must NOT have additional properties [error-invalid-params]",\
                    "errorType":"error-invalid-params","success":false}
                    """)
        }
    }

    @Test func `when the path is unknown, then the status is 404`() async throws {
        try await TestServer.with { server in
            for path in ["import.unknown", "/index.html", "/api", "/api/v2/import.new"] {
                let answer = try await server.get(path)

                #expect(answer.status == 404)
                #expect(
                    answer.body == """
                        {"error":"API endpoint does not exist","message":"API endpoint does not exist",\
                        "status":"error","success":false}
                        """)
            }
        }
    }

    @Test func `when the method is another one, then the status is 405 and names those there are`() async throws {
        try await TestServer.with { server in
            let wrong = try await server.get("import.new")
            let options = try await server.call(.options, "import.new", as: nil)

            #expect(wrong.status == 405)
            #expect(wrong.header("Allow") == "POST")
            #expect(wrong.json["error"] == .string("API endpoint does not exist"))
            #expect(options.status == 200)
            #expect(options.body == "OK")
        }
    }

    @Test func `when a caller without the permission calls too often, then the status is 429`() async throws {
        try await TestServer.with { server in
            let plain = try await server.plainUser()
            for call in 1...10 {
                let answer = try await server.call(.get, "roles.list", as: plain)
                #expect(answer.status == 200)
                #expect(answer.header("X-RateLimit-Limit") == "10")
                #expect(answer.header("X-RateLimit-Remaining") == "\(10 - call)")
                #expect(answer.header("X-RateLimit-Reset") == "1769860860000")
            }
            server.workspace.clock.advance(by: .milliseconds(10_500))

            let refused = try await server.call(.get, "roles.list", as: plain)
            server.workspace.clock.advance(by: .seconds(50))
            let later = try await server.call(.get, "roles.list", as: plain)

            #expect(refused.status == 429)
            #expect(
                refused.body == """
                    {"error":"Error, too many requests. Please slow down. You must wait 50 seconds before trying this \
                    endpoint again. [error-too-many-requests]","success":false}
                    """)
            #expect(refused.header("Retry-After") == "50")
            #expect(later.status == 200)
            for _ in 0..<20 { #expect(try await server.get("roles.list").status == 200) }
        }
    }
}

extension TestServer {
    /// Brings the current operation into a state.
    fileprivate func prepare(_ state: String) async throws {
        switch state {
        case "new": try await workspace.engine.operations.create(by: UserID("nobody"))
        case "importing":
            try await workspace.stage([StagedUser("ada")])
            try await workspace.engine.operations.run(by: UserID("nobody"))
        case "done": try await workspace.importing([StagedUser("ada")])
        case "cleared":
            try await workspace.stage([StagedUser("ada")])
            try await workspace.engine.operations.clear()
        default: break
        }
    }
}
