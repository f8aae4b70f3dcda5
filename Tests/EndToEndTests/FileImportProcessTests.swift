import Foundation
import JSON
import Testing

extension EndToEnd {
    @Suite("Given ferry serve and an export file", .serialized, .timeLimit(.minutes(10)))
    struct FileImportProcessTests {
        @Test func `when it is killed in the middle of the messages, then none is lost and none is doubled`()
            async throws
        {
            let total = 60_000
            let directory = FerryProcess.newDirectory()
            let first = try FerryProcess(directory: directory)
            try await first.start()
            let archive = try await FerryProcess.archive(of: total, in: directory.appending(path: "export"))
            try await first.upload(archive)
            try await first.waitUntilFileIsRead()
            try await first.call("POST", "startImport", FerryProcess.everything)
            // Two users and a room come before the first messages.
            let atTheKill = try await first.status { $0.count("completed") > 10 }
            _ = try await first.stop(with: SIGKILL)

            let second = try FerryProcess(directory: directory)
            try await second.start()
            let done = try await second.status { $0["state"] != .string("importing") }
            let room = try await second.call("GET", "channels.info?roomName=quay")
            let page = try await second.call("GET", "channels.messages?roomName=quay&count=1")
            _ = try await second.stop()

            #expect(atTheKill.count("completed") < total)
            #expect(done["state"] == .string("done"))
            #expect(done.count("completed") == total + 3)
            #expect(done.count("error") == 0)
            #expect(done.count("unchanged") == 0)
            #expect(room["channel"]?["msgs"]?.serialized() == "\(total)")
            #expect(page["total"]?.serialized() == "\(total)")
            try await first.remove()
        }

        @Test func `when it is killed while it reads the file, then the file is read again`() async throws {
            let total = 200_000
            let directory = FerryProcess.newDirectory()
            let first = try FerryProcess(directory: directory)
            try await first.start()
            let archive = try await FerryProcess.archive(of: total, in: directory.appending(path: "export"))
            try await first.upload(archive)
            let atTheKill = try await first.status {
                $0["operation"]?["status"] != .string("importer_preparing_started")
            }
            _ = try await first.stop(with: SIGKILL)

            let second = try FerryProcess(directory: directory)
            try await second.start()
            let ready = try await second.status { $0["state"] != .string("loading") }
            _ = try await second.stop()

            #expect(atTheKill["state"] == .string("loading"))
            #expect(ready["state"] == .string("ready"))
            #expect(ready.count("total") == total + 3)
            try await first.remove()
        }

        @Test func `when all messages are in one file of 200 MB, then they are imported in less than 300 MB of memory`()
            async throws
        {
            let server = try FerryProcess(directory: FerryProcess.newDirectory())
            try await server.start()
            let export = try await FerryProcess.slackExport(
                ofBytes: 200_000_000, in: server.directory.appending(path: "export"))
            try await server.upload(export.archive, importer: "slack")
            try await server.waitUntilFileIsRead()
            try await server.call("POST", "startImport", FerryProcess.everything)
            let done = try await server.status { $0["state"] != .string("importing") }
            let memory = try server.peakMemory()
            try await server.remove()

            #expect(done["state"] == .string("done"))
            #expect(done.count("messages") == export.messages)
            #expect(done.count("error") == 0)
            #expect(memory < 300_000_000)
        }

        @Test func `when avatars are fetched, then existing ones are shown and others given up`()
            async throws
        {
            let directory = FerryProcess.newDirectory()
            let server = try FerryProcess(directory: directory)
            try await server.start()
            let pictures = directory.appending(path: "pictures")
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            let picture = try #require(
                Data(
                    base64Encoded:
                        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
                ))
            try picture.write(to: pictures.appending(path: "a.png"))
            try Data("<html>not an image</html>".utf8).write(to: pictures.appending(path: "b.png"))
            let web = try PictureServer(directory: pictures)
            try await server.call("POST", "settings/SSRF_Allowlist", #"{"value":"127.0.0.1"}"#)
            try await server.call("POST", "import.new")
            let users = ["a", "b", "c"].map { name in
                #"{"username":"\#(name)","emails":["\#(name)@example.com"],"importIds":["\#(name)"],"#
                    + #""avatarUrl":"\#(web.url)/\#(name).png"}"#
            }
            try await server.call("POST", "import.addUsers", #"{"users":[\#(users.joined(separator: ","))]}"#)
            try await server.call("POST", "import.run")
            _ = try await server.status { $0["state"] == .string("done") }

            let answer = try await server.call("POST", "downloadPendingAvatars")
            let deadline = ContinuousClock.now + .seconds(240)
            var shown = Data()
            while shown != picture, ContinuousClock.now < deadline {
                shown = try await server.bytes("/avatar/a")
                try await Task.sleep(for: .milliseconds(100))
            }
            var left = answer
            while left["count"]?.serialized() != "0", ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                left = try await server.call("POST", "downloadPendingAvatars")
            }
            let status = try await server.call("GET", "import.status")
            let drawn = try await server.bytes("/avatar/b")
            // Started later, it has to end first.
            try await web.stop()
            _ = try await server.stop()

            #expect(answer["count"]?.serialized() == "3")
            #expect(shown == picture)
            // Nothing is left: a page is not an image, and a missing file is not requested again.
            #expect(left["count"]?.serialized() == "0")
            // The import of the people is unaffected.
            #expect(status["state"] == .string("done"))
            #expect(String(decoding: drawn, as: UTF8.self).contains("<svg"))
            try await server.remove()
        }
    }
}

/// Python's own web server on a free loopback port.
private final class PictureServer {
    let url: String
    private let process = Process()

    init(directory: URL) throws {
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", directory.path]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        url =
            String(line.split(separator: "(")[1].prefix { $0 != "/" }) + "//"
            + line.split(separator: "//")[1].prefix { $0 != "/" }
    }

    func stop() async throws {
        // It inherits a mask that blocks other signals.
        kill(process.processIdentifier, SIGKILL)
        try await process.ended()
    }
}
