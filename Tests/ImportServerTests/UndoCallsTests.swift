import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

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

    @Test func `when a caller may not read a private room, then neither its name nor findings reach it`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing([StagedUser("ops", password: "ops", roles: ["livechat-agent"])])
            _ = try await server.workspace.roles.update([
                ("run-import", ["admin", "livechat-agent"]), ("view-import-operations", ["admin", "livechat-agent"]),
            ])
            let ops = try await server.signIn("ops", password: "ops")
            try await server.workspace.stage([StagedUser("ann", importIDs: ["U1"])])
            _ = try await server.post(
                "import.addChannels",
                #"{"channels":[{"importIds":["C1"],"name":"secret","t":"p","users":["U1"],"u":{"_id":"U1"}}]}"#)
            _ = try await server.post("import.run")
            try await server.workspace.finish()
            let now = server.workspace.clock.now()
            try await server.workspace.store.write { transaction in
                var room = try #require(try transaction.rooms.find(nameKey: "secret"))
                room.topic = "changed"
                room.updatedAt = now
                try transaction.rooms.update(room, by: nil)
            }

            let hidden = try await server.call(.post, "import.undo", body: #"{"dryRun":true}"#, as: ops)
            let shown = try await server.post("import.undo", #"{"dryRun":true}"#)
            _ = try await server.call(.post, "import.undo", as: ops)
            try await server.workspace.finish()
            let list = try await server.call(.get, "import.undo.kept?type=channel", as: ops)
            let report = try await server.call(.get, "import.report", as: ops)
            let all = try await server.get("import.undo.kept?type=channel")

            #expect(hidden.status == 200 && list.status == 200 && report.status == 200)
            for answer in [hidden, list, report] { #expect(!answer.json.serialized().contains("secret")) }
            #expect(hidden.json["reasons"]?.elements.contains { $0["type"] == .string("channel") } == true)
            for answer in [shown, all] { #expect(answer.json.serialized().contains("secret")) }
        }
    }

    @Test func `when a retry had another policy, then an undo needs the permissions of the changes all the same`()
        async throws
    {
        try await TestServer.with { server in
            try await server.workspace.importing([
                StagedUser("ops", password: "ops", roles: ["livechat-agent"]), StagedUser("ann", importIDs: ["U1"]),
            ])
            _ = try await server.workspace.roles.update([("run-import", ["admin", "livechat-agent"])])
            let ops = try await server.signIn("ops", password: "ops")
            try await server.workspace.stage([
                StagedUser("ann", importIDs: ["U1"], more: [#""name":"Ann Other""#]), StagedUser("ben", type: "wizard"),
            ])
            _ = try await server.post("import.run", #"{"policy":{"users":"update"}}"#)
            try await server.workspace.finish()
            let retried = try await server.post("import.retry?policy=%7B%22users%22%3A%22fail%22%7D", "{}")
            try await server.workspace.finish()

            let refused = try await server.call(.post, "import.undo", as: ops)
            let permitted = try await server.post("import.undo")

            #expect(retried.status == 200)
            #expect(refused.status == 403)
            #expect(refused.json["import"]?["code"] == .string("missing-permission"))
            #expect(permitted.status == 200)
        }
    }
}
