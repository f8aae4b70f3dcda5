import DelimitedText
import ExportFiles
import JSON
import Testing

@Suite("Given a reader whose task was cancelled")
struct CheckpointTests {
    /// Throws at the call of this number.
    final class Stopper {
        private(set) var calls = 0
        private let limit: Int

        init(after limit: Int = .max) {
            self.limit = limit
        }

        func check() throws {
            calls += 1
            if calls > limit { throw CancellationError() }
        }
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test
    func `when an archive of many entries is opened, then it stops between entries`() throws {
        let path = try folder.archive((0..<2000).map { ArchiveFile("a/\($0)", "") }, .tar)
        let stopper = Stopper(after: 2)

        #expect(throws: CancellationError.self) {
            _ = try ExportArchive(path: path, checkpoint: stopper.check)
        }
        #expect(stopper.calls == 3)
    }

    @Test
    func `when a scan is to end, then not all entries are visited`() throws {
        let path = try folder.archive((0..<2000).map { ArchiveFile("a/\($0)", "") })
        var stopper = Stopper()
        let archive = try ExportArchive(path: path) { try stopper.check() }
        stopper = Stopper(after: 1)
        var visited = 0

        #expect(throws: CancellationError.self) { try archive.scan { _ in visited += 1 } }
        #expect((1..<2000).contains(visited))
    }

    @Test(arguments: Packing.compressedTars)
    func `when a large entry is skipped, then it stops within the entry`(packing: Packing) throws {
        let large = ArchiveFile("large", [UInt8](repeating: 0x61, count: 8 << 20))
        let path = try folder.archive([large, ArchiveFile("small")], packing)
        let stopper = Stopper(after: 3)

        #expect(throws: CancellationError.self) {
            _ = try ExportArchive(path: path, checkpoint: stopper.check)
        }
    }

    @Test
    func `when an entry is one large element, then it stops within the element`() throws {
        let text = "[\"" + String(repeating: "a", count: 8 << 20) + "\"]"
        let stream = try stream(text, Stopper(after: 4))

        #expect(throws: CancellationError.self) { _ = try JSONFile().readArray(stream) { _, _ in } }
    }

    @Test
    func `when a chunk has many elements, then it stops between them`() throws {
        let text = "[" + String(repeating: "0,", count: 50_000) + "0]"
        var elements = 0
        let stream = try stream(text, Stopper(after: 2))

        #expect(throws: CancellationError.self) {
            _ = try JSONFile().readArray(stream) { _, _ in elements += 1 }
        }
        #expect(elements < 50_000)
    }

    @Test
    func `when a chunk has many lines of JSON, then it stops between them`() throws {
        let text = String(repeating: "0\n", count: 50_000)
        let stream = try stream(text, Stopper(after: 2))

        #expect(throws: CancellationError.self) { _ = try JSONFile().readLines(stream, { _, _ in }) }
    }

    @Test
    func `when a chunk has many members, then it stops between them`() throws {
        let text = "{\"a\":[" + String(repeating: "0,", count: 50_000) + "0]}"
        let stream = try stream(text, Stopper(after: 2))

        #expect(throws: CancellationError.self) { _ = try JSONFile().readObject(stream, { _, _ in }) }
    }

    @Test
    func `when a chunk has many rows, then it stops between them`() throws {
        var rows = 0
        let stream = try stream(String(repeating: "a,b\n", count: 50_000), Stopper(after: 2))

        #expect(throws: CancellationError.self) {
            var reader = DelimitedTextReader()
            try reader.read(stream) { _ in rows += 1 }
        }
        #expect(rows < 50_000)
    }

    private func stream(_ text: String, _ stopper: Stopper) throws -> ExportStream {
        try ExportStream(path: folder.file(Array(text.utf8)), checkpoint: stopper.check)
    }
}
