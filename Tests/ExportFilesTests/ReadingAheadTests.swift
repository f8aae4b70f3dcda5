import ExportFiles
import RandomNumbers
import Testing
import ZipFixtures

@Suite("Given a zip archive that is unpacked ahead")
struct ReadingAheadTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What a scan comes to: names, texts and faults in their order.
    private func reading(of path: String, ahead suffix: String?) throws -> [String] {
        var lines: [String] = []
        do {
            try ExportArchive(path: path).scan(readingAhead: suffix) { entry in
                do {
                    lines.append("\(entry.name) \(entry.index) \(try text(of: entry).hashValue)")
                } catch let error as ExportFileError where error.code == .entryUnreadable {
                    lines.append("\(entry.name) \(error.message)")
                }
            }
        } catch let error as ExportFileError {
            lines.append(error.message)
        }
        return lines
    }

    @Test(arguments: [Packing.storedZip, .deflatedZip])
    func `when its files are small, large and of other kinds, then they are as without`(packing: Packing) throws {
        var random = SeededGenerator(seed: 11)
        let files = (0..<300).map { index in
            ArchiveFile(
                "room/\(index).\(index.isMultiple(of: 5) ? "txt" : "json")",
                (0..<(index == 7 ? 900_000 : Int.random(in: 0...2_000, using: &random)))
                    .map { _ in UInt8.random(in: 97...122, using: &random) })
        }
        let path = try folder.archive(files, packing)

        let ahead = try reading(of: path, ahead: ".json")

        #expect(ahead.count == 300)
        #expect(try ahead == reading(of: path, ahead: nil))
    }

    @Test func `when random bytes of it are changed, then the same is read and rejected as without`() throws {
        let files = (0..<9).map { ArchiveFile("room/\($0).json", String(repeating: "text \($0)", count: 90)) }
        let whole = try bytes(at: folder.archive(files))
        var random = SeededGenerator(seed: 5)
        var faults = 0
        for _ in 0..<200 {
            var changed = whole
            changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            let path = try folder.file(changed)
            let ahead = try reading(of: path, ahead: ".json")

            #expect(try ahead == reading(of: path, ahead: nil))
            if ahead.count < 9 || ahead.contains(where: { $0.contains("broken") }) { faults += 1 }
        }
        #expect(faults > 50)
    }

    @Test func `when files are passed over and the reading ends early, then nothing waits`() throws {
        let files = (0..<2_000).map { ArchiveFile("\($0).json", [UInt8](repeating: 97, count: 5_000)) }
        let path = try folder.archive(files, .storedZip)
        struct Enough: Error {}

        for end in [0, 1, 700, 1_999] {
            var read = 0
            #expect(throws: Enough.self) {
                try ExportArchive(path: path).scan(readingAhead: ".json") { entry in
                    if entry.index.isMultiple(of: 3) { read += try text(of: entry).utf8.count }
                    if entry.index == end { throw Enough() }
                }
            }
            #expect(read == (end / 3 + 1) * 5_000)
        }
    }
}
