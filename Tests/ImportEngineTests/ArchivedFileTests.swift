import DirectoryFileStore
import Foundation
import ImportDomain
import ImportEngine
import ImportFixtures
import Testing
import ZipFixtures

@Suite("Given a Slack export that holds the files of its messages", .onEveryStore, .timeLimit(.minutes(10)))
struct ArchivedFileTests {
    private static let users = #"[{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}]"#
    private static let channels = #"[{"id":"C1","name":"general","creator":"U1","members":["U1"]}]"#

    /// An export in which each message carries a file.
    private static func export(_ files: [(id: String, name: String, content: String)]) -> StoredZip {
        let messages = files.enumerated().map { index, file in
            #"{"type":"message","user":"U1","ts":"1700000000.00000\#(index)","text":"","files":[{"id":"\#(file.id)","#
                + #""name":"\#(file.name)","url_private":"https://files.slack.com/\#(file.name)?t=secret"}]}"#
        }
        return StoredZip(
            files: [
                ("users.json", Array(users.utf8)), ("channels.json", Array(channels.utf8)),
                ("general/2023-11-14.json", Array("[\(messages.joined(separator: ","))]".utf8)),
            ] + files.map { ("__uploads/\($0.id)/\($0.name)", Array($0.content.utf8)) })
    }

    /// The files that messages of a room carry, in order.
    private static func attached(
        _ workspace: TestWorkspace, in name: String = "general"
    ) async throws -> [MessageDetails.File] {
        try await workspace.store.read { transaction in
            guard let room = try transaction.rooms.find(nameKey: name) else { return [] }
            return try transaction.messages.list(
                MessageFilter(roomID: room.id), order: .oldestFirst, offset: 0, limit: 100
            ).compactMap(\.details.file)
        }
    }

    private static func isNotExtracted(_ file: MessageDetails.File) -> Bool {
        if case .unavailable(.notExtracted) = file.state { true } else { false }
    }

    private static func downloadCount(_ state: Download.State, _ workspace: TestWorkspace) async throws -> Int {
        try await workspace.store.read { try $0.downloads.downloadCounts()[state] ?? 0 }
    }

    @Test func `when it is imported, then messages show the files, and nothing is left to be fetched`() async throws {
        try await TestWorkspace.with { workspace in
            let large = String(repeating: "0123456789abcdef", count: 60_000)
            let export = Self.export([
                ("F1", "dot.gif", DownloadScene.picture), ("F2", "large.txt", large), ("F3", "empty.txt", ""),
            ])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()

            #expect(done.phase == .ended(.done))
            #expect(done.entry == nil)
            let files = try await Self.attached(workspace)
            #expect(files.count == 3)
            #expect(files.allSatisfy { $0.isStored && !"\($0)".contains("secret") })
            #expect(files.first?.pixels == PixelSize(width: 1, height: 1))
            #expect(try workspace.files.contents().contains(Data(large.utf8)))
            #expect(try await workspace.engine.downloads.enqueueFiles(by: .rocketCat) == 0)
            #expect(try await Self.downloadCount(.done, workspace) == 3)
        }
    }

    @Test func `when it is imported a second time, then nothing changes`() async throws {
        try await TestWorkspace.with { workspace in
            let export = Self.export([("F1", "dot.gif", DownloadScene.picture)])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let first = try await workspace.importFile()
            let before = try await Self.attached(workspace)
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let second = try await workspace.importFile()

            #expect(second.totalCounts.unchanged == first.totalCounts.total)
            #expect(try await Self.attached(workspace) == before)
            #expect(try await Self.downloadCount(.done, workspace) == 1)
        }
    }

    /// The bytes of a message's file, and the name of the room whose members may read them.
    private static func shown(_ file: MessageDetails.File, _ workspace: TestWorkspace) async throws -> [String?] {
        guard case .stored(let id, _, _, _) = file.state else { return [] }
        let room = try await workspace.store.read { transaction in
            try transaction.downloads.file(id: id).flatMap { try transaction.rooms.find(id: $0.room) }
        }
        var bytes: [UInt8] = []
        for try await chunk in try await workspace.files.files.read(FileKey(.uploads, id: id.rawValue), range: nil) {
            bytes += chunk
        }
        return [file.name, String(decoding: bytes, as: UTF8.self), room?.name]
    }

    /// An export of one private room with one message with a file.
    private static func export(
        room: String, user: String, time: String, file: String, content: String, size: Int? = nil
    ) -> StoredZip {
        StoredZip(files: [
            ("users.json", Array(#"[{"id":"\#(user)","name":"\#(user.lowercased())"}]"#.utf8)),
            ("groups.json", Array(#"[{"id":"\#(room)","name":"\#(room.lowercased())","members":["\#(user)"]}]"#.utf8)),
            (
                "\(room)/2023-11-14.json",
                Array(
                    (#"[{"user":"\#(user)","ts":"\#(time)","files":[{"id":"F1",\#(size.map { "\"size\":\($0)," } ?? "")"#
                        + #""name":"\#(file)","url_private":"https://files.slack.com/\#(room)/\#(file)?t=secret"}]}]"#)
                        .utf8)
            ), ("__uploads/F1/\(file)", Array(content.utf8)),
        ])
    }

    @Test(arguments: [("a.txt", "b.txt"), ("a.txt", "a.txt")], [true, false])
    func `when exports of two organisations have files of one id, then each message shows its own`(
        names: (String, String), isReversed: Bool
    ) async throws {
        try await TestWorkspace.with { workspace in
            let exports = [
                Self.export(room: "G1", user: "U1", time: "1700000001.000100", file: names.0, content: "one of A"),
                Self.export(room: "G2", user: "U2", time: "1700000002.000100", file: names.1, content: "one of B"),
            ]
            for export in isReversed ? exports.reversed() : exports {
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                try await workspace.importFile()
            }
            let first = try #require(await Self.attached(workspace, in: "g1").first)
            let second = try #require(await Self.attached(workspace, in: "g2").first)

            #expect(try await Self.shown(first, workspace) == [names.0, "one of A", "g1"])
            #expect(try await Self.shown(second, workspace) == [names.1, "one of B", "g2"])
            try await workspace.read(exports[0].bytes, named: "export.zip", importer: "slack")
            let again = try await workspace.importFile()
            #expect(again.totalCounts.unchanged == again.totalCounts.total)
            #expect(try await Self.downloadCount(.done, workspace) == 2)
        }
    }

    @Test func `when an earlier export could not give a file, then an export of others with the same names does not`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            var broken = Self.export(
                room: "G1", user: "U1", time: "1700000001.000100", file: "a.txt", content: "one of A")
            broken.entries[3].crc = 1
            let other = Self.export(
                room: "G2", user: "U2", time: "1700000002.000100", file: "a.txt", content: "one of B")
            for export in [broken, other] {
                try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
                try await workspace.importFile()
            }

            let first = try #require(await Self.attached(workspace, in: "g1").first)
            let second = try #require(await Self.attached(workspace, in: "g2").first)
            #expect(Self.isNotExtracted(first))
            #expect(try await Self.shown(second, workspace) == ["a.txt", "one of B", "g2"])
        }
    }

    @Test func `when messages of one archive describe a file differently, then both show it`() async throws {
        try await TestWorkspace.with { workspace in
            let message =
                #"{"user":"U1","ts":"1700000000.00000N","files":[{"id":"F1","name":"NAME","url_private":"https://s.org/a"}]}"#
            let export = StoredZip(files: [
                ("users.json", Array(Self.users.utf8)), ("channels.json", Array(Self.channels.utf8)),
                (
                    "general/2023-11-14.json",
                    Array(
                        "[\(message.replacing("N\"", with: "1\"").replacing("NAME", with: "a.txt")),\(message.replacing("N\"", with: "2\"").replacing("NAME", with: "old.txt"))]"
                            .utf8)
                ), ("__uploads/F1/a.txt", Array("one".utf8)),
            ])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            try await workspace.importFile()

            let files = try await Self.attached(workspace)
            #expect(files.map(\.name) == ["a.txt", "old.txt"])
            for file in files { #expect(try await Self.shown(file, workspace).dropFirst() == ["one", "general"]) }
            #expect(try await Self.downloadCount(.waiting, workspace) == 0)
        }
    }

    @Test(arguments: [
        #""file_access":"access_denied""#, #""mode":"tombstone""#, #""mode":"hidden_by_limit""#, #""name":"a.txt""#,
    ])
    func `when a channel could not show a file of a private group, then the file belongs to the group alone`(
        fields: String
    ) async throws {
        try await TestWorkspace.with { workspace in
            var export = Self.export(
                room: "G1", user: "U1", time: "1700000002.000100", file: "a.txt", content: "SECRET")
            let channel = #"[{"user":"U1","ts":"1700000001.000100","files":[{"id":"F1",\#(fields)}]}]"#
            let open = StoredZip(files: [
                ("channels.json", Array(Self.channels.utf8)), ("general/2023-11-14.json", Array(channel.utf8)),
            ])
            export.entries += open.entries
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            try await workspace.importFile()

            #expect(try await Self.attached(workspace).isEmpty)
            let file = try #require(await Self.attached(workspace, in: "g1").first)
            #expect(try await Self.shown(file, workspace) == ["a.txt", "SECRET", "g1"])
        }
    }

    @Test func `when one of them is broken, then its message and a finding report it, and the others are there`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            var export = Self.export([("F1", "a.txt", "one"), ("F2", "b.txt", "two"), ("F3", "c.txt", "three")])
            export.entries[4].crc = 1
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()
            let findings = try await workspace.store.read {
                try $0.findings.findings(of: done.id, offset: 0, limit: 100)
            }

            #expect(done.phase == .ended(.done))
            let files = try await Self.attached(workspace)
            #expect(files.map(\.isStored) == [true, false, true])
            #expect(Self.isNotExtracted(files[1]))
            #expect(findings.contains { $0.code == .entryUnreadable && $0.entry == "__uploads/F2/b.txt" })
            #expect(try workspace.files.contents().allSatisfy { $0 != Data("two".utf8) })
        }
    }

    @Test func `when another export has a broken one whole, then it is there, and until then its message stays`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let whole = Self.export([("F1", "a.txt", "one")])
            var broken = whole
            broken.entries[3].crc = 1
            try await workspace.read(broken.bytes, named: "export.zip", importer: "slack")
            let first = try await workspace.importFile()
            let told = try await Self.attached(workspace)
            try await workspace.read(broken.bytes, named: "export.zip", importer: "slack")
            let second = try await workspace.importFile()
            let toldAgain = try await Self.attached(workspace)
            try await workspace.read(whole.bytes, named: "export.zip", importer: "slack")
            let third = try await workspace.importFile()

            #expect(Self.isNotExtracted(told[0]))
            #expect(toldAgain == told)
            #expect(second.totalCounts.unchanged == first.totalCounts.total)
            #expect(third.totalCounts.unchanged == first.totalCounts.total)
            #expect(try await Self.attached(workspace)[0].isStored)
        }
    }

    @Test func `when messages came before without the files, then they show them now, and nothing is fetched`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let whole = Self.export([("F1", "a.txt", "one"), ("F2", "b.txt", "two")])
            var plain = whole
            plain.entries.removeLast(2)
            try await workspace.read(plain.bytes, named: "export.zip", importer: "slack")
            try await workspace.importFile()
            let waiting = try await Self.downloadCount(.waiting, workspace)
            try await workspace.read(whole.bytes, named: "export.zip", importer: "slack")
            let second = try await workspace.importFile()

            #expect(waiting == 2)
            #expect(second.totalCounts.error == 0)
            #expect(try await Self.attached(workspace).allSatisfy(\.isStored))
            // Their URLs are not needed any more.
            #expect(try await workspace.engine.downloads.enqueueFiles(by: .rocketCat) == 0)
        }
    }

    @Test func `when its import is ended before, then the next import of it takes them`() async throws {
        try await TestWorkspace.with { workspace in
            let export = Self.export([("F1", "a.txt", "one")])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().phase != .running(.files) { _ = try await worker.step() }
            let waits = try await worker.step()
            try await workspace.engine.operations.clear()
            let ended = try await workspace.filePreparation().step()
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile()

            #expect(!waits)
            #expect(!ended)
            #expect(done.totalCounts.unchanged == done.totalCounts.total)
            #expect(try await Self.attached(workspace).allSatisfy(\.isStored))
        }
    }

    @Test func `when this server cannot keep files, then the import continues without them, and a finding reports it`()
        async throws
    {
        try await TestWorkspace.with { workspace in
            let export = Self.export([("F1", "a.txt", "one")])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            try await workspace.engine.operations.start(.everything, by: UserID("nobody"))
            let worker = workspace.worker()
            while try await workspace.current().phase != .running(.files) { _ = try await worker.step() }
            let uploads = workspace.files.directory.appending(path: "files/uploads")
            if FileManager.default.fileExists(atPath: uploads.path) { try FileManager.default.removeItem(at: uploads) }
            try Data().write(to: uploads)
            var configuration = WorkerConfiguration()
            configuration.retryDelays = [.zero, .zero]
            let preparation = try workspace.filePreparation(configuration)
            let running = Task { try await preparation.run() }
            while try await workspace.current().phase == .running(.files) {
                try await Task.sleep(for: .milliseconds(10))
            }
            running.cancel()
            _ = await running.result
            try await workspace.finish()
            let done = try await workspace.current()
            let findings = try await workspace.store.read {
                try $0.findings.findings(of: done.id, offset: 0, limit: 100)
            }

            #expect(done.phase == .ended(.done))
            #expect(done.totalCounts.error == 0)
            #expect(findings.contains { $0.message.contains("Not all files of messages could be taken out") })
            #expect(try await Self.attached(workspace).allSatisfy { $0.name == "a.txt" })
        }
    }

    @Test func `when a room is not selected, then its files stay where they are`() async throws {
        try await TestWorkspace.with { workspace in
            let export = Self.export([("F1", "a.txt", "the bytes of F1")])
            try await workspace.read(export.bytes, named: "export.zip", importer: "slack")
            let done = try await workspace.importFile(
                ImportSelection(users: .all, rooms: .listed([]), contacts: .all))

            #expect(done.phase == .ended(.done))
            #expect(try workspace.files.contents().allSatisfy { $0 != Data("the bytes of F1".utf8) })
        }
    }
}
