import DirectoryFileStore
import Foundation
import Glibc
import ImportDomain
import Testing

@testable import Composition

@Suite("Given the directory of a workspace's files", .timeLimit(.minutes(2)))
struct DataDirectoryTests {
    /// A directory in which this process, no longer root, may not write to `files/avatars`.
    private static func makeRefusing() async throws -> (root: String, files: DirectoryFileStore) {
        let root = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)").path
        let files = try await Workspace.openFiles(at: root, isShared: false)
        for directory in [root] + DirectoryFileStore.directories(at: root) { _ = chown(directory, 65_534, 65_534) }
        _ = chmod(root + "/avatars", 0o500)
        // Root may do everything.
        if getuid() == 0 { precondition(setuid(65_534) == 0) }
        return (root, files)
    }

    @Test func `when a directory below it cannot be written, then the start is rejected with its name`() async throws {
        await #expect(processExitsWith: .success) {
            let (root, files) = try await Self.makeRefusing()
            do {
                _ = try await Workspace.openFiles(at: root, isShared: false)
                exit(1)
            } catch {
                let sentence = StartFailure.sentence(for: error)
                let expected = "This user may not read and write the data directory \"\(root)/avatars\"."
                guard sentence.hasPrefix(expected) else { exit(2) }
            }
            await files.close()
            try FileManager.default.removeItem(atPath: root + "/uploads")
        }
    }

    @Test func `when it becomes unwritable later, then the store reports it`() async throws {
        await #expect(processExitsWith: .success) {
            let (_, files) = try await Self.makeRefusing()
            do throws(FileStoreError) {
                try await files.requireWritable()
                exit(1)
            } catch {
                guard error.code == .refused else { exit(2) }
            }
            do throws(FileStoreError) {
                _ = try await files.begin(FileKey(.avatars, id: "aBcdefgh-23456789"))
                exit(3)
            } catch {
                guard error.code == .refused else { exit(4) }
            }
            await files.close()
        }
    }

    @Test(arguments: [(true, true), (false, false)])
    func `when a start follows a crash, then unfinished files go unless other processes may still write them`(
        isShared: Bool, isThere: Bool
    ) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)").path
        await (try Workspace.openFiles(at: root, isShared: isShared)).close()
        let leftover = root + "/temporary/leftover"
        #expect(FileManager.default.createFile(atPath: leftover, contents: Data("half".utf8)))

        await (try Workspace.openFiles(at: root, isShared: isShared)).close()

        #expect(FileManager.default.fileExists(atPath: leftover) == isThere)
        try FileManager.default.removeItem(atPath: root)
    }
}
