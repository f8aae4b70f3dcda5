import ImportDomain
import JSON

/// The part of a message that clients only show, as one JSON object.
///
/// Source: Rocket.Chat's message documents; docs/importers.md, "What becomes of a message".
struct MessageDetails {
    let record: MessageRecord
    /// The message's room.
    let room: RoomID
    let people: PeopleDirectory
    let rooms: [ImportID: MessageDirectory.NamedRoom]
    /// The message's file, not fetched yet.
    let attachedFile: FileReference?
    /// The bytes that lists of names may still take.
    private var remainingBytes: Int
    /// How many elements of each list were left out.
    private var leftOut: [String: Int] = [:]

    init(
        record: MessageRecord, room: RoomID, people: PeopleDirectory, rooms: [ImportID: MessageDirectory.NamedRoom],
        attachedFile: FileReference?, stagedBytes: Int
    ) {
        remainingBytes = RecordLimits.listedNamesBytes(stagedBytes: stagedBytes)
        self.record = record
        self.room = room
        self.people = people
        self.rooms = rooms
        self.attachedFile = attachedFile
    }

    /// What was left out of the text, known once it is written.
    func findings(ofMessage id: MessageID) -> [ImportFinding] {
        leftOut.sorted { $0.key < $1.key }.map { field, count in
            ImportFinding(
                .warning, .limitExceeded, field: field, value: id.rawValue, count: count,
                message: "\(count) elements of \(field) are left out: a message may have "
                    + "\(RecordLimits.attachmentBytes) bytes of attachments and \(RecordLimits.listedNamesBytes) bytes "
                    + "of names, and its names may take 16 times the bytes of their ids.")
        }
    }

    /// The object's text; nil when there is nothing in it.
    mutating func text() -> String? {
        var writer = JSONWriter()
        writer.beginObject()
        writer.text(nonEmpty(record.alias), for: "alias")
        writer.text(nonEmpty(record.emoji), for: "emoji")
        if let avatar = nonEmpty(record.avatarURL), AttachmentRules.isSafe(avatar) {
            writer.text(avatar, for: "avatar")
        }
        writer.flag(record.isBot, for: "bot")
        if !record.isGroupable {
            writer.key("groupable")
            writer.boolean(false)
        }
        if record.editedAt != nil, let editor = record.editedByID.flatMap({ people[$0] }) {
            writer.key("editedBy")
            writer.beginObject()
            writer.text(editor.id.rawValue, for: "_id")
            writer.text(editor.username, for: "username")
            writer.endObject()
        }
        writeMentions(to: &writer)
        writeReactions(to: &writer)
        writer.json(attachments(), for: "attachments")
        var seen = Set<UserID>()
        var followers: [UserID] = []
        for person in record.followerIDs.compactMap({ people[$0] }) where seen.insert(person.id).inserted {
            if fits(person.id.rawValue, in: "replies") { followers.append(person.id) }
        }
        writer.someTexts(followers.map(\.rawValue), for: "replies")
        writer.endObject()
        return writer.bytes.count > 2 ? writer.text : nil
    }

    /// What an element of a list takes beside its names: `{"_id":"…","username":"","name":""},` with an id of 17 bytes.
    private static let elementBytes = 52

    /// Whether a name is written into a list.
    private mutating func fits(_ names: String..., in field: String) -> Bool {
        let bytes = names.reduce(Self.elementBytes) { $0 + $1.utf8.count }
        guard bytes <= remainingBytes else {
            leftOut[field, default: 0] += 1
            return false
        }
        remainingBytes -= bytes
        return true
    }

    private mutating func writeMentions(to writer: inout JSONWriter) {
        var seen = Set<ExactString>()
        var mentions: [String] = []
        for mention in record.mentionIDs
        where (people[mention] != nil || Self.isEverybody(mention)) && seen.insert(ExactString(mention)).inserted {
            let person = people[mention]
            if fits(person?.username ?? mention, person?.name ?? "", in: "mentions") { mentions.append(mention) }
        }
        if !mentions.isEmpty {
            writer.key("mentions")
            writer.beginArray()
            for mention in mentions {
                writer.beginObject()
                if let person = people[mention], !Self.isEverybody(mention) {
                    writer.text(person.id.rawValue, for: "_id")
                    writer.text(person.username, for: "username")
                    writer.text(person.name, for: "name")
                } else {
                    writer.text(mention, for: "_id")
                    writer.text(mention, for: "username")
                }
                writer.endObject()
            }
            writer.endArray()
        }
        var seenRooms = Set<RoomID>()
        var mentioned: [MessageDirectory.NamedRoom] = []
        for named in record.roomMentionIDs.compactMap({ rooms[ImportID($0)] })
        where (named.isPublic || named.id == room) && seenRooms.insert(named.id).inserted {
            if fits(named.name, in: "channels") { mentioned.append(named) }
        }
        guard !mentioned.isEmpty else { return }
        writer.key("channels")
        writer.beginArray()
        for room in mentioned {
            writer.beginObject()
            writer.text(room.id.rawValue, for: "_id")
            writer.text(room.name, for: "name")
            writer.endObject()
        }
        writer.endArray()
    }

    private mutating func writeReactions(to writer: inout JSONWriter) {
        var reactions: [(emoji: String, usernames: [String])] = []
        for reaction in record.reactions {
            var seen = Set<UserID>()
            var usernames: [String] = []
            for person in reaction.userIDs.compactMap({ people[$0] }) where seen.insert(person.id).inserted {
                if fits(person.username, in: "reactions") { usernames.append(person.username) }
            }
            if !usernames.isEmpty { reactions.append((reaction.emoji, usernames)) }
        }
        guard !reactions.isEmpty else { return }
        writer.key("reactions")
        writer.beginObject()
        for (emoji, usernames) in reactions {
            writer.key(emoji)
            writer.beginObject()
            writer.texts(usernames, for: "usernames")
            writer.endObject()
        }
        writer.endObject()
    }

    /// The source's attachments, and one that stands for the file until it is there.
    private mutating func attachments() -> String? {
        let given = fittingAttachments().map(AttachmentRules.safe)
        guard let attachedFile else { return given }
        var writer = JSONWriter()
        writer.beginObject()
        writer.text(attachedFile.name, for: "title")
        writer.text("file", for: "type")
        if case .external(let url) = attachedFile.location, AttachmentRules.isSafe(url) {
            writer.text(url, for: "title_link")
        }
        writer.endObject()
        guard let given else { return "[" + writer.text + "]" }
        return given.dropLast() + "," + writer.text + "]"
    }

    /// The first attachments that are within the limit together.
    private mutating func fittingAttachments() -> String? {
        guard let text = record.attachments, text.utf8.count > RecordLimits.attachmentBytes else {
            return record.attachments
        }
        // Attachments were written by Ferry; text that cannot be read back holds none.
        let elements = ((try? JSONValue(parsing: Array(text.utf8))) ?? .null).elements
        var (kept, bytes): ([JSONValue], Int) = ([], 2)
        for element in elements {
            bytes += element.serialized().utf8.count + 1
            guard bytes <= RecordLimits.attachmentBytes else { break }
            kept.append(element)
        }
        leftOut["attachments"] = elements.count - kept.count
        return kept.isEmpty ? nil : JSONValue.array(kept).serialized()
    }

    static func isEverybody(_ mention: String) -> Bool { mention == "all" || mention == "here" }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
