import ImportDomain
import JSON

/// The JSON form of a message record, on the wire and in the staging area.
///
/// `avatar`, `tshow`, `pinned` and `threadTs` are additions to Rocket.Chat's form.
/// Source: Rocket.Chat's `IImportMessage`; the body of `import.addMessages`.
enum MessageDocument {
    /// Reads a message.
    ///
    /// - Throws: `InvalidBody` without an index, or `JSONError`.
    static func read(_ reader: inout JSONReader) throws -> MessageRecord {
        guard try reader.kind() == .object else { throw InvalidBody(.wrongKind(expected: .object)) }
        var record = MessageRecord(id: nil, roomID: "", authorID: "", writtenAt: nil, text: "")
        var parent: String?
        var startedAt: Timestamp?
        var wrong: InvalidBody?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            do {
                switch key {
                case "_id": record.id = try RecordJSON.string(&reader)
                case "rid": record.roomID = try RecordJSON.string(&reader) ?? ""
                case "u": record.authorID = try RecordJSON.identity(&reader) ?? ""
                case "msg": record.text = try RecordJSON.string(&reader) ?? ""
                case "ts": record.writtenAt = try RecordJSON.timestamp(&reader)
                case "tmid": parent = try RecordJSON.string(&reader)
                case "threadTs": startedAt = try RecordJSON.timestamp(&reader)
                default: try readRest(key, of: &record, &reader)
                }
            } catch let error as InvalidBody {
                if wrong == nil { wrong = InvalidBody(error.reason, field: key) }
            }
        }
        if let wrong { throw wrong }
        if record.roomID.isEmpty { throw InvalidBody(.missingProperty("rid"), field: "rid") }
        if record.authorID.isEmpty { throw InvalidBody(.missingProperty("u"), field: "u") }
        if let parent, !parent.isEmpty {
            record.thread = MessageRecord.ThreadReference(parentID: parent, startedAt: startedAt)
        }
        return record
    }

    /// What most messages do not have.
    private static func readRest(_ key: String, of record: inout MessageRecord, _ reader: inout JSONReader) throws {
        switch key {
        case "t": record.systemKind = try RecordJSON.string(&reader)
        case "alias": record.alias = try RecordJSON.string(&reader)
        case "emoji": record.emoji = try RecordJSON.string(&reader)
        case "avatar": record.avatarURL = try RecordJSON.string(&reader)
        case "bot": record.isBot = try RecordJSON.boolean(&reader) ?? false
        case "groupable": record.isGroupable = try RecordJSON.boolean(&reader) ?? true
        case "tshow": record.isShownInRoom = try RecordJSON.boolean(&reader) ?? false
        case "pinned": record.isPinned = try RecordJSON.boolean(&reader) ?? false
        case "replies": record.followerIDs = try RecordJSON.optionalStrings(&reader)
        case "editedAt": record.editedAt = try RecordJSON.timestamp(&reader)
        case "editedBy": record.editedByID = try RecordJSON.identity(&reader)
        case "mentions": record.mentionIDs = try RecordJSON.optionalStrings(&reader)
        case "channels": record.roomMentionIDs = try RecordJSON.optionalStrings(&reader)
        case "reactions": record.reactions = try reactions(&reader)
        case "attachments": record.attachments = try RecordJSON.array(&reader)
        case "_importFile": record.file = try FileDocument.read(&reader)
        default: try reader.skipValue()
        }
    }

    /// The id of a message that `write` wrote; nil if it has none, or one that is escaped.
    static func id(in line: UnsafeRawBufferPointer) -> MessageID? {
        let start = StaticString("{\"_id\":\"")
        let prefix = UnsafeRawBufferPointer(start: start.utf8Start, count: start.utf8CodeUnitCount)
        guard line.starts(with: prefix) else { return nil }
        let rest = line[prefix.count...]
        guard let end = rest.firstIndex(where: { $0 == 0x22 || $0 == 0x5C }), rest[end] == 0x22, end > prefix.count
        else { return nil }
        return MessageID(String(decoding: rest[..<end], as: UTF8.self))
    }

    private static func reactions(_ reader: inout JSONReader) throws -> [MessageRecord.Reaction] {
        guard try reader.kind() == .object else {
            try reader.skipValue()
            return []
        }
        var reactions: [MessageRecord.Reaction] = []
        try reader.beginObject()
        while let emoji = try reader.nextKey() {
            guard try reader.kind() == .object else {
                try reader.skipValue()
                continue
            }
            var reaction = MessageRecord.Reaction(emoji: emoji, userIDs: [])
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if key == "users" {
                    reaction.userIDs = try RecordJSON.optionalStrings(&reader)
                } else {
                    try reader.skipValue()
                }
            }
            reactions.append(reaction)
        }
        return reactions
    }

    /// Each emoji once, because it is a key.
    private static func distinct(_ reactions: [MessageRecord.Reaction]) -> [MessageRecord.Reaction] {
        var places: [ExactString: Int] = [:]
        var distinct: [MessageRecord.Reaction] = []
        for reaction in reactions {
            if let place = places[ExactString(reaction.emoji)] {
                distinct[place].userIDs += reaction.userIDs
            } else {
                places[ExactString(reaction.emoji)] = distinct.count
                distinct.append(reaction)
            }
        }
        return distinct
    }

    /// Writes a message.
    static func write(_ record: MessageRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.text(record.id, for: "_id")
        writer.text(record.roomID, for: "rid")
        RecordJSON.write(identity: record.authorID, for: "u", to: &writer)
        writer.text(record.text, for: "msg")
        RecordJSON.write(record.writtenAt, for: "ts", to: &writer)
        if let thread = record.thread {
            writer.text(thread.parentID, for: "tmid")
            RecordJSON.write(thread.startedAt, for: "threadTs", to: &writer)
        }
        writer.text(record.systemKind, for: "t")
        writer.text(record.alias, for: "alias")
        writer.text(record.emoji, for: "emoji")
        writer.text(record.avatarURL, for: "avatar")
        writer.flag(record.isBot, for: "bot")
        if !record.isGroupable {
            writer.key("groupable")
            writer.boolean(false)
        }
        writer.flag(record.isShownInRoom, for: "tshow")
        writer.flag(record.isPinned, for: "pinned")
        writer.textsIfNotEmpty(record.followerIDs, for: "replies")
        RecordJSON.write(record.editedAt, for: "editedAt", to: &writer)
        RecordJSON.write(identity: record.editedByID, for: "editedBy", to: &writer)
        writer.textsIfNotEmpty(record.mentionIDs, for: "mentions")
        writer.textsIfNotEmpty(record.roomMentionIDs, for: "channels")
        if !record.reactions.isEmpty {
            writer.key("reactions")
            writer.beginObject()
            for reaction in distinct(record.reactions) {
                writer.key(reaction.emoji)
                writer.beginObject()
                writer.texts(reaction.userIDs, for: "users")
                writer.endObject()
            }
            writer.endObject()
        }
        writer.json(record.attachments, for: "attachments")
        if let file = record.file { FileDocument.write(file, to: &writer) }
        writer.endObject()
    }
}
