internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// First pass over an archive: users, rooms, and the entries that hold files. Files of messages are opened only if
/// their names do not say what they are.
final class DefinitionPass {
    private let export: SlackExport
    private let sink: RecordSink
    private let elements: ElementReader
    private let faults = FieldFaults()
    /// The names of the first entries, which say what the archive is.
    private(set) var firstNames: [String] = []
    /// Whether a list of users or rooms has any element.
    private(set) var hasElements = false
    /// Folders of day files, by workspace and name.
    private var folders: [ExactString: (name: String, workspace: String?)] = [:]
    private var lastFolder: (name: String, workspace: String?)?
    /// Whether folders or files may have messages whose room no definition matches.
    private var mayHaveUnknownFolders = false
    private static let maximumFolders = 100_000

    init(_ export: SlackExport) {
        self.export = export
        sink = export.sink
        elements = ElementReader(export.sink)
    }

    /// Whether there may be folders of messages that no definition matches.
    var hasUnknownFolders: Bool {
        mayHaveUnknownFolders
            || folders.values.contains { export.roomIndex.room(inFolder: $0.name, workspace: $0.workspace) == nil }
    }

    /// Forgets the folders.
    func forgetFolders() { folders = [:] }

    /// Reads all of it.
    func read() throws {
        var seen: Set<String> = []
        var isExport = false
        try export.archive.scan { entry in
            if firstNames.count < 5 { firstNames.append(String(entry.name.prefix(200))) }
            if entry.isDuplicate {
                try sink.report(
                    .warning, .valueReplaced, entry: entry.name, field: "name", value: entry.name,
                    "The archive has several entries of this name; all of them are read.")
            }
            switch SlackDetection(name: entry.name) {
            case .users(let rank):
                isExport = true
                try export.progress.note(entry: entry.name, bytes: 0)
                try readUsers(entry, rank: rank)
            case .rooms(let source, let workspace):
                isExport = true
                seen.insert(source.rawValue)
                try export.progress.note(entry: entry.name, bytes: 0)
                try readRooms(entry, source, workspace)
            case .messages(let folder, let workspace):
                isExport = true
                noteFolder(folder, workspace)
            case .history(let place):
                isExport = true
                mayHaveUnknownFolders = true
                try readHeader(entry, place)
                if let header = export.headers[entry.index], !header.hasMessages {
                    try sink.report(
                        .warning, .entryIgnored, entry: entry.name, field: "messages",
                        "The entry is an object without messages; it is not imported.")
                }
            case .file(let id): export.archivedFiles.add(id, entry: entry.name)
            case .misplaced:
                try sink.report(
                    .warning, .entryIgnored, entry: entry.name,
                    "The entry lies deeper than the files of an export; it is not imported. If an export lies in a "
                        + "folder of the archive, send that folder alone.")
            case .ignored(let kind): sink.ignore(.entryIgnored, field: "name", value: kind)
            }
        }
        guard isExport else { throw SlackDetection.unrecognized(firstNames) }
        try reportMissing(seen)
    }

    /// Notes a folder of day files, to know later whether a definition matches each of them.
    private func noteFolder(_ name: String, _ workspace: String?) {
        guard !mayHaveUnknownFolders, lastFolder.map({ $0 != (name, workspace) }) ?? true else { return }
        lastFolder = (name, workspace)
        folders[ExactString("\(workspace ?? "")/\(name)")] = lastFolder
        if folders.count > Self.maximumFolders { mayHaveUnknownFolders = true }
    }

    private func readUsers(_ entry: ArchiveEntry, rank: Int) throws {
        try readElements(entry) { reader, index in
            guard var user = try SlackUser(&reader) else { return false }
            try reportFaults(&user.limits, of: user.id, entry, index)
            export.users.add(user, at: DefinitionPlace(rank: rank, entry: entry.name, index: index))
            return true
        }
    }

    private func readRooms(_ entry: ArchiveEntry, _ source: SlackRoom.Source, _ workspace: String?) throws {
        try readElements(entry) { reader, index in
            let room = try SlackRoom(
                &reader, source: source, workspace: workspace, people: export.people, pins: export.pins,
                allowances: export.allowances, checkpoint: sink.output.checkCancellation)
            guard var room else { return false }
            try reportFaults(&room.limits, of: room.id, entry, index)
            if room.refusedMemberCount > 0 {
                try sink.report(
                    .warning, .limitExceeded, entry: entry.name, at: index, field: "members", value: room.id,
                    count: room.refusedMemberCount,
                    "Members with ids of more than \(RecordLimits.importIDBytes) bytes, or beyond the "
                        + "memory for members, are left out of this room.")
                room.refusedMemberCount = 0
            }
            if room.bookmarkCount > 0 {
                sink.ignore(
                    .valueReplaced, field: "bookmarks", value: source.rawValue, count: room.bookmarkCount,
                    message: "Bookmarks of rooms are not imported.")
            }
            for name in room.properties {
                sink.ignore(
                    .valueReplaced, field: "properties", value: name,
                    message: "The property \"\(RecordSink.printable(name))\" of rooms is not imported.")
            }
            room.properties = []
            let place = DefinitionPlace(rank: workspace == nil ? 1 : 2, entry: entry.name, index: index)
            export.rooms.add(room, at: place)
            return true
        }
    }

    /// Looks whether a file without a day is an object, and what it and its folder say of its room.
    private func readHeader(_ entry: ArchiveEntry, _ place: SlackDetection.HistoryPlace) throws {
        faults.clear()
        let header = try HistoryHeader(entry, faults: faults)
        if header == nil { faults.clear() }
        try faults.report(to: sink, entry: entry.name, position: nil, value: header?.roomID)
        if header?.hasMessages != false {
            let told = header?.kind ?? .channel
            let id = header?.roomID ?? header?.describedID
            export.rooms.addKind(max(place.minimumRoomKind, told), of: id ?? place.name)
            if id == nil, let folder = place.alternative { export.rooms.addKind(told, of: folder) }
        }
        guard let header, export.allowances.rooms.take(256) else { return }
        export.headers[entry.index] = header
        guard header.hasMessages, let id = header.roomID, id.utf8.count <= RecordLimits.importIDBytes else { return }
        let room = SlackRoom(
            id: id, name: header.roomName?.trimmedIfNotBlank?.clipped(toBytes: RecordLimits.roomNameBytes),
            workspace: place.workspace)
        export.rooms.add(room, at: DefinitionPlace(rank: 3, entry: entry.name, index: 0))
    }

    /// Reads the elements of a definition file; an invalid one is a finding and costs nothing else.
    private func readElements(
        _ entry: ArchiveEntry, _ body: (inout FieldReader, Int) throws -> Bool
    ) throws {
        try elements.read(entry) { json, index in
            hasElements = true
            faults.clear()
            var reader = FieldReader(json, faults: faults)
            if try !body(&reader, index) {
                try sink.report(
                    .error, .recordInvalid, entry: entry.name, at: index, field: "id",
                    "The element has no id, or one of more than \(RecordLimits.importIDBytes) bytes; it "
                        + "is not imported.")
            }
        }
    }

    /// Reports what could not be read of a definition, and what exceeded its limits, which is forgotten then.
    private func reportFaults(
        _ limits: inout LengthLimits, of id: String, _ entry: ArchiveEntry, _ index: Int
    ) throws {
        try faults.report(to: sink, entry: entry.name, position: index, value: id)
        for field in limits.exceeded {
            try sink.report(
                .warning, .limitExceeded, entry: entry.name, at: index, field: field, value: id,
                "The field \"\(field)\" goes beyond its limit; what fits is kept.")
        }
        limits = LengthLimits()
    }

    /// Slack leaves private rooms out unless the plan and the owner allow it, which people notice only later.
    private func reportMissing(_ seen: Set<String>) throws {
        for source in [SlackRoom.Source.channel, .group, .groupConversation, .conversation]
        where !seen.contains(source.rawValue) {
            try sink.report(
                .info, .entryIgnored, entry: source.rawValue, count: 0,
                "The archive has no \(source.rawValue); it holds no rooms of that kind.")
        }
    }
}
