import ExportFiles
import RandomNumbers
import Testing
import ZipFixtures

@Suite("Given a hostile or unsuitable archive")
struct HostileArchiveTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func refusal(of zip: StoredZip, limits: ExportFileLimits = ExportFileLimits()) throws -> ExportFileError? {
        let path = try folder.file(zip.bytes)
        return exportFileError { _ = try contents(of: ExportArchive(path: path, limits: limits)) }
    }

    @Test(arguments: ["../a.json", "x/../../a.json", "/etc/passwd", "C:/a.json", "c:a.json", "..\\a.json", "a\0.json"])
    func `when a name leads out of the archive, then it is rejected`(name: String) throws {
        let error = try refusal(of: StoredZip([.init("users.json"), .init(name)]))

        #expect(error?.code == .damaged)
        #expect(error?.entry?.contains("\0") == false)
    }

    @Test(arguments: [1 as UInt16, 1 << 6, 1 << 13])
    func `when an entry is encrypted, then it is rejected`(flags: UInt16) throws {
        var entry = StoredZip.Entry("secret.json")
        entry.flags = flags

        let error = try refusal(of: StoredZip([.init("users.json"), entry]))

        #expect(error?.code == .encrypted)
        #expect(error?.entry == "secret.json")
    }

    @Test func `when it is a part of a split archive, then it is rejected`() throws {
        var zip = StoredZip([.init("users.json")])
        zip.disk = 1

        #expect(try refusal(of: zip)?.code == .unrecognized)
    }

    @Test func `when entries share their bytes, then it is rejected`() throws {
        var zip = StoredZip((0..<100).map { _ in .init("same.json", String(repeating: "x", count: 1000)) })
        zip.sharesData = true

        #expect(try refusal(of: zip)?.code == .damaged)
    }

    @Test func `when it holds nothing but an archive, then it is rejected`() throws {
        let inner = try bytes(at: folder.archive([ArchiveFile("users.json")]))
        let path = try folder.archive([ArchiveFile("__MACOSX/._export.zip"), ArchiveFile("export.zip", inner)])

        let error = exportFileError { _ = try ExportArchive(path: path) }

        #expect(error?.code == .unrecognized)
        #expect(error?.entry == "export.zip")
    }

    @Test(arguments: [[], [ArchiveFile("folder/", "")], [ArchiveFile(".DS_Store")]])
    func `when it has no files, then it is empty`(files: [ArchiveFile]) throws {
        let path = try folder.archive(files)

        #expect(exportFileError { _ = try ExportArchive(path: path) }?.code == .empty)
    }

    @Test(arguments: Packing.allCases)
    func `when it has too many entries, then it is rejected`(packing: Packing) throws {
        var limits = ExportFileLimits()
        limits.maximumEntries = 3
        let path = try folder.archive((0..<4).map { ArchiveFile("\($0).json") }, packing)

        let error = exportFileError { _ = try ExportArchive(path: path, limits: limits) }

        #expect(error?.code == .limitExceeded)
        #expect(error?.message.contains("3") == true)
    }

    @Test(arguments: Packing.allCases)
    func `when an entry is too large, then it is rejected`(packing: Packing) throws {
        var limits = ExportFileLimits()
        limits.maximumEntryBytes = 1000
        let path = try folder.archive([ArchiveFile("a", [UInt8](repeating: 0, count: 1001))], packing)

        #expect(exportFileError { _ = try ExportArchive(path: path, limits: limits) }?.code == .limitExceeded)
    }

    @Test(arguments: Packing.allCases)
    func `when all entries together are too large, then it is rejected`(packing: Packing) throws {
        var limits = ExportFileLimits()
        limits.maximumTotalBytes = 1000
        let path = try folder.archive((0..<3).map { ArchiveFile("\($0)", [UInt8](repeating: 0, count: 400)) }, packing)

        #expect(exportFileError { _ = try ExportArchive(path: path, limits: limits) }?.code == .limitExceeded)
    }

    @Test(arguments: [Packing.deflatedZip] + Packing.compressedTars)
    func `when it unpacks to very much more than it is, then it is rejected`(packing: Packing) throws {
        var limits = ExportFileLimits()
        limits.ratioFloorBytes = 1 << 20
        let path = try folder.archive([ArchiveFile("zeros", [UInt8](repeating: 0, count: 8 << 20))], packing)

        let error = exportFileError { _ = try contents(of: ExportArchive(path: path, limits: limits)) }

        #expect(error?.code == .limitExceeded)
    }

    @Test(arguments: [Packing.deflatedZip] + Packing.compressedTars)
    func `when it unpacks to very much more but is small, then it is read`(packing: Packing) throws {
        let path = try folder.archive([ArchiveFile("zeros", [UInt8](repeating: 0, count: 8 << 20))], packing)

        #expect(try contents(of: ExportArchive(path: path))["zeros"]?.utf8.count == 8 << 20)
    }

    @Test func `when packed data gives more than was announced, then reading ends with an error`() throws {
        let honest = try bytes(at: folder.archive([ArchiveFile("zeros", [UInt8](repeating: 0, count: 8 << 20))]))
        let path = try folder.file(honest.replacing(StoredZip.number(8 << 20, 4), with: StoredZip.number(1000, 4)))

        let error = exportFileError { _ = try contents(of: ExportArchive(path: path)) }

        #expect(error?.code == .entryUnreadable)
    }

    @Test func `when a name is too long, then it is rejected`() throws {
        let name = String(repeating: "n", count: 1025)

        #expect(try refusal(of: StoredZip([.init(name)]))?.code == .limitExceeded)
    }

    @Test func `when it is compressed several times over, then it is rejected`() throws {
        let tar = try bytes(at: folder.archive([ArchiveFile("users.json")], .tar))
        let path = try folder.gzip(tar, times: 3)

        #expect(exportFileError { _ = try ExportArchive(path: path) }?.code == .unrecognized)
    }

    @Test func `when random bytes of it are changed, then it is read or rejected and never more`() throws {
        let whole = try bytes(
            at: folder.archive((0..<5).map { ArchiveFile("room/\($0).json", String(repeating: "text ", count: 50)) }))
        var random = SeededGenerator(seed: 7)
        var refusals = 0
        for _ in 0..<400 {
            var changed = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let path = try folder.file(changed)
            if exportFileError({ _ = try contents(of: ExportArchive(path: path)) }) != nil { refusals += 1 }
        }

        #expect(refusals > 100)
    }
}
