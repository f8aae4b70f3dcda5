import Foundation
import JSON

extension FerryProcess {
    /// A payload of `startImport` that selects all.
    static let everything = #"{"input":{"users":{"all":true},"channels":{"all":true}}}"#

    /// A CSV archive of two people and this many messages in one room.
    static func archive(of messages: Int, in directory: URL) async throws -> URL {
        let room = directory.appending(path: "quay")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        try Data("mara,mara@example.org,Mara\nodo,odo@example.org,Odo\n".utf8)
            .write(to: directory.appending(path: "users.csv"))
        try Data("quay,mara,public,mara;odo\n".utf8).write(to: directory.appending(path: "channels.csv"))
        let rows = (0..<messages).map { "\($0 % 2 == 0 ? "mara" : "odo"),\(1_514_764_800_000 + $0),message \($0)" }
        try Data(rows.joined(separator: "\n").utf8).write(to: room.appending(path: "1.csv"))
        return try await zip(["users.csv", "channels.csv", "quay"], in: directory)
    }

    /// A Slack export whose messages are in one file of at least this many bytes.
    ///
    /// - Returns: the archive, and how many messages it has.
    static func slackExport(ofBytes size: Int, in directory: URL) async throws -> (archive: URL, messages: Int) {
        let room = directory.appending(path: "general")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        try Data(#"[{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}]"#.utf8)
            .write(to: directory.appending(path: "users.json"))
        try Data(#"[{"id":"C1","name":"general","creator":"U1","members":["U1"]}]"#.utf8)
            .write(to: directory.appending(path: "channels.json"))
        let day = room.appending(path: "2024-01-01.json")
        _ = FileManager.default.createFile(atPath: day.path, contents: Data("[".utf8))
        let file = try FileHandle(forWritingTo: day)
        try file.seekToEnd()
        var (messages, bytes) = (0, 1)
        while bytes < size {
            let text = String(repeating: "message \(messages) ", count: 150)
            let message =
                #"{"type":"message","user":"U1","ts":"\#(1_700_000_000 + messages).000100","text":"\#(text)"}"#
            let part = Data((messages == 0 ? message : "," + message).utf8)
            try file.write(contentsOf: part)
            (messages, bytes) = (messages + 1, bytes + part.count)
        }
        try file.write(contentsOf: Data("]".utf8))
        try file.close()
        return (try await zip(["users.json", "channels.json", "general"], in: directory), messages)
    }

    /// A Slack export with one message of this JSON.
    static func slackExport(ofMessage message: Data, in directory: URL) async throws -> URL {
        let room = directory.appending(path: "general")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        try Data(#"[{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}]"#.utf8)
            .write(to: directory.appending(path: "users.json"))
        try Data(#"[{"id":"C1","name":"general","creator":"U1","members":["U1"]}]"#.utf8)
            .write(to: directory.appending(path: "channels.json"))
        try (Data("[".utf8) + message + Data("]".utf8)).write(to: room.appending(path: "2024-01-01.json"))
        return try await zip(["users.json", "channels.json", "general"], in: directory)
    }

    private static func zip(_ names: [String], in directory: URL) async throws -> URL {
        let archive = directory.appending(path: "archive.zip")
        let zip = Process()
        zip.executableURL = URL(filePath: "/usr/bin/python3")
        zip.currentDirectoryURL = directory
        zip.arguments = ["-m", "zipfile", "-c", archive.path] + names
        try zip.run()
        try await zip.ended()
        return archive
    }

    /// The peak memory of the program in bytes.
    func peakMemory() throws -> Int { try memory("VmHWM") }

    /// A kernel statistic of the program's memory, in bytes.
    func memory(_ kind: String) throws -> Int {
        let status = try String(contentsOf: URL(filePath: "/proc/\(processIdentifier)/status"), encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(kind):") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? .max >> 10) << 10
    }

    /// Uploads an archive like Rocket.Chat's own client, and starts reading it.
    func upload(_ archive: URL, importer: String = "csv") async throws {
        let content = try Data(contentsOf: archive).base64EncodedString()
        try await call(
            "POST", "uploadImportFile",
            #"{"binaryContent":"\#(content)","contentType":"application/zip","fileName":"export.zip","#
                + #""importerKey":"\#(importer)"}"#)
        try await call("GET", "getImportFileData")
    }

    /// Waits until the uploaded file is read.
    func waitUntilFileIsRead() async throws {
        while try await call("GET", "getImportFileData")["waiting"] != nil {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
