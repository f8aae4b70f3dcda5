import ImportDomain
import ImportEngine
import ImportFixtures
import Testing

@Suite("Given import ids that differ only in composition", .onEveryStore, .timeLimit(.minutes(10)))
struct ExactIdentityTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test func `when they are in one batch, then users, rooms and messages stay apart`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            try await workspace.add([
                StagedUser("one", importIDs: [Self.composed]), StagedUser("two", importIDs: [Self.decomposed]),
            ])
            let rooms = [(Self.composed, "first"), (Self.decomposed, "second")].map { id, name in
                #"{"t":"c","name":"\#(name)","importIds":["\#(id)"],"u":{"_id":"\#(id)"},"users":["\#(id)"]}"#
            }.joined(separator: ",")
            try await workspace.engine.staging.addRooms(from: Chunks(#"{"channels":[\#(rooms)]}"#), format: .json)
            let messages = [Self.composed, Self.decomposed].map { id in
                #"{"_id":"\#(id)","rid":"\#(id)","u":{"_id":"\#(id)"},"ts":1704456000000,"msg":"\#(id)"}"#
            }.joined(separator: ",")
            try await workspace.engine.staging.addMessages(from: Chunks(#"{"messages":[\#(messages)]}"#), format: .json)
            try await workspace.runToTheEnd()

            let done = try await workspace.current()
            #expect(done.totalCounts.error == 0)
            #expect(done.totalCounts.completed == 6)
            for (id, username, room) in [(Self.composed, "one", "first"), (Self.decomposed, "two", "second")] {
                let found = try await workspace.store.read { transaction in
                    let message = try transaction.messages.find(ids: [MessageID(id)]).first
                    return (
                        user: try transaction.users.find(importID: ImportID(id))?.username,
                        room: try message.flatMap { try transaction.rooms.find(id: $0.roomID) }?.name,
                        author: try message.flatMap { try transaction.users.find(id: $0.authorID) }?.username
                    )
                }
                #expect(found.user == username)
                #expect(found.room == room)
                #expect(found.author == username)
            }
        }
    }

    @Test func `when only one is selected, then only that one is imported`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.stage([
                StagedUser("one", importIDs: [Self.composed]), StagedUser("two", importIDs: [Self.decomposed]),
            ])
            let done = try await workspace.importFile(
                ImportSelection(users: .listed([Self.decomposed]), rooms: .all, contacts: .all))

            #expect(done.counts[.user]?.completed == 1)
            #expect(done.counts[.user]?.skipped == 1)
            #expect(try await workspace.user("two") != nil)
        }
    }

    /// Both are the same `Double`.
    @Test func `when ids are numbers beyond 2^53, then they stay apart`() async throws {
        try await TestWorkspace.with { workspace in
            _ = try await workspace.engine.operations.create(by: UserID("nobody"))
            let users = ["9007199254740992", "9007199254740993"].map {
                #"{"importIds":[\#($0)],"emails":["\#($0)@example.com"]}"#
            }.joined(separator: ",")
            try await workspace.engine.staging.addUsers(from: Chunks(#"{"users":[\#(users)]}"#), format: .json)
            try await workspace.runToTheEnd()

            #expect(try await workspace.current().totalCounts.completed == 2)
            for id in ["9007199254740992", "9007199254740993"] {
                let user = try await workspace.store.read { try $0.users.find(importID: ImportID(id)) }
                #expect(user?.emails.map(\.address) == ["\(id)@example.com"])
            }
        }
    }
}
