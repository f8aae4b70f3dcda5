import Foundation
import ImportDomain
import Testing

@testable import UserFiles

@Suite("Given a large list of users")
struct LargeFileTests {
    @Test func `when hashes do not fit in memory, then duplicates are found as in memory`() throws {
        func duplicates(capacity: Int) throws -> (found: [[Int]], count: Int) {
            var search = DuplicateSearch(directory: FileManager.default.temporaryDirectory.path, capacity: capacity)
            for ordinal in 0..<3_000 {
                var draft = UserDraft(line: ordinal + 2)
                draft.record.username = "user\(ordinal % 2_900)"
                draft.record.emails = ["u\(ordinal)@example.org", "a\(ordinal / 2 * 2)@example.org"]
                try search.add(draft, ordinal: ordinal)
            }
            let result = try search.finish()
            var list = result.list()
            var found: [[Int]] = []
            while let user = try list.next() {
                found.append([user.ordinal, user.line, Int(user.key.rawValue), user.index, user.firstLine])
            }
            return (found, result.count)
        }

        let inMemory = try duplicates(capacity: 1 << 20)
        let onDisk = try duplicates(capacity: 100)

        #expect(inMemory.count == 1_550)
        #expect(onDisk.found == inMemory.found)
        #expect(onDisk.count == inMemory.count)
    }

    @Test func `when entries are sorted on disk, then they come in order, any number of times`() throws {
        var sorter = EntrySorter(directory: FileManager.default.temporaryDirectory.path, capacity: 1_000)
        for number in 0..<10_500 {
            try sorter.add(
                SortEntry(first: UInt64(number &* 7_919 % 10_501), second: 0, third: UInt64(number), fourth: 0))
        }
        let sorted = try sorter.finish()

        #expect(sorted.isOnDisk)
        for _ in 0..<2 {
            var cursor = sorted.cursor()
            var (count, last) = (0, SortEntry(first: 0, second: 0, third: 0, fourth: 0))
            while let entry = try cursor.next() {
                #expect(!(entry < last))
                (count, last) = (count + 1, entry)
            }
            #expect(count == 10_500)
        }
    }

    @Test func `when the consumer stops early, then the reading thread ends`() async throws {
        let rows = (0..<50_000).map { "user\($0),u\($0)@example.org\n" }.joined()
        let temporary = try TemporaryFile("username,email\n\(rows)")
        let file = try temporary.open()
        let check = try await file.check()

        #expect(check.users == 50_000)
        for try await user in file.users(after: check, skippingFirst: 10) {
            #expect(user.line == 12)
            #expect(user.index == 10)
            break
        }
        #expect(try await file.line(ofUser: 49_999, after: check) == 50_001)
        #expect(try await file.line(ofUser: 50_000, after: check) == nil)
    }

    @Test func `when the task is cancelled, then the check ends`() async throws {
        let rows = (0..<100_000).map { "user\($0),u\($0)@example.org\n" }.joined()
        let temporary = try TemporaryFile("username,email\n\(rows)")
        let file = try temporary.open()

        let task = Task { try await file.check { _ in withUnsafeCurrentTask { _ in } } }
        task.cancel()

        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}
