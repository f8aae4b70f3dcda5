import ImportDomain
import Testing

@Suite("Given folders that no definition matches, in several exports")
struct UnknownFolderTests {
    private static func message(_ time: String, by user: String, _ text: String) -> String {
        #"{"user":"\#(user)","ts":"\#(time)","text":"\#(text)"}"#
    }

    private static func read(_ entries: [(String, [String])]) throws -> RecordingOutput {
        var export = SmallExport()
        export.entries = entries.map { ($0, "[\($1.joined(separator: ","))]") }
        return try export.read()
    }

    private static let names = [
        "lost/2020-01-01.json", "lost/all.json", "lost.json", "dms/lost.json", "mpims/lost.json",
        "private_channels/lost.json", "channels/lost.json", "teams/T1/lost/2020-01-01.json",
    ]

    @Test(arguments: names)
    func `when they begin with the same message, then they are one room`(name: String) throws {
        let first = try Self.read([(name, [Self.message("1.1", by: "U1", "a")])])
        let later = try Self.read([(name, [Self.message("2.1", by: "U2", "b"), Self.message("1.1", by: "U1", "a")])])

        #expect(first.rooms.last?.importIDs == later.rooms.last?.importIDs)
        #expect(first.messages.map(\.id) == later.messages.suffix(1).map(\.id))
    }

    @Test(
        arguments: names,
        [message("1.2", by: "U1", "a"), message("1.1", by: "U2", "a"), message("1.1", by: "U1", "other")])
    func `when they begin with different messages, then they are two rooms`(name: String, other: String) throws {
        let first = try Self.read([(name, [Self.message("1.1", by: "U1", "a")])])
        let second = try Self.read([(name, [other])])

        #expect(first.rooms.last?.importIDs != second.rooms.last?.importIDs)
        #expect(Set(first.messages.map(\.id)).isDisjoint(with: second.messages.map(\.id)))
        #expect(second.findings(.entryUnknownRoom).allSatisfy { $0.message.contains("begins with the same message") })
    }

    @Test func `when the days of a folder come in another order, then the room is the same`() throws {
        let days = [
            ("lost/2020-01-01.json", [Self.message("2.1", by: "U1", "b"), Self.message("1.1", by: "U1", "a")]),
            ("lost/2020-01-02.json", [Self.message("3.1", by: "U2", "c")]),
        ]

        #expect(try Self.read(days).sortedRecords == Self.read(days.reversed()).sortedRecords)
    }

    @Test func `when two messages of one time begin it, then their order does not matter`() throws {
        let messages = [Self.message("1.1", by: "U1", "a"), Self.message("1.1", by: "U2", "b")]

        let first = try Self.read([("lost/all.json", messages)])
        let second = try Self.read([("lost/all.json", messages.reversed())])

        #expect(first.rooms.last?.importIDs == second.rooms.last?.importIDs)
    }
}
