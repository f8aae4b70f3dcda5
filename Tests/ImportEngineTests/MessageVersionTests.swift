import ImportDomain
import ImportFixtures
import Testing

@Suite("Given several versions of one message", .onEveryStore, .timeLimit(.minutes(10)))
struct MessageVersionTests {
    private static func telling(_ text: String, edited: String? = nil, _ more: String = "") -> String {
        let edit = edited.map { #","edited":{"user":"U1","ts":"\#($0)"}"# } ?? ""
        return #"{"type":"message","user":"U1","ts":"1704456000.000100","text":"\#(text)"\#(edit)\#(more)}"#
    }

    private static let original = telling("we meet at 9")
    private static let edit = telling("we meet at 10", edited: "1704459600.000000")
    private static let laterEdit = telling("at 11", edited: "1704459700.000000")
    private static let reacted = telling("we meet at 9", #","reactions":[{"name":"ok","users":["U1"]}]"#)

    private static func importing(_ tellings: [String], _ workspace: TestWorkspace) async throws -> ImportOperation {
        let export = SlackExport(messages: ["plan": tellings])
        try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    private static func message(_ workspace: TestWorkspace) async throws -> Message {
        let found = try await workspace.store.read {
            try $0.messages.find(ids: [MessageID("slack-C1-1704456000-000100")])
        }
        return try #require(found.first)
    }

    @Test(arguments: [
        [original, edit], [edit, original], [edit, laterEdit], [laterEdit, edit, original], [original, reacted],
        [reacted, original], [reacted, original, edit],
    ])
    func `when one file has them in any order, then the same one counts and the file again changes nothing`(
        tellings: [String]
    ) async throws {
        try await TestWorkspace.with { workspace in
            let first = try await Self.importing(tellings, workspace)
            let message = try await Self.message(workspace)
            let second = try await Self.importing(tellings, workspace)

            #expect(first.totalCounts.error == 0)
            #expect(second.totalCounts.unchanged == second.totalCounts.total)
            let latest = tellings.contains(Self.laterEdit) ? "at 11" : "we meet at 10"
            let isEdited = tellings.contains(Self.edit) || tellings.contains(Self.laterEdit)
            #expect(message.text == (isEdited ? latest : "we meet at 9"))
            #expect(isEdited || message.details.reactions.map(\.emoji) == [":ok:"])
            #expect(try await Self.message(workspace) == message)
        }
    }

    @Test(arguments: [
        [original, edit], [edit, original], [laterEdit, edit], [reacted, original], [original, reacted],
    ])
    func `when several files have them in any order, then the same one counts`(tellings: [String]) async throws {
        try await TestWorkspace.with { workspace in
            for telling in tellings { _ = try await Self.importing([telling], workspace) }
            let message = try await Self.message(workspace)
            let again = try await Self.importing([tellings[0]], workspace)

            #expect(again.totalCounts.updated == 0)
            switch true {
            case tellings.contains(Self.laterEdit): #expect(message.text == "at 11")
            case tellings.contains(Self.edit): #expect(message.text == "we meet at 10")
            default: #expect(message.details.reactions.map(\.emoji) == [":ok:"])
            }
        }
    }

    @Test func `when an edit makes a message shorter, then the edit counts`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing([Self.telling("a long text that was regretted")], workspace)
            let second = try await Self.importing([Self.telling("-", edited: "1704459600.000000")], workspace)

            #expect(second.totalCounts.updated == 1)
            #expect(try await Self.message(workspace).text == "-")
        }
    }

    @Test func `when a message is as it was imported, then it is not read again, and a changed one is`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await Self.importing([Self.original], workspace)
            let digests = try await workspace.store.read {
                try $0.messages.recordDigests(of: [MessageID("slack-C1-1704456000-000100")])
            }
            let again = try await Self.importing([Self.original], workspace)
            let changed = try await Self.importing([Self.edit], workspace)

            #expect(digests.count == 1)
            #expect(again.totalCounts.unchanged == again.totalCounts.total)
            #expect(changed.totalCounts.updated == 1)
            #expect(try await Self.message(workspace).text == "we meet at 10")
            #expect(try await Self.message(workspace).recordDigest != digests.first?.value)
        }
    }
}
