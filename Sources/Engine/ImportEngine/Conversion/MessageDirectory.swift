import ImportDomain

/// Every import id that some messages name.
struct NamesInMessages: Sendable {
    private(set) var people = Set<ImportID>()
    private(set) var rooms = Set<ImportID>()

    init(_ messages: [MessageRecord]) {
        for message in messages {
            people.insert(ImportID(message.authorID))
            rooms.insert(ImportID(message.roomID))
            if let editor = message.editedByID { people.insert(ImportID(editor)) }
            for id in message.mentionIDs { people.insert(ImportID(id)) }
            for id in message.followerIDs { people.insert(ImportID(id)) }
            for id in message.roomMentionIDs { rooms.insert(ImportID(id)) }
            for reaction in message.reactions { for id in reaction.userIDs { people.insert(ImportID(id)) } }
        }
    }
}

/// The people and rooms that some messages name.
struct MessageDirectory: Sendable {
    /// A room as messages name it.
    struct NamedRoom: Sendable {
        let id: RoomID
        let name: String
        /// Whether everybody may know the name.
        let isPublic: Bool

        /// What messages of a room show of it: names of private rooms are for their members, and
        /// conversations have none.
        func name(in room: RoomID) -> String {
            (isPublic || id == room) && !name.isEmpty ? name : RoomRecord.neutralName
        }
    }

    let people: PeopleDirectory
    let rooms: [ImportID: NamedRoom]
    /// Whether no messages were selected.
    private let skipsEverything: Bool
    /// Import ids of rooms that were skipped: not selected, or given up by a retry.
    private let skippedRooms: Set<ImportID>
    /// Import ids of users that were skipped.
    private let skippedUsers: Set<ImportID>
    /// Import ids of rooms whose own record failed, or failed under this id before a correction.
    private let failedRooms: Set<ImportID>
    /// Import ids that rooms have, as against names.
    private let carriedRooms: Set<ImportID>
    /// Whether a retry may bring people or rooms that messages name.
    private let notesUnknown: Bool

    init(_ names: NamesInMessages, context: ConversionContext, in transaction: any ImportTarget) throws {
        people = try PeopleDirectory(of: names.people, context: context, in: transaction)
        let importIDs = names.rooms.sorted { $0.rawValue < $1.rawValue }
        let operation = context.operation.id
        let own = importIDs.map { $0.keptApart(in: operation) }
        let found = try transaction.rooms.rooms(withImportIDs: importIDs + own)
        // A room that this operation kept apart from the one with the import id is the one that its messages mean.
        let carried = Dictionary(
            zip(importIDs, own).compactMap { id, own in (found[own] ?? found[id]).map { (id, $0) } }
        ) { first, _ in first }
        let others = importIDs.filter { carried[$0] == nil }
        let named =
            others.isEmpty
            ? [:] : try transaction.rooms.rooms(named: Set(others.map { CaseFolding.key($0.rawValue) }).sorted())
        let byID = Dictionary(
            uniqueKeysWithValues: try transaction.rooms.find(ids: Array(Set(carried.values).union(named.values)))
                .map { ($0.id, $0) })
        var rooms: [ImportID: NamedRoom] = [:]
        for importID in importIDs {
            // A room that is only mentioned may be meant by its name; only public ones, whose names are no secret.
            let byName = named[CaseFolding.key(importID.rawValue)].flatMap { byID[$0]?.kind == .channel ? $0 : nil }
            guard let id = carried[importID] ?? byName, let room = byID[id] else { continue }
            rooms[importID] = NamedRoom(id: id, name: room.name ?? "", isPublic: room.kind == .channel)
        }
        self.rooms = rooms
        carriedRooms = Set(carried.keys)
        notesUnknown = context.hasFailedUsers || context.hasFailedRooms
        skipsEverything = context.operation.start?.listedTypes.contains(.message) == true
        failedRooms =
            try transaction.staging.hasFailedIDs(in: operation)
            ? try transaction.staging.failed(among: importIDs, of: .room, in: operation) : []
        // All users and rooms are imported by now, so the counts of the claim are final.
        func hasSkipped(_ type: RecordType) -> Bool { context.operation.counts[type]?.skipped ?? 0 > 0 }
        skippedRooms =
            hasSkipped(.room) ? try transaction.staging.skipped(among: importIDs, of: .room, in: operation) : []
        skippedUsers =
            hasSkipped(.user)
            ? try transaction.staging.skipped(
                among: names.people.sorted { $0.rawValue < $1.rawValue }, of: .user, in: operation) : []
    }

    /// A directory without some import ids.
    private init(_ directory: MessageDirectory, without people: Set<ImportID>, _ rooms: Set<ImportID>) {
        self.people = directory.people.without(people)
        self.rooms = directory.rooms.filter { !rooms.contains($0.key) }
        skippedRooms = directory.skippedRooms
        skippedUsers = directory.skippedUsers
        failedRooms = directory.failedRooms
        carriedRooms = directory.carriedRooms
        skipsEverything = directory.skipsEverything
        notesUnknown = directory.notesUnknown
    }

    /// The directory as if nobody and no room had some import ids.
    func without(people: Set<ImportID>, rooms: Set<ImportID>) -> MessageDirectory {
        MessageDirectory(self, without: people, rooms)
    }

    /// The people and rooms that a message names and that are unknown; nil if there are none, or if no retry brings any.
    func unknownNames(in message: MessageRecord) -> (people: [ImportID], rooms: [ImportID])? {
        guard notesUnknown else { return nil }
        let named =
            message.mentionIDs.filter { !MessageDetailsBuilder.isEverybody($0) } + message.followerIDs
            + message.reactions.flatMap(\.userIDs)
            + (message.editedAt == nil ? [] : [message.editedByID].compactMap { $0 })
        let unknownPeople = named.map { ImportID($0) }.filter { people[$0] == nil }.distinct()
        let unknownRooms = message.roomMentionIDs.map { ImportID($0) }.filter { rooms[$0] == nil }.distinct()
        return unknownPeople.isEmpty && unknownRooms.isEmpty ? nil : (unknownPeople, unknownRooms)
    }

    /// Whether a message's room was skipped, or messages as a whole were not selected.
    func skipsRoom(of message: MessageRecord) -> Bool {
        skipsEverything || skippedRooms.contains(ImportID(message.roomID))
    }

    /// Whether a message's author was skipped.
    func skipsAuthor(of message: MessageRecord) -> Bool { skippedUsers.contains(ImportID(message.authorID)) }

    /// The room that a message is in.
    ///
    /// - Throws: `RecordFailure` when no room has its import id, or when the room's own record failed: the content of
    ///   that record's room must not land in another room, whatever that one shows to whom.
    func room(of message: MessageRecord) throws(RecordFailure) -> RoomID {
        let importID = ImportID(message.roomID)
        guard !failedRooms.contains(importID) else {
            throw RecordFailure(
                code: .messageUnknownRoom,
                message:
                    "The room \(message.roomID.prefix(64)) could not be imported under this import id, and its messages "
                    + "with it. Correct the room, or the import id of the room in the message.", field: "rid")
        }
        guard carriedRooms.contains(importID), let room = rooms[importID] else {
            throw RecordFailure(
                code: .messageUnknownRoom,
                message: "No room has the import id \(message.roomID.prefix(64)). Import the room first.", field: "rid")
        }
        return room.id
    }

    /// The author of a message.
    ///
    /// - Throws: `RecordFailure` when nobody is.
    func author(of message: MessageRecord) throws(RecordFailure) -> Person {
        if let author = people[message.authorID] { return author }
        let name = message.authorID.prefix(64)
        throw RecordFailure(
            code: .messageUnknownUser,
            message: people.isProtectedName(message.authorID)
                ? "The account \(name) has administrative rights, so a username alone does not make it the author. Import "
                    + "the user with the account's e-mail address first."
                : "No account has the import id \(name). Import the user first.", field: "u")
    }
}
