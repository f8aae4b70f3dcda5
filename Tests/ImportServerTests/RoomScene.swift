import ImportDomain
import ImportFixtures
import JSON
import WorkspaceServices

/// Rooms of every kind with people and messages in them.
///
/// Ada and Bob are in the public room `town`, Ada alone in the private room `attic`, Ada and Bob have a direct room;
/// Eve is nowhere.
enum RoomScene {
    static let start = Timestamp(milliseconds: 1_769_860_800_000)

    /// The direct room's id.
    static let direct = RoomID("direct")

    static func second(_ number: Int) -> Timestamp { start + .seconds(number) }

    static func time(_ number: Int) -> String { "2026-01-31T12:00:0\(number).000Z" }

    /// Who calls.
    struct People: Sendable {
        let ada: TestServer.Credentials
        let bob: TestServer.Credentials
        let eve: TestServer.Credentials

        func credentials(of name: String) -> TestServer.Credentials { ["ada": ada, "bob": bob][name] ?? eve }
    }

    static func with(_ test: @Sendable @escaping (TestServer, People) async throws -> Void) async throws {
        try await TestServer.with { server in
            // Turn rate limits off, which these tests do not cover.
            try await server.workspace.settings.set(.flag(false), of: "API_Enable_Rate_Limiter")
            try await server.workspace.importing(
                ["ada", "bob", "eve"].map { (name: String) in
                    StagedUser(name, password: name, more: [#""name": "Name of \#(name)""#])
                })
            let people = People(
                ada: try await server.signIn("ada", password: "ada"),
                bob: try await server.signIn("bob", password: "bob"),
                eve: try await server.signIn("eve", password: "eve"))
            try await fill(server, ada: UserID(people.ada.userID), bob: UserID(people.bob.userID))
            try await test(server, people)
        }
    }

    private static func fill(_ server: TestServer, ada: UserID, bob: UserID) async throws {
        let town = Room(
            id: RoomID("town"), kind: .channel, name: "Town", displayName: "Our Town", topic: "News",
            description: "Where everybody meets", creatorID: ada, importIDs: [ImportID("C1")], createdAt: start)
        let attic = Room(
            id: RoomID("attic"), kind: .privateGroup, name: "attic", isArchived: true, isReadOnly: true,
            creatorID: ada, importIDs: [ImportID("G1")], createdAt: start)
        let direct = Room(
            id: direct, kind: .direct, participants: [ada, bob].sorted { $0.rawValue < $1.rawValue },
            createdAt: start)
        let rooms = [town, attic, direct]
        let places = [
            Subscription(roomID: town.id, userID: ada, roles: ["owner"], createdAt: start),
            Subscription(roomID: town.id, userID: bob, createdAt: start),
            Subscription(roomID: attic.id, userID: ada, createdAt: start),
            Subscription(roomID: direct.id, userID: ada, createdAt: start),
            Subscription(roomID: direct.id, userID: bob, createdAt: start),
        ]
        let messages =
            townMessages(ada: ada, bob: bob) + [
                Message(
                    id: MessageID("secret"), roomID: attic.id, authorID: ada, writtenAt: second(1), sequence: 1,
                    text: "Under the roof"),
                Message(
                    id: MessageID("hello"), roomID: direct.id, authorID: bob, writtenAt: second(2), sequence: 1,
                    text: "Hello Ada"),
            ]
        try await server.workspace.store.write { transaction in
            let operation = OperationID("scene")
            try transaction.rooms.insert(rooms, by: ImportNumber(1))
            try transaction.rooms.add(places)
            try transaction.messages.insert(messages)
            try transaction.rooms.touch(
                Dictionary(grouping: messages, by: \.roomID).mapValues(\.count), by: operation)
            try transaction.messages.touch(
                [TouchedThread(parentID: MessageID("t1"), roomID: town.id, startedAt: nil)], by: operation)
            while try transaction.messages.recountThreads(of: operation, limit: 100) {}
            while try transaction.rooms.recountRooms(of: operation, limit: 100) {}
        }
    }

    /// `t1` … `t5` one second apart, except `t3` and `t4` at the same time; `t1` has a reply that is shown in the room
    /// and one that is not.
    private static func townMessages(ada: UserID, bob: UserID) -> [Message] {
        func message(_ id: String, _ author: UserID, at second: Int, sequence: Int64, _ text: String) -> Message {
            Message(
                id: MessageID(id), roomID: RoomID("town"), authorID: author, writtenAt: Self.second(second),
                sequence: sequence, text: text)
        }
        var mention = message("t2", ada, at: 2, sequence: 2, "Good morning @bob")
        mention.details.alias = "Ada L."
        mention.details.mentions = [MessageDetails.Person(id: bob, username: "bob", name: "Name of bob")]
        mention.details.reactions = [MessageDetails.Reaction(emoji: ":wave:", usernames: ["bob"])]
        mention.details.editor = MessageDetails.Person(id: ada, username: "ada")
        mention.editedAt = Self.second(9)
        var pinned = message("t5", bob, at: 5, sequence: 5, "Lunch at NOON, 100%")
        pinned.isPinned = true
        var hidden = message("unseen", ada, at: 6, sequence: 6, "A file to come")
        hidden.isHidden = true
        var joined = message("t1", bob, at: 1, sequence: 1, "bob")
        joined.systemKind = "uj"
        var answer = message("a1", ada, at: 7, sequence: 7, "Welcome")
        answer.threadID = MessageID("t1")
        var shown = message("a2", bob, at: 8, sequence: 8, "Thanks at noon")
        shown.threadID = MessageID("t1")
        shown.isShownInRoom = true
        return [
            joined, mention, message("t4", ada, at: 3, sequence: 4, "second"),
            message("t3", bob, at: 3, sequence: 3, "first"), pinned, hidden, answer, shown,
        ]
    }
}

extension TestServer.Answer {
    /// The ids of the items of a list.
    func ids(_ key: String) -> [String] { (json[key]?.elements ?? []).map { $0["_id"]?.text ?? "?" } }

    /// A whole number as a string; nil if it is absent.
    func number(_ key: String) -> String? { json[key]?.serialized() }
}
