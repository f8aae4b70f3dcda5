internal import ImportDomain
internal import ImporterKit

/// Stages rooms: those whose people the export lists, and, once all messages are read, those whose people are found in
/// their messages.
final class RoomStaging {
    private let rooms: SlackRooms
    private let roomIndex: SlackRoomIndex
    private let people: SlackPeople
    private let sink: RecordSink
    /// How many rooms were staged.
    private(set) var stagedCount = 0

    init(_ export: SlackExport) {
        rooms = export.rooms
        roomIndex = export.roomIndex
        people = export.people
        sink = export.sink
    }

    /// Stages the rooms whose people are known.
    func stage(_ drafts: [RoomDraft]) throws {
        for (index, draft) in drafts.enumerated() {
            if index.isMultiple(of: 256) { try sink.output.checkCancellation() }
            let members = draft.members ?? []
            let isDirect = draft.definition.map { rooms.isDirect($0, members.count) } ?? false
            try stage(draft, members: members, isDirect: isDirect, name: draft.name)
        }
    }

    /// Stages the rooms whose people were found in their messages.
    func stageRest() throws {
        let unresolved = roomIndex.takeUnresolved()
        let owner = self.owner(of: unresolved)
        for (index, room) in unresolved.enumerated() {
            if index.isMultiple(of: 256) { try sink.output.checkCancellation() }
            try stage(room, owner: owner)
        }
    }

    private func stage(_ draft: RoomDraft, members: [Int32], isDirect: Bool, name: String?) throws {
        var creator = draft.definition?.creator
        if let told = creator, let room = draft.definition,
            !RoomDraft.owns(told, room, listed: room.isConversation ? members : draft.members, people: people)
        {
            creator = nil
            if !isDirect { try reportFormerCreator(told, of: room) }
        }
        let record = try draft.record(
            members: members.map(people.canonicalID), creator: creator.map(people.canonicalID), isDirect: isDirect,
            name: name, text: { try converted($0, field: $1, of: draft.importIDs[0]) })
        stagedCount += 1
        try sink.stage(.room(record))
    }

    private func reportFormerCreator(_ creator: Int32, of room: SlackRoom) throws {
        try sink.report(
            .info, .valueReplaced, entry: room.source == .messageFile ? nil : room.source.rawValue, field: "creator",
            value: room.id,
            "\"\(people.canonicalID(creator))\" created this private room and is not among its members; "
                + "the first member becomes its owner.")
    }

    /// A topic or description, in which short ids may have become long names.
    private func converted(_ text: String, field: String, of roomID: String) throws -> String {
        var scanner = SlackText(people: people, roomIndex: roomIndex)
        scanner.room = roomID
        let converted = scanner.convert(text, naming: .names)
        try people.checkSearch()
        guard converted.utf8.count > RecordLimits.descriptionBytes else { return converted }
        try sink.report(
            .warning, .limitExceeded, field: field, value: roomID,
            "The field \"\(field)\" has more than \(RecordLimits.descriptionBytes) bytes with names in "
                + "place of ids; what fits is kept.")
        return converted.clipped(toBytes: RecordLimits.descriptionBytes)
    }

    /// The person whose export it is, if its direct conversations name only the other person: the one who wrote in
    /// them besides that person. Nil unless it is one and the same in all of them, and in two of them at least; a
    /// conversation in which only the person wrote whom it names may be theirs with themselves.
    private func owner(of unresolved: [SlackRoomIndex.Unresolved]) -> Int32? {
        var owner: Int32?
        var roomCount = 0
        var namedAlone: [Int32: Int] = [:]
        for room in unresolved where room.draft.definition?.kind == .conversation && !room.draft.toldMembers.isEmpty {
            let others = members(of: room).subtracting(room.draft.toldMembers).filter { !isProgram($0) }
            if others.isEmpty, room.messageCount > 0, let named = room.draft.toldMembers.first {
                namedAlone[named, default: 0] += 1
            }
            for other in others {
                guard owner == nil || owner == other else { return nil }
                owner = other
                roomCount += 1
            }
        }
        return owner.flatMap { roomCount + namedAlone[$0, default: 0] > 1 ? $0 : nil }
    }

    /// The authors of a room, and the people that names of the export give, unless the authors contradict the names.
    private func members(of room: SlackRoomIndex.Unresolved) -> Set<Int32> {
        let authors = Set(room.authors.map(people.canonicalNumber))
        return contradictsNames(room) ? authors : authors.union(room.draft.toldMembers)
    }

    /// Whether others wrote in a room than its names tell: a direct conversation has two people, and a username may
    /// belong to somebody else by now. Those who are named and did not write must not read it then.
    private func contradictsNames(_ room: SlackRoomIndex.Unresolved) -> Bool {
        let told = room.draft.toldMembers
        guard !told.isEmpty else { return false }
        let others = Set(room.authors.map(people.canonicalNumber)).subtracting(told).filter { !isProgram($0) }
        return switch room.draft.definition?.kind {
        case .conversation, nil: others.count > 1
        case .groupConversation: !others.isEmpty
        case .channel, .group: false
        }
    }

    private func isProgram(_ number: Int32) -> Bool {
        let person = people[number]
        return person.isBot || person.id == SlackPeople.systemID
    }

    private func stage(_ room: SlackRoomIndex.Unresolved, owner told: Int32?) throws {
        // A conversation in which nobody wrote may be one between other people.
        let owner = room.messageCount > 0 ? told : nil
        let definition = room.draft.definition
        let id = room.draft.importIDs[0]
        if definition == nil, room.messageCount == 0 { return }
        var found = members(of: room)
        if definition?.kind != .conversation {
            found = found.filter { people[$0].id != SlackPeople.systemID }
        }
        if definition?.kind == .conversation, !room.draft.toldMembers.isEmpty, found.count == 1, let owner {
            found.insert(owner)
        }
        let isComplete = isComplete(room, found, owner: owner)
        // An empty room of some of its people would be in the way of the conversation that a later export lists.
        guard isComplete || room.messageCount > 0 || definition?.isConversation != true else {
            return try sink.report(
                .warning, .recordInvalid, entry: definition?.source.rawValue, field: "members", value: id,
                "Nobody wrote in this conversation, and the export does not list who is in it; it is not "
                    + "imported.")
        }
        let members = found.sorted { people.canonicalID($0).precedesByBytes(people.canonicalID($1)) }
        let isDirect = isComplete && definition.map { rooms.isDirect($0, members.count) } ?? false
        try reportGuess(room, isComplete: isComplete)
        var name = room.draft.name
        if !isDirect, name == nil {
            let wanted: String
            if definition?.kind == .groupConversation, isComplete {
                wanted = rooms.name(ofGroup: members)
            } else {
                wanted = definition.map { $0.name ?? $0.id } ?? room.folder?.name ?? id
            }
            let free = rooms.freeName(
                wanted, workspace: room.folder?.workspace ?? definition?.workspace, id: id)
            if free != wanted {
                try sink.report(
                    .warning, .valueReplaced, entry: definition?.source.rawValue, field: "name", value: wanted,
                    "Another room has this name; this one becomes \"\(free)\".")
            }
            name = free
        }
        try stage(room.draft, members: members, isDirect: isDirect, name: name)
    }

    /// Whether these are all the people of a conversation; those who wrote need not be.
    private func isComplete(_ room: SlackRoomIndex.Unresolved, _ found: Set<Int32>, owner: Int32?) -> Bool {
        switch room.draft.definition?.kind {
        case .conversation:
            found.count { !isProgram($0) } <= 2 && !contradictsNames(room)
                && (found.count > 1 || owner != nil && found.first == owner)
        case .groupConversation:
            room.draft.isTold && found.subtracting(room.draft.toldMembers).allSatisfy(isProgram)
        case .channel, .group, nil: false
        }
    }

    /// Reports that the people of a room, or the room itself, come from its messages.
    private func reportGuess(_ room: SlackRoomIndex.Unresolved, isComplete: Bool) throws {
        let id = room.draft.importIDs[0]
        guard let definition = room.draft.definition else {
            let named = room.draft.toldMembers.first.map { "\"\(people.canonicalID($0))\", whom its name tells," }
            let members =
                switch named {
                case nil: "Its members are those who wrote them."
                case let named? where contradictsNames(room):
                    "Its members are those who wrote them; \(named) is not added, because two others wrote."
                case let named?: "Its members are those who wrote them, and \(named) is added."
                }
            return try sink.report(
                .warning, .entryUnknownRoom, field: "folder", value: room.folder?.name ?? id,
                "No file describes the room of this folder; its \(room.messageCount) messages are in "
                    + "a private room of their own. \(members) A folder of this name in another export is the same "
                    + "room only if it begins with the same message.")
        }
        if definition.source == .messageFile {
            try sink.report(
                .warning, .entryUnknownRoom, field: "channel_id", value: id,
                "No list describes this room. It is private, and its members are those who wrote its "
                    + "\(room.messageCount) messages.")
        } else if definition.isConversation, !isComplete {
            let known =
                contradictsNames(room)
                ? "wrote in it, without those whom only its name or \"user\" tells," : "are known to be in it,"
            try sink.report(
                .warning, .valueReplaced, entry: definition.source.rawValue, field: "members", value: id,
                "The export does not list who is in this conversation. It becomes a private room of those "
                    + "who \(known) apart from all other conversations.")
        } else if definition.kind == .groupConversation {
            try sink.report(
                .warning, .valueReplaced, entry: definition.source.rawValue, field: "members", value: id,
                "The export does not list who is in this conversation. Its members are the users who have "
                    + "the usernames in its name or purpose now.")
        } else if !definition.isConversation {
            try sink.report(
                .warning, .valueReplaced, entry: definition.source.rawValue, field: "members", value: id,
                "The export does not list the members of this room; they are those who wrote in it.")
        }
    }
}
