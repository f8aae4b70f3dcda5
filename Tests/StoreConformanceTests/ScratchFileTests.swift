import Foundation
import SQLiteDriver
import Testing

@Suite("Given a data directory after a crash")
struct ScratchFileTests {
    @Test func `when a check's process ended while it opened its database, then the next start removes the file`()
        async throws
    {
        let directory = FileManager.default.temporaryDirectory.appending(path: "ferry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for name in ["check-17.sqlite", "check-18446744073709551615.sqlite", "check-a.sqlite", "check-1.sqlite-x"] {
            try Data().write(to: directory.appending(path: name))
        }
        try Data("x".utf8).write(to: directory.appending(path: "check-18.sqlite"))

        await SQLiteScratchDatabase.removeLeftovers(in: directory.path)

        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
        #expect(left == ["check-1.sqlite-x", "check-18.sqlite", "check-a.sqlite"])
    }
}
