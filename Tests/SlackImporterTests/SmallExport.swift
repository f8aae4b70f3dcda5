import Foundation
import ImportDomain
import SlackImporter

/// An export of two people, Ann and Bob, and one channel, for tests to extend.
struct SmallExport {
    var users = [
        #"{"id":"U1","name":"ann","profile":{"real_name":"Ann A","email":"ann@example.com"}}"#,
        #"{"id":"U2","name":"bob","profile":{"real_name":"Bob B","email":"bob@example.com"}}"#,
    ]
    var channels = [#"{"id":"C1","name":"general","creator":"U1","members":["U1","U2"],"is_general":true}"#]
    /// Elements of `general/2016-02-01.json`.
    var messages: [String] = []
    /// More entries, by name.
    var entries: [(String, String)] = []

    /// The archive's entries.
    var builder: ExportBuilder {
        var builder = ExportBuilder()
        builder.add("users.json", "[\(users.joined(separator: ","))]")
        builder.add("channels.json", "[\(channels.joined(separator: ","))]")
        if !messages.isEmpty { builder.add("general/2016-02-01.json", "[\(messages.joined(separator: ","))]") }
        for (name, content) in entries { builder.add(name, content) }
        return builder
    }

    /// The importer's output for it.
    func read(directRoomCapacity: Int = 8) throws -> RecordingOutput {
        try Self.read(builder, directRoomCapacity: directRoomCapacity)
    }

    /// The importer's output for messages in the channel.
    static func read(_ messages: String...) throws -> RecordingOutput {
        var export = SmallExport()
        export.messages = messages
        return try export.read()
    }

    /// The importer's output for an archive.
    static func read(_ builder: ExportBuilder, directRoomCapacity: Int = 8) throws -> RecordingOutput {
        let path = FileManager.default.temporaryDirectory.appending(path: "slack-export-\(UUID().uuidString).zip")
        try Data(builder.bytes).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try read(path: path.path, directRoomCapacity: directRoomCapacity)
    }

    /// The importer's output for a file.
    static func read(path: String, directRoomCapacity: Int = 8) throws -> RecordingOutput {
        let output = RecordingOutput()
        let file = ImportFile(path: path, name: "export.zip", directRoomCapacity: directRoomCapacity)
        try SlackImporter().read(file, into: output)
        return output
    }
}
