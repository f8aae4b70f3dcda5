import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given rooms that have a name or an id in common", .onEveryStore, .timeLimit(.minutes(10)))
struct JoinedRoomTests {
    private static let people = ["ann", "ben", "cleo"].enumerated().map { index, name in
        #"{"id":"U\#(index + 1)","name":"\#(name)","profile":{"email":"\#(name)@example.com"}}"#
    }

    private static func room(_ id: String, _ name: String, members: String...) -> String {
        let list = members.map { #""\#($0)""# }.joined(separator: ",")
        return #"{"id":"\#(id)","name":"\#(name)","creator":"\#(members[0])","members":[\#(list)]}"#
    }

    private static func message(_ text: String, by user: String = "U1", at second: Int = 0) -> String {
        #"{"type":"message","user":"\#(user)","ts":"170445600\#(second).000100","text":"\#(text)"}"#
    }

    private static func importing(_ export: SlackExport, _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    private static func findings(_ workspace: TestWorkspace) async throws -> [ImportFinding] {
        try await workspace.engine.history.findings(offset: 0, limit: 100, bytes: .max).findings
    }

    /// The names of the members of the room with an import id, and the room's name.
    private static func members(_ importID: String, _ workspace: TestWorkspace) async throws -> (String?, [String]) {
        try await workspace.store.read { transaction in
            let found = try transaction.rooms.rooms(withImportIDs: [ImportID(importID)])[ImportID(importID)]
            let id = try #require(found)
            return (
                try transaction.rooms.find(id: id)?.name,
                try transaction.rooms.members(of: id, matching: nil, offset: 0, limit: 100).compactMap(\.username)
                    .sorted()
            )
        }
    }

    @Test func `when private groups of one name have other members, then they are kept apart, in any order`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let first = SlackExport(
                users: Self.people, channels: [], groups: [Self.room("G1", "secret", members: "U1", "U2")],
                messages: ["secret": [Self.message("old")]])
            let second = SlackExport(
                users: Self.people, channels: [],
                groups: [
                    Self.room("G2", "secret", members: "U1", "U3"), Self.room("G1", "old-secret", members: "U1", "U2"),
                ], messages: ["secret": [Self.message("new", at: 1)], "old-secret": [Self.message("old")]])

            _ = try await Self.importing(first, workspace)
            let done = try await Self.importing(second, workspace)
            let findings = try await Self.findings(workspace)

            #expect(done.totalCounts.error == 0)
            #expect(try await Self.members("G1", workspace) == ("secret", ["ann", "ben"]))
            #expect(try await Self.members("G2", workspace) == ("secret-1", ["ann", "cleo"]))
            #expect(findings.contains { $0.severity == .warning && $0.field == "name" && $0.value == "secret" })
        }
    }

    @Test func `when two private groups have the same name and members, then members of one do not read the other`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            func importing(_ id: String, _ selection: ImportSelection, members: String...) async throws {
                let list = members.map { #""\#($0)""# }.joined(separator: ",")
                let export = SlackExport(
                    users: Self.people, channels: [],
                    groups: [#"{"id":"\#(id)","name":"secret","creator":"U1","members":[\#(list)]}"#],
                    messages: ["secret": [Self.message("text", at: id == "G1" ? 0 : 1)]])
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                _ = try await workspace.importFile(selection)
            }
            let known = ImportSelection(users: .listed(["U1", "U2"]), rooms: .all, contacts: .all)
            try await importing("G1", known, members: "U1", "U2")
            try await importing("G2", known, members: "U1", "U2", "U3")
            try await importing("G2", .everything, members: "U1", "U2", "U3")

            #expect(try await Self.members("G1", workspace) == ("secret", ["ann", "ben"]))
            #expect(try await Self.members("G2", workspace) == ("secret-1", ["ann", "ben", "cleo"]))
        }
    }

    @Test func `when a direct room's id comes with other people, then it fails with its messages`() async throws {
        try await TestWorkspace.with { workspace in
            func export(_ second: String, _ text: String) -> SlackExport {
                SlackExport(
                    users: Self.people, channels: [],
                    directs: [#"{"id":"D1","members":["U1","\#(second)"]}"#], messages: ["D1": [Self.message(text)]])
            }

            let first = try await Self.importing(export("U2", "to ben"), workspace)
            _ = try await Self.importing(export("U3", "to cleo"), workspace)
            let failures = try await workspace.failures().map(\.failure.code)

            #expect(first.totalCounts.error == 0)
            #expect(failures == [.roomParticipantsMismatch, .messageUnknownRoom])
        }
    }

    @Test func `when a private group's creator is unknown, then it belongs to its first member`() async throws {
        try await TestWorkspace.with { workspace in
            let export = SlackExport(
                users: Self.people, channels: [],
                groups: [
                    #"{"id":"G1","name":"some","members":["U2","U3"]}"#
                ])
            _ = try await Self.importing(export, workspace)

            #expect(try await Self.members("G1", workspace) == ("some", ["ben", "cleo"]))
            #expect(try await !Self.findings(workspace).contains { $0.code == .roomOwnedByImporter })
        }
    }

    @Test func `when a private group is mentioned elsewhere, then its name is not shown there`() async throws {
        try await TestWorkspace.with { workspace in
            let export = SlackExport(
                users: Self.people, channels: [Self.room("C1", "open", members: "U1")],
                groups: [Self.room("G1", "layoffs", members: "U1")],
                messages: [
                    "open": [Self.message("see <#G1> and <#C1>")], "layoffs": [Self.message("here: <#G1>", at: 1)],
                ])
            _ = try await Self.importing(export, workspace)
            let messages = try await workspace.store.read { transaction in
                let rooms = try transaction.rooms.rooms(withImportIDs: [ImportID("C1"), ImportID("G1")])
                return try rooms.mapValues { room in
                    try transaction.messages.list(
                        MessageFilter(roomID: room), order: .newestFirst, offset: 0, limit: 10
                    ).map { ($0.text, $0.details.rooms.map(\.name)) }
                }
            }

            let open = try #require(messages[ImportID("C1")]?.first)
            let inside = try #require(messages[ImportID("G1")]?.first)
            #expect(open.0 == "see #private-room and #open")
            #expect(open.1 == ["open"])
            #expect(inside.0 == "here: #layoffs")
            #expect(inside.1 == ["layoffs"])
        }
    }

    @Test func `when nobody in a private group is known, then a warning says who owns it`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            let room = #"{"importIds":["G9"],"t":"p","name":"empty","u":{"_id":"gone"},"users":["gone"]}"#
            let body = #"{"channels":[\#(room)]}"#
            try await workspace.engine.staging.addRooms(from: Chunks(body), format: .json)
            _ = try await workspace.importFile()

            let owned = try await Self.findings(workspace).filter { $0.code == .roomOwnedByImporter }
            #expect(owned.map(\.severity) == [.warning])
            #expect(owned.map(\.value) == ["empty"])
        }
    }
}
