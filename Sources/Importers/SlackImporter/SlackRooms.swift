internal import ImportDomain
internal import ImporterKit

/// The rooms that the export describes, until all of them are read and each is staged once.
final class SlackRooms {
    private let people: SlackPeople
    private let pins: PinTable
    private let directCapacity: Int
    private let allowance: Allowance
    private var rooms: [(place: DefinitionPlace, room: SlackRoom)] = []
    /// The least private kinds of rooms that files of messages tell, by the rooms' ids.
    private var toldKinds: [ExactString: SlackRoom.Kind] = [:]
    private var names = UniqueNames(maximumBytes: RecordLimits.roomNameBytes)

    init(people: SlackPeople, pins: PinTable, directCapacity: Int, allowance: Allowance) {
        self.people = people
        self.pins = pins
        self.directCapacity = directCapacity
        self.allowance = allowance
    }

    func add(_ room: SlackRoom, at place: DefinitionPlace) {
        if allowance.take(room.memoryBytes) { rooms.append((place, room)) }
    }

    /// Notes what a file of messages tells of the room with an id, if there is one.
    func addKind(_ kind: SlackRoom.Kind, of id: String) {
        guard kind > .channel, id.utf8.count <= RecordLimits.importIDBytes else { return }
        let key = ExactString(id)
        if let known = toldKinds[key] {
            toldKinds[key] = max(known, kind)
        } else if allowance.take(128 + 2 * id.utf8.count) {
            toldKinds[key] = kind
        }
    }

    /// Gives every room its name and joins conversations between the same people.
    ///
    /// - Returns: the rooms whose people are known; the others wait in `table`.
    func drafts(notedIn table: SlackRoomIndex, _ sink: RecordSink, _ checkpoint: () throws -> Void) throws
        -> [RoomDraft]
    {
        joinRepetitions(sink)
        var drafts: [RoomDraft] = []
        var draftByPeople: [[Int32]: Int] = [:]
        var hasGeneral = false
        for index in rooms.indices {
            if index.isMultiple(of: 256) { try checkpoint() }
            let place = rooms[index].place
            var room = rooms[index].room
            try reportContradiction(room, at: place, sink)
            if room.isGeneral, hasGeneral || room.kind != .channel { room.isGeneral = false }
            hasGeneral = hasGeneral || room.isGeneral
            pins.add(room.pins, in: room.id)
            room.pins = []
            if room.kind == .conversation, let other = room.otherPerson { room.members?.append(other) }
            let people = room.members.map(canonical)
            room.members = nil
            if let creator = room.creator, RoomDraft.owns(creator, room, listed: people, people: self.people) {
                self.people.addMember(creator)
            }
            var draft = RoomDraft(importIDs: [room.id], definition: room, members: people)
            if isDirect(room, people?.count) {
                let key = people?.sorted() ?? []
                if let first = draftByPeople[key],
                    drafts[first].importIDs.count < RecordLimits.importIDsPerRecord
                {
                    drafts[first].importIDs.append(room.id)
                    sink.ignore(
                        .recordIgnored, field: "members", value: "conversation between the same people",
                        message: "Conversations between the same people are one room, which has the ids and messages "
                            + "of all of them.")
                    addToTable(room, name: nil, unresolved: nil, table)
                    continue
                }
                draftByPeople[key] = drafts.count
            } else if people != nil || !room.isConversation {
                draft.name = try name(for: room, people: people ?? [], at: place, sink)
            }
            var unresolved: Int?
            if people == nil {
                tell(&draft, of: room)
                unresolved = table.addUnresolved(draft)
            } else {
                drafts.append(draft)
            }
            if addToTable(room, name: draft.name, unresolved: unresolved, table) {
                try place.report(
                    .valueReplaced, field: "name", value: room.name,
                    "Two rooms have this name. A folder of this name belongs to the more private one.", sink)
            }
        }
        rooms = []
        for id in table.ambiguousIDs {
            try sink.report(
                .warning, .valueReplaced, field: "id", value: id,
                "The id of this public channel is also the name of a private room. A folder of this name "
                    + "belongs to the private room.")
        }
        return drafts
    }

    /// Whether so many people talk directly; unknown for a group conversation whose people are not known.
    func isDirect(_ room: SlackRoom, _ peopleCount: Int?) -> Bool {
        guard let peopleCount else { return false }
        return room.kind == .conversation || room.kind == .groupConversation && peopleCount <= directCapacity
    }

    /// A name that no other room of the export has.
    func freeName(_ wanted: String, workspace: String?, id: String) -> String {
        names.claim(wanted, prefix: workspace, id: id)
    }

    /// What a group conversation with too many people is called: by the usernames, because Slack's own name for it
    /// means nothing to anybody.
    func name(ofGroup people: [Int32]) -> String {
        let sorted = people.map { number in
            let person = self.people[number]
            return person.isKnown ? person.username ?? person.id.lowercased() : person.id.lowercased()
        }.sorted { $0.precedesByBytes($1) }
        var name = ""
        for (index, username) in sorted.enumerated() {
            let rest = "-and-\(sorted.count - index)-more"
            if index > 0, name.utf8.count + username.utf8.count > 80 { return name + rest }
            name += (index == 0 ? "" : "-") + username
        }
        return name
    }

    /// A name for a room, with a finding if it is not the one that the export tells.
    private func name(
        for room: SlackRoom, people: [Int32], at place: DefinitionPlace, _ sink: RecordSink
    ) throws -> String {
        let wanted =
            room.kind == .groupConversation && !people.isEmpty ? name(ofGroup: people) : room.name ?? room.id
        let name = freeName(wanted, workspace: room.workspace, id: room.id)
        if name != wanted {
            try place.report(
                .valueReplaced, field: "name", value: wanted,
                "Another room has this name; this one becomes \"\(name)\".", sink)
        }
        return name
    }

    /// Notes in a draft who is in a conversation whose members are not listed: the other person, or the people in the
    /// name or the purpose.
    private func tell(_ draft: inout RoomDraft, of room: SlackRoom) {
        switch room.kind {
        case .conversation: draft.toldMembers = canonical(room.otherPerson.map { [$0] } ?? [])
        case .groupConversation:
            let byName = room.usernamesInName.map(self.people.number(withName:))
            let byPurpose = room.usernamesInPurpose.map(self.people.number(withName:))
            let isNamed = byName.count > 1 && byName.allSatisfy { $0 != nil }
            let isPurposed = byPurpose.count > 1 && byPurpose.allSatisfy { $0 != nil }
            draft.isTold = isNamed || isPurposed
            let told = isNamed ? byName : isPurposed ? byPurpose : byName + byPurpose
            draft.toldMembers = canonical(told.compactMap(\.self))
        case .channel, .group: break
        }
    }

    private func reportContradiction(_ room: SlackRoom, at place: DefinitionPlace, _ sink: RecordSink) throws {
        if let contradicted = room.contradictedKind {
            try place.report(
                .valueReplaced, field: "is_private", value: room.id,
                "The export describes this room as a \(contradicted.name) and as a \(room.kind.name); it becomes a "
                    + "\(room.kind.name).", sink)
        }
        if room.isGeneral, room.kind != .channel {
            try place.report(
                .valueReplaced, field: "is_general", value: room.id,
                "The default channel is public, and this room is not; it becomes a room of its own.", sink)
        }
    }

    @discardableResult
    private func addToTable(_ room: SlackRoom, name: String?, unresolved: Int?, _ table: SlackRoomIndex) -> Bool {
        table.add(
            SlackRoomIndex.Room(
                id: room.id, name: name ?? (room.isConversation ? nil : room.name),
                messagePrefix: "slack-\(room.id)-", kind: room.kind, unresolved: unresolved),
            sourceName: room.name, workspace: room.workspace)
    }

    /// Brings the rooms into their lasting order and joins those that several files describe.
    private func joinRepetitions(_ sink: RecordSink) {
        rooms.sort { $0.place < $1.place }
        var indexByID: [ExactString: Int] = [:]
        var kept: [(place: DefinitionPlace, room: SlackRoom)] = []
        for (place, room) in rooms {
            if let first = indexByID[ExactString(room.id)] {
                kept[first].room.merge(room)
                if room.source != .messageFile {
                    sink.ignore(
                        .recordIgnored, field: "id", value: "room of several files",
                        message: "Several elements describe the same room; it is imported once, with what all of them "
                            + "say.")
                }
            } else {
                indexByID[ExactString(room.id)] = kept.count
                kept.append((place, room))
            }
        }
        for index in kept.indices {
            if let kind = toldKinds[ExactString(kept[index].room.id)] { kept[index].room.raise(to: kind) }
        }
        rooms = kept
        toldKinds = [:]
    }

    /// The distinct people with the numbers; each of them gets an account.
    func canonical(_ members: [Int32]) -> [Int32] {
        var seen: Set<Int32> = []
        var result: [Int32] = []
        for member in members {
            let number = self.people.canonicalNumber(member)
            guard seen.insert(number).inserted else { continue }
            self.people.addMember(number)
            result.append(number)
        }
        return result
    }
}
