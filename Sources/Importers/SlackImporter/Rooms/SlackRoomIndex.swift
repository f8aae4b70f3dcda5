internal import ImportDomain
internal import ImporterKit

/// The rooms of the export, by what its folders and texts call them.
final class SlackRoomIndex {
    /// What a message needs to know of its room.
    struct Room {
        /// The id in the export.
        let id: String
        /// The name that texts show; conversations have none.
        let name: String?
        /// What the ids of its messages begin with.
        let messagePrefix: String
        let kind: SlackRoom.Kind
        /// The place of the room that it belongs to, when it is known who is in it only after all messages are read.
        var unresolved: Int?
    }

    /// A room that is staged when all messages are read.
    struct Unresolved {
        var draft: RoomDraft
        /// The name and workspace of the folder, for a room that no definition describes.
        var folder: (name: String, workspace: String?)?
        /// The people who wrote in it.
        var authors: Set<Int32> = []
        var messageCount = 0
    }

    private let allowance: Allowance
    private var rooms: [Room] = []
    private var indexByID: [ExactString: Int] = [:]
    private var indexByName: [String: [String: Int]] = [:]
    private var unresolved: [Unresolved] = []

    /// - Parameter authors: memory for the authors in rooms whose members are not known.
    init(authors: Allowance) { allowance = authors }

    func room(withID id: String) -> Room? { indexByID[ExactString(id)].map { rooms[$0] } }

    /// The room whose messages are in a folder: by id, else by name. If the id of a public room is the name of a private
    /// one, the folder belongs to the private one.
    ///
    /// - Parameter kind: how private the room must be. Conversations and private groups are equally private if the room
    ///   is meant by its id.
    func room(inFolder folder: String, workspace: String?, atLeast kind: SlackRoom.Kind = .channel) -> Room? {
        let index = indexByName[workspace ?? ""]?[folder] ?? indexByName[""]?[folder]
        let named = index.map { rooms[$0] }
        if let room = room(withID: folder), room.kind > .channel || named.map({ $0.kind == .channel }) ?? true {
            return room.kind >= min(kind, .group) ? room : nil
        }
        return named.flatMap { $0.kind >= kind ? $0 : nil }
    }

    /// Ids of public rooms that are names of private ones, in the order of the rooms.
    var ambiguousIDs: [String] {
        var privateNames: Set<ExactString> = []
        for names in indexByName.values {
            for (name, index) in names where rooms[index].kind > .channel { privateNames.insert(ExactString(name)) }
        }
        return rooms.filter { $0.kind == .channel && privateNames.contains(ExactString($0.id)) }.map(\.id)
    }

    /// Notes a room that the export describes. Of two rooms with one name, the more private one has the folder of that
    /// name.
    ///
    /// - Returns: whether another room of the workspace has the name.
    @discardableResult
    func add(_ room: Room, sourceName: String?, workspace: String?) -> Bool {
        guard indexByID[ExactString(room.id)] == nil else { return false }
        indexByID[ExactString(room.id)] = rooms.count
        rooms.append(room)
        guard let sourceName else { return false }
        guard let known = indexByName[workspace ?? ""]?[sourceName] else {
            indexByName[workspace ?? "", default: [:]][sourceName] = rooms.count - 1
            return false
        }
        if rooms[known].kind < room.kind { indexByName[workspace ?? "", default: [:]][sourceName] = rooms.count - 1 }
        return true
    }

    /// Notes a room whose people are found only in its messages.
    func addUnresolved(_ draft: RoomDraft, folder: (name: String, workspace: String?)? = nil) -> Int {
        unresolved.append(Unresolved(draft: draft, folder: folder))
        return unresolved.count - 1
    }

    /// The rooms whose people are found only in messages, in the order of their ids; they are forgotten here.
    func takeUnresolved() -> [Unresolved] {
        defer { unresolved = [] }
        return unresolved.sorted { $0.draft.importIDs[0].precedesByBytes($1.draft.importIDs[0]) }
    }

    /// Notes a message in a room whose members are not known yet, and its author.
    func addMessage(by number: Int32?, toUnresolved index: Int) {
        unresolved[index].messageCount += 1
        guard let number, !unresolved[index].authors.contains(number), allowance.take(24) else { return }
        unresolved[index].authors.insert(number)
    }
}
