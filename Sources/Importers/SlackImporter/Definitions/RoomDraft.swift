internal import ImportDomain

/// A room of the workspace in the making: one or several rooms of the export with the same people.
struct RoomDraft {
    var importIDs: [String]
    /// The definition that everything but the ids comes from; nil for a folder that no definition matches.
    var definition: SlackRoom?
    /// The name, which is unique in the import.
    var name: String?
    /// Import ids of the people, each once; nil until they are known.
    var memberIDs: [String]?

    /// The room to stage.
    ///
    /// - Parameters:
    ///   - members: import ids of the people.
    ///   - isDirect: whether it is a conversation between them and not a room with a name.
    ///   - scanner: reads topic and purpose.
    func record(
        members: [String], isDirect: Bool, name: String?, users: UserTable, scanner: inout SlackTextScanner
    ) -> RoomRecord {
        let creator = definition?.creator.map(users.canonicalID)
        var record = RoomRecord(
            importIDs: importIDs, kind: definition?.source == .channel ? .channel : .privateGroup, name: name,
            memberIDs: members, creatorID: creator ?? members.first, createdAt: definition?.createdAt,
            isArchived: definition?.isArchived ?? false, isGeneral: definition?.isGeneral ?? false)
        if isDirect {
            record.kind = .direct
            record.name = nil
        } else {
            record.topic = definition?.topic.map { scanner.convert($0, naming: .names) }
            record.description = definition?.purpose.map { scanner.convert($0, naming: .names) }
        }
        return record
    }
}
