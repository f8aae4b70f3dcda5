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
                        "The import is being undone, so it cannot be cancelled. Next: import.status, or import.pause."
                    ))
            #expect(
                paused.json["message"]
                    == .string(
                        "The undo is paused: 0 removed, 0 restored, 0 kept so far. At most 5 of the 5 users, rooms and "
                            + "messages that the import created are left. An undo cannot be cancelled. Next: "
                            + "import.resume, which continues it."))
            #expect(
                resumed.json["message"]?.text?.hasPrefix("The undo continues: 0 removed, 0 restored, 0 kept so far.")
                    == true)
            let undoer = try #require(report.json["operation"]?["undoneBy"])
            #expect(undoer["username"] == .string("admin"))
            #expect(report.json["operation"]?["undoneAt"] == report.json["undo"]?["endedAt"])
            #expect(table.body.contains("Operation,Undone by,Administrator (@admin)"))
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
            let kinds = try HistoryCallsTests.rows(table.body).filter { $0["Section"] == "Kept by the undo" }
            #expect(kinds.map { $0["Reason"] } == ["signed-in"])
            #expect(kinds.map { $0["Count"] } == ["1"])
            let deleted = try await server.post("import.delete", #"{"operationId":"\#(done.id)"}"#)
            #expect(deleted.json["message"]?.text?.hasSuffix("It was undone: what the undo kept stays.") == true)
        }
    }

    @Test func `when the call cannot be made, then the response says why and what comes next`() async throws {
        try await TestServer.with { server in
            let none = try await server.post("import.undo")
            let first = try await server.workspace.importing([StagedUser("ann")])
            let never = try await server.get("import.undo.kept")
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

            #expect(never.json["error"] == .string("error-invalid-operation-status"))
            #expect(never.json["import"]?["code"] == .string("never-undone"))
            #expect(never.json["import"]?["state"] == .string("done"))
            #expect(
                never.json["import"]?["message"]
                    == .string(
                        "The import was not undone, so there is no list of what an undo kept. Next: import.undo. With "
                            + "dryRun it shows what an undo would keep."))
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
