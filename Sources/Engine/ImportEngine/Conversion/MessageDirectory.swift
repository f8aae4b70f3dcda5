import ImportDomain

/// Every import id that some messages name.
struct NamesInMessages: Sendable {
    private(set) var people = Set<String>()
    private(set) var rooms = Set<String>()

    init(_ messages: [MessageRecord]) {
        for message in messages {
            people.insert(message.authorID)
            rooms.insert(message.roomID)
            if let editor = message.editedByID { people.insert(editor) }
            if !message.mentionIDs.isEmpty { people.formUnion(message.mentionIDs) }
            if !message.followerIDs.isEmpty { people.formUnion(message.followerIDs) }
            if !message.roomMentionIDs.isEmpty { rooms.formUnion(message.roomMentionIDs) }
            for reaction in message.reactions { people.formUnion(reaction.userIDs) }
        }
    }
}

/// The people and rooms that some messages name.
struct MessageDirectory: Sendable {
    let people: PeopleDirectory
    let rooms: [String: (id: RoomID, name: String)]
    /// Import ids of rooms that were not selected.
    let skippedRooms: Set<String>
    /// Import ids of users that were not selected.
    let skippedUsers: Set<String>

    init(_ names: NamesInMessages, context: ConversionContext, in transaction: any StoreTransaction) throws {
        people = try PeopleDirectory(of: names.people, byUsername: context.namesPeopleByUsername, in: transaction)
        let importIDs = names.rooms.sorted()
        let carried = try transaction.rooms.rooms(carrying: importIDs)
        let others = importIDs.filter { carried[$0] == nil }
        let named =
            others.isEmpty ? [:] : try transaction.rooms.rooms(named: Set(others.map(CaseFolding.key)).sorted())
        let found = try transaction.rooms.find(ids: Array(Set(carried.values).union(named.values)))
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        var rooms: [String: (id: RoomID, name: String)] = [:]
        for importID in importIDs {
            // A room that is only mentioned may be meant by its name; only public ones, whose names are no secret.
            let byName = named[CaseFolding.key(importID)].flatMap { byID[$0]?.kind == .channel ? $0 : nil }
            guard let id = carried[importID] ?? byName, let room = byID[id] else { continue }
            rooms[importID] = (id, room.name ?? "")
        }
        self.rooms = rooms
        carriedRooms = Set(carried.keys)
        let operation = context.operation.id
        let listed = context.operation.start?.listedTypes ?? []
        skippedRooms =
            listed.contains(.room) ? try transaction.staging.skipped(among: importIDs, of: .room, in: operation) : []
        skippedUsers =
            listed.contains(.user)
            ? try transaction.staging.skipped(among: names.people.sorted(), of: .user, in: operation) : []
    }

    /// Import ids that rooms carry, as against names.
    private let carriedRooms: Set<String>

    /// The room that a message is in.
    func room(of message: MessageRecord) -> RoomID? {
        carriedRooms.contains(message.roomID) ? rooms[message.roomID]?.id : nil
    }
}
