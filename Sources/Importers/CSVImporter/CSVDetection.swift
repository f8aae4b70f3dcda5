internal import ImporterKit

/// What the files of an archive are, by their names.
///
/// Source: docs/importers/csv.md, "The archive".
enum CSVDetection: Equatable {
    /// The table of users.
    case users
    /// The table of rooms.
    case rooms
    /// The table of contacts.
    case contacts
    /// Direct messages.
    case directMessages
    /// Messages of the room whose folder has this name.
    case messages(folder: String)
    /// Nothing that is imported.
    case other

    /// Whether a folder of this name holds direct messages; older documents spell it without the last letter.
    static func isDirectFolder(_ name: String) -> Bool {
        ["directmessages", "directmessage"].contains(HeaderRow.name(name))
    }

    private static let endings = [".csv", ".tsv", ".txt"]

    /// Reads a name, whose parts are separated by `/`; letter case does not count.
    init(entryNamed name: String) {
        let parts = name.split(separator: "/")
        guard let last = parts.last?.lowercased(), let ending = Self.endings.first(where: last.hasSuffix) else {
            self = .other
            return
        }
        if parts.count == 1 {
            switch last.dropLast(ending.count) {
            case "users": self = .users
            case "channels": self = .rooms
            case "contacts": self = .contacts
            default: self = .other
            }
            return
        }
        let folder = SourceName.text(parts[0])
        self = Self.isDirectFolder(folder) ? .directMessages : .messages(folder: folder)
    }
}
