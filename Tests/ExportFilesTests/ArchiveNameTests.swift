import ExportFiles
import Testing
import ZipFixtures

@Suite("Given the names in an archive")
struct ArchiveNameTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func names(_ entries: [StoredZip.Entry]) throws -> [String] {
        var names: [String] = []
        try ExportArchive(path: folder.file(StoredZip(entries).bytes)).scan { names.append($0.name) }
        return names
    }

    @Test(arguments: [
        ("a\\b.json", "a/b.json"), ("./a.json", "a.json"), ("x/./y//z.json", "x/y/z.json"),
        ("u\u{308}ber.json", "\u{FC}ber.json"), ("...json", "...json"),
    ])
    func `when they are written differently, then they are normalised`(given: String, name: String) throws {
        let names = try names([.init(given), .init("other.json")])

        #expect(names.first?.unicodeScalars.elementsEqual(name.unicodeScalars) == true)
    }

    @Test func `when one is neither marked nor UTF-8, then it is of code page 437`() throws {
        let names = try names([.init(nameBytes: [0x81, 0x62, 0x65, 0x72]), .init("other.json")])

        #expect(names.first == "über")
    }

    @Test(arguments: [UInt8(ascii: "/"), UInt8(ascii: "\\")])
    func `when a folder is UTF-8 and a file in it is not, then each part has its own encoding`(separator: UInt8) throws
    {
        let bytes = Array("雑談".utf8) + [separator, 0x81, 0x62, 0x65, 0x72]

        #expect(try names([.init(nameBytes: bytes), .init("other.json")]).first == "雑談/über")
    }

    @Test(arguments: [0 as UInt16, 1 << 11])
    func `when one is UTF-8, then it is, marked or not`(flags: UInt16) throws {
        var entry = StoredZip.Entry("チャンネル/1.json")
        entry.flags = flags

        #expect(try names([entry, .init("other.json")]).first == "チャンネル/1.json")
    }

    @Test func `when one is marked as UTF-8 and is not, then the others are read`() throws {
        var entry = StoredZip.Entry(nameBytes: [0x81, 0x62])
        entry.flags = 1 << 11

        #expect(try names([entry, .init("other.json")]).contains("other.json"))
    }

    @Test func `when operating systems left something, then it is ignored and counted`() throws {
        let junk = [
            "__MACOSX/._users.json", "room/._1.json", ".DS_Store", "room/.DS_Store", "Thumbs.db", "room/desktop.ini",
            "room/", "./",
        ]
        let archive = try ExportArchive(
            path: folder.archive(junk.map { ArchiveFile($0, "") } + [ArchiveFile("users.json")]))

        #expect(archive.outline.rootFileNames == ["users.json"])
        #expect(archive.outline.entryCount == 1)
        #expect(archive.outline.ignoredCount == junk.count)
    }

    /// The enclosing folder that is removed.
    static let wrapped: [([String], String?)] = [
        (["x/users.csv", "x/general/1.csv"], "x"),
        (["x/y/users.json", "x/y/general/1.json"], "x/y"),
        (["x/y/z/users.json", "x/y/z/general/1.json"], nil),
        (["users.csv", "x/users.csv"], nil),
        (["x/users.csv", "y/users.csv"], nil),
        (["general/1.csv", "general/2.csv"], nil),
        (["export/general/1.csv", "export/random/1.csv"], "export"),
        (["directmessages/1.csv"], nil),
        (["teams/T1/channels.json", "teams/T1/general/1.json"], nil),
        (["Takeout/Google Chat/Groups/a.json"], "Takeout"),
        (["x/.DS_Store", "__MACOSX/x", "x/export.jsonl"], "x"),
    ]

    @Test(arguments: wrapped)
    func `when one folder is around everything, then names come without it`(given: [String], folder: String?) throws {
        let path = try self.folder.archive(given.map { ArchiveFile($0, "") })

        let archive = try ExportArchive(path: path)

        #expect(archive.outline.wrappingFolder == folder)
        let prefix = folder.map { $0 + "/" } ?? ""
        try archive.scan { #expect(given.contains(prefix + $0.name)) }
    }

    @Test func `when there are very many at the root, then the outline is cut short`() throws {
        var limits = ExportFileLimits()
        limits.maximumOutlineNames = 10
        let path = try folder.archive((0..<20).map { ArchiveFile("\($0).json", "") })

        let outline = try ExportArchive(path: path, limits: limits).outline

        #expect(outline.rootFileNames.count == 10)
        #expect(outline.isCutShort)
        #expect(outline.entryCount == 20)
    }

    @Test func `when a fixed name is looked for, then letter case does not matter`() throws {
        let outline = try ExportArchive(path: folder.archive([ArchiveFile("Users.CSV"), ArchiveFile("Teams/a")]))
            .outline

        #expect(outline.rootFileNames.contains { $0.lowercased() == "users.csv" })
        #expect(outline.folderNames.contains { $0.lowercased() == "teams" })
        #expect(!outline.rootFileNames.contains { $0.lowercased() == "channels.csv" })
    }

    @Test func `when an entry is asked for the parts of its name, then they are returned`() throws {
        try ExportArchive(path: folder.archive([ArchiveFile("users.csv"), ArchiveFile("a/b/c.csv")])).scan { entry in
            #expect(entry.components.joined(separator: "/") == entry.name)
            #expect(entry.baseName == entry.components.last)
        }
    }
}
