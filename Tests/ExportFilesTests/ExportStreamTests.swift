import ExportFiles
import Testing

@Suite("Given a file that is not an archive")
struct ExportStreamTests {
    private let folder: TemporaryFolder
    private let long = Array(String(repeating: "mara,text\n", count: 200_000).utf8)

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `when it is plain, then it is read as it is, each time`() throws {
        let stream = try ExportStream(path: folder.file(long))

        #expect(try Array(text(of: stream).utf8) == long)
        #expect(try Array(text(of: stream).utf8) == long)
        #expect(stream.compressedBytesRead == stream.compressedBytes)
        #expect(stream.entryName == nil)
    }

    @Test func `when it is compressed, then it is unpacked on the way`() throws {
        let stream = try ExportStream(path: folder.gzip(long))

        #expect(try Array(text(of: stream).utf8) == long)
        #expect(stream.compressedBytes < 100_000)
    }

    @Test func `when it is compressed and cut off, then it is damaged`() throws {
        let whole = try bytes(at: folder.gzip(long))
        let stream = try ExportStream(path: folder.file(Array(whole.dropLast(100))))

        #expect(exportFileError { _ = try text(of: stream) }?.code == .damaged)
    }

    @Test func `when it unpacks too far, then it is rejected`() throws {
        var limits = ExportFileLimits()
        limits.ratioFloorBytes = 1 << 20
        let path = try folder.gzip([UInt8](repeating: 0x20, count: 8 << 20) + [0x31])

        let error = exportFileError { _ = try text(of: ExportStream(path: path, limits: limits)) }

        #expect(error?.code == .limitExceeded)
    }

    @Test func `when it is too long, then it is rejected`() throws {
        var limits = ExportFileLimits()
        limits.maximumEntryBytes = 1000
        let stream = try ExportStream(path: folder.file(long), limits: limits)

        #expect(exportFileError { _ = try text(of: stream) }?.code == .limitExceeded)
    }

    @Test func `when it has no bytes, then it is empty`() throws {
        let path = try folder.file([])

        #expect(exportFileError { _ = try ExportStream(path: path) }?.code == .empty)
    }
}
