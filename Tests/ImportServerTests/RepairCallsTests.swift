import HTTPTypes
import ImportDomain
import ImportEngine
import ImportFixtures
import JSON
import Testing
import WorkspaceServices

@Suite("Given a server with failed records", .onEveryStore)
struct RepairCallsTests {
    private static func retry(_ server: TestServer, _ body: String, type: String) async throws -> TestServer.Answer {
        try await server.call(.post, "import.retry", body: body, type: type, as: server.administrator)
    }

    /// The rows of a table with commas, quotes and CR LF.
    private static func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = [[""]]
        var isQuoted = false
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                rows[rows.count - 1][rows[rows.count - 1].count - 1] += "\""
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: rows[rows.count - 1].append("")
            case "\r\n" where !isQuoted: rows.append([""])
            default: rows[rows.count - 1][rows[rows.count - 1].count - 1].append(character)
            }
        }
        return rows.dropLast()
    }

    @Test func `when failures are listed, then groups count all that match, whatever the page`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing(
                StagedUser.crowd(3) + [
                    StagedUser("x", type: "wizard"), StagedUser("y", type: "wizard"),
                    StagedUser("z", emails: ["person0@example.com"]),
                ])
            let first = try await server.workspace.current().id

            let page = try await server.get("import.failures?count=1")
            let typed = try await server.get("import.failures?type=channel")
            let coded = try await server.get("import.failures?code=importer-user-duplicate-in-batch")
            try await server.workspace.stage([])
            let earlier = try await server.get("import.failures?operationId=\(first)")
            let unknown = try await server.get("import.failures?operationId=none")
            let wrong = try await server.get("import.failures?format=xml")
            let searched = try await server.get("import.failures?operationId=\(first)&search=ID-X")
            let file = try await server.get("import.failures?operationId=\(first)&search=id-x&format=jsonl")
            let long = try await server.get("import.failures?search=" + String(repeating: "x", count: 201))

            #expect(page.json["failures"]?.elements.count == 1)
            #expect(page.json["total"]?.serialized() == "3")
            #expect(page.json["groups"]?.elements.map { $0["count"]?.serialized() } == ["2", "1"])
            #expect(
                page.json["groups"]?.elements.first?["message"]
                    == .string("The type of these users is neither user nor bot. Correct the type."))
            #expect(page.json["operationId"] == .string(first.rawValue))
            #expect(typed.json["groups"]?.elements.isEmpty == true)
            #expect(coded.json["groups"]?.elements.count == 1)
            #expect(earlier.json["total"]?.serialized() == "3")
            #expect(unknown.status == 400)
            #expect(unknown.json["import"]?["code"] == .string("operation-not-found"))
            #expect(wrong.status == 400)
            #expect(searched.json["total"]?.serialized() == "1")
            #expect(searched.json["groups"]?.elements.map { $0["count"]?.serialized() } == ["1"])
            #expect(searched.json["failures"]?.elements.first?["data"]?["username"] == .string("x"))
            #expect(file.body.split(separator: "\n").count == 1)
            #expect(long.status == 400)
            #expect(long.json["import"]?["field"] == .string("search"))
        }
    }

    @Test func `when the import does not allow a retry, then the error names the next call`() async throws {
        try await TestServer.with { server in
            let none = try await server.post("import.retry")
            try await server.workspace.stage([StagedUser("x", type: "wizard"), StagedUser("y")])
            let ready = try await server.post("import.retry", "{}")
            try await server.workspace.runToTheEnd()
            let id = try await server.get("import.failures").json["failures"]?.elements.first?["id"]?.text ?? ""
            let wrong = try await server.post("import.retry", #"{"ids":["\#(id)","7"]}"#)
            let shape = try await server.post("import.retry", #"{"rows":[]}"#)
            let table = try await Self.retry(server, "id,bio\n1,x\n", type: "text/csv")
            let skip = try await Self.retry(server, "failure.id,failure.skip\n\(id),ja\n", type: "text/csv")
            let data = try await Self.retry(server, "failure.id,data\n\(id),{}\n", type: "text/csv")
            let filtered = try await server.post("import.retry", #"{"type":"channel"}"#)
            let accepted = try await server.post("import.retry", #"{"ids":["\#(id)"]}"#)
            let running = try await server.post("import.retry")
            let plain = try await server.call(.post, "import.retry", as: nil)

            #expect(none.json["import"]?["code"] == .string("operation-not-found"))
            #expect(ready.json["import"]?["next"]?.elements.first == .string("import.run"))
            #expect(wrong.json["import"]?["value"] == .string("7"))
            #expect(shape.json["import"]?["code"] == .string("additional-property"))
            #expect(table.json["import"]?["code"] == .string("invalid-table"))
            #expect(skip.json["import"]?["code"] == .string("invalid-table"))
            #expect(skip.json["import"]?["index"]?.serialized() == "0")
            #expect(skip.json["error"]?.text?.hasPrefix("Line 2: The value \"ja\" of failure.skip is neither") == true)
            #expect(data.json["error"]?.text?.hasPrefix("Line 2: must have required property 'emails'") == true)
            #expect(filtered.json["import"]?["code"] == .string("nothing-to-retry"))
            #expect(accepted.status == 200)
            #expect(accepted.json["retried"]?.serialized() == "1")
            #expect(accepted.json["operation"]?["status"] == .string("importer_importing_started"))
            #expect(running.status == 400)
            #expect(running.json["import"]?["next"]?.elements.first == .string("import.status"))
            #expect(plain.status == 401)
        }
    }

    @Test func `when 137 of 10,000 users fail, then an edit of the downloaded table brings them in`() async throws {
        try await TestServer.with { server in
            _ = try await server.workspace.importing([
                StagedUser("taken", importIDs: ["T"]), StagedUser("other", importIDs: ["O"]),
            ])
            _ = try await server.post("import.new")
            var users = StagedUser.crowd(10_000, password: nil)
            // Seven kinds of defects.
            for index in 0..<137 {
                let place = 50 + index * 70
                switch index % 7 {
                case 0: users[place].members.append(#""type":"wizard""#)
                case 1: users[place].emails = ["taken@example.com"]
                case 2: users[place] = StagedUser("taken", importIDs: ["p\(index)"], emails: ["p\(index)@example.com"])
                case 3: users[place].emails = users[place - 1].emails
                case 4: users[place].importIDs = ["T"]
                case 5: users[place] = StagedUser(nil, importIDs: ["p\(index)"], emails: [" "])
                default:
                    users[place] = StagedUser(
                        "=formula\(index)", importIDs: ["+\(index)"], emails: ["other@example.com"], password: "secret",
                        more: [#""name":"\"Ann\"; =cmd, 'x'\n@home""#])
                }
            }
            let lines = users.map(\.text).joined(separator: "\n")
            let added = try await server.call(
                .post, "import.addUsers", body: lines, type: "application/x-ndjson", as: server.administrator)
            #expect(added.status == 200)
            try await server.workspace.runToTheEnd()
            let before = try await server.get("import.failures?count=1")
            #expect(before.json["total"]?.serialized() == "137")
            let groups = before.json["groups"]?.elements.compactMap { Int($0["count"]?.serialized() ?? "") } ?? []
            #expect(groups.reduce(0, +) == 137)
            #expect(groups.count >= 6)

            let file = try await server.get("import.failures?format=csv")
            #expect(file.header("Content-Type") == "text/csv; charset=utf-8")
            #expect(file.header("Content-Disposition")?.hasPrefix("attachment; filename=\"failures-") == true)
            #expect(!file.body.contains("secret"))
            // By the mark, spreadsheets take it for UTF-8.
            #expect(file.body.unicodeScalars.first == "\u{FEFF}")
            var rows = Self.rows(String(file.body.unicodeScalars.dropFirst()))
            #expect(rows.count == 138)
            let titles = rows[0]
            #expect(titles.first == "failure.id")
            func column(_ title: String) -> Int { titles.firstIndex(of: title) ?? -1 }
            for row in rows.indices.dropFirst() {
                rows[row][column("type")] = "user"
                rows[row][column("emails")] = "fixed\(row)@example.com"
                if !rows[row][column("username")].hasPrefix("'=") { rows[row][column("username")] = "fixed\(row)" }
                rows[row][column("importIds")] = "fixed-\(row)"
            }
            let edited =
                "\u{FEFF}"
                + rows.map { row in
                    row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ";") + "\r\n"
                }.joined()

            let retried = try await Self.retry(server, edited, type: "text/csv; charset=utf-8")
            #expect(retried.json["retried"]?.serialized() == "137")
            #expect(retried.json["corrected"]?.serialized() == "137")
            try await server.workspace.finish()

            let counts = try await server.workspace.current().totalCounts
            #expect(counts == ImportCounts(total: 10_000, completed: 10_000))
            #expect(try await server.get("import.failures").json["total"]?.serialized() == "0")
            let named = try #require(try await server.workspace.user("=formula6"))
            #expect(named.name == "\"Ann\"; =cmd, 'x'\n@home")
            // The password that was staged, and never downloaded.
            _ = try await server.workspace.signIn.signIn(
                .email("fixed7@example.com"), password: .plain("secret"), from: "local")
        }
    }

    @Test func `when a retry names policies, then the run has them, whatever the form of the body`() async throws {
        try await TestServer.with { server in
            let clash = StagedUser("ann", importIDs: ["2"], emails: ["person0@example.com"])
            try await server.workspace.importing([StagedUser("person0", importIDs: ["1"])])
            for (body, query, type) in [
                (#"{"policy":{"users":"bind"}}"#, "", "application/json"),
                ("FILE", "?policy=%7B%22users%22:%22bind%22%7D", "text/csv"),
                ("FILE", "?policy=%7B%22users%22%3A%22bind%22%7D", "application/x-ndjson"),
            ] {
                var user = clash
                user.importIDs = [type]
                try await server.workspace.importing([user])
                let format = type == "text/csv" ? "csv" : "jsonl"
                let file = try await server.get("import.failures?format=\(format)").body
                for wrong in [#"{"policy":{"users":"merge"}}"#, #"{"policy":[1]}"#, #"{"policy":{"people":"skip"}}"#] {
                    let rejected = try await server.post("import.retry", wrong)
                    #expect(rejected.status == 400)
                    #expect(rejected.json["import"]?["field"]?.text?.hasPrefix("policy") == true)
                }
                let rejected = try await server.call(
                    .post, "import.retry?policy=bind", body: file, type: type, as: server.administrator)
                #expect(rejected.status == 400)
                #expect(try await server.workspace.current().start?.policies == .ofCalls)

                let retried = try await server.call(
                    .post, "import.retry\(query)", body: body == "FILE" ? file : body, type: type,
                    as: server.administrator)
                try await server.workspace.finish()

                #expect(retried.status == 200, "\(retried.body)")
                #expect(retried.json["operation"]?["policy"]?["users"]?.text == "bind")
                #expect(retried.json["operation"]?["policy"]?["rooms"]?.text == "join")
                #expect(try await server.workspace.current().totalCounts.error == 0)
                #expect(try await server.workspace.user("person0")?.importIDs.contains(ImportID(type)) == true)
            }
        }
    }

    @Test func `when lines are downloaded, then all records that match come with their reasons`() async throws {
        try await TestServer.with { server in
            try await server.workspace.importing(
                (0..<2_300).map { StagedUser("u\($0)", type: "wizard") } + [StagedUser("ok")])

            let file = try await server.get("import.failures?format=jsonl&type=user")
            let none = try await server.get("import.failures?format=csv&type=message")

            let lines = file.body.split(separator: "\n")
            #expect(file.header("Content-Type") == "application/x-ndjson")
            #expect(lines.count == 2_300)
            let last = try JSONValue(parsing: String(lines[2_299]))
            #expect(last["importIds"] == .array([.string("id-u2299")]))
            #expect(last["_failure"]?["code"] == .string("importer-user-invalid-type"))
            #expect(none.body.split(separator: "\r\n").count == 1)
            let retried = try await Self.retry(server, file.body, type: "application/x-ndjson")
            #expect(retried.json["retried"]?.serialized() == "2300")
        }
    }
}
