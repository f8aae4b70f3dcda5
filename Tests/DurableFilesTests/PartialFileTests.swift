import DurableFiles
import Foundation
import Testing

@Suite("Given a file that is being written")
struct PartialFileTests {
    /// A new directory that is removed with the test.
    private final class Place {
        let path = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)").path

        init() throws { try Directory.make(path) }
        deinit {
            // Leftovers in the temporary directory are harmless.
            try? FileManager.default.removeItem(atPath: path)
        }

        var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path) } }
    }

    private func write(_ text: String, to file: PartialFile) throws {
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    }

    @Test func `when it is finished, then it is under its name, whole, and its owner's alone`() throws {
        let place = try Place()
        let file = try PartialFile(place.path + "/name")
        try write("hello ", to: file)
        try write("world", to: file)

        let size = try file.finish()

        #expect(size == 11)
        #expect(try place.names == ["name"])
        #expect(FileManager.default.contents(atPath: place.path + "/name") == Data("hello world".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: place.path + "/name")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `when it is not finished yet, then nothing has its name`() throws {
        let place = try Place()
        let file = try PartialFile(place.path + "/name")

        try write("hello", to: file)

        #expect(try place.names == [String(file.temporaryPath.dropFirst(place.path.count + 1))])
        #expect(file.sizeBytes == 5)
    }

    @Test func `when it is discarded or forgotten, then nothing is left`() throws {
        let place = try Place()
        let discarded = try PartialFile(place.path + "/discarded")
        discarded.discard()
        var forgotten: PartialFile? = try PartialFile(place.path + "/forgotten")
        #expect(forgotten != nil)

        forgotten = nil

        #expect(try place.names.isEmpty)
    }

    @Test func `when it has ended, then no more can be written`() throws {
        let place = try Place()
        let file = try PartialFile(place.path + "/name")
        _ = try file.finish()

        #expect(throws: FileFailure.self) { try write("x", to: file) }
        #expect(throws: FileFailure.self) { try file.finish() }
    }

    @Test func `when something lies at its temporary path, even a link, then it is not touched`() throws {
        let place = try Place()
        try FileManager.default.createSymbolicLink(
            atPath: place.path + "/link", withDestinationPath: place.path + "/target")

        let failure = #expect(throws: FileFailure.self) {
            try PartialFile(place.path + "/name", at: place.path + "/link")
        }

        #expect(failure?.isTaken == true)
        #expect(try place.names == ["link"])
    }

    @Test func `when the disk is full, then the failure reports it`() throws {
        let full = FileFailure(.write, errno: ENOSPC)

        try #require(full.isFull)
        #expect(full.reason == "No space left on device")
    }

    @Test func `when directories are made, then those above come with them, and again does no harm`() throws {
        let place = try Place()

        try Directory.make(place.path + "/a/b/c")
        try Directory.make(place.path + "/a/b/c")

        let mode = try FileManager.default.attributesOfItem(atPath: place.path + "/a/b")[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("/a/b/", "/a"), ("a/b", "a")])
    func `when the parent of a path is asked for, then it is the directory in which it lies`(
        path: String, parent: String
    ) {
        #expect(Directory.parent(of: path) == parent)
    }

    @Test func `when a file is in the way of a directory, then it is a failure`() throws {
        let place = try Place()
        _ = try PartialFile(place.path + "/file").finish()

        #expect(throws: FileFailure(.create, errno: ENOTDIR)) { try Directory.make(place.path + "/file") }
    }
}

@Suite("Given threads for files")
struct FileThreadsTests {
    @Test func `when the task was cancelled or the threads closed, then the work is done all the same`() async throws {
        let threads = FileThreads(count: 1)
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await threads.run { 1 }
        }

        let first = await cancelled.value
        await threads.close()
        let second = await threads.run { 2 }

        #expect(first == 1)
        #expect(second == 2)
    }
}
