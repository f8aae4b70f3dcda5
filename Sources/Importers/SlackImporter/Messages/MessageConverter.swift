internal import ImportDomain

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
    let archivedFiles: [String: String]
    let output: any ImportOutput
    let log: FindingLog
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
        var kind = MessageKind(subtype: message.subtype)
        if kind == .unknown { kind = message.text.map { !$0.isEmpty } == true ? .text : .ignored }
        if kind == .huddle, !message.hasReplies { kind = .ignored }
        guard kind != .ignored else {
            log.ignore(.recordIgnored, field: "subtype", value: message.subtype ?? "")
            return nil
        }
        scanner.forgetMentions()
        let author = author(of: message, kind, at: time)
        var record = MessageRecord(
            id: Self.id(room.messagePrefix, time), roomID: room.id, authorID: author.importID,
            writtenAt: time.timestamp, text: "")
        addThread(message, kind, room, time, &record)
        addDetails(message, room, author, &record)
        addText(message, kind, author, &record)
        record.mentionIDs = scanner.mentionIDs
        record.roomMentionIDs = scanner.roomMentionIDs
        if kind == .fileShare, message.files.isEmpty, let file = message.sharedFile {
            try stageShare(of: file, message, record)
        } else if message.files.isEmpty {
            try output.stage(.message(record))
        } else {
            try output.stage(.message(record))
            try stageFiles(message.files, record)
        }
        return author.importID
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
        _ message: SlackMessage, _ kind: MessageKind, _ room: RoomTable.Room, _ time: SlackTime,
        _ record: inout MessageRecord
    ) {
        if let thread = message.threadTime, thread != time.text, let started = SlackTime(thread) {
            record.thread = MessageRecord.ThreadReference(
                parentID: Self.id(room.messagePrefix, started), startedAt: started.timestamp)
            record.isShownInRoom = kind == .broadcast
        } else if !message.replyUserIDs.isEmpty {
            record.followerIDs = message.replyUserIDs.map(users.importID)
        }
    }

    private func addDetails(
        _ message: SlackMessage, _ room: RoomTable.Room, _ author: MessageAuthor, _ record: inout MessageRecord
    ) {
        if let edited = message.editedAt.flatMap(SlackTime.init) {
            record.editedAt = edited.timestamp
            record.editedByID = message.editedBy.map(users.importID)
        }
        record.reactions = message.reactions
        record.isPinned = !message.pinnedTo.isEmpty && message.pinnedTo.contains(room.id)
        record.isBot = author.isBot
        record.alias = author.alias
        record.emoji = message.iconEmoji
        record.avatarURL = message.iconURL
    }

    private mutating func addText(
        _ message: SlackMessage, _ kind: MessageKind, _ author: MessageAuthor, _ record: inout MessageRecord
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
        default: record.text = bodyText(message)
        }
        if !message.attachments.isEmpty {
            record.attachments = SlackAttachment.written(message.attachments, scanner: &scanner)
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

    private mutating func bodyText(_ message: SlackMessage) -> String {
        if let blockText = message.blockText { return scanner.convert(blockText) }
        guard let text = message.text, !text.isEmpty else { return "" }
        return scanner.convert(text)
    }

    /// Rocket.Chat shows the quoted text of its own message; without a quote, the sentence of Slack is quoted.
    private mutating func addQuote(_ message: SlackMessage, _ record: inout MessageRecord) {
        record.systemKind = "message_pinned"
        record.isGroupable = false
        if record.attachments == nil, let text = message.text, !text.isEmpty {
            var quote = SlackAttachment()
            quote.text = text
            record.attachments = SlackAttachment.written([quote], scanner: &scanner)
        }
        record.text = ""
        scanner.forgetMentions()
    }
}
