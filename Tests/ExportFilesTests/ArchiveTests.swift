import ExportFiles
import Testing
import ZipFixtures

@Suite("Given an archive of an export")
struct ArchiveTests {
    private static let files = [
        ArchiveFile("users.json", "[1]"), ArchiveFile("general/2020-01-01.json", "[2]"),
        ArchiveFile("general/2020-01-02.json", String(repeating: "long ", count: 100_000)),
    ]
    private static let texts = Dictionary(
        uniqueKeysWithValues: files.map { ($0.name, String(decoding: $0.data, as: UTF8.self)) })
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: Packing.allCases)
    func `when it is packed in any accepted way, then its files are read`(packing: Packing) throws {
        let archive = try ExportArchive(path: folder.archive(Self.files, packing))

        #expect(try contents(of: archive) == Self.texts)
        #expect(archive.outline.rootFileNames == ["users.json"])
        #expect(archive.outline.folderNames == ["general"])
    }

    @Test(arguments: [Packing.deflatedZip, .tarGzip])
    func `when it is scanned again, then the same is read`(packing: Packing) throws {
        let archive = try ExportArchive(path: folder.archive(Self.files, packing))

        let first = try contents(of: archive)
        let second = try contents(of: archive)

        #expect(first == second)
    }

    @Test(arguments: [Packing.deflatedZip, .tarGzip])
    func `when entries are skipped, then the others are read`(packing: Packing) throws {
        let archive = try ExportArchive(path: folder.archive(Self.files, packing))

        var read: [String] = []
        try archive.scan { entry in if entry.index != 1 { read.append(try text(of: entry)) } }

        #expect(read.map(\.utf8.count) == [3, 500_000])
    }

    @Test(arguments: Packing.allCases)
    func `when it is scanned, then progress never goes back and ends at the whole`(packing: Packing) throws {
        let archive = try ExportArchive(path: folder.archive(Self.files, packing))

        var progress: [Int64] = []
        try archive.scan { entry in
            progress.append(archive.compressedBytesRead)
            _ = try text(of: entry)
        }
        progress.append(archive.compressedBytesRead)

        #expect(progress == progress.sorted())
        #expect(progress[0] < archive.compressedBytes)
        #expect(progress.last == archive.compressedBytes)
    }

    @Test func `when a name occurs twice, then both are read and the second is marked`() throws {
        let files = [ArchiveFile("a.json", "1"), ArchiveFile("b.json", "2"), ArchiveFile("a.json", "3")]
        let archive = try ExportArchive(path: folder.archive(files))

        var seen: [String] = []
        try archive.scan { seen.append("\($0.name) \(try text(of: $0)) \($0.isDuplicate)") }

        #expect(archive.outline.duplicateCount == 1)
        #expect(seen == ["a.json 1 false", "b.json 2 false", "a.json 3 true"])
    }

    @Test func `when it has more entries than the old format can count, then all are read`() throws {
        let files = (0..<70_000).map { ArchiveFile("room/\($0).json", "") }
        let archive = try ExportArchive(path: folder.archive(files, .storedZip))

        var last = -1
        try archive.scan { last = $0.index }

        #expect(archive.outline.entryCount == 70_000)
        #expect(last == 69_999)
    }

    @Test func `when a checksum is wrong, then that entry is unreadable and the scan continues`() throws {
        var broken = StoredZip.Entry("b.json")
        broken.crc = 1
        let path = try folder.file(StoredZip([.init("a.json"), broken, .init("c.json")]).bytes)

        var outcomes: [String?] = []
        try ExportArchive(path: path).scan { entry in
            outcomes.append(exportFileError { _ = try text(of: entry) }.map { "\($0.code.rawValue) \($0.entry ?? "")" })
        }

        #expect(outcomes == [nil, "importer-entry-unreadable b.json", nil])
    }

    @Test func `when packed data is broken in one entry, then the scan continues after it`() throws {
        var broken = StoredZip.Entry("b.json", "this is not what deflate gives")
        broken.method = 8
        let path = try folder.file(StoredZip([.init("a.json"), broken, .init("c.json")]).bytes)

        var outcomes: [ExportFileError.Code?] = []
        try ExportArchive(path: path).scan { entry in
            outcomes.append(exportFileError { _ = try text(of: entry) }?.code)
        }

        #expect(outcomes == [nil, .entryUnreadable, nil])
    }

    @Test func `when very many entries are broken, then the archive is`() throws {
        let entries = (0..<20).map { index in
            var entry = StoredZip.Entry("\(index).json")
            entry.crc = 1
            return entry
        }
        var limits = ExportFileLimits()
        limits.maximumUnreadableEntries = 10
        let archive = try ExportArchive(path: folder.file(StoredZip(entries).bytes), limits: limits)

        var codes: [ExportFileError.Code?] = []
        try archive.scan { entry in codes.append(exportFileError { _ = try text(of: entry) }?.code) }

        #expect(codes.prefix(10).allSatisfy { $0 == .entryUnreadable })
        #expect(codes[10] == .damaged)
    }

    @Test(arguments: Packing.allCases)
    func `when it is cut off, then it is rejected`(packing: Packing) throws {
        let whole = try bytes(at: folder.archive(Self.files, packing))
        let path = try folder.file(Array(whole.prefix(whole.count * 2 / 3)))

        let error = exportFileError { _ = try contents(of: ExportArchive(path: path)) }

        #expect(error?.code == .damaged || error?.code == .entryUnreadable)
    }

    @Test func `when something stands before a zip archive, then it is read`() throws {
        var zip = StoredZip([.init("a.json", "1"), .init("b.json", "2")])
        zip.prefix = Array("PK\u{3}\u{4} is how it begins".utf8)

        let archive = try ExportArchive(path: folder.file(zip.bytes))

        #expect(try contents(of: archive) == ["a.json": "1", "b.json": "2"])
    }

    @Test func `when a visitor fails, then its error ends the scan`() throws {
        struct Failure: Error {}
        let archive = try ExportArchive(path: folder.archive(Self.files))

        #expect(throws: Failure.self) { try archive.scan { _ in throw Failure() } }
        #expect(throws: Failure.self) { try archive.scan { try $0.read { _ in throw Failure() } } }
    }
}
