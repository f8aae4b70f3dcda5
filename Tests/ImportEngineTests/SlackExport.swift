import ZipFixtures

/// A small Slack export, built by a test.
struct SlackExport {
    /// The objects of `users.json`.
    var users = [#"{"id":"U1","name":"ann","profile":{"real_name":"Ann"}}"#]
    /// The objects of `channels.json`.
    var channels = [#"{"id":"C1","name":"plan","creator":"U1","members":["U1"]}"#]
    /// The objects of `groups.json`.
    var groups: [String] = []
    /// The objects of `dms.json`.
    var directs: [String] = []
    /// The messages of each folder, one day file each.
    var messages: [String: [String]] = [:]

    /// The zip archive.
    var bytes: [UInt8] {
        func list(_ elements: [String]) -> [UInt8] { Array("[\(elements.joined(separator: ","))]".utf8) }
        return StoredZip(
            files: [
                ("users.json", list(users)), ("channels.json", list(channels)), ("groups.json", list(groups)),
                ("dms.json", list(directs)),
            ] + messages.sorted { $0.key < $1.key }.map { ("\($0.key)/2024-01-05.json", list($0.value)) }
        ).bytes
    }
}
