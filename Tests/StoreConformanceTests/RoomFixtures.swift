import ImportDomain
import ImportFixtures

/// An empty store, and fixtures of rooms and messages.
enum RoomFixtures {
    static let operation = OperationID("operation")

    static func with(_ test: (any Store) async throws -> Void) async throws {
        let files = try await TestStore.open(.current, clock: TestClock())
        try await test(files.store)
        try await files.remove()
    }

    static func moment(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    static func room(
        _ id: String, kind: RoomKind = .channel, name: String? = nil, participants: [String] = [],
        importIDs: [String] = []
    ) -> Room {
        Room(
            id: RoomID(id), kind: kind, name: kind == .direct ? nil : name ?? id,
            participants: participants.map { UserID($0) }, importIDs: importIDs.map { ImportID($0) },
            createdAt: moment(1))
    }

    static func message(
        _ id: String, in room: String = "r", by author: String = "ada", at milliseconds: Int64, sequence: Int64 = 0,
        thread: String? = nil, shownInRoom: Bool = false, hidden: Bool = false, text: String = "", pinned: Bool = false,
        details: MessageDetails = MessageDetails()
    ) -> Message {
        Message(
            id: MessageID(id), roomID: RoomID(room), authorID: UserID(author), writtenAt: moment(milliseconds),
            sequence: sequence, text: text, threadID: thread.map { MessageID($0) }, isShownInRoom: shownInRoom,
            isPinned: pinned, isHidden: hidden, details: details)
    }

    static func place(_ user: String, _ room: String, roles: [String] = []) -> Subscription {
        Subscription(roomID: RoomID(room), userID: UserID(user), roles: roles, createdAt: moment(3))
    }

    static func user(_ name: String) -> User {
        User(id: UserID(name), username: name, name: "Name of \(name)", createdAt: moment(1))
    }

    /// Recounts threads and then rooms, a few at a time, until none is left.
    static func recount(_ store: any Store, limit: Int = 2) async throws {
        while try await store.write({ try $0.messages.recountThreads(of: operation, limit: limit) }) {}
        while try await store.write({ try $0.rooms.recountRooms(of: operation, limit: limit) }) {}
    }
}
