internal import ImportDomain

/// A room of the workspace in the making: one or several rooms of the export with the same people.
struct RoomDraft {
    var importIDs: [String]
    /// The definition that everything but the ids comes from; nil for a folder that no definition matches.
    var definition: SlackRoom?
    /// The name, which is unique in the import.
    var name: String?
    /// The people, each once, by the number of the person who is the same; nil until they are known.
    var members: [Int32]?
    /// People who are in the room besides those who wrote, while not all are known.
    var toldMembers: [Int32] = []
    /// Whether the people told are all there are.
    var isTold = false

    /// Whether the creator of the room may become its owner, and thereby a member.
    ///
    /// The members that a private room lists are all it has: a creator who is not among them has left it. Who is in a
    /// conversation is known besides, or else only those who are known to be in it read it.
    static func owns(
        _ creator: Int32, _ room: SlackRoom, listed members: [Int32]?, people: SlackPeople
    ) -> Bool {
        if room.kind == .channel || people.canonicalID(creator) == SlackPeople.systemID { return true }
        guard let members else { return !room.isConversation }
        return members.contains(people.canonicalNumber(creator))
    }

    /// The room to stage.
    ///
    /// - Parameters:
    ///   - members: import ids of the people.
    ///   - creator: import id of the owner; nil for the first member.
    ///   - isDirect: whether it is a conversation between them and not a room with a name.
    ///   - text: converts topic and purpose.
    func record(
        members: [String], creator: String?, isDirect: Bool, name: String?,
        text: (String, _ field: String) throws -> String
    ) rethrows -> RoomRecord {
        var record = RoomRecord(
            importIDs: importIDs, kind: definition?.kind == .channel ? .channel : .privateGroup, name: name,
            memberIDs: members, creatorID: creator ?? members.first, createdAt: definition?.createdAt,
            isArchived: definition?.isArchived ?? false, isGeneral: definition?.isGeneral ?? false)
        if isDirect {
            record.kind = .direct
            record.name = nil
        } else {
            record.topic = try definition?.topic.map { try text($0, "topic") }
            record.description = try definition?.purpose.map { try text($0, "purpose") }
        }
        return record
    }
}
