import ImportDomain

/// Writes the rooms of one batch, inside its transaction.
struct RoomWriter {
    private(set) var created = 0
    private(set) var updated = 0
    private(set) var unchanged = 0

    private let context: ConversionContext
    private let identifiers: any IdentifierSource
    private let moment: Timestamp
    private let transaction: any StoreTransaction
    private let people: PeopleDirectory
    /// Rooms by import id, those of this batch included.
    private var carriers: [ImportID: RoomID]
    /// Rooms by folded name, likewise.
    private var named: [String: RoomID]
    private var findings: [ImportFinding] = []
    /// Rooms that this operation made or bound, of which none takes a second record of the same source.
    private var made: Set<RoomID>
    private var numberedNames = NumberedNames()

    /// Looks every key of a batch up at once.
    init(
        _ candidates: [RoomCandidate], context: ConversionContext, identifiers: any IdentifierSource,
        at moment: Timestamp, in transaction: any StoreTransaction
    ) throws {
        self.context = context
        self.identifiers = identifiers
        self.moment = moment
        self.transaction = transaction
        var ids = Set<ImportID>()
        for candidate in candidates {
            ids.formUnion(candidate.memberIDs)
            if let creator = candidate.record.creatorID { ids.insert(ImportID(creator)) }
        }
        people = try PeopleDirectory(of: ids, context: context, in: transaction)
        carriers = try transaction.rooms.rooms(withImportIDs: candidates.flatMap(\.importIDs))
        named = try transaction.rooms.rooms(named: candidates.compactMap(\.nameKey).sorted())
        let known = Array(Set(carriers.values).union(named.values))
        made = known.isEmpty ? [] : try transaction.rooms.bound(by: context.operation.id, among: known)
    }

    /// Writes one room.
    ///
    /// - Throws: `RecordFailure` for a record that cannot be imported; `StoreError`.
    mutating func add(_ candidate: RoomCandidate) throws {
        findings += candidate.findings
        let holders = Set(candidate.importIDs.compactMap { carriers[$0] })
        guard holders.count < 2 else {
            throw RecordFailure(
                code: .roomImportIDTaken, message: "The import ids of this room belong to different rooms.",
                field: "importIds", clashesWith: holders.map(\.rawValue).min())
        }
        if let room = try holders.first.flatMap(transaction.rooms.find(id:)) {
            try merge(candidate, into: room)
        } else if candidate.record.isGeneral, candidate.record.kind == .channel {
            try addGeneral(candidate)
        } else if candidate.record.kind == .direct {
            try addDirect(candidate)
        } else {
            try addNamed(candidate)
        }
    }

    /// Writes down what was noticed.
    func finish() throws {
        guard !findings.isEmpty else { return }
        try transaction.findings.add(findings, to: context.operation.id, limitPerCode: ImportEngine.findingsPerCode)
    }

    /// Takes the default channel of a source into the general room, if that is the same room to people.
    ///
    /// The general room takes the channel's name while nobody has used it. Later it belongs to those who use it: a
    /// default channel of another name is a channel of its own.
    /// Source: docs/importers.md, "The general room".
    private mutating func addGeneral(_ candidate: RoomCandidate) throws {
        guard var general = try transaction.rooms.find(id: .general) else {
            throw RecordFailure(
                code: .roomGeneralNotFound, message: "The workspace has no general room any more.", field: "_id")
        }
        guard let name = candidate.name, let key = candidate.nameKey else { return }
        let generalKey = general.name.map(CaseFolding.key) ?? ""
        if key == generalKey {
            try merge(candidate, into: general)
        } else if general.isUnused, named[key] == nil {
            findings.append(
                ImportFinding(
                    .info, .valueReplaced, field: "name", value: name,
                    message:
                        "The workspace's room \(general.name ?? "general") was unused. It has the name \(name) now."))
            (general.name, general.displayName) = (name, candidate.displayName)
            general.updatedAt = moment
            try transaction.rooms.update(general, by: context.operation.id)
            named[generalKey] = nil
            named[key] = .general
            try merge(candidate, into: general)
        } else {
            findings.append(
                ImportFinding(
                    .warning, .valueReplaced, field: "_id", value: name,
                    message: "The default channel \(name) is imported as a channel of its own. The workspace's room "
                        + "\(general.name ?? "general") is in use."))
            try addNamed(candidate)
        }
    }

    private mutating func addDirect(_ candidate: RoomCandidate) throws {
        let participants = try participants(of: candidate)
        if let room = try transaction.rooms.find(participants: participants) {
            try merge(candidate, into: room)
            return
        }
        let room = candidate.room(
            id: newID(), name: nil, creator: nil, participants: participants, at: moment)
        try insert(room, of: candidate)
    }

    private mutating func addNamed(_ candidate: RoomCandidate) throws {
        guard let name = candidate.name, let key = candidate.nameKey else { return }
        // A channel called general joins the room of that name even if the default channel is there already.
        if let holder = named[key], !made.contains(holder) || holder == .general,
            let room = try transaction.rooms.find(id: holder), try isJoined(room, by: candidate)
        {
            // A private history must never land where everybody reads it, nor the other way round.
            guard room.kind == candidate.record.kind else {
                throw RecordFailure(
                    code: .roomKindMismatch,
                    message: "A room named \(name) is there already and is of another kind. Rename one of them.",
                    field: "name", clashesWith: room.id.rawValue)
            }
            try merge(candidate, into: room)
            return
        }
        let free = try named[key] == nil ? name : numberedName(name)
        if free != name {
            findings.append(
                ImportFinding(
                    .warning, .valueReplaced, field: "name", value: name,
                    message:
                        "Another room has the name \(name). This one has the name \(free) and is kept apart from it."))
        }
        let room = candidate.room(
            id: newID(), name: free, creator: creator(of: candidate), participants: [], at: moment)
        named[CaseFolding.key(free)] = room.id
        try insert(room, of: candidate)
    }

    /// Whether a record without an import id of the room is taken for it, because it has its name.
    ///
    /// A private room has to have the same members: a name is no proof that two rooms are one, and members of either
    /// would read the other.
    private func isJoined(_ room: Room, by candidate: RoomCandidate) throws -> Bool {
        guard room.kind == .privateGroup, candidate.record.kind == .privateGroup else { return true }
        var members = Set(candidate.memberIDs.compactMap { people[$0]?.id })
        if let creator = candidate.record.creatorID.flatMap({ people[$0]?.id }) { members.insert(creator) }
        guard try transaction.rooms.memberCount(of: room.id, matching: nil) == members.count else { return false }
        return try members.allSatisfy { try transaction.rooms.subscription(of: $0, in: room.id) != nil }
    }

    /// Adds to a room what it lacks; what it has stays, but for topic, description and archive.
    private mutating func merge(_ candidate: RoomCandidate, into room: Room) throws {
        guard room.kind == candidate.record.kind else {
            throw RecordFailure(
                code: .roomKindMismatch, message: "The room that carries this import id is of another kind.",
                field: "t", clashesWith: room.id.rawValue)
        }
        if room.kind == .direct, try participants(of: candidate) != room.participants.sorted(by: Self.precedes) {
            throw RecordFailure(
                code: .roomParticipantsMismatch,
                message: "The direct room that carries this import id is one of other people.", field: "users",
                clashesWith: room.id.rawValue)
        }
        var merged = room
        if let topic = candidate.record.topic, !topic.isEmpty { merged.topic = topic }
        if let description = candidate.record.description, !description.isEmpty { merged.description = description }
        if candidate.record.isArchived { merged.isArchived = true }
        let known = Set(room.importIDs)
        merged.importIDs += candidate.importIDs.filter { !known.contains($0) }
        guard merged.importIDs.count <= max(RecordLimits.importIDsPerRecord, room.importIDs.count) else {
            throw RecordFailure(
                code: .roomValueTooLong,
                message: "A room carries at most \(RecordLimits.importIDsPerRecord) import ids.", field: "importIds",
                clashesWith: room.id.rawValue)
        }
        let isChanged = merged != room
        if isChanged {
            merged.updatedAt = moment
            try transaction.rooms.update(merged, by: context.operation.id)
        }
        if merged.isArchived != room.isArchived {
            try transaction.rooms.setArchived(merged.isArchived, subscriptionsOf: room.id)
        }
        // The participants of a direct room are what it is; members of others join.
        let joined = room.kind == .direct ? [:] : try transaction.rooms.add(subscriptions(of: candidate, in: merged))
        if isChanged || !joined.isEmpty { updated += 1 } else { unchanged += 1 }
        remember(room.id, of: candidate)
    }

    private mutating func insert(_ room: Room, of candidate: RoomCandidate) throws {
        try transaction.rooms.insert([room], by: context.operation.id)
        try transaction.rooms.add(subscriptions(of: candidate, in: room))
        reportUnknownMembers(of: candidate)
        created += 1
        remember(room.id, of: candidate)
    }

    private mutating func reportUnknownMembers(of candidate: RoomCandidate) {
        let unknown = candidate.memberIDs.filter { people[$0] == nil }
        guard let first = unknown.first else { return }
        findings.append(
            ImportFinding(
                .warning, .valueReplaced, field: "users", value: first.rawValue, count: unknown.count,
                message: "\(unknown.count) members of the room \(candidate.name ?? "") are unknown and were left out."))
    }

    private mutating func remember(_ room: RoomID, of candidate: RoomCandidate) {
        for importID in candidate.importIDs { carriers[importID] = room }
        made.insert(room)
    }

    private func participants(of candidate: RoomCandidate) throws -> [UserID] {
        var ids = Set<UserID>()
        for importID in candidate.memberIDs {
            guard let person = people[importID] else {
                throw RecordFailure(
                    code: .roomMissingUsers,
                    message: "A participant of this direct room is unknown: \(importID.rawValue.prefix(64)).",
                    field: "users")
            }
            ids.insert(person.id)
        }
        guard !ids.isEmpty else {
            throw RecordFailure(
                code: .roomMissingUsers, message: "A direct room needs its participants; this one has none.",
                field: "users")
        }
        return ids.sorted(by: Self.precedes)
    }

    private static func precedes(_ left: UserID, _ right: UserID) -> Bool { left.rawValue < right.rawValue }

    /// The owner of a new room: its creator, or the account that runs the import if the creator is unknown. A private
    /// room belongs to its first known member instead, because an owner reads the room.
    private mutating func creator(of candidate: RoomCandidate) -> UserID {
        if let creator = candidate.record.creatorID.flatMap({ people[$0]?.id }) { return creator }
        let importer = context.operation.start?.user ?? context.operation.createdBy
        guard candidate.record.kind == .privateGroup else { return importer }
        let known = people
        if let member = candidate.memberIDs.first(where: { known[$0] != nil }).flatMap({ known[$0]?.id }) {
            return member
        }
        findings.append(
            ImportFinding(
                .warning, .roomOwnedByImporter, field: "u", value: candidate.name,
                message:
                    "The private room \(candidate.name ?? "") has no known member. The account that ran "
                    + "the import is its owner and can read it."))
        return importer
    }

    private func subscriptions(of candidate: RoomCandidate, in room: Room) -> [Subscription] {
        var roles: [UserID: [String]] = [:]
        for participant in room.participants { roles[participant] = [] }
        for importID in candidate.memberIDs {
            if let person = people[importID] { roles[person.id] = [] }
        }
        if let creator = candidate.record.creatorID.flatMap({ people[$0]?.id }) { roles[creator] = [] }
        // Every room has an owner, if only the person who runs the import.
        if let owner = room.creatorID, room.createdAt == candidate.record.createdAt ?? moment {
            roles[owner] = ["owner"]
        }
        return roles.map { user, roles in
            Subscription(
                roomID: room.id, userID: user, roles: roles, isArchived: room.isArchived, createdAt: room.createdAt)
        }
    }

    private func newID() -> RoomID { RoomID(identifiers.userID(at: moment).rawValue) }

    /// `name-1`, `name-2`, …, for a second room of this name in one source.
    private mutating func numberedName(_ name: String) throws -> String {
        let (rooms, named) = (transaction.rooms, named)
        return try numberedNames.next(name) { prefix in
            try rooms.nameCount(startingWith: prefix)
        } isFree: { key in
            try named[key] == nil && rooms.rooms(named: [key]).isEmpty
        }
    }
}

extension Room {
    /// Whether nobody has written in the room, renamed it, described it or imported into it.
    fileprivate var isUnused: Bool {
        name == "general" && messageCount == 0 && importIDs.isEmpty && topic == nil && description == nil
            && announcement == nil && !isArchived
    }
}
