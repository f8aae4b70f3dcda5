import ImportDomain
import JSON
import SQL

/// The JSON form of `MessageDetails` in `messages.document`; null for messages without details.
///
/// Rows that an earlier release wrote have no `form`. Their file is the last attachment, as clients are shown it, with
/// `file` beside it once it was fetched.
/// Source: docs/decisions/0017-message-details.md.
enum StoredMessageDetails {
    private static let form = 2

    /// The stored text; nil for details that are empty.
    static func text(of details: MessageDetails) -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.text(details.alias, for: "alias")
        writer.text(details.emoji, for: "emoji")
        writer.text(details.avatarURL, for: "avatar")
        writer.flag(details.isBot, for: "bot")
        if !details.isGroupable {
            writer.key("groupable")
            writer.boolean(false)
        }
        if let editor = details.editor {
            writer.key("editedBy")
            write(editor, to: &writer)
        }
        writer.array(details.mentions, for: "mentions", write)
        writer.array(details.rooms, for: "channels") { room, writer in
            writer.beginObject()
            writer.text(room.id.rawValue, for: "_id")
            writer.text(room.name, for: "name")
            writer.endObject()
        }
        if !details.reactions.isEmpty {
            writer.key("reactions")
            writer.beginObject()
            for reaction in details.reactions {
                writer.key(reaction.emoji)
                writer.beginObject()
                writer.texts(reaction.usernames, for: "usernames")
                writer.endObject()
            }
            writer.endObject()
        }
        if details.attachments != nil || details.file != nil { writer.number(form, for: "form") }
        writer.json(details.attachments, for: "attachments")
        if let file = details.file {
            writer.key("file")
            write(file, to: &writer)
        }
        writer.array(details.followers, for: "replies") { $1.string($0.rawValue) }
        writer.endObject()
        return writer.bytes.count > 2 ? writer.text : nil
    }

    private static func write(_ person: MessageDetails.Person, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.text(person.id.rawValue, for: "_id")
        writer.text(person.username, for: "username")
        writer.text(person.name, for: "name")
        writer.endObject()
    }

    private static func write(_ file: MessageDetails.File, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.text(file.name, for: "name")
        switch file.state {
        case .pending: break
        case .linked(let url): writer.text(url, for: "link")
        case .unavailable(.notFetched(let reason)): writer.text(reason, for: "notFetched")
        case .unavailable(.notExtracted(let reason)): writer.text(reason, for: "notExtracted")
        case .stored(let id, let mediaType, let sizeBytes, let pixels):
            writer.text(id.rawValue, for: "_id")
            writer.text(mediaType, for: "type")
            writer.number(sizeBytes, for: "size")
            writer.number(pixels?.width, for: "width")
            writer.number(pixels?.height, for: "height")
        }
        writer.endObject()
    }

    /// The details of a stored text.
    ///
    /// - Throws: `StoreError.corrupt` for a text that this type did not write.
    static func details(in text: String?) throws -> MessageDetails {
        guard let text else { return MessageDetails() }
        do {
            return try JSONReader.read(text) { try read(&$0) }
        } catch {
            throw StoreError.corrupt(message: "The details of a message cannot be read: \(error)")
        }
    }

    private static func read(_ reader: inout JSONReader) throws -> MessageDetails {
        var details = MessageDetails()
        var fields: FileFields?
        var hasForm = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "alias": details.alias = try reader.readString()
            case "emoji": details.emoji = try reader.readString()
            case "avatar": details.avatarURL = try reader.readString()
            case "bot": details.isBot = try reader.readBoolean()
            case "groupable": details.isGroupable = try reader.readBoolean()
            case "editedBy": details.editor = try person(&reader)
            case "mentions": details.mentions = try reader.array(person)
            case "channels":
                details.rooms = try reader.array { reader in
                    let room = try person(&reader)
                    return MessageDetails.NamedRoom(id: RoomID(room.id.rawValue), name: room.name ?? "")
                }
            case "reactions":
                try reader.beginObject()
                while let emoji = try reader.nextKey() {
                    var reaction = MessageDetails.Reaction(emoji: emoji, usernames: [])
                    try reader.beginObject()
                    while let key = try reader.nextKey() {
                        if key == "usernames" { reaction.usernames = try reader.array { try $0.readString() } }
                    }
                    details.reactions.append(reaction)
                }
            case "form": hasForm = try reader.readNumber().integer == form
            case "attachments": details.attachments = try reader.readRawText()
            case "file": fields = try FileFields(&reader)
            case "replies": details.addFollowers(try reader.array { UserID(try $0.readString()) })
            default: break
            }
        }
        if hasForm { details.file = fields?.file } else { try takeEarlierFile(fields, from: &details) }
        return details
    }

    private static func person(_ reader: inout JSONReader) throws -> MessageDetails.Person {
        var person = MessageDetails.Person(id: UserID(""), username: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "_id": person.id = UserID(try reader.readString())
            case "username": person.username = try reader.readString()
            case "name": person.name = try reader.readString()
            default: break
            }
        }
        return person
    }

    // MARK: Queries

    /// Whether a message mentions one of the accounts.
    ///
    /// Mentions are found in the text of their list, where a quoted key and id cannot be part of somebody's name. What
    /// is replaced must have been there: databases agree on this test for a part of a text, letter case respected.
    static func mentions(_ users: [UserID]) -> SQLQuery {
        var condition: SQLQuery = "document IS NOT NULL AND ("
        for (index, user) in users.enumerated() {
            if index > 0 { condition = condition + " OR " }
            condition = """
                \(condition)replace(document\(.asJSON) ->> 'mentions', \("\"_id\":\"\(user.rawValue)\""), '')
                    <> document\(.asJSON) ->> 'mentions'
                """
        }
        return condition + ")"
    }

    // MARK: The earlier form

    /// Sentences that an earlier release wrote in place of reasons.
    private static let sentences: [(start: String, reason: @Sendable (String) -> MessageDetails.Unavailability)] = [
        ("This file could not be fetched: ", { .notFetched(reason: $0) }),
        ("This file could not be taken out of its export: ", { .notExtracted(reason: $0) }),
    ]

    /// Takes the file that an earlier release wrote as the last attachment.
    private static func takeEarlierFile(_ fields: FileFields?, from details: inout MessageDetails) throws {
        guard let text = details.attachments, case .array(var attachments) = try JSONValue(parsing: text),
            let shown = attachments.popLast(), let file = earlierFile(fields, shownAs: shown)
        else { return }
        details.file = file
        details.attachments = attachments.isEmpty ? nil : JSONValue.array(attachments).serialized()
    }

    /// The file that an attachment stands for; nil for an attachment of the source.
    private static func earlierFile(_ fields: FileFields?, shownAs shown: JSONValue) -> MessageDetails.File? {
        guard case .object(let members) = shown, shown["type"] == .string("file"),
            case .string(let title)? = shown["title"]
        else { return nil }
        if let id = fields?.id, let mediaType = fields?.mediaType {
            let kind = mediaType.prefix { $0 != "/" }
            var pixels: PixelSize?
            if let width = shown["image_dimensions"]?["width"]?.integer,
                let height = shown["image_dimensions"]?["height"]?.integer
            {
                pixels = PixelSize(width: width, height: height)
            }
            return MessageDetails.File(
                name: title,
                state: .stored(id, mediaType: mediaType, sizeBytes: shown["\(kind)_size"]?.integer, pixels: pixels))
        }
        switch members.count {
        case 2: return MessageDetails.File(name: title, state: .pending)
        case 3:
            if case .string(let url)? = shown["title_link"] {
                return MessageDetails.File(name: title, state: .linked(url: url))
            }
            guard case .string(let note)? = shown["text"] else { return nil }
            for (start, reason) in sentences where note.hasPrefix(start) {
                return MessageDetails.File(
                    name: title, state: .unavailable(reason(String(note.dropFirst(start.count)))))
            }
            return nil
        default: return nil
        }
    }
}

/// The stored fields of a file.
private struct FileFields {
    private var name = ""
    private(set) var id: FileID?
    private(set) var mediaType: String?
    private var state = MessageDetails.File.State.pending
    private var sizeBytes: Int?
    private var (width, height): (Int?, Int?) = (nil, nil)

    init(_ reader: inout JSONReader) throws {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.readString()
            case "link": state = .linked(url: try reader.readString())
            case "notFetched": state = .unavailable(.notFetched(reason: try reader.readString()))
            case "notExtracted": state = .unavailable(.notExtracted(reason: try reader.readString()))
            case "_id": id = FileID(try reader.readString())
            case "type": mediaType = try reader.readString()
            case "size": sizeBytes = try reader.readNumber().integer
            case "width": width = try reader.readNumber().integer
            case "height": height = try reader.readNumber().integer
            default: break
            }
        }
    }

    var file: MessageDetails.File {
        guard let id, let mediaType else { return MessageDetails.File(name: name, state: state) }
        var pixels: PixelSize?
        if let width, let height { pixels = PixelSize(width: width, height: height) }
        return MessageDetails.File(
            name: name, state: .stored(id, mediaType: mediaType, sizeBytes: sizeBytes, pixels: pixels))
    }
}

extension JSONValue {
    /// A number as an integer; nil for anything else.
    fileprivate var integer: Int? { if case .number(let number) = self { number.integer } else { nil } }
}

extension JSONReader {
    /// The elements of an array.
    fileprivate mutating func array<Element>(
        _ element: (inout JSONReader) throws -> Element
    ) throws -> [Element] {
        var elements: [Element] = []
        try beginArray()
        while try nextElement() { elements.append(try element(&self)) }
        return elements
    }
}

extension JSONWriter {
    fileprivate mutating func number(_ number: Int?, for key: String) {
        guard let number else { return }
        self.key(key)
        integer(number)
    }

    /// An array, unless it is empty.
    fileprivate mutating func array<Element>(
        _ elements: [Element], for key: String, _ write: (Element, inout JSONWriter) -> Void
    ) {
        guard !elements.isEmpty else { return }
        self.key(key)
        beginArray()
        for element in elements { write(element, &self) }
        endArray()
    }
}
