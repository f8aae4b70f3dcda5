internal import ImportDomain

/// The rooms that the export describes, until all of them are read and each is staged once.
final class RoomDefinitions {
    private let users: UserTable
    private let directCapacity: Int
    private var rooms: [(place: DefinitionPlace, room: SlackRoom)] = []
    /// Folded names that are given away.
    private var takenNames: Set<String> = []

    init(users: UserTable, directCapacity: Int) {
        self.users = users
        self.directCapacity = directCapacity
    }

    func add(_ room: SlackRoom, at place: DefinitionPlace) { rooms.append((place, room)) }

    /// Gives every room its name and joins conversations between the same people.
    ///
    /// - Returns: the rooms whose people are known; the others wait in `table`.
    func settle(into table: RoomTable, _ log: FindingLog) throws -> [RoomDraft] {
        joinRepetitions(log)
        var drafts: [RoomDraft] = []
        var draftByPeople: [[Int32]: Int] = [:]
        var hasGeneral = false
        for index in rooms.indices {
            let place = rooms[index].place
            var room = rooms[index].room
            if room.isGeneral, hasGeneral { room.isGeneral = false }
            hasGeneral = hasGeneral || room.isGeneral
            let people = room.members.map(canonical)
            room.members = nil
            if let creator = room.creator { users.addMember(creator) }
            var draft = RoomDraft(importIDs: [room.id], definition: room, memberIDs: people.map(importIDs))
            if isDirect(room, people?.count) {
                let key = people?.sorted() ?? []
                if let first = draftByPeople[key] {
                    drafts[first].importIDs.append(room.id)
                    log.ignore(.recordIgnored, field: "members", value: "conversation between the same people")
                    addToTable(room, name: nil, unsettled: nil, table)
                    continue
                }
                draftByPeople[key] = drafts.count
            } else if people != nil || !room.isConversation {
                draft.name = try name(for: room, people: draft.memberIDs ?? [], at: place, log)
            }
            var unsettled: Int?
            if people == nil { unsettled = table.addUnsettled(draft) } else { drafts.append(draft) }
            addToTable(room, name: draft.name, unsettled: unsettled, table)
        }
        rooms = []
        return drafts
    }

    /// Whether so many people talk directly; unknown for a group conversation whose people are not known.
    func isDirect(_ room: SlackRoom, _ peopleCount: Int?) -> Bool {
        guard let peopleCount else { return false }
        return room.source == .conversation || room.source == .groupConversation && peopleCount <= directCapacity
    }

    /// A name that no other room of the export has.
    func freeName(_ wanted: String, workspace: String?, id: String) -> String {
        var candidates = [wanted]
        if let workspace { candidates.append("\(workspace)-\(wanted)") }
        var last = "\(wanted)-\(id.lowercased())"
        for candidate in candidates where takenNames.insert(CaseFolding.key(candidate)).inserted { return candidate }
        while !takenNames.insert(CaseFolding.key(last)).inserted { last += "-" }
        return last
    }

    /// What a group conversation with too many people is called: by the usernames, because Slack's own name for it
    /// means nothing to anybody.
    static func name(ofGroup usernames: [String]) -> String {
        var name = ""
        let sorted = usernames.sorted()
        for (index, username) in sorted.enumerated() {
            let rest = "-and-\(sorted.count - index)-more"
            if index > 0, name.utf8.count + username.utf8.count > 80 { return name + rest }
            name += (index == 0 ? "" : "-") + username
        }
        return name
    }

    private func name(
        for room: SlackRoom, people: [String], at place: DefinitionPlace, _ log: FindingLog
    ) throws -> String {
        let wanted =
            room.source == .groupConversation
            ? Self.name(ofGroup: people.map { users.knownPerson($0)?.username ?? $0.lowercased() })
            : room.name ?? room.id
        let name = freeName(wanted, workspace: room.workspace, id: room.id)
        if name != wanted {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: place.entry, position: place.index, field: "name", value: wanted,
                    message: "Another room has this name; this one becomes \"\(name)\"."))
        }
        return name
    }

    private func addToTable(_ room: SlackRoom, name: String?, unsettled: Int?, _ table: RoomTable) {
        table.add(
            RoomTable.Room(
                id: room.id, name: name ?? (room.isConversation ? nil : room.name),
                messagePrefix: "slack-\(room.id)-", unsettled: unsettled),
            sourceName: room.name, workspace: room.workspace)
    }

    /// Brings the rooms into their lasting order and joins those that several files describe.
    private func joinRepetitions(_ log: FindingLog) {
        rooms.sort { $0.place < $1.place }
        var indexByID: [String: Int] = [:]
        var kept: [(place: DefinitionPlace, room: SlackRoom)] = []
        for (place, room) in rooms {
            if let first = indexByID[room.id] {
                if let members = room.members { kept[first].room.members = (kept[first].room.members ?? []) + members }
                log.ignore(.recordIgnored, field: "id", value: "room of several files")
            } else {
                indexByID[room.id] = kept.count
                kept.append((place, room))
            }
        }
        rooms = kept
    }

    /// The people behind the numbers, each once, all of whom will have an account.
    private func canonical(_ members: [Int32]) -> [Int32] {
        var seen: Set<Int32> = []
        var result: [Int32] = []
        for member in members {
            let number = users.people[Int(member)].sameAs
            guard seen.insert(number).inserted else { continue }
            users.addMember(number)
            result.append(number)
        }
        return result
    }

    private func importIDs(_ numbers: [Int32]) -> [String] { numbers.map { users.people[Int($0)].id } }
}
