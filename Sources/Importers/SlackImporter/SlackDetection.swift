internal import ExportFiles
internal import ImportDomain
internal import ImporterKit

/// What an entry of the archive is, by its name alone. Source: docs/importers/slack.md, "The archive".
enum SlackDetection: Equatable {
    /// Descriptions of users; the lower rank decides if several describe the same.
    case users(rank: Int)
    /// Descriptions of rooms.
    case rooms(SlackRoom.Source, workspace: String?)
    /// Messages of one day.
    case messages(folder: String, workspace: String?)
    /// A file that may hold messages: what it is, its content decides.
    case history(HistoryPlace)
    /// The bytes of a file.
    case file(id: String)
    /// A JSON file deeper than any of Slack's.
    case misplaced
    /// Known, and not imported; the name tells why.
    case ignored(String)

    /// Which room the messages of a file without a day belong to, unless the file says it itself.
    struct HistoryPlace: Equatable {
        /// The name or id of the room.
        let name: String
        let workspace: String?
        /// The folder in which a tool put one file for each room of a kind; nil for a file at the root or in the folder
        /// of its room.
        var collection: String?
        /// The least private kind that the room can have.
        var minimumKind = SlackRoom.Kind.channel
        /// The least private kind of a room of which a list says what it is: a folder does not make a conversation of
        /// a room with a name, only a private one of a public one.
        var minimumRoomKind: SlackRoom.Kind { min(minimumKind, .group) }
        /// The name of the room, if `collection` is not a collection but the folder of a room.
        var alternative: String?
    }

    /// Files at the root that are about something else than rooms.
    private static let otherRootFiles: Set<String> = [
        "integration_logs.json", "canvases.json", "lists.json", "file_conversations.json", "huddle_transcripts.json",
        "external_users.json", "workflows.json", "bookmarks.json", "emoji.json", "emojis.json", "team.json",
        "teams.json", "content_flags.json", "access_logs.json", "audit_logs.json", "user_groups.json",
        "usergroups.json", "files.json", "reminders.json", "stars.json", "channel_admins.json", "retention.json",
    ]

    /// Folders in which other tools put one file for each room.
    private static let collections: [String: SlackRoom.Kind] = [
        "channels": .channel, "private_channels": .group, "groups": .group, "group_messages": .groupConversation,
        "mpims": .groupConversation, "private_messages": .conversation, "direct_messages": .conversation,
        "dms": .conversation,
    ]

    /// What tools call the one file in the folder of a room.
    private static let historyNames: Set<String> = ["all", "messages", "history", "export", "channel"]

    /// Opens an archive, and rejects one that shows another format.
    static func open(_ file: ImportFile, checkpoint: @escaping () throws -> Void) throws -> ExportArchive {
        let archive = try ExportArchive(path: file.path, checkpoint: checkpoint)
        try archive.require(.slack)
        return archive
    }

    /// The failure of an archive that holds something else.
    static func unrecognized(_ firstNames: [String]) -> ImportFileFailure {
        ImportFileFailure(
            .unrecognized,
            message: "The archive has no lists of rooms or users and no messages in the form of Slack, so it is not an "
                + "export of Slack. It begins with: \(firstNames.joined(separator: ", ")). Check that the right file "
                + "and the right importer were chosen.")
    }

    /// The role of the entry with a name, whose parts are separated by `/`.
    init(name: String) {
        if let folder = Self.folder(ofDay: name) {
            self = .messages(folder: folder, workspace: nil)
            return
        }
        let components = name.split(separator: "/")
        if components.count >= 3, components[0] == "teams" {
            self = Self.role(components.dropFirst(2), workspace: String(components[1]))
        } else {
            self = Self.role(components[...], workspace: nil)
        }
    }

    /// The folder of `<folder>/YYYY-MM-DD.json`, which nearly all entries of an archive are, without a look at
    /// characters; nil for every other name.
    private static func folder(ofDay name: String) -> String? {
        let bytes = name.utf8
        guard bytes.count > 16, !name.hasPrefix("FC:"), name.hasSuffix(".json") else { return nil }
        let slash = bytes.index(bytes.endIndex, offsetBy: -16)
        guard bytes[slash] == UInt8(ascii: "/"), !bytes[..<slash].contains(UInt8(ascii: "/")) else { return nil }
        let day = name[bytes.index(after: slash)..<bytes.index(bytes.endIndex, offsetBy: -5)]
        return ExportFormat.isDay(day) ? String(name[..<slash]) : nil
    }

    private static func role(_ components: ArraySlice<Substring>, workspace: String?) -> SlackDetection {
        guard let first = components.first, let last = components.last else { return .ignored("") }
        if components.count == 1 { return rootRole(first, workspace) }
        if first == "__uploads" {
            return components.count == 3
                ? .file(id: String(components[components.startIndex + 1])) : .ignored("__uploads")
        }
        if first.hasPrefix("FC:") { return .ignored("FC:") }
        if components.count == 3, components[components.startIndex + 1] == "attachments" {
            return last.firstIndex(of: "-").map { .file(id: String(last[..<$0])) } ?? .ignored("attachments")
        }
        guard let stem = stem(of: last), !stem.isEmpty else { return .ignored(ending(of: last)) }
        guard components.count == 2 else { return .misplaced }
        if ExportFormat.isDay(stem[...]) { return .messages(folder: String(first), workspace: workspace) }
        guard let kind = collections[first.lowercased()] else {
            return .history(HistoryPlace(name: String(first), workspace: workspace))
        }
        return .history(
            HistoryPlace(
                name: stem, workspace: workspace, collection: String(first), minimumKind: kind,
                alternative: historyNames.contains(stem.lowercased()) ? String(first) : nil))
    }

    private static func rootRole(_ name: Substring, _ workspace: String?) -> SlackDetection {
        let folded = name.lowercased()
        if let source = SlackRoom.Source(rawValue: folded), source != .messageFile {
            return .rooms(source, workspace: workspace)
        }
        switch folded {
        case "users.json": return .users(rank: workspace == nil ? 1 : 2)
        case "org_users.json": return .users(rank: 0)
        default: break
        }
        guard !otherRootFiles.contains(folded), let stem = stem(of: name), !stem.isEmpty else {
            return .ignored(folded)
        }
        return .history(HistoryPlace(name: stem, workspace: workspace))
    }

    private static func stem(of name: Substring) -> String? {
        name.lowercased().hasSuffix(".json") ? String(name.dropLast(5)) : nil
    }

    private static func ending(of name: Substring) -> String {
        name.lastIndex(of: ".").map { "*" + name[$0...] } ?? "*"
    }
}
