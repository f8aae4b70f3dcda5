internal import ImportDomain

/// The rooms of the export, by what its folders and texts call them.
final class RoomTable {
    /// What a message needs to know of its room.
    struct Room {
        /// The id in the export.
        let id: String
        /// The name that texts show; conversations have none.
        let name: String?
        /// What the ids of its messages begin with.
        let messagePrefix: String
        /// The place of the room that it belongs to, when it is known who is in it only after all messages are read.
        var unsettled: Int?
    }

    /// A room that is staged when all messages are read.
    struct Unsettled {
        var draft: RoomDraft
        var authorIDs: Set<String> = []
    }

    private var rooms: [Room] = []
    private var indexByID: [String: Int] = [:]
    private var indexByName: [String: [String: Int]] = [:]
    var unsettled: [Unsettled] = []

    func room(withID id: String) -> Room? { indexByID[id].map { rooms[$0] } }

    /// The room whose messages are in a folder: by id, which is never ambiguous, else by name.
    func room(inFolder folder: String, workspace: String?) -> Room? {
        if let room = room(withID: folder) { return room }
        let index = indexByName[workspace ?? ""]?[folder] ?? indexByName[""]?[folder]
        return index.map { rooms[$0] }
    }

    /// Notes a room that the export describes.
    func add(_ room: Room, sourceName: String?, workspace: String?) {
        guard indexByID[room.id] == nil else { return }
        indexByID[room.id] = rooms.count
        if let sourceName, indexByName[workspace ?? ""]?[sourceName] == nil {
            indexByName[workspace ?? "", default: [:]][sourceName] = rooms.count
        }
        rooms.append(room)
    }

    /// Notes a room whose people are found only in its messages.
    func addUnsettled(_ draft: RoomDraft) -> Int {
        unsettled.append(Unsettled(draft: draft))
        return unsettled.count - 1
    }
}
