import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given Slack exports with files of messages that no list describes", .onEveryStore, .timeLimit(.minutes(10)))
struct UnknownFolderTests {
    private static func export(_ entry: String, _ messages: String...) -> [UInt8] {
        let users = #"[{"id":"U1","name":"ann"},{"id":"U2","name":"bob"},{"id":"U3","name":"yan"}]"#
        return StoredZip(files: [
            ("users.json", Array(users.utf8)), (entry, Array("[\(messages.joined(separator: ","))]".utf8)),
        ]).bytes
    }

    private static func message(_ text: String, by user: String, at second: Int) -> String {
        #"{"type":"message","user":"\#(user)","ts":"170445600\#(second).000100","text":"\#(text)"}"#
    }

    private static func importing(_ export: [UInt8], _ workspace: TestWorkspace) async throws -> ImportOperation {
        try await workspace.read(export, named: "export.zip", importer: "slack")
        return try await workspace.importFile()
    }

    /// The texts in all rooms of an account.
    private static func texts(of username: String, _ workspace: TestWorkspace) async throws -> Set<String> {
        try await workspace.store.read { transaction in
            guard let account = try transaction.users.find(usernameKey: username) else { return [] }
            let rooms = try transaction.rooms.subscriptions(of: account.id, limit: 10).map(\.roomID)
            return Set(
                try rooms.flatMap { room in
                    try transaction.messages.list(
                        MessageFilter(roomID: room), order: .oldestFirst, offset: 0, limit: 100
                    ).map(\.text)
                })
        }
    }

    private static let entries = ["dms/ann.json", "mpims/plans.json", "private_channels/plans.json", "plans/all.json"]

    @Test(arguments: entries)
    func `when files of one name begin with other messages, then nobody reads what others wrote`(
        entry: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            let ofBob = Self.export(
                entry, Self.message("bob to ann", by: "U2", at: 1), Self.message("ann to bob", by: "U1", at: 2))
            let ofYan = Self.export(
                entry, Self.message("yan to ann", by: "U3", at: 3), Self.message("ann to yan", by: "U1", at: 4))
            _ = try await Self.importing(ofBob, workspace)
            let second = try await Self.importing(ofYan, workspace)
            let third = try await Self.importing(ofBob, workspace)

            #expect(try await Self.texts(of: "bob", workspace) == ["bob to ann", "ann to bob"])
            #expect(try await Self.texts(of: "yan", workspace) == ["yan to ann", "ann to yan"])
            #expect(second.totalCounts.error == 0)
            #expect(third.totalCounts.unchanged == third.totalCounts.total)
        }
    }

    @Test(arguments: entries)
    func `when a later file has more messages, then they are in the same room`(entry: String) async throws {
        try await TestWorkspace.with { workspace in
            let first = Self.message("first", by: "U2", at: 1)
            _ = try await Self.importing(Self.export(entry, first), workspace)
            _ = try await Self.importing(
                Self.export(entry, Self.message("second", by: "U2", at: 2), first), workspace)

            #expect(try await Self.texts(of: "bob", workspace) == ["first", "second"])
            let rooms = try await workspace.store.read { transaction in
                guard let account = try transaction.users.find(usernameKey: "bob") else { return 0 }
                return try transaction.rooms.subscriptions(of: account.id, limit: 10).count
            }
            #expect(rooms == 1)
        }
    }
}
