internal import ExportFiles
internal import ImportDomain
internal import JSON

/// One archive on its way into the staging area.
final class ArchiveReading {
    let archive: ExportArchive
    let output: any ImportOutput
    let log: FindingLog
    let users = UserTable()
    let rooms = RoomTable()
    let userDefinitions = UserDefinitions()
    let roomDefinitions: RoomDefinitions
    let placeholders = PlaceholderTable()
    let directCapacity: Int
    /// The entries that hold the bytes of files, by the files' ids.
    var archivedFiles: [String: String] = [:]
    /// Rooms made up for folders that no definition matches, by workspace and folder.
    var unknownRooms: [String: UnknownRoom] = [:]

    init(_ archive: ExportArchive, directCapacity: Int, _ output: any ImportOutput) {
        self.archive = archive
        self.output = output
        self.directCapacity = directCapacity
        log = FindingLog(output)
        roomDefinitions = RoomDefinitions(users: users, directCapacity: directCapacity)
    }

    /// First pass: users, rooms, and where the bytes of files are; messages are not even unpacked.
    func readDefinitions() throws {
        var seen: Set<String> = []
        var isExport = false
        var hasRoomFiles = false
        var firstNames: [String] = []
        try archive.scan { entry in
            if firstNames.count < 5 { firstNames.append(entry.name) }
            if entry.isDuplicate { try self.reportDuplicate(entry) }
            switch EntryRole(name: entry.name) {
            case .users(let rank):
                isExport = true
                try self.output.report(entry: entry.name, bytes: 0, of: self.archive.compressedBytes)
                try self.readUsers(entry, rank: rank)
            case .rooms(let source, let workspace):
                isExport = true
                seen.insert(source.rawValue)
                try self.output.report(entry: entry.name, bytes: 0, of: self.archive.compressedBytes)
                try self.readRooms(entry, source, workspace)
            case .messages: isExport = true
            case .roomFile: hasRoomFiles = true
            case .file(let id): self.archivedFiles[id] = self.archivedFiles[id] ?? entry.name
            case .ignored(let kind): self.log.ignore(.entryIgnored, field: "name", value: kind)
            }
        }
        guard isExport || hasRoomFiles else { throw ImportFileFailure.unrecognized(firstNames) }
        try reportMissing(seen)
    }

    /// Stages everybody and every room that is known by now.
    func settleDefinitions() throws {
        try userDefinitions.settle(into: users, output, log)
        let drafts = try roomDefinitions.settle(into: rooms, log)
        var scanner = SlackTextScanner(users: users, rooms: rooms)
        for draft in drafts {
            let members = draft.memberIDs ?? []
            let isDirect = draft.definition.map { roomDefinitions.isDirect($0, members.count) } ?? false
            try output.stage(
                .room(
                    draft.record(
                        members: members, isDirect: isDirect, name: draft.name, users: users, scanner: &scanner)))
        }
    }

    /// Stages the rooms whose people were found in their messages, and accounts for all who are not described.
    func settleRest() throws {
        var scanner = SlackTextScanner(users: users, rooms: rooms)
        let unsettled = rooms.unsettled.sorted { $0.draft.importIDs[0] < $1.draft.importIDs[0] }
        rooms.unsettled = []
        for room in unsettled { try settle(room, &scanner) }
        try reportUnknownRooms()
        try placeholders.settle(users, userDefinitions, output, log)
        try log.finish()
        try output.report(entry: nil, bytes: archive.compressedBytes, of: archive.compressedBytes)
    }

    /// Tells how far the second pass has come; the first one reads next to nothing.
    func report(progress entry: ArchiveEntry) throws {
        try output.report(entry: entry.name, bytes: archive.compressedBytesRead, of: archive.compressedBytes)
    }

    private func settle(_ room: RoomTable.Unsettled, _ scanner: inout SlackTextScanner) throws {
        var ids = room.authorIDs
        let source = room.draft.definition?.source
        if source != .conversation { ids.remove(UserTable.systemID) }
        let members = Set(ids.map { users.canonicalID(users.number(of: $0)) }).sorted()
        guard !(members.isEmpty && room.draft.definition?.isConversation == true) else {
            try log.report(
                ImportFinding(
                    .warning, .recordInvalid, entry: source?.rawValue, field: "members",
                    value: room.draft.importIDs[0],
                    message: "Nobody is in this conversation and nobody wrote in it; it is not imported."))
            return
        }
        let isDirect = room.draft.definition.map { roomDefinitions.isDirect($0, members.count) } ?? false
        var name = room.draft.name
        if !isDirect, name == nil {
            let wanted = room.draft.definition.map { definition in
                definition.source == .groupConversation
                    ? RoomDefinitions.name(ofGroup: members.map { users.knownPerson($0)?.username ?? $0.lowercased() })
                    : definition.name ?? definition.id
            }
            let id = room.draft.importIDs[0]
            let folder = unknownRooms.values.first { $0.room.id == id }
            name = roomDefinitions.freeName(wanted ?? folder?.name ?? id, workspace: folder?.workspace, id: id)
        }
        try output.stage(
            .room(
                room.draft.record(members: members, isDirect: isDirect, name: name, users: users, scanner: &scanner)))
    }

    private func reportDuplicate(_ entry: ArchiveEntry) throws {
        try log.report(
            ImportFinding(
                .warning, .valueReplaced, entry: entry.name, field: "name", value: entry.name,
                message: "The archive has several entries of this name; all of them are read."))
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
