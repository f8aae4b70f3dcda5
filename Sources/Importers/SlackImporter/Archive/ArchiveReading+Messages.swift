internal import ExportFiles
internal import ImportDomain
internal import JSON

/// A room made up for a folder that no definition matches.
struct UnknownRoom {
    let room: RoomTable.Room
    let name: String
    let workspace: String?
    var messageCount = 0
}

/// The room that the messages of an entry are in.
struct EntryRoom {
    var room: RoomTable.Room
    /// The workspace and folder; nil for a room that the export describes.
    let unknownKey: String?
    let folder: String
    let workspace: String?
    /// Whether the entry may be about something else, because its name does not tell.
    var isGuess = false
}

extension ArchiveReading {
    /// Second pass: the messages, one at a time.
    func readMessages() throws {
        var converter = MessageConverter(
            users: users, placeholders: placeholders, archivedFiles: archivedFiles, output: output, log: log,
            scanner: SlackTextScanner(users: users, rooms: rooms))
        var objectFiles: Set<Int> = []
        try archive.scan { entry in
            switch EntryRole(name: entry.name) {
            case .messages(let folder, let workspace):
                try self.report(progress: entry)
                var room = self.room(inFolder: folder, workspace)
                let name = entry.name
                try self.read(entry) {
                    try self.stage(&$0, MessageConverter.Place(entry: name, index: $1), &room, &converter)
                }
            case .roomFile(let folder, let workspace):
                try self.report(progress: entry)
                var room = self.room(inFolder: folder, workspace)
                room.isGuess = true
                let name = entry.name
                let isObject = try self.readArrayOrObject(entry) {
                    try self.stage(&$0, MessageConverter.Place(entry: name, index: $1), &room, &converter)
                }
                if isObject { objectFiles.insert(entry.index) }
            default: return
            }
        }
        if !objectFiles.isEmpty { try readObjects(objectFiles, &converter) }
    }

    /// The room whose messages are in a folder; one is made up if the export describes none.
    func room(inFolder folder: String, _ workspace: String?) -> EntryRoom {
        if let room = rooms.room(inFolder: folder, workspace: workspace) {
            return EntryRoom(room: room, unknownKey: nil, folder: folder, workspace: workspace)
        }
        let key = (workspace.map { "\($0)/" } ?? "") + folder
        let room =
            unknownRooms[key]?.room
            ?? RoomTable.Room(
                id: "slack-folder-\(key)", name: key, messagePrefix: "slack-folder-\(key)-", unsettled: nil)
        return EntryRoom(room: room, unknownKey: key, folder: folder, workspace: workspace)
    }

    /// Reads one message and stages it.
    func stage(
        _ reader: inout JSONReader, _ place: MessageConverter.Place, _ room: inout EntryRoom,
        _ converter: inout MessageConverter
    ) throws {
        var message = SlackMessage()
        guard try message.read(&reader, users: users, checkpoint: output.checkCancellation) else {
            try log.report(
                ImportFinding(
                    .error, .recordInvalid, entry: place.entry, position: place.index,
                    message: "The element is no JSON object; it is not imported."))
            return
        }
        if room.isGuess, message.time == nil, message.type == nil {
            log.ignore(.recordIgnored, field: "entry", value: place.entry)
            return
        }
        guard let authorID = try converter.stage(message, in: room.room, at: place) else { return }
        if let key = room.unknownKey { count(in: &room, key) }
        if let unsettled = room.room.unsettled { rooms.unsettled[unsettled].authorIDs.insert(authorID) }
    }

    /// Counts a message of a made-up room, which comes to be with its first message.
    private func count(in room: inout EntryRoom, _ key: String) {
        if unknownRooms[key] == nil {
            room.room.unsettled = rooms.addUnsettled(RoomDraft(importIDs: [room.room.id]))
            unknownRooms[key] = UnknownRoom(room: room.room, name: room.folder, workspace: room.workspace)
        }
        unknownRooms[key]?.messageCount += 1
    }

    func reportUnknownRooms() throws {
        for (_, unknown) in unknownRooms.sorted(by: { $0.key < $1.key }) {
            try log.report(
                ImportFinding(
                    .warning, .entryUnknownRoom, field: "folder", value: unknown.name,
                    message: "No file describes the room of this folder; its \(unknown.messageCount) messages are in "
                        + "a private room with those who wrote them."))
        }
    }
}
