import ExportFiles
import Testing

@Suite("Given a file of another system")
struct ExportFormatTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Names and contents of archives, and a word for their format.
    static let archives: [([ArchiveFile], String)] = [
        ([ArchiveFile("h/realm.json", "{}"), ArchiveFile("h/messages-000001.json", "{}")], "Zulip"),
        ([ArchiveFile("x/a.json", #"{"zerver_message": []}"#), ArchiveFile("x/b/c", "")], "Zulip"),
        ([ArchiveFile("Sea - Text - deck [1].json", #"{"guild":{"id":"1"},"channel":{"id":"2"}"#)], "Discord"),
        ([ArchiveFile("messages/c1/channel.json", "{}"), ArchiveFile("account/user.json", "{}")], "Discord"),
        (
            [ArchiveFile("dump/rocketchat/users.bson"), ArchiveFile("dump/rocketchat/rocketchat_room.bson")],
            "Rocket.Chat"
        ),
        ([ArchiveFile("a/dump/meteor/rocketchat_message.bson.gz")], "Rocket.Chat"),
        ([ArchiveFile("dump/shop/orders.bson")], "MongoDB"),
        (
            [ArchiveFile("users.json", #"[{"User": {"id": 1}}]"#), ArchiveFile("rooms.json", #"[{"Room": {}}]"#)],
            "HipChat"
        ),
        ([ArchiveFile("e/rooms/7/history.json", "[]"), ArchiveFile("e/users/1/history.json", "[]")], "HipChat"),
        ([ArchiveFile("rooms/list.json", "{}"), ArchiveFile("rooms/quay/2016-01-01.json", "[]")], "HipChat"),
        ([ArchiveFile("slackdump.sqlite", "SQLite format 3\0 CREATE TABLE CHUNK CREATE TABLE S_USER")], "slackdump"),
        ([ArchiveFile("workspace.json.gz"), ArchiveFile("C1.json.gz")], "slackdump"),
        (
            [ArchiveFile("all.jsonl", "{\"type\":\"version\",\"version\":1}\n{\"type\":\"team\",\"team\":{}}\n")],
            "Mattermost"
        ),
        ([ArchiveFile("x/result.json", #"{"about":"","personal_information":{},"chats":{}}"#)], "Telegram"),
        ([ArchiveFile("result.json", #"{"name":"a","type":"private_group","id":1,"messages":[]}"#)], "Telegram"),
        ([ArchiveFile("messages.html", "<html>"), ArchiveFile("css/style.css")], "Telegram"),
        ([ArchiveFile("Takeout/Google Chat/Groups/DM 1/group_info.json", "{}")], "Google Chat"),
        ([ArchiveFile("teams/teamsList.json", "[]"), ArchiveFile("users/usersList.json", "[]")], "Teams"),
        ([ArchiveFile("messages.json", #"{"userId":"8:a","exportDate":"","conversations":[]}"#)], "Teams"),
        ([ArchiveFile("export.json", #"{"room_name":"a","room_creator":"b","messages":[]}"#)], "Matrix"),
    ]

    @Test(arguments: archives, [Packing.deflatedZip, .tarGzip])
    func `when an archive is opened for Slack or tables, then the error names its format`(
        archive: ([ArchiveFile], String), packing: Packing
    ) throws {
        let opened = try ExportArchive(path: folder.archive(archive.0, packing))

        for format in [ExportFormat.slack, .csvArchive] {
            let error = exportFileError { try opened.require(format) }
            #expect(error?.code == .unrecognized)
            #expect(error?.message.contains(archive.1) == true, "\(error?.message ?? "-")")
        }
    }

    /// Contents of files that are not archives, and a word for their format.
    static let files: [(String, String)] = [
        (#"{"guild":{},"channel":{},"messages":[]}"#, "Discord"),
        ("{\"type\":\"version\",\"version\":1}\n", "Mattermost"),
        ("SQLite format 3\0 CREATE TABLE CHUNK CREATE TABLE S_USER", "database of slackdump"),
        ("SQLite format 3\0 CREATE TABLE t", "SQLite"), ("\u{FEFF}[{\"User\":{}}]", "HipChat"),
        ("version: 1\n\ndn: cn=a\ncn: a\n", "LDIF"), ("# a\ndn: cn=a\ncn: a\n", "LDIF"),
        (#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"Resources":[]}"#, "SCIM"),
        (#"{"_id":{"$oid":"1"},"rid":"2","msg":"a"}"#, "mongoexport"),
        (#"[{"type":"message","user":"U1","text":"a","ts":"1.2"}]"#, "Slack"),
        ("username,email,status,billing-active,has-2fa,has-sso,userid,fullname\na,b,c,1,0,0,U1,d\n", "slack-users"),
        ("username,email,name\na,b@c,d\n", "importer csv"), ("name;emails;phones\na;b;c\n", "omnichannel_contact"),
    ]

    @Test(arguments: files)
    func `when a single file is opened as an archive, then the error names its format`(
        content: String, word: String
    ) throws {
        for path in [try folder.file(Array(content.utf8)), try folder.gzip(Array(content.utf8))] {
            let error = exportFileError { _ = try ExportArchive(path: path) }
            #expect(error?.code == .unrecognized)
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "-")")
        }
    }

    @Test
    func `when an export of Slack holds files of other systems, then it is one of Slack`() throws {
        let archive = try ExportArchive(
            path: folder.archive([
                ArchiveFile("channels.json", "[]"), ArchiveFile("users.json", "[]"),
                ArchiveFile("deck/2024-01-01.json", "[]"), ArchiveFile("__uploads/F1/realm.json", "{}"),
                ArchiveFile("deck/attachments/F2-users.csv", "a"), ArchiveFile("realm.json", "{}"),
            ]))

        try archive.require(.slack)
        #expect(archive.format == .slack)
        #expect(exportFileError { try archive.require(.csvArchive) }?.message.contains("importer slack") == true)
    }

    @Test
    func `when an archive holds tables, then Slack's reader is named`() throws {
        for name in ["users.csv", "quay/1.csv"] {
            let archive = try ExportArchive(path: folder.archive([ArchiveFile(name, "a")]))

            try archive.require(.csvArchive)
            #expect(exportFileError { try archive.require(.slack) }?.message.contains("importer csv") == true)
        }
    }

    @Test
    func `when nothing is known of an archive, then its readers decide`() throws {
        let archive = try ExportArchive(
            path: folder.archive([ArchiveFile("a.json", "[]"), ArchiveFile("b/c.json", "{}")]))

        #expect(archive.format == nil)
        try archive.require(.slack)
        try archive.require(.csvArchive)
    }
}
