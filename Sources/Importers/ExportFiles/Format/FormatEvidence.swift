internal import JSON

/// What the names and first bytes of an archive's files show about its format.
struct FormatEvidence {
    /// How many bytes of a file are looked at.
    static let startBytes = 1 << 14
    /// How many files are looked into.
    private static let maximumStarts = 64

    /// The first entry that shows each format.
    private var entries: [ExportFormat: String] = [:]
    /// Whether the archive has files that only Slack exports have, not just files named by days.
    private var hasSlackDefinitions = false
    /// Whether the archive has a table that only archives of CSV tables have.
    private var hasTableDefinitions = false
    private var starts = 0

    /// Takes note of a file's name.
    ///
    /// - Parameter parts: the parts of the name, the folder around everything included.
    /// - Returns: whether the begin of the file would tell more.
    mutating func note(_ parts: [Substring], _ name: String) -> Bool {
        // What people attached to messages says nothing about the export.
        guard let last = parts.last, !parts.dropLast().contains(where: Self.attachmentFolders.contains) else {
            return false
        }
        let base = last.lowercased()
        let ending = base.lastIndex(of: ".").map { base[$0...] } ?? ""
        let folder = parts.count > 1 ? parts[parts.count - 2].lowercased() : ""
        let outer = parts.count > 2 ? parts[parts.count - 3].lowercased() : ""
        switch ending {
        case ".json":
            if ExportFormat.isDay(base.dropLast(ending.count)) {
                note(.slack, name)
            } else if Self.slackDefinitions.contains(base) {
                hasSlackDefinitions = true
                note(.slack, name)
            } else if let format = Self.format(ofJSON: base, in: folder, outer) {
                note(format, name)
            } else {
                return wantsStart()
            }
        case ".txt":
            if folder == "channels" || folder == "dms" { note(.slackText, name) }
        case ".csv", ".tsv":
            if Self.tableDefinitions.contains(base) { hasTableDefinitions = true }
            if parts.count > 1 || Self.tableDefinitions.contains(base) { note(.csvArchive, name) }
        case ".jsonl", ".ndjson", ".sqlite", ".sqlite3", ".db", ".archive", ".ldif": return wantsStart()
        case ".bson": note(base.hasPrefix("rocketchat_") ? .rocketChatDump : .mongoDump, name)
        case ".gz":
            if base.hasSuffix(".bson.gz") {
                note(base.hasPrefix("rocketchat_") ? .rocketChatDump : .mongoDump, name)
            } else if base == "workspace.json.gz" || base == "channels.json.gz" {
                note(.slackdumpChunks, name)
            }
        case ".html":
            let digits = base.dropFirst("messages".count).dropLast(ending.count)
            if base.hasPrefix("messages"), digits.utf8.allSatisfy(\.isDigit) { note(.telegramPages, name) }
        default: break
        }
        return false
    }

    /// Takes note of the begin of a file.
    mutating func note(_ start: [UInt8], of name: String) {
        let format = start.withUnsafeBytes { ExportFormat.detect($0, kind: ExportFileKind(startingWith: $0)) }
        switch format {
        case nil, .userTable, .messageTable, .contactTable, .slackMembers: break
        case .slackPart: note(.slack, name)
        case .some(let format): note(format, name)
        }
    }

    /// The format of the archive, and the entry that shows it.
    var format: (format: ExportFormat, entry: String)? {
        if hasSlackDefinitions, let entry = entries[.slack] { return (.slack, entry) }
        if hasTableDefinitions, let entry = entries[.csvArchive] { return (.csvArchive, entry) }
        // These come last: their entries could be part of something larger.
        let last: [ExportFormat] = [.slack, .csvArchive, .slackText]
        let order = ExportFormat.allCases.filter { !last.contains($0) } + last
        return order.lazy.compactMap { format in entries[format].map { (format, $0) } }.first
    }

    /// Whether the archive has what a format is known by, whatever else it holds.
    func shows(_ format: ExportFormat) -> Bool {
        switch format {
        case .slack: hasSlackDefinitions
        case .csvArchive: hasTableDefinitions
        default: entries[format] != nil
        }
    }

    private mutating func note(_ format: ExportFormat, _ name: String) {
        if entries[format] == nil { entries[format] = name }
    }

    private mutating func wantsStart() -> Bool {
        starts += 1
        return starts <= Self.maximumStarts
    }

    private static let attachmentFolders: Set<Substring> = ["__uploads", "attachments"]
    private static let slackDefinitions: Set = [
        "channels.json", "groups.json", "dms.json", "mpims.json", "org_users.json", "integration_logs.json",
    ]
    private static let tableDefinitions: Set = ["users.csv", "channels.csv", "contacts.csv"]

    /// The format that a JSON file shows by its name and folders, all in lower case.
    private static func format(ofJSON base: String, in folder: String, _ outer: String) -> ExportFormat? {
        switch base {
        case "realm.json": .zulip
        case "teamslist.json" where folder == "teams", "userslist.json" where folder == "users": .teams
        case "group_info.json": .googleChat
        case "user_info.json" where outer == "users": .googleChat
        case "list.json" where folder == "rooms" || folder == "users": .hipChat
        case "history.json" where outer == "rooms" || outer == "users": .hipChat
        case "channel.json" where outer == "messages": .discordPackage
        case _ where base.hasPrefix("rocketchat_") && base.hasSuffix(".metadata.json"): .rocketChatDump
        default: nil
        }
    }
}
