import ImportDomain
import JSON

/// The part of a message that clients only show, as one JSON object.
///
/// Source: Rocket.Chat's message documents; docs/importers.md, "What becomes of a message".
struct MessageDetails {
    let record: MessageRecord
    let people: PeopleDirectory
    let rooms: [ImportID: MessageDirectory.NamedRoom]
    /// The message's file, not fetched yet.
    let attachedFile: FileReference?

    /// The object's text; nil when there is nothing in it.
    func text() -> String? {
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
        let followers = record.followerIDs.compactMap { people[$0]?.id }.filter { seen.insert($0).inserted }
        writer.someTexts(followers.map(\.rawValue), for: "replies")
        writer.endObject()
        return writer.bytes.count > 2 ? writer.text : nil
    }

    private func writeMentions(to writer: inout JSONWriter) {
        var seen = Set<ExactString>()
        let mentions = record.mentionIDs.filter {
            (people[$0] != nil || Self.isEverybody($0)) && seen.insert(ExactString($0)).inserted
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
        let mentioned = record.roomMentionIDs.compactMap { rooms[ImportID($0)] }.filter {
            seenRooms.insert($0.id).inserted
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

    private func writeReactions(to writer: inout JSONWriter) {
        let reactions = record.reactions.compactMap { reaction -> (emoji: String, usernames: [String])? in
            var seen = Set<UserID>()
            let usernames = reaction.userIDs.compactMap { people[$0] }.filter { seen.insert($0.id).inserted }
                .map(\.username)
            return usernames.isEmpty ? nil : (reaction.emoji, usernames)
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
    private func attachments() -> String? {
        let given = record.attachments.map(AttachmentRules.safe)
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

    static func isEverybody(_ mention: String) -> Bool { mention == "all" || mention == "here" }

    private func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
