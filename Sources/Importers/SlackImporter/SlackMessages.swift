internal import ImportDomain
internal import ImporterKit

/// Makes records of messages, one at a time.
struct SlackMessages {
    /// Where a message stands.
    struct Place {
        let entry: String
        let index: Int
    }

    private let people: SlackPeople
    private let authors: MessagePeople
    private let fileMessages: FileMessages
    private let pins: PinTable
    private let sink: RecordSink
    private let output: any ImportOutput
    private var text: SlackText

    init(_ export: SlackExport) {
        people = export.people
        authors = MessagePeople(export)
        fileMessages = FileMessages(export)
        pins = export.pins
        sink = export.sink
        output = export.sink.output
        text = SlackText(people: export.people, roomIndex: export.roomIndex)
    }

    /// Stages a message and its files, or reports why not.
    ///
    /// - Returns: the import id of the author; nil when nothing is staged.
    mutating func stage(_ message: SlackMessage, in room: SlackRoomIndex.Room, at place: Place) throws -> String? {
        if let type = message.type, type != "message" {
            sink.ignore(.recordIgnored, field: "type", value: type)
            return nil
        }
        guard let time = message.time.flatMap(SlackTime.init) else {
            try sink.report(
                .error, .recordInvalid, entry: place.entry, at: place.index, field: "ts", value: message.time,
                "The message has no valid time, which also is its identity; it is not imported.")
            return nil
        }
        let kind = MessageKind.kind(of: message)
        guard kind != .ignored else {
            sink.ignore(.recordIgnored, field: "subtype", value: message.subtype ?? "")
            return nil
        }
        text.forgetMentions()
        text.room = room.id
        let author = authors.author(of: message, kind, at: time)
        authors.noteReactingPeople(message)
        var record = MessageRecord(
            id: Self.id(room.messagePrefix, time), roomID: room.id, authorID: author.importID,
            writtenAt: time.timestamp, text: "")
        var allowance = message.allowance
        try addThread(message, kind, room, time, place, &record)
        try addDetails(message, room, time, author, place, &record)
        addText(message, kind, author, &allowance, &record)
        try people.checkSearch()
        record.mentionIDs = text.mentionIDs
        record.roomMentionIDs = text.roomMentionIDs
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
            try sink.report(
                .warning, .limitExceeded, entry: place.entry, at: place.index, field: list.field, value: message.time,
                count: allowance.leftOut(list),
                "A message may have \(list.limit) \(list.name); \(allowance.leftOut(list)) more are left out.")
        }
        try reportTexts(place)
        for kind in allowance.unreadBlocks {
            try sink.report(
                .warning, .valueReplaced, entry: place.entry, at: place.index, field: "blocks[].type", value: kind,
                "No text was found in a block of type \"\(kind)\"; the message is imported without it.")
        }
        for (kind, count) in allowance.ignoredParts {
            sink.ignore(.valueReplaced, field: "blocks[].type", value: kind, count: count)
        }
        if message.unnamedReactions > 0 {
            sink.ignore(
                .valueReplaced, field: "reactions", value: "without name or user", count: message.unnamedReactions)
        }
    }

    /// Reports what the texts since the last `forgetMentions` were too long for.
    private func reportTexts(_ place: Place) throws {
        if text.plainMentions > 0 {
            try sink.report(
                .warning, .limitExceeded, entry: place.entry, at: place.index, field: "text", count: text.plainMentions,
                "A message may mention \(RecordLimits.mentionsPerMessage) people and as many rooms; "
                    + "\(text.plainMentions) more mentions are plain names.")
        }
        if text.bytesLeftOut > 0 {
            try sink.report(
                .warning, .limitExceeded, entry: place.entry, at: place.index, field: "text",
                "A text may have \(RecordLimits.messageBytes) bytes, all attachments of a message "
                    + "\(RecordLimits.attachmentBytes), and both about 8 times their bytes in the export, with names "
                    + "in place of ids; \(text.bytesLeftOut) bytes are left out.")
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
        _ message: SlackMessage, _ kind: MessageKind, _ room: SlackRoomIndex.Room, _ time: SlackTime, _ place: Place,
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
            record.followerIDs = message.replyUserIDs.map(people.accountID)
        }
    }

    private func reportTime(_ time: String?, field: String, _ place: Place, _ consequence: String) throws {
        try sink.report(
            .warning, .valueReplaced, entry: place.entry, at: place.index, field: field, value: time,
            "The field \(field) is not a valid time; \(consequence).")
    }

    private func addDetails(
        _ message: SlackMessage, _ room: SlackRoomIndex.Room, _ time: SlackTime, _ author: MessagePeople.Author,
        _ place: Place, _ record: inout MessageRecord
    ) throws {
        if let edited = message.editedAt.flatMap(SlackTime.init) {
            record.editedAt = edited.timestamp
            record.editedByID = message.editedBy.flatMap { authors.accountID($0, message, author, edited) }
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
    private func isPinned(_ message: SlackMessage, _ time: SlackTime, _ room: SlackRoomIndex.Room) -> Bool {
        var isPinned = !message.pinnedTo.isEmpty && message.pinnedTo.contains(room.id)
        if pins.isEmpty { return isPinned }
        // Each pin that is found counts as found, so none is skipped.
        if pins.find(time.text, in: room.id) { isPinned = true }
        for file in message.files where file.id.map({ pins.find($0, in: room.id) }) == true { isPinned = true }
        if let id = message.sharedFile?.id, pins.find(id, in: room.id) { isPinned = true }
        return isPinned
    }

    private mutating func addText(
        _ message: SlackMessage, _ kind: MessageKind, _ author: MessagePeople.Author,
        _ allowance: inout MessageAllowance, _ record: inout MessageRecord
    ) {
        switch kind {
        case .membership(let systemKind):
            record.systemKind = systemKind
            record.isGroupable = false
            record.text = author.username ?? ""
            return
        case .room(let systemKind, let source):
            record.systemKind = systemKind
            record.isGroupable = false
            record.text =
                switch source {
                case .topic: text.convert(message.topic ?? "")
                case .purpose: text.convert(message.purpose ?? "")
                case .name: text.convert(message.name ?? "")
                case .fixed(let fixed): fixed
                }
            return
        case .fileShare where message.files.isEmpty && message.sharedFile != nil:
            record.text = (message.sharedFile?.comment).map { text.convert($0) } ?? ""
        case .fileComment: record.text = text.convert(message.commentText ?? message.text ?? "")
        default: record.text = text.convert(SlackMessage.joined(message.text, message.blockText))
        }
        if !message.attachments.isEmpty {
            let (json, leftOut) = SlackAttachment.written(message.attachments, scanner: &text)
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
        if record.attachments == nil, let sentence = message.text, !sentence.isEmpty {
            record.attachments = SlackAttachment.written([SlackAttachment(text: sentence)], scanner: &text).json
        }
        record.text = ""
        text.forgetMentions()
    }

    /// Stages each file of a message as a message of its own, as Rocket.Chat has one file a message.
    private mutating func stageFiles(_ files: [SlackFile], _ message: MessageRecord, at place: Place) throws {
        for (index, file) in files.enumerated() {
            var record = fileMessages.record(of: message, suffix: "-file\(index + 1)")
            // A comment that the message does not say already would be lost with the file.
            if let comment = file.comment {
                text.forgetMentions()
                let converted = text.convert(comment)
                try people.checkSearch()
                try reportTexts(place)
                if converted != message.text {
                    record.text = converted
                    record.mentionIDs = text.mentionIDs
                    record.roomMentionIDs = text.roomMentionIDs
                }
            }
            fileMessages.fill(&record, with: file, at: place)
            try output.stage(.message(record))
        }
    }

    /// Stages an old-style share: one message with the file and what was written with it.
    private func stageShare(
        of file: SlackFile, _ message: SlackMessage, _ main: MessageRecord, at place: Place
    ) throws {
        var share: MessageRecord
        if message.hasReplies {
            // The answers name the message by its own id, which therefore has to be there.
            try output.stage(.message(main))
            share = fileMessages.record(of: main, suffix: "-fileshare")
        } else {
            share = main
            share.id = main.id.map { $0 + "-fileshare" }
        }
        fileMessages.fill(&share, with: file, at: place)
        try output.stage(.message(share))
    }
}
