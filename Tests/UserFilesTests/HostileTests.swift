import Foundation
import ImportAPI
import Testing
import UserFiles

@Suite("Given a hostile list of users")
struct HostileTests {
    /// Writes a file chunk by chunk.
    private func file(_ head: String, _ chunk: String, times: Int, _ tail: String) throws -> TemporaryFile {
        let temporary = try TemporaryFile(head)
        let handle = try #require(FileHandle(forWritingAtPath: temporary.path))
        try handle.seekToEnd()
        let data = Data(chunk.utf8)
        for _ in 0..<times { try handle.write(contentsOf: data) }
        try handle.write(contentsOf: Data(tail.utf8))
        try handle.close()
        return temporary
    }

    @Test(arguments: [
        ("username,email,name\nmara,,", "x", "\nodo,,\n"), ("username,email,name\nmara,,\"", "x", "\"\nodo,,\n"),
        ("[{\"username\":\"mara\",\"name\":\"", "x", "\"},{\"username\":\"odo\"}]"),
        ("{\"username\":\"mara\",\"name\":\"", "x", "\"}\n{\"username\":\"odo\"}\n"),
        ("dn: x\nuid: mara\ncn: ", "x", "\n\ndn: y\nuid: odo\n"),
        ("dn: x\nuid: mara\ncn: ", "\n x", "\n\ndn: y\nuid: odo\n"),
    ])
    func `when one line is beyond every limit, then it costs itself`(
        head: String, filling: String, tail: String
    ) async throws {
        let size = 1 << 16
        let chunk = String(repeating: filling, count: size / filling.utf8.count)
        let temporary = try file(head, chunk, times: (2 << 20) / size, tail)
        var options = UserFileOptions()
        options.maximumUserBytes = 1 << 18
        options.format = head.hasPrefix("{") ? .jsonl : nil

        let file = try temporary.open(options)
        let check = try await file.check()
        let users = try await file.users(after: check).reduce(into: [String?]()) { $0.append($1.body.username) }

        #expect(check.invalid == 1)
        #expect(users == ["odo"])
    }

    @Test func `when there are too many columns, then the file is rejected`() throws {
        let columns = (0..<100_000).map { "c\($0)" }.joined(separator: ",")
        let temporary = try TemporaryFile("username,\(columns)\n")

        let error = #expect(throws: UserFileError.self) { _ = try temporary.open() }
        #expect(error?.field == "header")
    }

    @Test func `when a row has too many columns, then it costs itself`() async throws {
        let row = String(repeating: ",", count: 100_000)
        let passes = try await Passes("username,email\nmara\(row)\nodo,\n")

        #expect(passes.check.faults.map(\.line) == [2])
        #expect(passes.bodies.map(\.username) == ["odo"])
    }

    @Test func `when a quote is never closed, then the rows below are read`() async throws {
        let rows = (0..<200).map { "u\($0),u\($0)@example.org,User\n" }.joined()
        let passes = try await Passes("username,email,name\nmara,\"m@example.org,Mara\n\(rows)")

        #expect(passes.check.faults.first?.line == 2)
        #expect(passes.check.users == 200)
    }

    @Test func `when values have control characters, then messages do not`() async throws {
        let passes = try await Passes(
            "username,email\nmara,\u{1B}[2J\u{202E}\u{7}x\n" + String(repeating: "#", count: 500))

        #expect(
            passes.check.faults.first?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" }
                == true)
    }

    @Test func `when more users are invalid than are listed, then all are counted`() async throws {
        var options = UserFileOptions()
        options.maximumReported = 10
        let rows = (0..<500).map { "u\($0 / 2),bad\($0.isMultiple(of: 50) ? "" : "@example.org")\($0)\n" }.joined()
        let passes = try await Passes("username,email\n\(rows)", options: options)

        #expect(passes.check.faults.count == 10)
        #expect(passes.check.faults.map(\.line) == passes.check.faults.map(\.line).sorted())
        #expect(passes.check.users + passes.check.invalid == 500)
        #expect(passes.check.users == passes.users.count)
        #expect(Set(passes.bodies.map(\.username)).count == passes.users.count)
    }

    @Test func `when the file cannot be opened, then the error says why`() throws {
        let folder = try TemporaryFile("x")

        #expect(throws: UserFileError.self) { _ = try UserFile(path: folder.directory) }
        let error = #expect(throws: UserFileError.self) { _ = try UserFile(path: folder.path + "/none") }
        #expect(error?.code == .notFound)
    }
}
