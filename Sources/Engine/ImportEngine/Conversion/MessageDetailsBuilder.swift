import ImportDomain
import JSON

/// Makes a message's details of its record: names people and rooms, and keeps lists within their limits.
///
/// Source: docs/importers.md, "What becomes of a message".
struct MessageDetailsBuilder {
    let record: MessageRecord
    /// The message's room.
    let room: RoomID
    let people: PeopleDirectory
    let rooms: [ImportID: MessageDirectory.NamedRoom]
    /// The bytes that lists of names may still take.
    private var remainingBytes: Int
    /// How many elements of each list were left out.
    private var leftOut: [String: Int] = [:]

    init(
        record: MessageRecord, room: RoomID, people: PeopleDirectory, rooms: [ImportID: MessageDirectory.NamedRoom],
        stagedBytes: Int
    ) {
        remainingBytes = RecordLimits.listedNamesBytes(stagedBytes: stagedBytes)
        self.record = record
        self.room = room
        self.people = people
        self.rooms = rooms
    }

    /// What was left out of the details, known once they are made.
    func findings(ofMessage id: MessageID) -> [ImportFinding] {
        leftOut.sorted { $0.key < $1.key }.map { field, count in
            ImportFinding(
                .warning, .limitExceeded, field: field, value: id.rawValue, count: count,
                message: "\(count) elements of \(field) are left out: a message may have "
                    + "\(RecordLimits.attachmentBytes) bytes of attachments and \(RecordLimits.listedNamesBytes) bytes "
                    + "of names, and its names may take 16 times the bytes of their ids.")
        }
    }

    mutating func details() -> MessageDetails {
        var details = MessageDetails()
        details.alias = nonEmpty(record.alias)
        details.emoji = nonEmpty(record.emoji)
        details.avatarURL = nonEmpty(record.avatarURL).flatMap { AttachmentRules.isSafe($0) ? $0 : nil }
        details.isBot = record.isBot
        details.isGroupable = record.isGroupable
        if record.editedAt != nil, let editor = record.editedByID.flatMap({ people[$0] }) {
            details.editor = MessageDetails.Person(id: editor.id, username: editor.username)
        }
        details.mentions = mentions()
        details.rooms = namedRooms()
        details.reactions = reactions()
        details.attachments = fittingAttachments().map(AttachmentRules.safe)
        details.file = record.file.map(Self.file)
        details.addFollowers(
            record.followerIDs.compactMap { people[$0]?.id }.distinct().filter { fits($0.rawValue, in: "replies") })
        return details
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

    private mutating func mentions() -> [MessageDetails.Person] {
        var mentions: [MessageDetails.Person] = []
        for mention in record.mentionIDs.map({ ExactString($0) }).distinct().map(\.text) {
            let person = people[mention]
            guard person != nil || Self.isEverybody(mention),
                fits(person?.username ?? mention, person?.name ?? "", in: "mentions")
            else { continue }
            if let person, !Self.isEverybody(mention) {
                mentions.append(
                    MessageDetails.Person(id: person.id, username: person.username, name: person.name))
            } else {
                mentions.append(MessageDetails.Person(id: UserID(mention), username: mention))
            }
        }
        return mentions
    }

    private mutating func namedRooms() -> [MessageDetails.NamedRoom] {
        let visible = record.roomMentionIDs.compactMap { rooms[ImportID($0)] }.filter { $0.isPublic || $0.id == room }
        var seen = Set<RoomID>()
        return visible.filter { seen.insert($0.id).inserted && fits($0.name, in: "channels") }
            .map { MessageDetails.NamedRoom(id: $0.id, name: $0.name) }
    }

    private mutating func reactions() -> [MessageDetails.Reaction] {
        var reactions: [MessageDetails.Reaction] = []
        for reaction in record.reactions {
            var seen = Set<UserID>()
            let reacting = reaction.userIDs.compactMap { people[$0] }.filter { seen.insert($0.id).inserted }
            let usernames = reacting.map(\.username).filter { fits($0, in: "reactions") }
            if !usernames.isEmpty {
                reactions.append(MessageDetails.Reaction(emoji: reaction.emoji, usernames: usernames))
            }
        }
        return reactions
    }

    private static func file(_ reference: FileReference) -> MessageDetails.File {
        if case .external(let url) = reference.location, AttachmentRules.isSafe(url) {
            return MessageDetails.File(name: reference.name, state: .linked(url: url))
        }
        return MessageDetails.File(name: reference.name, state: .pending)
    }

    /// The first attachments that are within the limit together.
    private mutating func fittingAttachments() -> String? {
        guard let text = record.attachments, text.utf8.count > RecordLimits.attachmentBytes else {
            return record.attachments
        }
        // Attachments were written by Ferry; text that cannot be read back holds none.
        guard case .array(let elements)? = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
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
