internal import DelimitedText
internal import JSON

/// What system or program a file comes from, as far as the names and first bytes in it show.
///
/// Most of these formats have no importer. They are known so that a person who chose the wrong file or the wrong
/// importer reads what the file is. Source: docs/export-files.md, "Formats".
public enum ExportFormat: Hashable, Sendable, CaseIterable {
    /// A workspace export of Slack, which the importer `slack` reads.
    case slack
    /// One JSON file of a Slack export.
    case slackPart
    /// What Slack gives one person as plain text.
    case slackText
    /// An archive of tables, which the importer `csv` reads.
    case csvArchive
    /// Slack's list of members in CSV, which the importer `slack-users` reads.
    case slackMembers
    /// A table of users, which the importer `csv` reads.
    case userTable
    /// A table of messages, which the importer `csv` reads.
    case messageTable
    /// A table of contacts, which the importer `omnichannel_contact` reads.
    case contactTable
    /// The database in which slackdump collects an archive.
    case slackdumpDatabase
    /// The packed chunks of API responses that slackdump writes.
    case slackdumpChunks
    /// Lines of a bulk export of Mattermost.
    case mattermost
    /// An export of a Zulip organization.
    case zulip
    /// Files of DiscordChatExporter.
    case discord
    /// What Discord gives one person.
    case discordPackage
    /// A room export of Element.
    case matrix
    /// A JSON export of Telegram Desktop.
    case telegram
    /// An export of Telegram Desktop in web pages.
    case telegramPages
    /// Google Chat in a Takeout archive.
    case googleChat
    /// One of several exports of Microsoft Teams.
    case teams
    /// A mongodump of Rocket.Chat's database.
    case rocketChatDump
    /// A mongodump of any database.
    case mongoDump
    /// JSON lines of mongoexport.
    case mongoExport
    /// An export of HipChat.
    case hipChat
    /// Any SQLite database.
    case sqliteDatabase
    /// A directory in LDIF.
    case ldif
    /// Users in the form of SCIM.
    case scim

    /// Why an importer does not read a file of this format, and what to do with it.
    ///
    /// - Parameter entry: the entry of an archive that shows the format; nil for a file that is not an archive.
    public func refusal(shownBy entry: String? = nil) -> ExportFileError {
        let subject = entry == nil ? "file" : "archive"
        let evidence = entry.map { ", as its entry \"\($0.prefix(200))\" shows" } ?? ""
        return ExportFileError(.unrecognized, "The \(subject) is \(name)\(evidence). \(whatToDo)", entry: entry)
    }

    private var name: String {
        switch self {
        case .slack: "an export of a Slack workspace"
        case .slackPart: "one JSON file of a Slack export"
        case .slackText: "an export of one person's Slack data as plain text"
        case .csvArchive: "an archive of CSV tables"
        case .slackMembers: "the member list of a Slack workspace"
        case .userTable: "a table of users"
        case .messageTable: "a table of messages"
        case .contactTable: "a table of contacts"
        case .slackdumpDatabase: "a database of slackdump"
        case .slackdumpChunks: "an archive in slackdump's own format"
        case .mattermost: "a bulk export of Mattermost"
        case .zulip: "an export of Zulip"
        case .discord: "an export of Discord (DiscordChatExporter)"
        case .discordPackage: "the data package that Discord gives one person"
        case .matrix: "a room export of Matrix (Element)"
        case .telegram: "an export of Telegram"
        case .telegramPages: "an export of Telegram as web pages"
        case .googleChat: "an export of Google Chat (Takeout)"
        case .teams: "an export of Microsoft Teams or Skype"
        case .rocketChatDump: "a dump of a Rocket.Chat database (mongodump, BSON)"
        case .mongoDump: "a dump of a MongoDB database (mongodump, BSON)"
        case .mongoExport: "an export of a MongoDB collection (mongoexport)"
        case .hipChat: "an export of HipChat"
        case .sqliteDatabase: "a SQLite database"
        case .ldif: "an export of a directory (LDIF)"
        case .scim: "a list of users from a directory (SCIM)"
        }
    }

    private var whatToDo: String {
        switch self {
        case .slack: "Choose the importer slack."
        case .slackPart: "Send the whole export as one zip archive to the importer slack."
        case .slackText:
            "Plain text does not tell who wrote what. Export as JSON and send the zip archive to the importer slack."
        case .csvArchive, .userTable, .messageTable: "Choose the importer csv."
        case .slackMembers: "Choose the importer slack-users."
        case .contactTable: "Choose the importer omnichannel_contact."
        case .slackdumpDatabase, .slackdumpChunks:
            "Convert it with slackdump (slackdump convert -f export) and send the zip archive to the importer slack."
        case .sqliteDatabase:
            "If slackdump wrote it, convert it (slackdump convert -f export) and send the zip archive to the importer "
                + "slack. Ferry imports no other database."
        case .discordPackage:
            "It has only that person's own messages. Ferry has no importer for Discord; export the channels with "
                + "DiscordChatExporter and convert them to CSV tables for the importer csv."
        case .telegramPages:
            "Web pages cannot be converted. Export again as machine-readable JSON, then convert it to CSV tables for "
                + "the importer csv."
        case .ldif, .scim:
            "Make a CSV table of username, email and name for the importer csv, or send the users with "
                + "import.addUsers."
        case .mattermost, .zulip, .discord, .matrix, .telegram, .googleChat, .teams, .rocketChatDump, .mongoDump,
            .mongoExport, .hipChat:
            "Ferry has no importer for it. Convert it to CSV tables for the importer csv, or send its users, rooms and "
                + "messages with import.addUsers, import.addChannels and import.addMessages."
        }
    }

    /// The format of a file that is not an archive, by its first bytes.
    ///
    /// - Returns: nil if the begin shows none that is known.
    /// - Throws: `ExportFileError` with `damaged` when the file cannot be read.
    public static func detect(path: String) throws -> ExportFormat? {
        let kind = try ExportFileKind.detect(path: path)
        if case .compressed(let inner) = kind {
            return try ExportFileKind.unpackedStart(path).withUnsafeBytes { detect($0, kind: inner) }
        }
        let start = try FileBytes(path: path).bytes(at: 0, count: ExportFileKind.windowBytes)
        return start.withUnsafeBytes { detect($0, kind: kind) }
    }

    /// The format of a file that begins with the given bytes, if its begin shows one.
    ///
    /// - Parameters:
    ///   - bytes: up to 64 KiB, without compression.
    ///   - kind: what the file is.
    static func detect(_ bytes: UnsafeRawBufferPointer, kind: ExportFileKind) -> ExportFormat? {
        switch kind {
        case .sqliteDatabase: bytes.holds("S_USER") && bytes.holds("CHUNK") ? .slackdumpDatabase : .sqliteDatabase
        case .bson, .mongoArchive: bytes.holds("rocketchat_") ? .rocketChatDump : .mongoDump
        case .json, .jsonLines: detect(json: text(bytes))
        case .delimitedText: detect(table: text(bytes))
        default: nil
        }
    }

    /// Titles of the column of authors in tables of messages, as `comparable(title:)` gives them.
    public static let authorTitles = ["username", "user", "author", "from", "sender"]
    /// Titles of the column of texts.
    public static let textTitles = ["text", "message", "msg"]
    /// Titles of the column of times.
    public static let timeTitles = ["time", "timestamp", "ts", "date", "datetime"]

    /// What the column names of a table tell, compared as `comparable(title:)` gives them.
    public init?(columns titles: some Sequence<String>) {
        let titles = Set(titles)
        func has(_ wanted: String...) -> Bool { !titles.isDisjoint(with: wanted) }
        let hasAccount = has("username", "email")
        let isSlack = has("billingactive", "has2fa", "hassso", "userid", "expirationtimestamp") || has("displayname")
        if hasAccount, has("status"), isSlack {
            self = .slackMembers
        } else if titles.isSuperset(of: ["author", "date", "content"]) {
            self = .discord
        } else if !titles.isDisjoint(with: Self.authorTitles), !titles.isDisjoint(with: Self.textTitles),
            !titles.isDisjoint(with: Self.timeTitles)
        {
            self = .messageTable
        } else if !has("username"), has("phones", "phone", "manager") {
            self = .contactTable
        } else if hasAccount || has("emails") {
            self = .userTable
        } else {
            return nil
        }
    }

    /// A column's title without letter case, spaces, `_` and `-`.
    public static func comparable(title: String) -> String {
        title.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    }

    /// Whether a name has the form `YYYY-MM-DD` of a day, by which Slack names files of messages.
    public static func isDay(_ name: Substring) -> Bool {
        var index = 0
        for byte in name.utf8 {
            guard index == 4 || index == 7 ? byte == UInt8(ascii: "-") : byte.isDigit else { return false }
            index += 1
        }
        return index == 10
    }

    private static func detect(table text: [UInt8]) -> ExportFormat? {
        if isLDIF(text) { return .ldif }
        var titles: [String]?
        func note(_ row: borrowing DelimitedRow) {
            guard titles == nil, !row.isBlank else { return }
            titles = (0..<row.count).map { comparable(title: row[$0]) }
        }
        var reader = DelimitedTextReader()
        text.withUnsafeBytes { reader.receive($0, note) }
        reader.finish(note)
        return titles.flatMap { ExportFormat(columns: $0) }
    }

    /// Whether the first line that is not a comment begins LDIF.
    ///
    /// Source: RFC 2849.
    private static func isLDIF(_ text: [UInt8]) -> Bool {
        let lines = text.prefix(1 << 12).split(separator: UInt8(ascii: "\n"))
        // Lines that begin with a space continue a comment.
        let first = lines.first {
            $0.first != UInt8(ascii: "#") && $0.first != UInt8(ascii: " ") && !$0.allSatisfy(\.isSpace)
        }
        let start = String(decoding: (first ?? []).prefix(12), as: UTF8.self).lowercased()
        return start.hasPrefix("version: 1") || start.hasPrefix("dn:")
    }

    private static func detect(json text: [UInt8]) -> ExportFormat? {
        let start = JSONStart(text)
        let (keys, inner) = (start.keys, start.innerKeys)
        func has(_ wanted: String...) -> Bool { keys.isSuperset(of: wanted) }
        if has("guild", "channel") { return .discord }
        if keys.contains(where: { $0.hasPrefix("zerver_") }) { return .zulip }
        if has("room_name"), keys.contains("room_creator") || keys.contains("messages") { return .matrix }
        if has("personal_information") || has("about", "chats") { return .telegram }
        if has("id", "messages"), telegramKinds.contains(start.strings["type"] ?? "") { return .telegram }
        if let type = start.strings["type"], mattermostTypes.contains(type), has(type) { return .mattermost }
        if has("conversations"), keys.contains("userId") || keys.contains("exportDate") { return .teams }
        let graph: Set = ["chatId", "channelIdentity", "messageType"]
        if has("value") && !inner.isDisjoint(with: graph) || keys.isSuperset(of: ["chatId", "messageType"]) {
            return .teams
        }
        if has("messages"), inner.isSuperset(of: ["creator", "created_date"]) { return .googleChat }
        if !keys.isDisjoint(with: hipChatKinds) { return .hipChat }
        if text.withUnsafeBytes({ $0.holds("urn:ietf:params:scim:") }) { return .scim }
        if has("_id"), has("rid", "msg") || text.withUnsafeBytes({ $0.holds("\"$oid\"") || $0.holds("\"$date\"") }) {
            return .mongoExport
        }
        guard start.isArray else { return nil }
        let isMessage = has("ts", "text") || has("type", "ts")
        let isPerson = has("id", "name", "profile") || has("id", "team_id", "name")
        let isRoom = has("id", "members", "created") || has("id", "creator", "members")
        return isMessage || isPerson || isRoom ? .slackPart : nil
    }

    private static let telegramKinds: Set = [
        "saved_messages", "personal_chat", "bot_chat", "private_group", "private_supergroup", "public_supergroup",
        "private_channel", "public_channel", "replies", "verification_codes",
    ]
    private static let mattermostTypes: Set = [
        "version", "role", "scheme", "emoji", "team", "channel", "user", "bot", "post", "direct_channel",
        "direct_post",
    ]
    private static let hipChatKinds: Set = [
        "User", "Room", "UserMessage", "PrivateUserMessage", "NotificationMessage", "TopicRoomMessage",
        "ArchiveRoomMessage", "GuestAccessMessage",
    ]

    private static func text(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let decoding = TextDecoding(expected: .anyText)
        var text: [UInt8] = []
        decoding.receive(bytes) { text.append(contentsOf: $0) }
        decoding.finish { text.append(contentsOf: $0) }
        return text
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a text of ASCII stands somewhere in the bytes.
    fileprivate func holds(_ wanted: String) -> Bool {
        let wanted = Array(wanted.utf8)
        guard let first = wanted.first else { return true }
        var index = ByteSearch.first(first, self, from: 0, to: count)
        while index + wanted.count <= count {
            if self[index..<index + wanted.count].elementsEqual(wanted) { return true }
            index = ByteSearch.first(first, self, from: index + 1, to: count)
        }
        return false
    }
}
