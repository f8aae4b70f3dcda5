internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// One archive on its way into the staging area.
final class ArchiveReading {
    let archive: ExportArchive
    let output: any ImportOutput
    let log: RecordSink
    let allowances: SlackAllowances
    let users: UserTable
    let rooms: RoomTable
    let userDefinitions: UserDefinitions
    let roomDefinitions: RoomDefinitions
    let placeholders: PlaceholderTable
    let pins: PinTable
    let archivedFiles: ArchivedFiles
    /// What files of messages that are objects say of their rooms, by the entry's index in the archive.
    var headers: [Int: HistoryHeader] = [:]
    /// Rooms made up for folders that no definition matches, by workspace and folder.
    var unknownRooms: [ExactString: RoomTable.Room] = [:]
    /// What cannot be read of the element that is read.
    let faults = FieldFaults()
    /// How many messages are in folders that could not be remembered.
    var refusedFolderMessages = 0
    /// Whether the archive has any element of a definition or of a file of messages.
    var hasElements = false
    /// Whether a message was staged.
    var hasMessages = false
    private let progress: ReadingProgress
    private var firstNames: [String] = []

    init(
        _ archive: ExportArchive, directCapacity: Int, _ output: any ImportOutput, allowances: SlackAllowances
    ) {
        self.archive = archive
        self.output = output
        self.allowances = allowances
        log = RecordSink(output)
        progress = ReadingProgress(output, total: archive.compressedBytes)
        users = UserTable(allowance: allowances.people)
        rooms = RoomTable(authors: allowances.members)
        pins = PinTable(allowance: allowances.pins)
        userDefinitions = UserDefinitions(allowance: allowances.users)
        roomDefinitions = RoomDefinitions(
            users: users, pins: pins, directCapacity: directCapacity, allowance: allowances.rooms)
        placeholders = PlaceholderTable(allowance: allowances.placeholders)
        archivedFiles = ArchivedFiles(allowance: allowances.files)
    }

    /// First pass: users, rooms, and where the bytes of files are. Of messages, only files whose names do not tell what
    /// they are get a look.
    func readDefinitions() throws {
        var seen: Set<String> = []
        var isExport = false
        try archive.scan { entry in
            if self.firstNames.count < 5 { self.firstNames.append(String(entry.name.prefix(200))) }
            if entry.isDuplicate { try self.reportDuplicate(entry) }
            switch EntryRole(name: entry.name) {
            case .users(let rank):
                isExport = true
                try self.progress.note(entry: entry.name, bytes: 0)
                try self.readUsers(entry, rank: rank)
            case .rooms(let source, let workspace):
                isExport = true
                seen.insert(source.rawValue)
                try self.progress.note(entry: entry.name, bytes: 0)
                try self.readRooms(entry, source, workspace)
            case .messages: isExport = true
            case .history(let place):
                isExport = true
                try self.readHeader(entry, place)
                if let header = self.headers[entry.index], !header.hasMessages { try self.reportWithoutMessages(entry) }
            case .file(let id): self.archivedFiles.add(id, entry: entry.name)
            case .misplaced: try self.reportMisplaced(entry)
            case .ignored(let kind): self.log.ignore(.entryIgnored, field: "name", value: kind)
            }
        }
        guard isExport else { throw ImportFileFailure.unrecognized(firstNames) }
        try reportMissing(seen)
    }

    /// Stages everybody and every room that is known by now.
    func settleDefinitions() throws {
        try userDefinitions.settle(into: users, output, log)
        let drafts = try roomDefinitions.settle(into: rooms, log, output.checkCancellation)
        users.searchForAuthors = { [unowned self] in try searchForAuthors() }
        for (index, draft) in drafts.enumerated() {
            if index.isMultiple(of: 256) { try output.checkCancellation() }
            let members = draft.members ?? []
            let isDirect = draft.definition.map { roomDefinitions.isDirect($0, members.count) } ?? false
            try stage(draft, members: members, isDirect: isDirect, name: draft.name)
        }
    }

    /// Stages the rooms whose people were found in their messages, and accounts for all who are not described.
    func settleRest() throws {
        let members = users.people.filter { $0.isKnown && !$0.isDefined }.map(\.id)
        try placeholders.settle(others: members, into: log) { id, wanted in
            let username = userDefinitions.freeUsername(wanted, id: id)
            users.addUndescribed(id, username: username)
            return username
        }
        let unsettled = rooms.unsettled.sorted { $0.draft.importIDs[0].precedesByBytes($1.draft.importIDs[0]) }
        rooms.unsettled = []
        let owner = self.owner(of: unsettled)
        for (index, room) in unsettled.enumerated() {
            if index.isMultiple(of: 256) { try output.checkCancellation() }
            try settle(room, owner: owner)
        }
        try pins.finish(log)
        try reportLimits()
        try log.finish()
        guard hasMessages || userDefinitions.stagedCount > 0 || stagedRooms > 0 || !hasElements else {
            throw ImportFileFailure.unrecognized(firstNames)
        }
        try progress.finish()
    }

    /// Tells how far the second pass has come; the first one reads next to nothing.
    func report(progress entry: ArchiveEntry) throws {
        try progress.note(entry: entry.name, bytes: archive.compressedBytesRead)
    }

    private var stagedRooms = 0

    private func stage(_ draft: RoomDraft, members: [Int32], isDirect: Bool, name: String?) throws {
        var creator = draft.definition?.creator
        if let told = creator, let room = draft.definition,
            !RoomDraft.owns(told, room, listed: room.isConversation ? members : draft.members, users: users)
        {
            creator = nil
            if !isDirect { try reportFormerCreator(told, of: room) }
        }
        let record = try draft.record(
            members: members.map(users.canonicalID), creator: creator.map(users.canonicalID), isDirect: isDirect,
            name: name, text: { try converted($0, field: $1, of: draft.importIDs[0]) })
        stagedRooms += 1
        try output.stage(.room(record))
    }

    private func reportFormerCreator(_ creator: Int32, of room: SlackRoom) throws {
        try log.report(
            ImportFinding(
                .info, .valueReplaced, entry: room.source == .messageFile ? nil : room.source.rawValue,
                field: "creator", value: room.id,
                message: "\"\(users.canonicalID(creator))\" created this private room and is not among its members; "
                    + "the first member becomes its owner."))
    }

    /// A topic or description, in which short ids may have become long names.
    private func converted(_ text: String, field: String, of roomID: String) throws -> String {
        var scanner = SlackTextScanner(users: users, rooms: rooms)
        scanner.room = roomID
        let converted = scanner.convert(text, naming: .names)
        try users.checkSearch()
        guard converted.utf8.count > RecordLimits.descriptionBytes else { return converted }
        try log.report(
            ImportFinding(
                .warning, .limitExceeded, field: field, value: roomID,
                message: "The field \"\(field)\" has more than \(RecordLimits.descriptionBytes) bytes with names in "
                    + "place of ids; what fits is kept."))
        return converted.clipped(toBytes: RecordLimits.descriptionBytes)
    }

    /// The person whose export it is, if its direct conversations name only the other person: the one who wrote in
    /// them besides that person. Nil unless it is one and the same in all of them, and in two of them at least; a
    /// conversation in which only the person wrote whom it names may be theirs with themselves.
    private func owner(of unsettled: [RoomTable.Unsettled]) -> Int32? {
        var owner: Int32?
        var rooms = 0
        var namedAlone: [Int32: Int] = [:]
        for room in unsettled where room.draft.definition?.kind == .conversation && !room.draft.toldMembers.isEmpty {
            let others = people(in: room).subtracting(room.draft.toldMembers).filter { !isProgram($0) }
            if others.isEmpty, room.messageCount > 0, let named = room.draft.toldMembers.first {
                namedAlone[named, default: 0] += 1
            }
            for other in others {
                guard owner == nil || owner == other else { return nil }
                owner = other
                rooms += 1
            }
        }
        return owner.flatMap { rooms + namedAlone[$0, default: 0] > 1 ? $0 : nil }
    }

    private func people(in room: RoomTable.Unsettled) -> Set<Int32> {
        Set(room.authors.map(users.canonicalNumber)).union(room.draft.toldMembers)
    }

    private func isProgram(_ number: Int32) -> Bool {
        let person = users.people[Int(number)]
        return person.isBot || person.id == UserTable.systemID
    }

    private func settle(_ room: RoomTable.Unsettled, owner told: Int32?) throws {
        // A conversation in which nobody wrote may be one between other people.
        let owner = room.messageCount > 0 ? told : nil
        let definition = room.draft.definition
        let id = room.draft.importIDs[0]
        if definition == nil, room.messageCount == 0 { return }
        var people = people(in: room)
        if definition?.kind != .conversation {
            people = people.filter { users.people[Int($0)].id != UserTable.systemID }
        }
        if definition?.kind == .conversation, !room.draft.toldMembers.isEmpty, people.count == 1, let owner {
            people.insert(owner)
        }
        let isComplete = isComplete(room, people, owner: owner)
        // An empty room of some of its people would be in the way of the conversation that a later export lists.
        guard isComplete || room.messageCount > 0 || definition?.isConversation != true else {
            try log.report(
                ImportFinding(
                    .warning, .recordInvalid, entry: definition?.source.rawValue, field: "members", value: id,
                    message: "Nobody wrote in this conversation, and the export does not list who is in it; it is not "
                        + "imported."))
            return
        }
        let members = people.sorted { users.canonicalID($0).precedesByBytes(users.canonicalID($1)) }
        let isDirect = isComplete && definition.map { roomDefinitions.isDirect($0, members.count) } ?? false
        try reportGuess(room, isComplete: isComplete)
        var name = room.draft.name
        if !isDirect, name == nil {
            let wanted: String
            if definition?.kind == .groupConversation, isComplete {
                wanted = roomDefinitions.name(ofGroup: members)
            } else {
                wanted = definition.map { $0.name ?? $0.id } ?? room.folder?.name ?? id
            }
            let free = roomDefinitions.freeName(
                wanted, workspace: room.folder?.workspace ?? definition?.workspace, id: id)
            if free != wanted {
                try log.report(
                    ImportFinding(
                        .warning, .valueReplaced, entry: definition?.source.rawValue, field: "name", value: wanted,
                        message: "Another room has this name; this one becomes \"\(free)\"."))
            }
            name = free
        }
        try stage(room.draft, members: members, isDirect: isDirect, name: name)
    }

    /// Whether these are all the people of a conversation; those who wrote need not be.
    private func isComplete(_ room: RoomTable.Unsettled, _ people: Set<Int32>, owner: Int32?) -> Bool {
        switch room.draft.definition?.kind {
        case .conversation: people.count > 1 || owner != nil && people.first == owner
        case .groupConversation:
            room.draft.isTold && people.subtracting(room.draft.toldMembers).allSatisfy(isProgram)
        case .channel, .group, nil: false
        }
    }

    /// Reports that the people of a room, or the room itself, come from its messages.
    private func reportGuess(_ room: RoomTable.Unsettled, isComplete: Bool) throws {
        let id = room.draft.importIDs[0]
        guard let definition = room.draft.definition else {
            try log.report(
                ImportFinding(
                    .warning, .entryUnknownRoom, field: "folder", value: room.folder?.name ?? id,
                    message: "No file describes the room of this folder; its \(room.messageCount) messages are in "
                        + "a private room with those who wrote them."))
            return
        }
        if definition.source == .messageFile {
            try log.report(
                ImportFinding(
                    .warning, .entryUnknownRoom, field: "channel_id", value: id,
                    message: "No list describes this room. It is private, and its members are those who wrote its "
                        + "\(room.messageCount) messages."))
        } else if definition.isConversation, !isComplete {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: definition.source.rawValue, field: "members", value: id,
                    message: "The export does not list who is in this conversation. It becomes a private room of those "
                        + "who are known to be in it, apart from all other conversations."))
        } else if !definition.isConversation {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: definition.source.rawValue, field: "members", value: id,
                    message: "The export does not list the members of this room; they are those who wrote in it."))
        }
    }

    /// Reports what could not be remembered.
    private func reportLimits() throws {
        func report(_ count: Int, _ field: String, _ message: String) throws {
            guard count > 0 else { return }
            try log.report(ImportFinding(.error, .limitExceeded, field: field, count: count, message: message))
        }
        try report(
            allowances.users.refusedCount, "users", "Users beyond the memory for users are not imported.")
        try report(
            allowances.rooms.refusedCount, "rooms",
            "Rooms beyond the memory for rooms are not imported as described. Messages of such rooms are in private "
                + "rooms named by their folders, as far as there is memory.")
        try report(
            refusedFolderMessages, "folder",
            "Messages in folders without a room, beyond the memory for rooms, are not imported.")
        try report(
            allowances.people.refusedCount, "members",
            "Ids beyond the memory for ids are not in the rooms that name them.")
        try report(
            allowances.members.refusedCount, "members", "Members beyond the memory for members are left out.")
        try report(
            allowances.placeholders.refusedCount, "user",
            "Messages and reactions by people whom the export does not describe, beyond the memory for them or with ids "
                + "of more than \(RecordLimits.importIDBytes) bytes, are by rocket.cat or left out.")
        try report(
            allowances.files.refusedCount, "files",
            "Files inside of the archive, beyond the memory for their names, are fetched from their addresses.")
        try report(allowances.pins.refusedCount, "pins", "Pins beyond the memory for pins are left out.")
    }

    private func reportDuplicate(_ entry: ArchiveEntry) throws {
        try log.report(
            ImportFinding(
                .warning, .valueReplaced, entry: entry.name, field: "name", value: entry.name,
                message: "The archive has several entries of this name; all of them are read."))
    }

    private func reportMisplaced(_ entry: ArchiveEntry) throws {
        try log.report(
            ImportFinding(
                .warning, .entryIgnored, entry: entry.name,
                message:
                    "The entry lies deeper than the files of an export; it is not imported. If an export lies in a "
                    + "folder of the archive, send that folder alone."))
    }

    private func reportWithoutMessages(_ entry: ArchiveEntry) throws {
        try log.report(
            ImportFinding(
                .warning, .entryIgnored, entry: entry.name, field: "messages",
                message: "The entry is an object without messages; it is not imported."))
    }

    /// Slack leaves private rooms out unless the plan and the owner allow it, which people notice only later.
    private func reportMissing(_ seen: Set<String>) throws {
        for source in [SlackRoom.Source.channel, .group, .groupConversation, .conversation]
        where !seen.contains(source.rawValue) {
            try log.report(
                ImportFinding(
                    .info, .entryIgnored, entry: source.rawValue, count: 0,
                    message: "The archive has no \(source.rawValue); it holds no rooms of that kind."))
        }
    }
}
