internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// The room that the messages of an entry are in.
struct EntryRoom {
    var room: RoomTable.Room
    /// What the unknown room is remembered by; nil for a room that the export describes.
    var unknownKey: String?
    /// What the room is called, if it is unknown.
    let name: String
    let workspace: String?
    /// The person in the room whom the entry's name tells, if it is unknown.
    var namedPerson: String?
    /// Whether elements that do not look like messages are no faults, because the entry's name does not tell what it
    /// holds.
    var isGuess = false
    /// How many messages were staged.
    var stagedCount = 0
    /// How many elements did not look like messages.
    var otherCount = 0
}

extension ArchiveReading {
    /// Second pass: the messages, one at a time.
    func readMessages() throws {
        var converter = messageConverter()
        try archive.scan { entry in
            guard var room = self.room(of: entry) else { return }
            try self.report(progress: entry)
            let name = entry.name
            let outcome = try self.readMessages(
                of: entry,
                { try self.stage($0, MessageConverter.Place(entry: name, index: $1), &room, &converter) },
                broken: { try self.report($0, of: entry) })
            try self.report(outcome, of: entry)
            try self.reportOthers(room, outcome, of: entry)
        }
    }

    /// Reads all messages for nothing but their authors, whose names texts mention. It may run while messages are read.
    func searchForAuthors() throws {
        let converter = messageConverter()
        // What cannot be read is reported when the messages are staged.
        let faults = FieldFaults()
        try archive.scan { entry in
            guard self.room(of: entry) != nil else { return }
            _ = try self.readMessages(
                of: entry,
                { json, _ in
                    faults.clear()
                    var reader = FieldReader(json, faults: faults)
                    var message = SlackMessage()
                    guard try message.read(&reader, users: self.users, checkpoint: self.output.checkCancellation) else {
                        return
                    }
                    converter.notePeople(of: message)
                    guard var replies = message.nestedReplies else { return }
                    try replies.beginArray()
                    while try replies.nextElement() {
                        var reply = SlackMessage()
                        if try reply.read(&replies, users: self.users, checkpoint: self.output.checkCancellation) {
                            converter.notePeople(of: reply)
                        }
                    }
                }, broken: { _ in })
        }
        placeholders.forEach(users.addUndescribed)
    }

    func messageConverter() -> MessageConverter {
        MessageConverter(
            users: users, placeholders: placeholders, archivedFiles: archivedFiles, pins: pins, output: output,
            log: log, scanner: SlackTextScanner(users: users, rooms: rooms))
    }

    /// The room whose messages are in an entry; nil for an entry without messages.
    private func room(of entry: ArchiveEntry) -> EntryRoom? {
        switch EntryRole(name: entry.name) {
        case .messages(let folder, let workspace):
            return room(inFolder: folder, workspace)
        case .history(let place):
            let header = headers[entry.index]
            if let header, !header.hasMessages { return nil }
            let told = header?.kind ?? .channel
            guard let id = header?.roomID else { return room(at: place, atLeast: told) }
            if let known = rooms.room(withID: id), known.kind >= max(place.minimumRoomKind, min(told, .group)) {
                return EntryRoom(room: known, unknownKey: nil, name: place.name, workspace: place.workspace)
            }
            // Its room is not remembered; a room that is called like the file is another one.
            return unknownRoom(
                place.collection.map { "\($0)/\(place.name)" } ?? place.name, place.name, place.workspace,
                namedPerson: nil, isGuess: false)
        default: return nil
        }
    }

    /// The room of an entry without a day.
    ///
    /// - Parameter told: how private the room must be, as the entry tells.
    private func room(at place: EntryRole.HistoryPlace, atLeast told: SlackRoom.Kind) -> EntryRoom {
        if let folder = place.alternative,
            let room = rooms.room(inFolder: folder, workspace: place.workspace, atLeast: told)
        {
            return EntryRoom(room: room, unknownKey: nil, name: folder, workspace: place.workspace, isGuess: true)
        }
        guard let collection = place.collection else {
            return room(inFolder: place.name, place.workspace, atLeast: told, isGuess: true)
        }
        if let room = rooms.room(
            inFolder: place.name, workspace: place.workspace, atLeast: max(told, place.minimumKind))
        {
            return EntryRoom(room: room, unknownKey: nil, name: place.name, workspace: place.workspace, isGuess: true)
        }
        let isConversation = place.minimumKind >= .groupConversation
        return unknownRoom(
            "\(collection)/\(place.name)", place.name, place.workspace,
            namedPerson: isConversation ? place.name : nil, isGuess: true)
    }

    /// The room whose messages are in a folder; one is made up if the export describes none.
    private func room(
        inFolder folder: String, _ workspace: String?, atLeast kind: SlackRoom.Kind = .channel, isGuess: Bool = false
    ) -> EntryRoom {
        if let room = rooms.room(inFolder: folder, workspace: workspace, atLeast: kind) {
            return EntryRoom(room: room, unknownKey: nil, name: folder, workspace: workspace, isGuess: isGuess)
        }
        return unknownRoom(folder, folder, workspace, namedPerson: nil, isGuess: isGuess)
    }

    private func unknownRoom(
        _ path: String, _ name: String, _ workspace: String?, namedPerson: String?, isGuess: Bool
    ) -> EntryRoom {
        let key = (workspace.map { "\($0)/" } ?? "") + path
        let room =
            unknownRooms[ExactString(key)]
            ?? RoomTable.Room(
                id: "slack-folder-\(key)", name: key, messagePrefix: "slack-folder-\(key)-", kind: .group,
                unsettled: nil)
        return EntryRoom(
            room: room, unknownKey: key, name: name, workspace: workspace, namedPerson: namedPerson, isGuess: isGuess)
    }

    /// Reads one message and stages it, and the answers inside of it.
    private func stage(
        _ json: JSONReader, _ place: MessageConverter.Place, _ room: inout EntryRoom,
        _ converter: inout MessageConverter
    ) throws {
        faults.clear()
        var reader = FieldReader(json, faults: faults)
        var message = SlackMessage()
        guard try message.read(&reader, users: users, checkpoint: output.checkCancellation) else {
            try reportNoObject(at: place)
            return
        }
        let nestedReplies = message.nestedReplies
        message.nestedReplies = nil
        try stage(message, place, &room, &converter)
        guard var replies = nestedReplies else { return }
        var count = 0
        try replies.beginArray()
        while try replies.nextElement() {
            count += 1
            if count.isMultiple(of: 1024) { try output.checkCancellation() }
            var reply = SlackMessage()
            guard try reply.read(&replies, users: users, checkpoint: output.checkCancellation) else {
                faults.clear()
                try reportNoObject(at: place)
                continue
            }
            // An answer has no thread of its own.
            if reply.nestedReplies != nil {
                reply.nestedReplies = nil
                log.ignore(.recordIgnored, field: "slackdump_thread_replies", value: "inside of an answer")
            }
            reply.threadTime = reply.threadTime ?? message.threadTime ?? message.time
            try stage(reply, place, &room, &converter)
        }
    }

    private func stage(
        _ message: SlackMessage, _ place: MessageConverter.Place, _ room: inout EntryRoom,
        _ converter: inout MessageConverter
    ) throws {
        hasElements = true
        if room.isGuess, !message.hasTime {
            room.otherCount += 1
            faults.clear()
            return
        }
        try faults.report(to: log, entry: place.entry, position: place.index, value: message.time)
        if let key = room.unknownKey, !addUnknownRoom(&room, key) { return }
        let authorID = try converter.stage(message, in: room.room, at: place)
        guard let authorID else { return }
        hasMessages = true
        room.stagedCount += 1
        if let unsettled = room.room.unsettled {
            rooms.addMessage(by: users.number(of: authorID), toUnsettled: unsettled)
        }
    }

    /// Remembers a room that no definition describes.
    ///
    /// - Returns: false when there are too many; the message is counted.
    private func addUnknownRoom(_ room: inout EntryRoom, _ key: String) -> Bool {
        if let known = unknownRooms[ExactString(key)] {
            room.room = known
            return true
        }
        guard allowances.rooms.take(1200 + 4 * key.utf8.count),
            room.room.id.utf8.count <= RecordLimits.importIDBytes
        else {
            refusedFolderMessages += 1
            return false
        }
        var draft = RoomDraft(importIDs: [room.room.id])
        if let name = room.namedPerson, let person = users.number(withName: name) {
            draft.toldMembers = roomDefinitions.canonical([person])
        }
        room.room.unsettled = rooms.addUnsettled(draft, folder: (room.name, room.workspace))
        unknownRooms[ExactString(key)] = room.room
        return true
    }

    private func reportNoObject(at place: MessageConverter.Place) throws {
        try log.report(
            ImportFinding(
                .error, .recordInvalid, entry: place.entry, position: place.index,
                message: "The element is not a JSON object; it is not imported."))
    }

    /// Accounts for the elements of a file without a day that are not messages.
    private func reportOthers(_ room: EntryRoom, _ outcome: JSONArrayOutcome, of entry: ArchiveEntry) throws {
        guard room.isGuess, room.otherCount > 0 else { return }
        if room.stagedCount == 0 {
            try log.report(
                ImportFinding(
                    .warning, .entryIgnored, entry: entry.name, count: 1,
                    message: "None of the \(room.otherCount) elements of the entry is a message of Slack; the entry is "
                        + "not imported."))
        }
        log.ignore(
            .recordIgnored, field: "entry", value: entry.name, count: room.otherCount,
            message: "Elements of this entry that have no time of Slack are not messages; they are not imported.")
    }
}

extension SlackMessage {
    /// Whether the element has a time, which every message of Slack has.
    var hasTime: Bool { time.flatMap(SlackTime.init) != nil }
}
