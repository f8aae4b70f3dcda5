internal import ExportFiles
internal import ImportDomain
internal import ImporterKit
internal import JSON

/// Second pass over an archive: the messages, one at a time.
final class MessagePass {
    private let export: SlackExport
    private let people: SlackPeople
    private let roomIndex: SlackRoomIndex
    private let sink: RecordSink
    private let checkpoint: () throws -> Void
    private let elements: ElementReader
    private let faults = FieldFaults()
    private let folderRooms: FolderRooms
    /// Synthetic rooms for folders that no definition matches, by workspace and folder.
    private var unknownRooms: [ExactString: SlackRoomIndex.Room] = [:]
    /// How many messages are in folders that could not be remembered.
    private(set) var refusedFolderMessages = 0
    /// Whether a file of messages has any element.
    private(set) var hasElements = false
    /// Whether a message was staged.
    private(set) var hasMessages = false

    init(_ export: SlackExport) {
        self.export = export
        people = export.people
        roomIndex = export.roomIndex
        sink = export.sink
        checkpoint = export.sink.output.checkCancellation
        elements = ElementReader(export.sink)
        folderRooms = FolderRooms(allowance: export.allowances.rooms)
    }

    /// Reads how the folders begin that no definition matches.
    func readFolderBeginnings() throws {
        try export.archive.scan { entry in
            guard let key = self.room(of: entry)?.unknownKey else { return }
            try self.sink.output.report(entry: entry.name, bytes: 0, of: self.export.archive.compressedBytes)
            try self.readAhead(entry) { self.folderRooms.add($0, in: key) }
        }
    }

    /// Stages the messages.
    func read() throws {
        var converter = SlackMessages(export)
        try export.archive.scan(readingAhead: ".json") { entry in
            guard var room = self.room(of: entry) else { return }
            try self.export.report(progress: entry)
            let name = entry.name
            let outcome = try ElementReader.readMessages(
                of: entry, isObject: self.export.headers[entry.index] != nil,
                { try self.stage($0, SlackMessages.Place(entry: name, index: $1), &room, &converter) },
                broken: { try self.elements.report($0, of: entry) })
            try self.elements.report(outcome, of: entry)
            try self.reportOthers(room, outcome, of: entry)
        }
    }

    /// Reads all messages for their authors alone, whose names texts mention. It may run while messages are read.
    func searchForAuthors() throws {
        let authors = MessagePeople(export)
        try export.archive.scan { entry in
            guard self.room(of: entry) != nil else { return }
            try self.readAhead(entry) { message in
                authors.notePeople(of: message)
                guard var replies = message.nestedReplies else { return }
                try replies.beginArray()
                while try replies.nextElement() {
                    var reply = SlackMessage()
                    if try reply.read(&replies, people: self.people, checkpoint: self.checkpoint) {
                        authors.notePeople(of: reply)
                    }
                }
            }
        }
        export.placeholders.forEach(people.addUndescribed)
    }

    /// Reads the messages of an entry and stages none. Invalid ones are reported when they are staged.
    private func readAhead(_ entry: ArchiveEntry, _ visit: (SlackMessage) throws -> Void) throws {
        let faults = FieldFaults()
        _ = try ElementReader.readMessages(
            of: entry, isObject: export.headers[entry.index] != nil,
            { json, _ in
                faults.clear()
                var reader = FieldReader(json, faults: faults)
                var message = SlackMessage()
                if try message.read(&reader, people: self.people, checkpoint: self.checkpoint) { try visit(message) }
            }, broken: { _ in })
    }

    /// The room whose messages are in an entry; nil for an entry without messages.
    private func room(of entry: ArchiveEntry) -> EntryRoom? {
        switch SlackDetection(name: entry.name) {
        case .messages(let folder, let workspace):
            return room(inFolder: folder, workspace)
        case .history(let place):
            let header = export.headers[entry.index]
            if let header, !header.hasMessages { return nil }
            let told = header?.kind ?? .channel
            guard let id = header?.roomID else { return room(at: place, atLeast: told) }
            if let known = roomIndex.room(withID: id), known.kind >= max(place.minimumRoomKind, min(told, .group)) {
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
    private func room(at place: SlackDetection.HistoryPlace, atLeast told: SlackRoom.Kind) -> EntryRoom {
        if let folder = place.alternative,
            let room = roomIndex.room(inFolder: folder, workspace: place.workspace, atLeast: told)
        {
            return EntryRoom(room: room, unknownKey: nil, name: folder, workspace: place.workspace, isGuess: true)
        }
        guard let collection = place.collection else {
            return room(inFolder: place.name, place.workspace, atLeast: told, isGuess: true)
        }
        if let room = roomIndex.room(
            inFolder: place.name, workspace: place.workspace, atLeast: max(told, place.minimumKind))
        {
            return EntryRoom(room: room, unknownKey: nil, name: place.name, workspace: place.workspace, isGuess: true)
        }
        return unknownRoom(
            "\(collection)/\(place.name)", place.name, place.workspace,
            namedPerson: place.minimumKind == .conversation ? place.name : nil, isGuess: true)
    }

    /// The room whose messages are in a folder; a synthetic one if the export describes none.
    private func room(
        inFolder folder: String, _ workspace: String?, atLeast kind: SlackRoom.Kind = .channel, isGuess: Bool = false
    ) -> EntryRoom {
        if let room = roomIndex.room(inFolder: folder, workspace: workspace, atLeast: kind) {
            return EntryRoom(room: room, unknownKey: nil, name: folder, workspace: workspace, isGuess: isGuess)
        }
        return unknownRoom(folder, folder, workspace, namedPerson: nil, isGuess: isGuess)
    }

    private func unknownRoom(
        _ path: String, _ name: String, _ workspace: String?, namedPerson: String?, isGuess: Bool
    ) -> EntryRoom {
        let key = (workspace.map { "\($0)/" } ?? "") + path
        let id = folderRooms.id(of: key) ?? ""
        let room =
            unknownRooms[ExactString(key)]
            ?? SlackRoomIndex.Room(id: id, name: key, messagePrefix: "\(id)-", kind: .group, unresolved: nil)
        return EntryRoom(
            room: room, unknownKey: key, name: name, workspace: workspace, namedPerson: namedPerson, isGuess: isGuess)
    }

    /// Reads one message and stages it, and the answers inside of it.
    private func stage(
        _ json: JSONReader, _ place: SlackMessages.Place, _ room: inout EntryRoom,
        _ converter: inout SlackMessages
    ) throws {
        faults.clear()
        var reader = FieldReader(json, faults: faults)
        var message = SlackMessage()
        guard try message.read(&reader, people: people, checkpoint: checkpoint) else {
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
            if count.isMultiple(of: 1024) { try checkpoint() }
            var reply = SlackMessage()
            guard try reply.read(&replies, people: people, checkpoint: checkpoint) else {
                faults.clear()
                try reportNoObject(at: place)
                continue
            }
            // An answer has no thread of its own.
            if reply.nestedReplies != nil {
                reply.nestedReplies = nil
                sink.ignore(.recordIgnored, field: "slackdump_thread_replies", value: "inside of an answer")
            }
            reply.threadTime = reply.threadTime ?? message.threadTime ?? message.time
            try stage(reply, place, &room, &converter)
        }
    }

    private func stage(
        _ message: SlackMessage, _ place: SlackMessages.Place, _ room: inout EntryRoom,
        _ converter: inout SlackMessages
    ) throws {
        hasElements = true
        if room.isGuess, !message.hasTime {
            room.otherCount += 1
            faults.clear()
            return
        }
        try faults.report(to: sink, entry: place.entry, position: place.index, value: message.time)
        if let key = room.unknownKey, message.hasTime, !addUnknownRoom(&room, key) { return }
        let authorID = try converter.stage(message, in: room.room, at: place)
        guard let authorID else { return }
        hasMessages = true
        room.stagedCount += 1
        if let unresolved = room.room.unresolved {
            roomIndex.addMessage(by: people.number(of: authorID), toUnresolved: unresolved)
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
        guard !room.room.id.isEmpty else {
            refusedFolderMessages += 1
            return false
        }
        var draft = RoomDraft(importIDs: [room.room.id])
        if let name = room.namedPerson, let person = people.number(withName: name) {
            draft.toldMembers = export.rooms.canonical([person])
        }
        room.room.unresolved = roomIndex.addUnresolved(draft, folder: (room.name, room.workspace))
        unknownRooms[ExactString(key)] = room.room
        return true
    }

    private func reportNoObject(at place: SlackMessages.Place) throws {
        try sink.report(
            .error, .recordInvalid, entry: place.entry, at: place.index,
            "The element is not a JSON object; it is not imported.")
    }

    /// Accounts for the elements of a file without a day that are not messages.
    private func reportOthers(_ room: EntryRoom, _ outcome: JSONArrayOutcome, of entry: ArchiveEntry) throws {
        guard room.isGuess, room.otherCount > 0 else { return }
        if room.stagedCount == 0 {
            try sink.report(
                .warning, .entryIgnored, entry: entry.name, count: 1,
                "None of the \(room.otherCount) elements of the entry is a message of Slack; the entry is "
                    + "not imported.")
        }
        sink.ignore(
            .recordIgnored, field: "entry", value: entry.name, count: room.otherCount,
            message: "Elements of this entry that have no time of Slack are not messages; they are not imported.")
    }
}

extension SlackMessage {
    /// Whether the element has a time, which every message of Slack has.
    fileprivate var hasTime: Bool { time.flatMap(SlackTime.init) != nil }
}

/// The room that the messages of an entry are in.
private struct EntryRoom {
    var room: SlackRoomIndex.Room
    /// What the unknown room is remembered by; nil for a room that the export describes.
    var unknownKey: String?
    /// What the room is called, if it is unknown.
    let name: String
    let workspace: String?
    /// The person in the unknown room that the entry is named after.
    var namedPerson: String?
    /// Whether elements that do not look like messages are no faults, because the entry's name does not tell what it
    /// holds.
    var isGuess = false
    /// How many messages were staged.
    var stagedCount = 0
    /// How many elements did not look like messages.
    var otherCount = 0
}
