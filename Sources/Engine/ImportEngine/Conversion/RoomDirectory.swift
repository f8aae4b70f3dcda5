import ImportDomain

/// What a batch of rooms leaves to those after it before it is written.
struct RoomChanges: Sendable {
    /// Rooms by import id.
    var carriers: [ImportID: RoomID] = [:]
    /// Rooms by folded name; nil for a name that has become free.
    var named: [String: RoomID?] = [:]
    /// Direct rooms by their participants, in order.
    var direct: [[UserID]: RoomID] = [:]
    /// Rooms as they are after the decisions.
    var rooms: [RoomID: Room] = [:]
    /// Who joined or came with a room.
    var joined: [RoomID: [UserID]] = [:]
    /// Rooms that this operation made or bound, of which none takes a second record of the same source.
    var made: Set<RoomID> = []
    /// Where numbers behind names go on.
    var numbers = NumberedNames()
}

/// The rooms and people that matter to one batch of rooms: those of the workspace, those that earlier decisions make,
/// and those that the batch itself is about to make.
struct RoomDirectory {
    /// Whom the records name.
    let people: PeopleDirectory
    /// What this batch makes.
    private(set) var changes = RoomChanges()
    private let workspace: any ImportTarget
    private let earlier: RoomChanges
    private let carriers: [ImportID: RoomID]
    private let named: [String: RoomID]
    private let rooms: [RoomID: Room]
    private let bound: Set<RoomID>

    /// Looks every key of a batch up at once.
    init(_ candidates: [RoomCandidate], context: ConversionContext, by directory: WorkspaceDirectory) throws {
        workspace = directory.workspace
        earlier = directory.earlier.rooms
        changes.numbers = earlier.numbers
        var ids = Set<ImportID>()
        for candidate in candidates {
            ids.formUnion(candidate.memberIDs)
            if let creator = candidate.record.creatorID { ids.insert(ImportID(creator)) }
        }
        people = try PeopleDirectory(of: ids, context: context, in: workspace)
        carriers = try workspace.rooms.rooms(
            withImportIDs: candidates.flatMap { candidate in
                // Names of tables: an operation may have kept the room apart from another one of the name.
                candidate.record.isIdentifiedByName
                    ? candidate.importIDs + candidate.keptApart(in: context.operation.id).importIDs
                    : candidate.importIDs
            })
        named = try workspace.rooms.rooms(named: candidates.compactMap(\.nameKey).sorted())
        let known = Array(Set(carriers.values).union(named.values))
        bound = known.isEmpty ? [] : try workspace.rooms.bound(by: context.number, among: known)
        rooms = Dictionary(uniqueKeysWithValues: try workspace.rooms.find(ids: known).map { ($0.id, $0) })
    }

    /// The rooms that carry any of some import ids.
    func holders(of importIDs: [ImportID]) -> Set<RoomID> {
        Set(importIDs.compactMap { changes.carriers[$0] ?? earlier.carriers[$0] ?? carriers[$0] })
    }

    /// The room of a folded name.
    func holder(ofName key: String) -> RoomID? {
        if let change = changes.named[key] ?? earlier.named[key] { return change }
        return named[key]
    }

    /// The rooms of folded names that no record of the batch has, in the order of the names.
    func rooms(named keys: [String]) throws -> [Room] {
        let present = try workspace.rooms.rooms(named: keys.sorted())
        return try keys.compactMap { key in
            try ((changes.named[key] ?? earlier.named[key]) ?? present[key]).flatMap { try room($0) }
        }
    }

    /// Whether this operation made a room, or bound an import id to it.
    func isMade(_ room: RoomID) -> Bool {
        changes.made.contains(room) || earlier.made.contains(room) || bound.contains(room)
    }

    /// The room of an id, as it is after what was decided so far.
    func room(_ id: RoomID) throws -> Room? {
        if let room = changes.rooms[id] ?? earlier.rooms[id] ?? rooms[id] { return room }
        return try workspace.rooms.find(id: id)
    }

    /// The direct room of exactly these people, who are in order.
    func directRoom(of participants: [UserID]) throws -> Room? {
        if let id = changes.direct[participants] ?? earlier.direct[participants] { return try room(id) }
        return try workspace.rooms.find(participants: participants)
    }

    /// Those of some people who are not in a room.
    func strangers(among people: Set<UserID>, to room: RoomID) throws -> [UserID] {
        var strangers = people
        for joined in [earlier.joined[room], changes.joined[room]] { joined?.forEach { strangers.remove($0) } }
        if !strangers.isEmpty { strangers.subtract(try workspace.rooms.members(of: room, among: strangers)) }
        return strangers.sorted { $0.rawValue < $1.rawValue }
    }

    /// Those of some people who are guests.
    func guests(among people: [UserID]) throws -> Set<UserID> {
        try workspace.users.users(holdingAnyOf: [Role.guest], among: people)
    }

    /// Whether this operation, or an earlier import of the same source, made a room: the import that made it gave it one
    /// of some import ids.
    func isMade(_ room: RoomID, withAnyOf importIDs: [ImportID]) throws -> Bool {
        if changes.rooms[room] != nil || earlier.rooms[room] != nil, rooms[room] == nil { return true }
        return try workspace.rooms.isMade(room, withAnyOf: importIDs)
    }

    /// Whether nobody else than these people is in a room that was there before the run.
    func isRoom(_ room: RoomID, onlyOf people: Set<UserID>) throws -> Bool {
        try workspace.rooms.members(of: room, among: people).count
            >= workspace.rooms.memberCount(of: room)
    }

    /// `name-1`, `name-2`, …, for a second room of this name in one source.
    mutating func numberedName(_ name: String) throws -> String {
        var numbers = changes.numbers
        defer { changes.numbers = numbers }
        return try numbers.next(name) { prefix in
            try workspace.rooms.nameCount(startingWith: prefix)
        } isFree: { key in
            try holder(ofName: key) == nil && workspace.rooms.rooms(named: [key])[key] == nil
        }
    }

    /// Notes how a room is from now on.
    ///
    /// - Parameter before: how it was, unless it is new.
    mutating func note(_ room: Room, before: Room? = nil, joined: [UserID] = []) {
        changes.rooms[room.id] = room
        if !joined.isEmpty { changes.joined[room.id, default: []] += joined }
        guard before?.name != room.name || before == nil else { return }
        if let freed = before?.name.map(CaseFolding.key) { changes.named[freed] = .some(nil) }
        if let key = room.name.map(CaseFolding.key) { changes.named[key] = room.id }
        if room.kind == .direct { changes.direct[room.participants] = room.id }
    }

    /// Notes that a room is the one of a record.
    mutating func bind(_ room: RoomID, to importIDs: [ImportID]) {
        for importID in importIDs { changes.carriers[importID] = room }
        changes.made.insert(room)
    }
}
