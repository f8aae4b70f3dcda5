import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@Suite("Given a server with a running import", .onEveryStore)
struct ControlCallsTests {
    /// The numbers of an object.
    private static func numbers(_ value: JSONValue?) -> [String: Int] {
        Dictionary((value?.members ?? []).map { ($0.key, Int($0.value.serialized()) ?? -1) }) { first, _ in first }
    }

    @Test func `when it is paused, resumed and cancelled, then each response states what stays and what is gone`()
        async throws
    {
        try await TestServer.with { server in
            try await server.workspace.stage(StagedUser.crowd(400, password: "secret"))
            try await server.workspace.engine.operations.run(by: UserID("nobody"))
            let worker = server.workspace.worker()
            while try await server.workspace.current().totalCounts.completed == 0 { _ = try await worker.step() }

            _ = try await server.post("import.pause")
            while try await worker.step() {}
            let paused = try await server.post("import.pause", "{}")
            let pausedBy = try await server.get("import.history").json["operations"]?.elements.first
            let status = try await server.get("import.status")
            let progress = try await server.get("getImportProgress")
            let resumed = try await server.post("import.resume", "{}")
            let running = try await server.get("import.status")
            let before = try await server.get("import.history").json["operations"]?.elements.first
            let canceled = try await server.post("import.cancel", "{}")
            let again = try await server.post("import.cancel", "{}")
            let canceledBy = try await server.get("import.report").json["operation"]
            let late = try await server.post("import.resume", "{}")
            let next = try await server.post("import.new")

            #expect(paused.status == 200)
            #expect(paused.json["state"] == .string("importing"))
            #expect(paused.json["control"] == .string("paused"))
            let counts = Self.numbers(paused.json["counts"]?["users"])
            let (created, pending) = (counts["created"] ?? 0, counts["pending"] ?? 0)
            #expect(created > 0 && pending > 0 && counts["total"] == 400)
            #expect(counts.filter { $0.key != "total" }.values.reduce(0, +) == 400)
            #expect(
                paused.json["message"]
                    == .string(
                        "The import is paused. \(created) records are imported and stay. \(pending) stay staged until "
                            + "import.resume or import.cancel."))
            #expect(status.json["state"] == .string("importing"))
            #expect(status.json["control"] == .string("paused"))
            #expect(progress.json["control"] == .string("paused"))
            let administrator = try await server.workspace.administrator()
            for operation in [pausedBy, canceledBy] {
                #expect(operation?["controlledBy"]?["_id"] == .string(administrator.user.id.rawValue))
                #expect(operation?["controlledBy"]?["username"] == administrator.user.username.map { .string($0) })
                #expect(operation?["controlledAt"] != nil)
            }
            #expect(before?["controlledBy"] == nil)
            #expect(before?["controlledAt"] == nil)
            #expect(resumed.json["control"] == nil)
            #expect(running.json["control"] == nil)
            #expect(canceled.json["state"] == .string("canceled"))
            #expect(canceled.json["operation"]?["valid"] == .boolean(true))
            #expect(again.json["message"] == canceled.json["message"])
            #expect(late.status == 400)
            #expect(late.json["import"]?["state"] == .string("canceled"))
            #expect(next.status == 200)
        }
    }

    @Test func `when it names an operation, then the call is about that one`() async throws {
        try await TestServer.with { server in
            let first = try await server.workspace.importing([StagedUser("ada")])
            let current = try await server.workspace.stage([StagedUser("bob")])

            let unknown = try await server.post("import.cancel", #"{"operationId":"none"}"#)
            let earlier = try await server.post("import.cancel", #"{"operationId":"\#(first.id)"}"#)
            let named = try await server.post("import.cancel", #"{"operationId":"\#(current.id)"}"#)
            let shape = try await server.post("import.cancel", #"{"operation":"x"}"#)

            #expect(unknown.json["error"] == .string("error-operation-not-found"))
            #expect(earlier.json["error"] == .string("error-invalid-operation-status"))
            #expect(earlier.json["import"]?["state"] == .string("done"))
            #expect(named.json["state"] == .string("canceled"))
            #expect(shape.json["errorType"] == .string("invalid-params"))
        }
    }

    @Test func `when the calls are about downloads, then the response has their queue`() async throws {
        try await TestServer.with { server in
            let avatars = (0..<3).map { StagedUser("p\($0)", more: [#""avatarUrl":"data:image/gif;base64,R0lG""#]) }
            _ = try await server.workspace.importing(avatars)
            _ = try await server.post("downloadPendingAvatars")

            let paused = try await server.post("import.pause", "{}")
            let canceled = try await server.post("import.cancel", #"{"downloads":true}"#)

            #expect(paused.json["state"] == .string("done"))
            #expect(paused.json["downloads"]?["control"] == .string("paused"))
            #expect(Self.numbers(paused.json["downloads"])["queued"] == 3)
            #expect(canceled.json["downloads"]?["control"] == .string("canceling"))
            #expect(canceled.json["message"]?.text?.hasPrefix("The downloads are cancelled. 0 are complete") == true)
        }
    }
}
