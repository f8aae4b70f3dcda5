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
}

extension ExportFormat {
    /// Why an importer does not read a file of this format, and what to do with it.
    ///
    /// - Parameter entry: the entry of an archive that shows the format; nil for a file that is no archive.
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
}
