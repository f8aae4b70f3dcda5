import Foundation
import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@Suite("Given a server with a history", .onEveryStore)
struct HistoryCallsTests {
    /// Runs a test after an import of three users, one of whom fails.
    private static func withImport(
        _ test: @Sendable @escaping (TestServer, ImportOperation) async throws -> Void
    ) async throws {
        try await TestServer.with { server in
            let operation = try await server.workspace.importing([
                StagedUser("ada"), StagedUser("bob", emails: ["ada@example.com"]), StagedUser("eve"),
            ])
            try await test(server, operation)
        }
    }

    private static func count(_ value: JSONValue?, _ name: String) -> Int? {
        guard case .number(let number)? = value?[name] else { return nil }
        return number.integer
    }

    /// The rows of a report as CSV, which has no line breaks in its cells, by the names of one header.
    static func rows(_ csv: String) throws -> [[String: String]] {
        let lines = csv.trimmingPrefix("\u{FEFF}").components(separatedBy: "\r\n").dropLast().map { line in
            line.components(separatedBy: "\"").enumerated().reduce(into: [""]) { cells, part in
                // Every second part is quoted.
                guard part.offset.isMultiple(of: 2) else { return cells[cells.count - 1] += part.element }
                let pieces = part.element.components(separatedBy: ",")
                cells[cells.count - 1] += pieces[0]
                cells += pieces.dropFirst()
            }
        }
        let header = try #require(lines.first)
        #expect(lines.allSatisfy { $0.count == header.count })
        #expect(Set(header).count == header.count)
        #expect(lines.count { $0[0] == "Section" } == 1)
        return lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
    }

    @Test func `when accounts are renamed or deleted, then the history has their names of the time`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing([StagedUser("ann", password: "secret", roles: ["user"])])
            let ann = try #require(try await server.workspace.user("ann"))
            try await server.workspace.stage([StagedUser("bob")])
            try await server.workspace.engine.operations.run(by: ann.id)
            try await server.workspace.finish()
            let operation = try await server.workspace.current()
            _ = try await server.workspace.engine.undos.request(by: ann.id)
            try await server.workspace.finish()
            let administrator = try await server.workspace.administrator()
            var values = AccountValues()
            values.username = "anna"
            _ = try await server.workspace.accounts.update(ann.id, with: values, by: administrator)
            let renamed = try await server.get("import.history?count=1")
            try await server.workspace.accounts.delete(.id(ann.id))
            let deleted = try await server.get("import.report?operationId=\(operation.id)")

            for entry in [renamed.json["operations"]?.elements.first, deleted.json["operation"]] {
                #expect(entry?["startedBy"]?["username"] == .string("ann"))
                #expect(entry?["undoneBy"]?["username"] == .string("ann"))
                #expect(entry?["undoneBy"]?["_id"] == .string(ann.id.rawValue))
                #expect(entry?["undoneAt"] != nil)
            }
        }
    }

    @Test func `when a call names an operation that does not exist, then the words name it`() async throws {
        try await Self.withImport { server, _ in
            let posts = [
                "import.pause", "import.resume", "import.cancel", "import.undo", "import.delete", "import.retry",
            ]
            let gets = ["import.report", "import.events", "import.findings", "import.failures", "import.undo.kept"]
            var answers: [TestServer.Answer] = []
            for name in posts { answers.append(try await server.post(name, #"{"operationId":"x9"}"#)) }
            for name in gets { answers.append(try await server.get("\(name)?operationId=x9")) }

            for answer in answers {
                #expect(answer.json["error"] == .string("error-operation-not-found"))
                #expect(
                    answer.json["import"]?["message"]
                        == .string("No import has the operationId \"x9\". Next: import.history."))
                #expect(answer.json["import"]?["value"] == .string("x9"))
                #expect(answer.json["import"]?["state"] == nil)
                #expect(answer.json["import"]?["next"]?.elements == [.string("import.history")])
            }
        }
    }

    @Test func `when the history is read, then it has every operation with its numbers, policies and times`()
        async throws
    {
        try await Self.withImport { server, operation in
            _ = try await server.post("import.new")
            let page = try await server.get("import.history?count=1&offset=1")
            let unprivileged = try await server.call(.get, "import.history", as: server.plainUser())

            let entry = try #require(page.json["operations"]?.elements.first)
            #expect(Self.count(page.json, "total") == 2)
            #expect(entry["_id"] == .string(operation.id.rawValue))
            #expect(entry["state"] == .string("done"))
            #expect(entry["valid"] == .boolean(false))
            #expect(entry["policy"]?["users"] == .string("fail"))
            #expect(entry["endedAt"] != nil)
            let totals = entry["totals"]
            #expect(Self.count(totals, "created") == 2 && Self.count(totals, "failed") == 1)
            #expect(Self.count(totals, "total") == 3 && Self.count(totals, "pending") == 0)
            #expect(unprivileged.status == 403)
        }
    }

    @Test func `when a report is asked for, then its numbers add up in every form`() async throws {
        try await Self.withImport { server, operation in
            let json = try await server.get("import.report")
            let markdown = try await server.get("import.report?operationId=\(operation.id)&format=markdown")
            let csv = try await server.get("import.report?format=csv")
            let unknown = try await server.get("import.report?operationId=none")
            let form = try await server.get("import.report?format=pdf")

            #expect(json.json["failures"]?.elements.first?["code"] == .string("importer-user-duplicate-in-batch"))
            #expect(Self.count(json.json["failures"]?.elements.first, "count") == 1)
            #expect(Self.count(json.json["operation"]?["counts"]?["users"], "failed") == 1)
            #expect(markdown.header("Content-Type") == "text/markdown; charset=utf-8")
            #expect(markdown.body.contains("| Users | 3 | 2 | 0 | 0 | 0 | 1 | 0 |"))
            #expect(csv.body.hasPrefix("\u{FEFF}Section,"))
            let rows = try Self.rows(csv.body)
            let users = try #require(rows.first { $0["Section"] == "Records" && $0["Type"] == "Users" })
            #expect(
                ["Total", "Created", "Updated", "Unchanged", "Skipped", "Failed", "Pending"].map { users[$0] }
                    == ["3", "2", "0", "0", "0", "1", "0"])
            let failed = try #require(rows.first { $0["Section"] == "Failed records" })
            #expect(failed["Type"] == "user" && failed["Records"] == "1")
            #expect(failed["Reason"] == "importer-user-duplicate-in-batch")
            #expect(unknown.json["error"] == .string("error-operation-not-found"))
            #expect(form.json["errorType"] == .string("error-invalid-params"))
        }
    }

    @Test func `when texts of a file look like formulas or markup, then reports for people quote them`() async throws {
        try await TestServer.with { server in
            let name = "=HYPERLINK(\"http://x\",\"y\")|<b>.csv"
            try await server.workspace.read(Array("x".utf8), named: name, importer: "slack")

            let csv = try await server.get("import.report?format=csv")
            let markdown = try await server.get("import.report?format=markdown")
            let json = try await server.get("import.report")

            #expect(csv.body.contains("Operation,File,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")|<b>.csv\","))
            #expect(markdown.body.contains(#"\|\<b\>.csv |"#))
            #expect(json.json["operation"]?["file"]?["name"] == .string(name))
            #expect(Self.count(json.json["operation"]?["file"], "size") == 1)
            #expect(json.json["operation"]?["state"] == .string("error"))
        }
    }

    @Test func `when an operation is deleted, then the history forgets it, and active ones stay`() async throws {
        try await Self.withImport { server, operation in
            try await server.workspace.stage([StagedUser("new")])
            let active = try await server.post(
                "import.delete", #"{"operationId":"\#(try await server.workspace.current().id)"}"#)
            let deleted = try await server.post("import.delete", #"{"operationId":"\#(operation.id)"}"#)
            let again = try await server.post("import.delete", #"{"operationId":"\#(operation.id)"}"#)
            let history = try await server.get("import.history")
            let nothing = try await server.post("import.delete", "{}")

            #expect(active.json["error"] == .string("error-invalid-operation-status"))
            #expect(
                active.json["import"]?["message"]
                    == .string(
                        "The records of the import are staged, so it cannot be deleted. Next: import.run, or "
                            + "startImport, or import.cancel."))
            #expect(deleted.status == 200)
            #expect(again.json["error"] == .string("error-operation-not-found"))
            #expect(Self.count(history.json, "total") == 1)
            #expect(nothing.json["errorType"] == .string("invalid-params"))
        }
    }

    @Test func `when findings of an operation are asked for, then of that one`() async throws {
        try await Self.withImport { server, operation in
            let found = try await server.get("import.findings?operationId=\(operation.id)")
            let unknown = try await server.get("import.findings?operationId=none")

            #expect(found.status == 200)
            #expect(unknown.json["error"] == .string("error-operation-not-found"))
        }
    }
}
