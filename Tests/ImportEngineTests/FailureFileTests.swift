import DelimitedText
import ImportDomain
import ImportFixtures
import JSON
import RandomNumbers
import SQL
import Testing

@testable import ImportEngine

/// A table as programs other than Ferry read and write it.
struct SpreadsheetTable {
    var rows: [[String]] = []

    /// Reads RFC 4180 as it is written there: commas, quotes, CR LF. A byte order mark tells that it is UTF-8.
    init(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var (row, field) = ([String](), [UInt8]())
        var (isQuoted, index) = (false, 0)
        func text() -> String { String(decoding: field, as: UTF8.self) }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case 0x22 where isQuoted && next == 0x22:
                field.append(0x22)
                index += 1
            case 0x22: isQuoted.toggle()
            case 0x2C where !isQuoted:
                row.append(text())
                field = []
            case 0x0D where !isQuoted && next == 0x0A:
                row.append(text())
                rows.append(row)
                (row, field) = ([], [])
                index += 1
            default: field.append(byte)
            }
            index += 1
        }
    }

    /// A column by its title.
    func column(_ title: String) -> Int { rows.first?.firstIndex(of: title) ?? -1 }

    /// The table as a spreadsheet in German saves it: byte order mark, semicolons, quotes where it thinks fit.
    func saved(_ random: inout SeededGenerator) -> String {
        "\u{FEFF}"
            + rows.map { row in
                row.map { field in
                    let isSpecial = field.unicodeScalars.contains { ";\"\n\r\t, ".unicodeScalars.contains($0) }
                    return isSpecial || random.isOne(in: 3)
                        ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
                }.joined(separator: ";") + "\r\n"
            }.joined()
    }
}

@Suite("Given failed records as a file", .onEveryStore)
struct FailureFileTests {
    private static let pieces = [
        "=", "+", "-", "@", "'", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\r", "a", "Bé", "日本", "🎉", "\u{FEFF}",
        " ", "1,5", "=HYPERLINK(\"x\")", "|", "\\", "{", "null",
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }

    /// A user that fails, with arbitrary texts.
    private static func user(_ number: Int, _ random: inout SeededGenerator) -> UserRecord {
        var user = UserRecord(
            importIDs: ["u\(number)"] + (random.isOne(in: 3) ? [text(&random)] : []),
            emails: ["p\(number)@example.com"] + (random.isOne(in: 3) ? [text(&random)] : []))
        user.username = random.isOne(in: 4) ? nil : text(&random)
        user.name = random.isOne(in: 4) ? nil : text(&random)
        user.nickname = random.isOne(in: 2) ? nil : text(&random)
        user.bio = random.isOne(in: 2) ? nil : text(&random)
        user.statusText = random.isOne(in: 2) ? nil : text(&random)
        user.utcOffset = random.isOne(in: 2) ? nil : [-5.5, 0, 3, 14, -11][number % 5]
        user.isDeleted = random.isOne(in: 3)
        user.isActivated = !user.isDeleted && random.isOne(in: 3)
        user.isMatchedByUsername = !random.isOne(in: 3)
        user.organization = random.isOne(in: 3) ? text(&random) : nil
        user.customFields = random.isOne(in: 3) ? #"{"a":{"b":[1,2.50,"=x;y\n"]}}"# : nil
        user.roles = random.isOne(in: 2) ? ["user"] : ["user", "bot"]
        user.type = "wizard"
        return user
    }

    private static func failing(_ workspace: TestWorkspace, _ random: inout SeededGenerator) async throws {
        let users = (0..<60).map { user($0, &random) }
        try await workspace.stage([])
        let lines = users.map { UserDocument.text(of: $0) } + [#"{"importIds":["ok"],"emails":["ok@example.com"]}"#]
        try await workspace.engine.staging.addUsers(from: Chunks(lines.joined(separator: "\n")), format: .lines)
        let rooms = (0..<5).map { _ in
            RoomDocument.text(
                of: RoomRecord(importIDs: ["r\(text(&random))"], kind: .privateGroup, topic: text(&random)))
        }
        try await workspace.engine.staging.addRooms(from: Chunks(rooms.joined(separator: "\n")), format: .lines)
        let messages = (0..<5).map { number in
            #"{"_id":"m\#(number)","rid":"nowhere","u":{"_id":"ok"},"ts":1,"msg":\#(JSONValue.string(text(&random)).serialized())}"#
        }
        try await workspace.engine.staging.addMessages(from: Chunks(messages.joined(separator: "\n")), format: .lines)
        try await workspace.runToTheEnd()
    }

    private static func table(_ workspace: TestWorkspace) async throws -> [UInt8] {
        var table = FailureTable()
        for record in try await workspace.failures() { table.append(record) }
        return table.take()
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `when a table is sent back unchanged, then every record is the one that was staged`(seed: UInt64) async throws
    {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: seed)
            try await Self.failing(workspace, &random)
            let before = try await workspace.failures()
            #expect(before.count == 70)
            let written = try await Self.table(workspace)

            for text in [String(decoding: written, as: UTF8.self), SpreadsheetTable(written).saved(&random)] {
                let result = try await RetryScene.retry(workspace, text, .table)
                #expect(result.count == 70 && result.correctedCount == 0 && result.ignoredColumns.isEmpty)
                try await workspace.finish()
                let after = try await workspace.failures()
                #expect(after.map(\.document) == before.map(\.document))
                #expect(after.map(\.sequence) == before.map(\.sequence))
            }
        }
    }

    @Test func `when cells are changed, then these fields change and no others`() async throws {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: 4)
            try await Self.failing(workspace, &random)
            let before = try await workspace.failures().filter { $0.type == .user }
            var table = SpreadsheetTable(try await Self.table(workspace))
            let (bio, offset, password) = (table.column("bio"), table.column("utcOffset"), table.column("password"))
            table.rows[0][table.column("failure.skip")] = "Note"
            for row in table.rows.indices.dropFirst() where table.rows[row][1] == "user" {
                table.rows[row][bio] = "new =\(row)"
                table.rows[row][offset] = "5,5"
                table.rows[row][password] = "secret"
            }

            let result = try await RetryScene.retry(workspace, table.saved(&random), .table)
            try await workspace.finish()

            #expect(result.correctedCount == 60)
            #expect(result.ignoredColumns == ["Note"])
            let after = try await workspace.failures().filter { $0.type == .user }
            for (index, (old, new)) in zip(before, after).enumerated() {
                var expected = try JSONReader.read(old.document) { try UserDocument.read(&$0).record }
                (expected.bio, expected.utcOffset) = ("new =\(index + 1)", 5.5)
                #expect(new.document == UserDocument.text(of: expected))
                #expect(!new.document.contains("secret"))
            }
            let secrets = try await workspace.files.database.read {
                try $0.integer("SELECT count(secret) FROM import_records WHERE record_type = 'user'")
            }
            #expect(secrets == 60)
        }
    }

    @Test func `when lines are sent back, then retry and intake take them as they are`() async throws {
        try await TestWorkspace.with { workspace in
            var random = SeededGenerator(seed: 5)
            try await Self.failing(workspace, &random)
            let before = try await workspace.failures()
            let lines = before.map { FailureDocument.text(of: $0) }

            let result = try await RetryScene.retry(workspace, lines.joined(separator: "\n") + "\n", .lines)
            try await workspace.finish()
            #expect(result.count == 70)
            #expect(try await workspace.failures().map(\.document) == before.map(\.document))

            try await workspace.stage([])
            try await workspace.engine.staging.addUsers(
                from: Chunks(lines.prefix(60).joined(separator: "\n")), format: .lines)
            let staged = try await workspace.engine.selectable.users(
                of: workspace.current().id, after: nil, limit: 100)
            #expect(staged.map { UserDocument.text(of: $0.record) } == before.prefix(60).map(\.document))
        }
    }

    @Test(arguments: [true, false])
    func `when the importer of tables reads the users, then they are the same`(isDeleted: Bool) async throws {
        try await TestWorkspace.with { workspace in
            // Texts without white space at their ends, as this importer trims fields.
            var user = UserRecord(
                importIDs: ["=1", "+2"], emails: ["a@example.com", "-b@example.com"], username: "@ann",
                name: "'=Ann, B.",
                nickname: "A \"n\"", utcOffset: -5.5, avatarURL: "http://x.test/a.png", isDeleted: isDeleted,
                statusText: "=1;2", roles: ["user", "bot"], isMatchedByUsername: false, organization: "T1",
                type: "wizard", bio: "two\nlines", customFields: #"{"a":{"b":[1]}}"#)
            user.isActivated = !isDeleted
            try await workspace.stage([])
            try await workspace.engine.staging.addUsers(from: Chunks(UserDocument.text(of: user)), format: .lines)
            try await workspace.engine.staging.addRooms(
                from: Chunks(#"{"importIds":["r"],"t":"c"}"#), format: .lines)
            try await workspace.runToTheEnd()
            var random = SeededGenerator(seed: 6)
            let written = try await Self.table(workspace)

            for text in [String(decoding: written, as: UTF8.self), SpreadsheetTable(written).saved(&random)] {
                let read = try await workspace.read(Array(text.utf8), named: "failures.csv", importer: "csv")
                let users = try await workspace.engine.selectable.users(of: read.id, after: nil, limit: 10)
                var shown = user
                shown.avatarURL = "http://x.test/..."
                #expect(users.map { UserDocument.text(of: $0.record) } == [UserDocument.text(of: shown)])
                let findings = try await workspace.engine.history.findings(offset: 0, limit: 10).findings
                #expect(findings.map(\.field) == ["failure.type"])
            }
        }
    }

    /// The staged documents, with everything that is secret.
    private static func staged(_ workspace: TestWorkspace) async throws -> [String] {
        try await workspace.files.database.read { connection in
            try connection.rows("SELECT document FROM import_records ORDER BY sequence") { $0.text(0) }
        }
    }

    @Test(arguments: ["again", "lines", "table", "records"])
    func `when records have URLs, then no file shows their secrets, and records that are sent back keep them`(
        form: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([])
            let file =
                #""_importFile":{"id":"F","name":"n","source":"slack","downloadUrl":"https://u:SECRET@e.org/SECRET?t=SECRET"}"#
            try await workspace.engine.staging.addUsers(
                from: Chunks(
                    #"{"importIds":["u"],"emails":["u@e.org"],"type":"wizard","avatarUrl":"https://e.org/a?t=SECRET"}"#),
                format: .lines)
            try await workspace.engine.staging.addMessages(
                from: Chunks(
                    #"{"_id":"m","rid":"nowhere","u":{"_id":"u"},"ts":1,"msg":"see","avatar":"HTTPS://e.org#SECRET",\#(file)}"#
                ),
                format: .lines)
            try await workspace.runToTheEnd()
            let (failures, before) = (try await workspace.failures(), try await Self.staged(workspace))
            let lines = failures.map { FailureDocument.text(of: $0) }
            let table = String(decoding: try await Self.table(workspace), as: UTF8.self)
            let records = failures.map { #"{"id":"\#($0.sequence.number)","data":\#($0.document)}"# }

            for shown in [failures.map(\.document).joined(), lines.joined(), table] {
                #expect(!shown.contains("SECRET"))
                #expect(shown.contains("https://e.org/..."))
            }
            switch form {
            case "lines": try await RetryScene.retry(workspace, lines.joined(separator: "\n"), .lines)
            case "table":
                try await RetryScene.retry(workspace, table.replacing("wizard", with: "sorcerer"), .table)
            case "records":
                try await RetryScene.retry(workspace, #"{"records":[\#(records.joined(separator: ","))]}"#, .json)
            default: try await RetryScene.retry(workspace, "{}", .json)
            }
            try await workspace.finish()

            let after = try await Self.staged(workspace)
            #expect(after.map { $0.replacing("sorcerer", with: "wizard") } == before)
            #expect(before.joined().ranges(of: "SECRET").count == 5)
        }
    }

    @Test func `when a correction gives another URL or none, then that counts`() async throws {
        try await TestWorkspace.with { workspace in
            for (avatar, expected) in [
                (#","avatarUrl":"https://other.org/b?t=2""#, "https://other.org/b?t=2"), ("", nil),
            ] as [(String, String?)] {
                try await workspace.importing([
                    StagedUser("ann", type: "wizard", more: [#""avatarUrl":"https://e.org/a?t=SECRET""#])
                ])
                let id = try await RetryScene.ids(workspace)["id-ann"] ?? ""
                let data = #"{"importIds":["id-ann"],"emails":["ann@e.org"],"type":"wizard"\#(avatar)}"#

                try await RetryScene.retry(workspace, #"{"records":[{"id":"\#(id)","data":\#(data)}]}"#, .json)
                try await workspace.finish()

                let document = try #require(try await Self.staged(workspace).last)
                let user = try JSONReader.read(document) { try UserDocument.read(&$0).record }
                #expect(user.avatarURL == expected)
            }
        }
    }

    @Test(arguments: [
        ("https://e.org", "https://e.org"), ("https://e.org/", "https://e.org/"),
        ("https://e.org/a", "https://e.org/..."),
        ("https://u:p@e.org", "https://e.org/..."), ("https://e.org?t=1", "https://e.org/..."), ("a?t=1", "..."),
        ("", ""),
        ("https://e.org:8/a@b", "https://e.org:8/..."),
        ("https://u:p/w@e.org/a", "..."), ("data:image/png;base64,AA==", "data:image/png;base64,AA=="),
    ])
    func `when a URL is shown, then its host is all that is left`(url: String, shown: String) {
        #expect(ShownURL.text(of: url) == shown)
        #expect(ShownURL.text(of: shown) == shown)
    }

    @Test(arguments: [
        "", "username,emails\nann,a@example.com\n", "failure.id,failure.id\n1,2\n", "failure.id,bio\n1,\"x\n",
        "failure.id,bio\n1,2,3\n", "failure.id,deleted\n{id},maybe\n", "failure.id,utcOffset\n{id},east\n",
        "failure.id,customFields\n{id},[1]\n", "failure.id,data\n{id},{\n", "failure.id,bio\n{id},1,\n",
        "failure.id,bio\n{id},a\0b\n", "failure.id,b\0io\n{id},a\n",
    ])
    func `when a table cannot be read, then nothing changes`(text: String) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", type: "wizard")])
            let id = try await RetryScene.ids(workspace)["id-ann"] ?? ""

            await #expect(throws: InvalidBody.self) {
                try await RetryScene.retry(workspace, text.replacing("{id}", with: id), .table)
            }

            #expect(try await workspace.current().phase == .ended(.done))
            #expect(try await RetryScene.rows(workspace) == 0)
        }
    }

    @Test(
        arguments: [
            (
                "{id},,x,,,\n", nil, nil,
                "The row has 6 fields where 5 belong. Put fields that hold separators in quotes."
            ),
            (
                "{id},,Lovelace, Ada,,\n", nil, nil,
                "The row has 6 fields where 5 belong. Put fields that hold separators in quotes."
            ),
            ("{id},,a\0b\n", nil, nil, "The row contains the character NUL. Remove it, and save spreadsheets as CSV."),
            (
                "{id},ja\n", 0, "failure.skip",
                "The value \"ja\" of failure.skip is neither true nor false. Write true, yes, y, 1 or x; false, no, n or 0; or nothing."
            ),
            (
                "{id},,,maybe\n", 0, "deleted",
                "The value \"maybe\" of deleted is neither true nor false. Write true, yes, y, 1 or x; false, no, n or 0; or nothing."
            ),
            (
                "{id},,,,east\n", 0, "utcOffset",
                "The value \"east\" of utcOffset is not a number. Write hours, such as 5.5."
            ),
        ] as [(String, Int?, String?, String)])
    func `when a row cannot be read, then the error has its line`(
        row: String, index: Int?, field: String?, reason: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", type: "wizard")])
            let id = try await RetryScene.ids(workspace)["id-ann"] ?? ""
            let table = "failure.id,failure.skip,bio,deleted,utcOffset\n\n" + row.replacing("{id}", with: id)

            let error = await #expect(throws: InvalidBody.self) { try await RetryScene.retry(workspace, table, .table) }

            #expect(error?.reason == .invalidTable(reason))
            #expect(error?.line == 3)
            #expect((error?.index, error?.field) == (index, field))
        }
    }

    @Test func `when a table has bytes that are not text, then it is rejected`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.importing([StagedUser("ann", type: "wizard")])
            let id = try await RetryScene.ids(workspace)["id-ann"] ?? ""
            let table = Array("failure.id,bio\n\(id),日本語日本語".utf8) + [0xFF, 0x0A]

            let error = await #expect(throws: InvalidBody.self) {
                try await workspace.engine.retries.retry(from: Chunks(table), format: .table)
            }

            #expect(
                error?.reason
                    == .invalidTable("The table has bytes that are not text in its encoding. Save it as UTF-8."))
        }
    }

    @Test func `when an account is explicitly not deleted, then the cell says so and reads so`() async throws {
        try await TestWorkspace.with { workspace in
            try await workspace.stage([])
            let lines = ["true", "false", "null"].enumerated().map { index, deleted in
                #"{"importIds":["\#(index)"],"emails":["\#(index)@e.org"],"type":"wizard","deleted":\#(deleted)}"#
            }
            try await workspace.engine.staging.addUsers(from: Chunks(lines.joined(separator: "\n")), format: .lines)
            try await workspace.runToTheEnd()
            var random = SeededGenerator(seed: 8)
            var table = SpreadsheetTable(try await Self.table(workspace))
            let column = table.column("deleted")
            #expect(table.rows.dropFirst().map { $0[column] } == ["yes", "no", ""])

            let cells = [["yes", "no", ""], ["no", "", "yes"], ["", "yes", "no"]]
            for (round, row) in cells.enumerated() {
                for (index, cell) in row.enumerated() { table.rows[index + 1][column] = cell }
                let result = try await RetryScene.retry(workspace, table.saved(&random), .table)
                try await workspace.finish()
                #expect(result.correctedCount == (round == 0 ? 0 : 3))
                let documents = try await workspace.failures().map { try JSONValue(parsing: $0.document)["deleted"] }
                #expect(documents == row.map { $0.isEmpty ? nil : .boolean($0 == "yes") })
            }
        }
    }
}
