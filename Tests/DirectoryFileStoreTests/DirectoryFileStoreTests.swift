import DurableFiles
import Foundation
import ImportDomain
import Testing

@testable import DirectoryFileStore

@Suite("Given a directory of files")
struct DirectoryFileStoreTests {
    private static let id = "aBcdefgh-23456789"

    private func inStore<Value>(_ body: (DirectoryFileStore, String) async throws -> Value) async throws -> Value {
        let place = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)").path
        let root = place + "/files"
        let store = try await DirectoryFileStore(at: root, threads: 2)
        let value = try await body(store, root)
        await store.close()
        try FileManager.default.removeItem(atPath: place)
        return value
    }

    private func put(_ bytes: [UInt8], _ key: FileKey, in store: DirectoryFileStore) async throws {
        let writer = try await store.begin(key)
        try await writer.write(bytes)
        _ = try await writer.finish()
    }

    private func content(_ chunks: FileChunks) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in chunks { bytes += chunk }
        return bytes
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `when a file is written and finished, then it lies where importers find it, for its owner only`()
        async throws
    {
        try await inStore { store, root in
            let key = try FileKey(.imports, id: Self.id)
            let writer = try await store.begin(key)
            try await writer.write(Array("hello ".utf8))
            try await writer.write(Array("world".utf8))

            let size = try await writer.finish()

            #expect(size == 11)
            #expect(store.path(of: key) == "\(root)/imports/aB/\(Self.id)")
            #expect(FileManager.default.contents(atPath: store.path(of: key)) == Data("hello world".utf8))
            #expect(try mode(store.path(of: key)) == 0o600)
            #expect(try mode(root + "/imports/aB") == 0o700)
            #expect(try mode(root) == 0o700)
        }
    }

    @Test func `when a file is not finished, then there is none; and discarded, nothing is left`() async throws {
        try await inStore { store, root in
            let key = try FileKey(.uploads, id: Self.id)
            let writer = try await store.begin(key)
            try await writer.write([1, 2, 3])

            let error = await #expect(throws: FileStoreError.self) { try await store.size(of: key) }
            await writer.discard()

            #expect(error?.code == .missing)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/temporary").isEmpty)
        }
    }

    @Test func `when a file is written again, then the new one is there, and readers of the old one end with it`()
        async throws
    {
        try await inStore { store, _ in
            let key = try FileKey(.avatars, id: Self.id)
            try await put([1, 1, 1], key, in: store)
            let old = try await store.read(key, range: nil)

            try await put([2, 2], key, in: store)

            let new = try await store.read(key, range: nil)
            #expect(try await content(old) == [1, 1, 1])
            #expect(try await content(new) == [2, 2])
        }
    }

    @Test(
        arguments: [
            (nil, 0..<700_000), (0..<1, 0..<1), (699_999..<700_000, 699_999..<700_000), (100..<400_000, 100..<400_000),
            (699_000..<Int64.max, 699_000..<700_000), (700_000..<700_001, 700_000..<700_000), (5..<5, 5..<5),
            (9_000_000..<9_000_001, 700_000..<700_000),
        ] as [(Range<Int64>?, Range<Int64>)])
    func `when a range is read, then exactly its bytes come, in chunks`(
        range: Range<Int64>?, expected: Range<Int64>
    ) async throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await inStore { store, _ in
            let key = try FileKey(.uploads, id: Self.id)
            try await put(bytes, key, in: store)

            let chunks = try await store.read(key, range: range)

            #expect(chunks.range == expected)
            #expect(chunks.fileSizeBytes == 700_000)
            #expect(try await content(chunks) == Array(bytes[Int(expected.lowerBound)..<Int(expected.upperBound)]))
            for try await chunk in chunks { #expect((1...FileChunks.largestChunkBytes).contains(chunk.count)) }
        }
    }

    @Test func `when a file is removed, then it is gone, and a second time there is none`() async throws {
        try await inStore { store, _ in
            let key = try FileKey(.uploads, id: Self.id)
            try await put([1], key, in: store)

            let removed = [try await store.remove(key), try await store.remove(key)]

            let error = await #expect(throws: FileStoreError.self) { try await store.read(key, range: nil) }
            #expect(removed == [true, false])
            #expect(error?.code == .missing)
        }
    }

    @Test func `when a download is adopted, then it is the file`() async throws {
        try await inStore { store, _ in
            let key = try FileKey(.uploads, id: Self.id)
            let path = try await store.temporaryPath()
            try Data("hello".utf8).write(to: URL(filePath: path))

            let size = try await store.adopt(path, as: key)

            #expect(size == 5)
            #expect(try await store.size(of: key) == 5)
            #expect(try mode(store.path(of: key)) == 0o600)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test(arguments: [
        "/etc/passwd", "ROOT/temporary/../imports/x", "ROOT/imports/x", "ROOT/temporary/link", "ROOT/temporary/",
    ])
    func `when something else is to be adopted, then it stays where it is`(path: String) async throws {
        try await inStore { store, root in
            let key = try FileKey(.uploads, id: Self.id)
            try FileManager.default.createSymbolicLink(
                atPath: root + "/temporary/link", withDestinationPath: "/etc/passwd")

            let error = await #expect(throws: FileStoreError.self) {
                try await store.adopt(path.replacing("ROOT", with: root), as: key)
            }

            #expect(error?.code == .notTemporary)
            #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
        }
    }

    @Test func `when a download that is not there is adopted, then it is missing`() async throws {
        try await inStore { store, _ in
            let key = try FileKey(.uploads, id: Self.id)
            let path = try await store.temporaryPath()

            let error = await #expect(throws: FileStoreError.self) { try await store.adopt(path, as: key) }

            #expect(error?.code == .missing)
        }
    }

    @Test func `when leftovers are removed, then old ones go, and young ones and finished files stay`() async throws {
        try await inStore { store, root in
            let key = try FileKey(.imports, id: Self.id)
            try await put([1], key, in: store)
            let (old, young) = (try await store.temporaryPath(), try await store.temporaryPath())
            for path in [old, young] { try Data([1]).write(to: URL(filePath: path)) }
            let yesterday = Date(timeIntervalSinceNow: -86_400)
            for path in [old, store.path(of: key)] {
                try FileManager.default.setAttributes([.modificationDate: yesterday], ofItemAtPath: path)
            }

            let removed = try await store.removeLeftovers(olderThan: .seconds(3600))

            #expect(removed == 1)
            #expect(!FileManager.default.fileExists(atPath: old))
            #expect(FileManager.default.fileExists(atPath: young))
            #expect(try await store.size(of: key) == 1)
        }
    }

    @Test func `when a writer has ended, then its calls throw`() async throws {
        try await inStore { store, _ in
            let writer = try await store.begin(try FileKey(.imports, id: Self.id))
            _ = try await writer.finish()
            await writer.discard()

            let error = await #expect(throws: FileStoreError.self) { try await writer.write([1]) }

            #expect(error?.code == .writerClosed)
        }
    }

    @Test(arguments: [
        (FileFailure.Action.write, ENOSPC, FileStoreError.Code.diskFull), (.write, EDQUOT, .diskFull),
        (.open, ENOENT, .missing), (.read, ENOENT, .missing), (.create, ENOENT, .failed), (.rename, ENOENT, .failed),
        (.write, EIO, .failed), (.create, EACCES, .refused), (.create, EPERM, .refused), (.rename, EROFS, .refused),
    ])
    func `when the system reports an error, then the error says what an administrator can do`(
        action: FileFailure.Action, number: Int32, code: FileStoreError.Code
    ) {
        let error = FileStoreError(FileFailure(action, errno: number))

        #expect(error.code == code)
        #expect(!error.message.isEmpty)
    }

    @Test(arguments: [
        "", "short", "../../../etc/passwd", "aaaaaaaaaaaaaaaa/a", "aaaaaaaaaaaaaaaaa.", "aaaaaaaaaaaaaaaaaä",
        "aaaaaaaaaaaaaaaa\0a", "aaaaaaaaaaaaaaaa", String(repeating: "a", count: 65),
    ])
    func `when an id could be another path, then it is rejected`(id: String) throws {
        let error = #expect(throws: FileStoreError.self) { try FileKey(.imports, id: id) }

        #expect(error?.code == .invalidID)
    }

    @Test(arguments: ["aaaaaaaaaaaaaaaaa", "-AZaz09-aaaaaaaaa", String(repeating: "Z", count: 64)])
    func `when an id has 17 to 64 letters, digits and hyphens, then it is taken`(id: String) throws {
        let key = try FileKey(.imports, id: id)

        #expect(key.id == id)
    }

    @Test func `when the directory cannot be made, then the store does not open`() async throws {
        let error = await #expect(throws: FileStoreError.self) {
            try await DirectoryFileStore(at: "/proc/nothing/here")
        }

        #expect(error != nil)
    }
}
