import ImportDomain

/// The rules by which the records of one batch become rooms, and what is to be written.
///
/// Source: docs/importers.md, "What becomes of a room".
struct RoomDecisions {
    /// New rooms, in the order of their records.
    private(set) var new: [Room] = []
    /// Rooms that change, as they were and as they are then, in the order of their records.
    private(set) var updated: [(before: Room, after: Room)] = []
    /// Who joins which room.
    private(set) var joining: [JoiningMembers] = []
    /// Who would join, but is nobody yet.
    private(set) var missing: [MissingMember] = []
    /// What was noticed.
    private(set) var findings: [ImportFinding] = []
    private(set) var directory: RoomDirectory

    private let context: ConversionContext
    private let identifiers: any IdentifierSource
    private let moment: Timestamp
    /// Where the rooms that this batch makes and changes stand in the lists above.
    private var newPlaces: [RoomID: Int] = [:]
    private var updatedPlaces: [RoomID: Int] = [:]

    init(
        _ directory: RoomDirectory, context: ConversionContext, identifiers: any IdentifierSource, at moment: Timestamp
    ) {
        self.directory = directory
        self.context = context
        self.identifiers = identifiers
        self.moment = moment
    }

    /// What becomes of one record.
    mutating func decide(_ candidate: RoomCandidate) throws -> RecordDecision {
        findings += candidate.findings
        do {
            let (decision, room, changes) = try outcome(of: candidate)
            return RecordDecision(
                candidate.sequence, importIDs: candidate.importIDs, decision, subject: room.rawValue, changes: changes)
        } catch let failure as RecordFailure {
            return RecordDecision(candidate.sequence, importIDs: candidate.importIDs, .fail(failure))
        }
    }

    /// What becomes of a record, which room it is, and the fields of the room that change.
    private typealias Outcome = (decision: Decision, room: RoomID, changes: [FieldChange])

    /// - Throws: `RecordFailure` for a record that fails.
    private mutating func outcome(of candidate: RoomCandidate) throws -> Outcome {
        let holders = directory.holders(of: candidate.importIDs)
        guard holders.count < 2 else {
            throw RecordFailure(
                code: .roomImportIDTaken, message: "The import ids of this room belong to different rooms.",
                field: "importIds", clashesWith: holders.map(\.rawValue).min())
        }
        if let room = try holders.first.flatMap(directory.room) {
            guard keepsApart(candidate) else { return try merge(candidate, into: room) }
            return try addApart(candidate, from: room)
        }
        if candidate.record.isGeneral, candidate.record.kind == .channel { return try addGeneral(candidate) }
        return candidate.record.kind == .direct ? try addDirect(candidate) : try addNamed(candidate)
    }

    /// Whether the policy is about a record although a room carries its import id, because the id is only the name.
    private func keepsApart(_ candidate: RoomCandidate) -> Bool {
        policy != .join && candidate.record.isIdentifiedByName && candidate.record.kind != .direct
    }

    /// Imports a record whose import id, a name, belongs to a room.
    ///
    /// The room is that of the record if this operation made it, or if the record lists all its members: then a file
    /// can be imported twice. Any other room of the name is kept apart from it, and so are its messages.
    /// Source: docs/importers.md, "Rooms whose names are taken".
    private mutating func addApart(_ candidate: RoomCandidate, from room: Room) throws -> Outcome {
        let apart = candidate.keptApart(in: context.operation.id)
        if let own = try directory.holders(of: apart.importIDs).first.flatMap(directory.room) {
            return try merge(apart, into: own)
        }
        if try isSame(candidate, room) { return try merge(candidate, into: room) }
        if policy == .rename, let name = candidate.name {
            // An earlier import may have kept it apart as well.
            let prefixes = candidate.importIDs.map(\.keptApartPrefix)
            let names = (1...Self.numberedRooms).map { CaseFolding.key("\(name)-\($0)") }
            for other in try directory.rooms(named: names) {
                let isKeptApart = other.importIDs.contains { id in prefixes.contains(where: id.rawValue.hasPrefix) }
                if try isKeptApart && isSame(apart, other) { return try merge(apart, into: other) }
            }
        }
        return try addNamed(apart)
    }

    /// How many numbered rooms of one name are looked at.
    private static let numberedRooms = 100

    /// Whether a room is the one of a record whose import id is only a name.
    private func isSame(_ candidate: RoomCandidate, _ room: Room) throws -> Bool {
        if directory.isMade(room.id) { return true }
        return try room.kind == candidate.record.kind && listsMembers(candidate, of: room)
    }

    /// Takes the default channel of a source into the general room, if that is the same room to people.
    ///
    /// The general room takes the channel's name while nobody has used it. Later it belongs to those who use it: a
    /// default channel of another name is a channel of its own.
    /// Source: docs/importers.md, "The general room".
    private mutating func addGeneral(_ candidate: RoomCandidate) throws -> Outcome {
        guard let general = try directory.room(.general) else {
            throw RecordFailure(
                code: .roomGeneralNotFound, message: "The workspace has no general room any more.", field: "_id")
        }
        let (name, key) = (candidate.name ?? "", candidate.nameKey ?? "")
        let generalKey = general.name.map(CaseFolding.key) ?? ""
        if key == generalKey {
            return policy == .join || general.isUnused ? try merge(candidate, into: general) : try addNamed(candidate)
        }
        guard general.isUnused, directory.holder(ofName: key) == nil else {
            findings.append(
                ImportFinding(
                    .warning, .valueReplaced, field: "_id", value: name,
                    message: "The default channel \(name) is imported as a channel of its own. The workspace's room "
                        + "\(general.name ?? "general") is in use."))
            return try addNamed(candidate)
        }
        findings.append(
            ImportFinding(
                .info, .valueReplaced, field: "name", value: name,
                message: "The workspace's room \(general.name ?? "general") was unused. It has the name \(name) now."))
        var renamed = general
        (renamed.name, renamed.displayName) = (name, candidate.displayName)
        renamed.updatedAt = moment
        update(general, to: renamed)
        let merged = try merge(candidate, into: renamed)
        return (merged.decision, merged.room, renamed.shownChanges(since: general) + merged.changes)
    }

    private mutating func addDirect(_ candidate: RoomCandidate) throws -> Outcome {
        let participants = try participants(of: candidate)
        if let room = try directory.directRoom(of: participants) { return try merge(candidate, into: room) }
        return insert(
            candidate.room(id: newID(), name: nil, creator: nil, participants: participants, at: moment), of: candidate)
    }

    private mutating func addNamed(_ candidate: RoomCandidate) throws -> Outcome {
        let (name, key) = (candidate.name ?? "", candidate.nameKey ?? "")
        let holder = directory.holder(ofName: key)
        let present = try holder.flatMap(directory.room)
        // The general room that nobody used is nobody's.
        let joins = policy == .join || present.map { $0.id == .general && $0.isUnused } ?? false
        if let present, policy == .fail, !joins {
            throw RecordFailure(
                code: .roomNameTaken,
                message:
                    "A room named \(name) is there already. Rename one of them, or choose another policy for rooms.",
                field: "name", clashesWith: present.id.rawValue)
        }
        // A channel called general joins the room of that name even if the default channel is there already.
        if joins, let room = present, !directory.isMade(room.id) || room.id == .general,
            // A name is no proof that two private rooms are one, and members of either would read the other.
            room.kind != .privateGroup || candidate.record.kind != .privateGroup,
            // Kept apart by policy, they need not be of one kind.
            policy == .join || candidate.record.kind == room.kind
        {
            // A private history must never land where everybody reads it, nor the other way round.
            guard room.kind == candidate.record.kind else {
                throw RecordFailure(
                    code: .roomKindMismatch,
                    message: "A room named \(name) is there already and is of another kind. Rename one of them.",
                    field: "name", clashesWith: room.id.rawValue)
            }
            return try merge(candidate, into: room)
        }
        let free = try holder == nil ? name : directory.numberedName(name)
        if free != name {
            findings.append(
                ImportFinding(
                    .warning, .valueReplaced, field: "name", value: name,
                    message:
                        "Another room has the name \(name). This one has the name \(free) and is kept apart from it."))
        }
        return insert(
            candidate.room(id: newID(), name: free, creator: creator(of: candidate), participants: [], at: moment),
            of: candidate)
    }

    /// Whether a record is of a private room of an earlier import, and its import id is made of nothing but the name,
    /// which another source may have given to another room.
    private func isGuess(_ candidate: RoomCandidate, _ room: Room) -> Bool {
        room.kind == .privateGroup && candidate.record.isIdentifiedByName && !directory.isMade(room.id)
    }

    /// Whether a record lists all members of a room.
    private func listsMembers(_ candidate: RoomCandidate, of room: Room) throws -> Bool {
        var listed = Set(candidate.memberIDs.compactMap { directory.people[$0]?.id })
        if let creator = knownCreator(of: candidate) { listed.insert(creator) }
        // A room without a known member belongs to the account that ran the import, which no file lists.
        if room.creatorID == importer || listed.isEmpty, let owner = room.creatorID { listed.insert(owner) }
        return try directory.isRoom(room.id, onlyOf: listed)
    }

    /// Makes sure that all members of a private room are those of a record that may describe another room.
    private func requireListed(_ candidate: RoomCandidate, membersOf room: Room) throws {
        guard try listsMembers(candidate, of: room) else {
            throw RecordFailure(
                code: .roomParticipantsMismatch,
                message:
                    "The private room \(candidate.name ?? "") has members that this record does not list, and a name does "
                    + "not prove that both are one room. List them, or rename the room in the file and import the file "
                    + "again. In a retry, change its name, its importIds, and the rid of each of its messages.",
                field: "users", clashesWith: room.id.rawValue)
        }
    }

    /// Makes sure that a private room of another name, which carries the import id of a record, is not another source's:
    /// somebody of the record is a member of it, or nobody would join it.
    private func requireCommonMember(_ candidate: RoomCandidate, _ room: Room) throws {
        guard room.kind == .privateGroup, !directory.isMade(room.id), let key = candidate.nameKey,
            room.name.map(CaseFolding.key) != key
        else { return }
        var known = Set(candidate.memberIDs.compactMap { directory.people[$0]?.id })
        if let creator = knownCreator(of: candidate) { known.insert(creator) }
        guard try known.isEmpty || directory.strangers(among: known, to: room.id).count < known.count else {
            throw RecordFailure(
                code: .roomParticipantsMismatch,
                message:
                    "The private room that carries this import id has another name and none of these members. Two "
                    + "sources use one id for two rooms. Add one of the members to the room if it is the same. If not, "
                    + "change the importIds of this record and the rid of each of its messages.",
                field: "users", clashesWith: room.id.rawValue)
        }
    }

    /// Adds to a room what it lacks; what it has stays, but for topic, description and archive.
    private mutating func merge(_ candidate: RoomCandidate, into room: Room) throws -> Outcome {
        guard room.kind == candidate.record.kind else {
            throw RecordFailure(
                code: .roomKindMismatch,
                message:
                    "The room that carries this import id is of another kind. Correct the type; if it is another room, "
                    + "change the importIds of this record and the rid of each of its messages.",
                field: "t", clashesWith: room.id.rawValue)
        }
        if room.kind == .direct, try participants(of: candidate) != room.participants.sorted(by: Self.precedes) {
            throw RecordFailure(
                code: .roomParticipantsMismatch,
                message:
                    "The direct room that carries this import id is one of other people. Correct the participants; if it "
                    + "is another room, change the importIds of this record and the rid of each of its messages.",
                field: "users", clashesWith: room.id.rawValue)
        }
        let isGuess = isGuess(candidate, room)
        if isGuess { try requireListed(candidate, membersOf: room) } else { try requireCommonMember(candidate, room) }
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
            update(room, to: merged)
        }
        // The participants of a direct room are what it is; members of others join.
        let joined = room.kind == .direct ? [] : try join(merged, candidate, isGuess: isGuess)
        if room.kind != .direct {
            reportUnknownMembers(of: candidate)
            if !isGuess { try noteMissingMembers(of: candidate, in: room) }
        }
        if room.kind == .privateGroup, room.creatorID == importer, firstMember(of: candidate) == nil {
            reportOwnedByImporter(candidate)
        }
        directory.bind(room.id, to: candidate.importIDs)
        var changes = merged.shownChanges(since: room)
        if !joined.isEmpty {
            changes.append(FieldChange("users", from: nil, to: FieldChange.shown("\(joined.count) more members")))
        }
        return (isChanged || !joined.isEmpty ? .update : .unchanged, room.id, changes)
    }

    private mutating func insert(_ room: Room, of candidate: RoomCandidate) -> Outcome {
        newPlaces[room.id] = new.count
        new.append(room)
        let members = members(of: candidate, in: room)
        directory.note(room, joined: members.users)
        joining.append(members)
        reportUnknownMembers(of: candidate)
        noteMissingMembers(of: candidate, inNew: room)
        directory.bind(room.id, to: candidate.importIDs)
        return (.create, room.id, [])
    }

    private mutating func update(_ before: Room, to after: Room) {
        directory.note(after, before: before)
        if let place = newPlaces[after.id] {
            new[place] = after
        } else if let place = updatedPlaces[after.id] {
            updated[place].after = after
        } else {
            updatedPlaces[after.id] = updated.count
            updated.append((before, after))
        }
    }

    /// - Returns: who joins the room.
    private mutating func join(_ room: Room, _ candidate: RoomCandidate, isGuess: Bool) throws -> [UserID] {
        var members = members(of: candidate, in: room)
        members.users = try directory.strangers(among: Set(members.users), to: room.id)
        try leaveOutGuests(of: &members, in: room, candidate)
        guard !members.users.isEmpty else { return [] }
        guard !isGuess else {
            findings.append(
                ImportFinding(
                    .warning, .valueReplaced, field: "users", value: candidate.name, count: members.users.count,
                    message:
                        "\(members.users.count) members of the private room \(candidate.name ?? "") are not in the room "
                        + "of that name that an earlier import made. They were not added: they would read what was "
                        + "written before, and a name is no proof that both are one room. Add them if they may."))
            return []
        }
        directory.note(room, before: room, joined: members.users)
        joining.append(members)
        return members.users
    }

    /// Leaves guests out of a channel that another source made: they would read what its people wrote, and a name is no
    /// proof that both channels are one.
    private mutating func leaveOutGuests(of members: inout JoiningMembers, in room: Room, _ candidate: RoomCandidate)
        throws
    {
        guard room.kind == .channel, room.messageCount > 0, !members.users.isEmpty else { return }
        let guests = try directory.guests(among: members.users)
        guard !guests.isEmpty, try !admitsGuests(room, candidate) else { return }
        members.users.removeAll(where: guests.contains)
        findings.append(
            ImportFinding(
                .warning, .valueReplaced, field: "users", value: candidate.name, count: guests.count,
                message:
                    "\(guests.count) guests are members of the channel \(candidate.name ?? ""), which is joined with the "
                    + "channel of that name that was there before. They were not added: they would read what others "
                    + "wrote. Add them if they may."))
    }

    /// Whether guests of a record may join a room that was there before.
    private func admitsGuests(_ room: Room, _ candidate: RoomCandidate) throws -> Bool {
        try room.kind != .channel || room.messageCount == 0
            || directory.isMade(room.id, withAnyOf: candidate.importIDs)
    }

    /// Unknown people of a record, each once and at their first place; only those whom a retry may bring.
    private func unknownPeople(of candidate: RoomCandidate) -> [(position: Int, importID: ImportID)] {
        guard context.hasFailedUsers else { return [] }
        let creator = candidate.record.creatorID.flatMap { $0.isEmpty ? nil : ImportID($0) }
        var people = candidate.memberIDs.enumerated().map { (position: $0 + 1, importID: $1) }
        if let creator {
            people.removeAll { $0.importID == creator }
            people.insert((MissingMember.creatorPosition, creator), at: 0)
        }
        return people.filter { directory.people[$0.importID] == nil }
    }

    /// Notes who would join a room that was there before.
    private mutating func noteMissingMembers(of candidate: RoomCandidate, in room: Room) throws {
        let unknown = unknownPeople(of: candidate)
        guard !unknown.isEmpty else { return }
        let admitsGuests = try admitsGuests(room, candidate)
        missing += unknown.map {
            MissingMember($0.importID, in: room.id, at: $0.position, admitsGuest: admitsGuests)
        }
    }

    /// Notes who would join a new room, and who would own it instead of its owner.
    private mutating func noteMissingMembers(of candidate: RoomCandidate, inNew room: Room) {
        let unknown = unknownPeople(of: candidate)
        guard !unknown.isEmpty else { return }
        // Where the owner stands in the record: somebody before them would own the room.
        let members = candidate.memberIDs.map { directory.people[$0]?.id }
        let place = members.firstIndex { $0 == room.creatorID }
        var last = -1
        if knownCreator(of: candidate) == nil {
            let isPrivate = room.kind == .privateGroup
            last = isPrivate ? place ?? members.count : MissingMember.creatorPosition
        }
        missing += unknown.map { position, importID in
            MissingMember(
                importID, in: room.id, at: position,
                standIn: position <= last
                    ? room.creatorID.map { MissingMember.StandIn($0, leaves: place == nil) } : nil)
        }
    }

    private mutating func reportUnknownMembers(of candidate: RoomCandidate) {
        let unknown = candidate.memberIDs.filter { directory.people[$0] == nil }
        guard let first = unknown.first else { return }
        findings.append(
            ImportFinding(
                .warning, .valueReplaced, field: "users", value: first.rawValue, count: unknown.count,
                message: "\(unknown.count) members of the room \(candidate.name ?? "") are unknown and were left out."))
    }

    private func participants(of candidate: RoomCandidate) throws -> [UserID] {
        var ids = Set<UserID>()
        for importID in candidate.memberIDs {
            guard let person = directory.people[importID] else {
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

    private func knownCreator(of candidate: RoomCandidate) -> UserID? {
        candidate.record.creatorID.flatMap { directory.people[$0]?.id }
    }

    /// The owner of a new room: its creator, or the account that runs the import if the creator is unknown. A private
    /// room belongs to its first known member instead, because an owner reads the room.
    private mutating func creator(of candidate: RoomCandidate) -> UserID {
        if let creator = knownCreator(of: candidate) { return creator }
        guard candidate.record.kind == .privateGroup else { return importer }
        if let member = firstMember(of: candidate) { return member }
        reportOwnedByImporter(candidate)
        return importer
    }

    /// What becomes of a room whose name is taken.
    private var policy: ImportPolicies.Rooms { context.policies.rooms }

    /// The account that runs the import.
    private var importer: UserID { context.operation.start?.user ?? context.operation.createdBy }

    /// The creator or, if unknown, the first member that is known.
    private func firstMember(of candidate: RoomCandidate) -> UserID? {
        if let creator = knownCreator(of: candidate) { return creator }
        for member in candidate.memberIDs {
            if let person = directory.people[member] { return person.id }
        }
        return nil
    }

    private mutating func reportOwnedByImporter(_ candidate: RoomCandidate) {
        findings.append(
            ImportFinding(
                .warning, .roomOwnedByImporter, field: "u", value: candidate.name,
                message:
                    "The private room \(candidate.name ?? "") has no known member. The account that ran "
                    + "the import is its owner and can read it."))
    }

    private func members(of candidate: RoomCandidate, in room: Room) -> JoiningMembers {
        var users = Set(room.participants)
        for importID in candidate.memberIDs {
            if let person = directory.people[importID] { users.insert(person.id) }
        }
        if let creator = knownCreator(of: candidate) { users.insert(creator) }
        // Every room has an owner, if only the person who runs the import.
        let owner = room.createdAt == candidate.record.createdAt ?? moment ? room.creatorID : nil
        if let owner { users.insert(owner) }
        return JoiningMembers(
            roomID: room.id, users: users.sorted(by: Self.precedes), ownerID: owner, isArchived: room.isArchived,
            joinedAt: room.createdAt)
    }

    private func newID() -> RoomID { RoomID(identifiers.userID(at: moment).rawValue) }
}

extension Room {
    /// The fields that differ from an earlier state, for people.
    fileprivate func shownChanges(since before: Room) -> [FieldChange] {
        var changes: [FieldChange] = []
        func compare<Value: Equatable>(_ field: String, _ value: (Room) -> Value?, _ shown: (Value) -> String) {
            let (old, new) = (value(before), value(self))
            if old != new { changes.append(FieldChange(field, from: old.map(shown), to: new.map(shown))) }
        }
        let (text, list) = (FieldChange.shown(_:) as (String) -> String, FieldChange.shown(_:) as ([String]) -> String)
        compare("name", \.name, text)
        compare("fname", \.displayName, text)
        compare("topic", \.topic, text)
        compare("description", \.description, text)
        compare("archived", \.isArchived) { $0 ? "true" : "false" }
        compare("importIds", { $0.importIDs.map(\.rawValue) }, list)
        return changes
    }

    /// Whether nobody has written in the room, renamed it, described it or imported into it.
    fileprivate var isUnused: Bool {
        name == "general" && messageCount == 0 && importIDs.isEmpty && topic == nil && description == nil
            && announcement == nil && !isArchived
    }
}
