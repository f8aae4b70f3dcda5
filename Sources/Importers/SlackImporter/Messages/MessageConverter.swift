internal import ImportDomain
internal import ImporterKit

/// Makes records of messages, one at a time.
struct MessageConverter {
    /// Where a message stands.
    struct Place {
        let entry: String
        let index: Int
    }

    let users: UserTable
    let placeholders: PlaceholderTable
    /// The entries that hold the bytes of files, by the files' ids.
    let archivedFiles: ArchivedFiles
    let pins: PinTable
    let output: any ImportOutput
    let log: RecordSink
    var scanner: SlackTextScanner

    /// Stages a message and its files, or tells why not.
    ///
    /// - Returns: the import id of the author; nil when nothing is staged.
    mutating func stage(_ message: SlackMessage, in room: RoomTable.Room, at place: Place) throws -> String? {
        if let type = message.type, type != "message" {
            log.ignore(.recordIgnored, field: "type", value: type)
            return nil
        }
        guard let time = message.time.flatMap(SlackTime.init) else {
            try log.report(
                ImportFinding(
                    .error, .recordInvalid, entry: place.entry, position: place.index, field: "ts",
                    value: message.time,
                    message: "The message has no valid time, which also is its identity; it is not imported."))
            return nil
        }
        let kind = Self.kind(of: message)
        guard kind != .ignored else {
            log.ignore(.recordIgnored, field: "subtype", value: message.subtype ?? "")
            return nil
        }
        scanner.forgetMentions()
        scanner.room = room.id
        let author = author(of: message, kind, at: time)
        noteReactingPeople(message)
        var record = MessageRecord(
            id: Self.id(room.messagePrefix, time), roomID: room.id, authorID: author.importID,
            writtenAt: time.timestamp, text: "")
        var allowance = message.allowance
        try addThread(message, kind, room, time, place, &record)
        try addDetails(message, room, time, author, place, &record)
        addText(message, kind, author, &allowance, &record)
        try users.checkSearch()
        record.mentionIDs = scanner.mentionIDs
        record.roomMentionIDs = scanner.roomMentionIDs
        try reportParts(allowance, message, place)
        if kind == .fileShare, let file = message.sharedFile {
            try stageShare(of: file, message, record, at: place)
        } else {
            try output.stage(.message(record))
        }
        try stageFiles(message.files, record, at: place)
        return author.importID
    }

    /// Reports what of a message is beyond the limits, and counts what is left out by rule.
    private func reportParts(_ allowance: MessageAllowance, _ message: SlackMessage, _ place: Place) throws {
        for list in LimitedList.allCases where allowance.leftOut(list) > 0 {
            try log.report(
                ImportFinding(
                    .warning, .limitExceeded, entry: place.entry, position: place.index, field: list.field,
                    value: message.time, count: allowance.leftOut(list),
                    message: "A message may have \(list.limit) \(list.name); \(allowance.leftOut(list)) more are left "
                        + "out."))
        }
        try reportTexts(place)
        for kind in allowance.unreadBlocks {
            try log.report(
                ImportFinding(
                    .warning, .valueReplaced, entry: place.entry, position: place.index, field: "blocks[].type",
                    value: kind,
                    message: "No text was found in a block of type \"\(kind)\"; the message is imported without it."))
        }
        for (kind, count) in allowance.ignoredParts {
            log.ignore(.valueReplaced, field: "blocks[].type", value: kind, count: count)
        }
        if message.unnamedReactions > 0 {
            log.ignore(
                .valueReplaced, field: "reactions", value: "without name or user", count: message.unnamedReactions)
        }
    }

    /// Reports what the texts since the last `forgetMentions` were too long for.
    func reportTexts(_ place: Place) throws {
        if scanner.plainMentions > 0 {
            try log.report(
                ImportFinding(
                    .warning, .limitExceeded, entry: place.entry, position: place.index, field: "text",
                    count: scanner.plainMentions,
                    message: "A message may mention \(RecordLimits.mentionsPerMessage) people and as many rooms; "
                        + "\(scanner.plainMentions) more mentions are plain names."))
        }
        if scanner.bytesLeftOut > 0 {
            try log.report(
                ImportFinding(
                    .warning, .limitExceeded, entry: place.entry, position: place.index, field: "text",
                    message: "A text may have \(RecordLimits.messageBytes) bytes, all attachments of a message "
                        + "\(RecordLimits.attachmentBytes), and both about 8 times their bytes in the export, with names "
                        + "in place of ids; \(scanner.bytesLeftOut) bytes are left out."))
        }
    }

    /// Notes the people whom only messages describe, as `stage(_:in:at:)` does, and stages nothing.
    func notePeople(of message: SlackMessage) {
        if let type = message.type, type != "message" { return }
        let kind = Self.kind(of: message)
        guard kind != .ignored, let time = message.time.flatMap(SlackTime.init) else { return }
        let author = author(of: message, kind, at: time)
        noteReactingPeople(message)
        if let editor = message.editedBy, let edited = message.editedAt.flatMap(SlackTime.init) {
            _ = accountID(editor, message, author, edited)
        }
    }

    /// What becomes of a message; `ignored` if nothing.
    private static func kind(of message: SlackMessage) -> MessageKind {
        var kind = MessageKind(subtype: message.subtype)
        if kind == .unknown { kind = message.text?.isEmpty == false || message.hasParts ? .text : .ignored }
        if kind == .huddle, !message.hasReplies, message.files.isEmpty, message.attachments.isEmpty { kind = .ignored }
        return kind
    }

    /// People who only reacted need an account as well, or their reactions would be lost.
    private func noteReactingPeople(_ message: SlackMessage) {
        for reaction in message.reactions {
            for id in reaction.userIDs where users.knownPerson(id) == nil {
                _ = placeholders.note(id, PlaceholderTable.Description())
            }
        }
    }

    /// The lasting id of a message. Changing its form would double every message at the next import.
    static func id(_ prefix: String, _ time: SlackTime) -> String {
        var text = time.text
        var prefix = prefix
        return prefix.withUTF8 { prefix in
            text.withUTF8 { text in
                String(unsafeUninitializedCapacity: prefix.count + text.count) { target in
                    for index in 0..<prefix.count { target[index] = prefix[index] }
                    for index in 0..<text.count {
                        target[prefix.count + index] =
                            text[index] == UInt8(ascii: ".") ? UInt8(ascii: "-") : text[index]
                    }
                    return prefix.count + text.count
                }
            }
        }
    }

    private func addThread(
        _ message: SlackMessage, _ kind: MessageKind, _ room: RoomTable.Room, _ time: SlackTime, _ place: Place,
        _ record: inout MessageRecord
    ) throws {
        if let thread = message.threadTime, SlackTime(thread) == nil {
            try reportTime(thread, field: "thread_ts", place, "the message is not in a thread")
        }
        if let thread = message.threadTime, thread != time.text, let started = SlackTime(thread) {
            record.thread = MessageRecord.ThreadReference(
                parentID: Self.id(room.messagePrefix, started), startedAt: started.timestamp)
            record.isShownInRoom = kind == .broadcast
        } else if !message.replyUserIDs.isEmpty {
            record.followerIDs = message.replyUserIDs.map(users.accountID)
        }
    }

    private func reportTime(_ time: String?, field: String, _ place: Place, _ consequence: String) throws {
        try log.report(
            ImportFinding(
                .warning, .valueReplaced, entry: place.entry, position: place.index, field: field, value: time,
                message: "The field \(field) is not a valid time; \(consequence)."))
    }

    private func addDetails(
        _ message: SlackMessage, _ room: RoomTable.Room, _ time: SlackTime, _ author: MessageAuthor, _ place: Place,
        _ record: inout MessageRecord
    ) throws {
        if let edited = message.editedAt.flatMap(SlackTime.init) {
            record.editedAt = edited.timestamp
            record.editedByID = message.editedBy.flatMap { accountID($0, message, author, edited) }
        } else if message.editedAt != nil || message.editedBy != nil {
            try reportTime(message.editedAt, field: "edited.ts", place, "when the message was edited is not imported")
        }
        record.reactions = message.reactions
        record.isPinned = isPinned(message, time, room)
        record.isBot = author.isBot
        record.alias = author.alias
        record.emoji = message.iconEmoji
        record.avatarURL = message.iconURL
    }

    /// Whether the message or a file of it is pinned in the room, as the room's list or the message says.
    private func isPinned(_ message: SlackMessage, _ time: SlackTime, _ room: RoomTable.Room) -> Bool {
        var isPinned = !message.pinnedTo.isEmpty && message.pinnedTo.contains(room.id)
        if pins.isEmpty { return isPinned }
        // Each pin that is found counts as found, so none is skipped.
        if pins.find(time.text, in: room.id) { isPinned = true }
        for file in message.files where file.id.map({ pins.find($0, in: room.id) }) == true { isPinned = true }
        if let id = message.sharedFile?.id, pins.find(id, in: room.id) { isPinned = true }
        return isPinned
    }

    /// The account that did something to a message; a person or program that nothing describes gets one, too.
    private func accountID(
        _ id: String, _ message: SlackMessage, _ author: MessageAuthor, _ time: SlackTime
    ) -> String? {
        if id == message.botID || id == message.userID { return author.importID }
        if let person = users.knownPerson(id) ?? users.person(withName: id) { return person.id }
        return placeholders.note(id, PlaceholderTable.Description()) ? id : nil
    }

    private mutating func addText(
        _ message: SlackMessage, _ kind: MessageKind, _ author: MessageAuthor, _ allowance: inout MessageAllowance,
        _ record: inout MessageRecord
    ) {
        switch kind {
        case .membership(let systemKind):
            record.systemKind = systemKind
            record.isGroupable = false
            record.text = author.username ?? ""
            return
        case .room(let systemKind, let text):
            record.systemKind = systemKind
            record.isGroupable = false
            record.text =
                switch text {
                case .topic: scanner.convert(message.topic ?? "")
                case .purpose: scanner.convert(message.purpose ?? "")
                case .name: scanner.convert(message.name ?? "")
                case .fixed(let fixed): fixed
                }
            return
        case .fileShare where message.files.isEmpty && message.sharedFile != nil:
            record.text = (message.sharedFile?.comment).map { scanner.convert($0) } ?? ""
        case .fileComment: record.text = scanner.convert(message.commentText ?? message.text ?? "")
        default: record.text = scanner.convert(SlackMessage.joined(message.text, message.blockText))
        }
        if !message.attachments.isEmpty {
            let (json, leftOut) = SlackAttachment.written(message.attachments, scanner: &scanner)
            record.attachments = json
            allowance.add(.attachments, leftOut: leftOut)
        }
        switch kind {
        case .action: if !record.text.isEmpty { record.text = "_\(record.text)_" }
        case .tombstone: if record.text.isEmpty { record.text = "This message was deleted." }
        case .withheld: if record.text.isEmpty { record.text = "This message is not available." }
        case .huddle: if record.text.isEmpty { record.text = "huddle" }
        case .pinned: addQuote(message, &record)
        default: break
        }
    }

    /// Rocket.Chat shows the quoted text of its own message; without a quote, the sentence of Slack is quoted.
    private mutating func addQuote(_ message: SlackMessage, _ record: inout MessageRecord) {
        record.systemKind = "message_pinned"
        record.isGroupable = false
        if record.attachments == nil, let text = message.text, !text.isEmpty {
            var quote = SlackAttachment()
            quote.text = text
            record.attachments = SlackAttachment.written([quote], scanner: &scanner).json
        }
        record.text = ""
        scanner.forgetMentions()
    }
}
