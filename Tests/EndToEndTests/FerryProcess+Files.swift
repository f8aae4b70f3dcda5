import Foundation
import JSON

extension FerryProcess {
    /// A payload of `startImport` that selects all.
    static let everything = #"{"input":{"users":{"all":true},"channels":{"all":true}}}"#

    /// A CSV archive of two people and so many messages in one room.
    static func archive(of messages: Int, in directory: URL) throws -> URL {
        let room = directory.appending(path: "quay")
        try FileManager.default.createDirectory(at: room, withIntermediateDirectories: true)
        try Data("mara,mara@example.org,Mara\nodo,odo@example.org,Odo\n".utf8)
            .write(to: directory.appending(path: "users.csv"))
        try Data("quay,mara,public,mara;odo\n".utf8).write(to: directory.appending(path: "channels.csv"))
        let rows = (0..<messages).map { "\($0 % 2 == 0 ? "mara" : "odo"),\(1_514_764_800_000 + $0),message \($0)" }
        try Data(rows.joined(separator: "\n").utf8).write(to: room.appending(path: "1.csv"))
        let archive = directory.appending(path: "archive.zip")
        let zip = Process()
        zip.executableURL = URL(filePath: "/usr/bin/python3")
        zip.currentDirectoryURL = directory
        zip.arguments = ["-m", "zipfile", "-c", archive.path, "users.csv", "channels.csv", "quay"]
        try zip.run()
        zip.waitUntilExit()
        return archive
    }

    /// Uploads a CSV archive as Rocket.Chat's own client does, and has it read.
    func upload(_ archive: URL) async throws {
        let content = try Data(contentsOf: archive).base64EncodedString()
        try await call(
            "POST", "uploadImportFile",
            #"{"binaryContent":"\#(content)","contentType":"application/zip","fileName":"export.zip","#
                + #""importerKey":"csv"}"#)
        try await call("GET", "getImportFileData")
    }

    /// Waits until what was uploaded can be selected from.
    func waitUntilFileIsRead() async throws {
        while try await call("GET", "getImportFileData")["waiting"] != nil {
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
