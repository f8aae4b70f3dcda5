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

extension ArchiveReading {
    /// Second pass: the messages, one at a time.
    func readMessages() throws {
        var converter = MessageConverter(
            users: users, placeholders: placeholders, archivedFiles: archivedFiles, output: output, log: log,
            scanner: SlackTextScanner(users: users, rooms: rooms))
        try archive.scan { entry in
            guard case .messages(let folder, let workspace) = EntryRole(components: entry.components) else { return }
            try self.report(progress: entry)
            try self.readMessages(entry, folder, workspace, &converter)
        }
    }

    private func readMessages(
        _ entry: ArchiveEntry, _ folder: String, _ workspace: String?, _ converter: inout MessageConverter
    ) throws {
        let known = rooms.room(inFolder: folder, workspace: workspace)
        let key = (workspace.map { "\($0)/" } ?? "") + folder
        var room = known ?? unknownRooms[key]?.room ?? Self.room(forFolder: key)
        let entryName = entry.name
        try read(entry) { reader, index in
            guard let message = try SlackMessage(&reader, users: self.users) else {
                try self.log.report(
                    ImportFinding(
                        .error, .recordInvalid, entry: entryName, position: index,
                        message: "The element is no JSON object; it is not imported."))
                return
            }
            let place = MessageConverter.Place(entry: entryName, index: index)
            guard let authorID = try converter.stage(message, in: room, at: place) else { return }
            if known == nil { self.count(in: &room, key, folder, workspace) }
            if let unsettled = room.unsettled { self.rooms.unsettled[unsettled].authorIDs.insert(authorID) }
        }
    }

    private static func room(forFolder key: String) -> RoomTable.Room {
        RoomTable.Room(
            id: "slack-folder-\(key)", name: key, messagePrefix: "slack-folder-\(key)-", unsettled: nil)
    }

    /// Counts a message of a made-up room, which comes to be with its first message.
    private func count(
        in room: inout RoomTable.Room, _ key: String, _ folder: String, _ workspace: String?
    ) {
        if unknownRooms[key] == nil {
            room.unsettled = rooms.addUnsettled(RoomDraft(importIDs: [room.id]))
            unknownRooms[key] = UnknownRoom(room: room, name: folder, workspace: workspace)
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
