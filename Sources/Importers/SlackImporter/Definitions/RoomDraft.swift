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

    /// The room to stage.
    ///
    /// - Parameters:
    ///   - members: import ids of the people.
    ///   - isDirect: whether it is a conversation between them and not a room with a name.
    ///   - text: converts topic and purpose.
    func record(
        members: [String], isDirect: Bool, name: String?, users: UserTable,
        text: (String, _ field: String) throws -> String
    ) rethrows -> RoomRecord {
        let creator = definition?.creator.map(users.canonicalID)
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
