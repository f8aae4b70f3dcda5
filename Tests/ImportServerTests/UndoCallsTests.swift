import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing

@Suite("Given a server with an import to undo", .onEveryStore)
struct UndoCallsTests {
    @Test func `when it is previewed, undone and read, then every number agrees`() async throws {
        try await TestServer.with { server in
            let done = try await server.workspace.importing(StagedUser.crowd(5))
            let user = try #require(try await server.workspace.user("person0"))
            try await server.workspace.store.write { [now = server.workspace.clock.now()] in
                try $0.users.recordLogin(of: user.id, at: now)
            }

            let preview = try await server.post("import.undo", #"{"dryRun":true}"#)
            let untouched = try await server.get("import.status")
            let requested = try await server.post("import.undo", #"{"operationId":"\#(done.id)"}"#)
            let active = try await server.get("import.status")
            let paused = try await server.post("import.pause")
            let resumed = try await server.post("import.resume")
            let canceled = try await server.post("import.cancel")
            try await server.workspace.finish()
            let status = try await server.get("import.status")
            let again = try await server.post("import.undo")
            let kept = try await server.get("import.undo.kept?type=user&code=signed-in")
            let none = try await server.get("import.undo.kept?type=channel")
            let report = try await server.get("import.report")
            let table = try await server.get("import.report?format=csv")

            #expect(preview.json["dryRun"] == .boolean(true))
            #expect(preview.json["state"] == .string("done"))
            #expect(
                preview.json["summary"]?["users"]?.serialized() == #"{"kept":1,"removed":4,"restored":0}"#)
            #expect(preview.json["reasons"]?.elements.count == 1)
            #expect(preview.json["reasons"]?.elements.first?["code"] == .string("signed-in"))
            #expect(
                preview.json["reasons"]?.elements.first?["examples"]?.elements.first?["name"] == .string("person0"))
            #expect(untouched.json["state"] == .string("done"))
            #expect(untouched.json["undo"] == nil)
            #expect(requested.json["dryRun"] == .boolean(false))
            #expect(requested.json["state"] == .string("importing"))
            #expect(active.json["operation"]?["status"] == .string("importer_undoing"))
            #expect(active.json["undo"]?["operationId"] == .string(done.id.rawValue))
            #expect(active.json["undo"]?["stage"] == .string("messages"))
            #expect(paused.json["control"] == .string("paused"))
            #expect(resumed.json["control"] == nil)
            #expect(canceled.status == 400)
            #expect(
                canceled.json["import"]?["message"]
                    == .string(
                        "The import is active (it is undone), so it cannot be cancelled. Next: import.status, or "
                            + "import.pause."))
            #expect(status.json["state"] == .string("canceled"))
            #expect(status.json["undone"] == .boolean(true))
            #expect(status.json["undo"]?["summary"] == preview.json["summary"])
            #expect(again.json["undone"] == .boolean(true))
            #expect(again.json["summary"] == preview.json["summary"])
            #expect(again.json["reasons"] == preview.json["reasons"])
            #expect(kept.number("total") == "1")
            #expect(kept.json["kept"]?.elements.first?["id"] == .string(user.id.rawValue))
            #expect(none.json["kept"]?.elements == [])
            #expect(report.json["undo"]?["summary"] == preview.json["summary"])
            #expect(report.json["undo"]?["reasons"] == preview.json["reasons"])
            #expect(table.body.contains("Kept by the undo,user,signed-in,1,"))
        }
    }

    @Test func `when the call cannot be made, then the response says why and what comes next`() async throws {
        try await TestServer.with { server in
            let none = try await server.post("import.undo")
            let first = try await server.workspace.importing([StagedUser("ann")])
            try await server.workspace.stage([StagedUser("bob")])
            let ready = try await server.post("import.undo", "{}")
            try await server.workspace.engine.operations.run(by: UserID("nobody"))
            let running = try await server.post("import.undo", #"{"operationId":"\#(first.id)"}"#)
            try await server.workspace.finish()
            try await server.workspace.stage([StagedUser("cat")])
            _ = try await server.post("import.undo", #"{"operationId":"\#(first.id)"}"#)
            let start = try await server.post("import.run")
            let shape = try await server.post("import.undo", #"{"dryrun":true}"#)
            let filter = try await server.get("import.undo.kept?code=nothing")
            let unknown = try await server.get("import.undo.kept?operationId=none")

            #expect(none.json["error"] == .string("error-operation-not-found"))
            #expect(none.json["import"]?["message"]?.text?.hasPrefix("There is no import to undo.") == true)
            #expect(
                ready.json["import"]?["message"]?.text?.hasPrefix(
                    "The records of the import are staged, so it cannot be undone. Next: import.run") == true)
            #expect(
                running.json["import"]?["message"]
                    == .string(
                        "Another import is active, so this one cannot be undone. Next: import.status, or import.pause, or "
                            + "import.cancel."))
            #expect(running.json["import"]?["code"] == .string("another-import-active"))
            #expect(
                start.json["import"]?["message"]
                    == .string(
                        "Another import is being undone, so this one cannot be started. Next: import.status, or "
                            + "import.pause."))
            #expect(shape.json["errorType"] == .string("invalid-params"))
            #expect(filter.status == 400)
            #expect(unknown.json["error"] == .string("error-operation-not-found"))
        }
    }
}
