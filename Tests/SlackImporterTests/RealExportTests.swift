import Foundation
import ImportDomain
import JSON
import Testing

/// Exports of real workspaces, with counts that another program took of them. Source: the README.md beside each.
@Suite("Given the export of a real workspace")
struct RealExportTests {
    private static func folder(_ name: String) throws -> URL {
        try #require(Bundle.module.resourceURL).appending(path: "Fixtures/\(name)")
    }

    private static func counts(_ name: String) throws -> JSONValue {
        let path = try folder(name).appending(path: "expected-counts.json")
        guard case .array(let files) = try JSONValue(parsing: try String(contentsOf: path, encoding: .utf8)) else {
            return .null
        }
        return files.first ?? .null
    }

    private static func number(_ value: JSONValue?) -> Int {
        guard case .number(let number) = value else { return 0 }
        return number.integer ?? 0
    }

    @Test(arguments: ["houston", "zulip"])
    func `when it is read, then every element is staged or left out by rule`(name: String) throws {
        let counts = try Self.counts(name)
        let expected = try #require(counts["counts"])

        let output = try SmallExport.read(path: try Self.folder(name).appending(path: "slack-export.zip").path)

        #expect(output.messages.count + output.ignoredCount == Self.number(expected["messages"]))
        #expect(output.ignoredCount == Self.number(counts["by_subtype"]?["bot_add"]))
        #expect(output.users.count == Self.number(expected["users"]))
        #expect(output.rooms.count == Self.number(expected["rooms_channels"]))
        #expect(output.rooms.filter(\.isArchived).count == Self.number(expected["rooms_archived"]))
        #expect(output.messages.filter { $0.editedAt != nil }.count == Self.number(expected["edited"]))
        #expect(output.messages.flatMap(\.reactions).count == Self.number(expected["reaction_entries"]))
        #expect(
            output.messages.flatMap(\.reactions).flatMap(\.userIDs).count
                == Self.number(expected["reaction_user_pairs"]))
        #expect(
            output.messages.filter { $0.id?.hasSuffix("-fileshare") == true }.count
                == Self.number(counts["by_subtype"]?["file_share"]))
        #expect(output.messages.filter { $0.thread != nil }.count == Self.number(expected["thread_replies"]))
        #expect(output.findings.allSatisfy { $0.severity == .info })
    }

    @Test func `when it is of 2015, then comments on files and pins are there`() throws {
        let output = try SmallExport.read(path: try Self.folder("houston").appending(path: "slack-export.zip").path)

        #expect(output.messages.filter(\.isPinned).map(\.id) == ["slack-C061A0WJG-1444755381-000003"])
        #expect(output.messages.contains { $0.text == "Here are notes from Monday's MeetUp!" })
        #expect(output.messages.filter { $0.systemKind == "message_pinned" && $0.attachments != nil }.count == 1)
        #expect(output.messages.filter { $0.systemKind == "room-archived" }.count == 9)
        #expect(output.messages.filter { $0.systemKind == "uj" }.count == 320)
    }
}
