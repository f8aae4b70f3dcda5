internal import ImportDomain
internal import ImporterKit
internal import SHA256

/// How the folders begin that no definition matches.
///
/// Only its first message tells the room of such a folder apart from the room of a folder of the same name in another
/// export, which may be a conversation of other people.
final class FolderRooms {
    private struct Beginning {
        let time: SlackTime
        let digest: String
    }

    private let allowance: Allowance
    private var beginnings: [ExactString: Beginning] = [:]

    init(allowance: Allowance) { self.allowance = allowance }

    /// Notes a message of a folder, in any order.
    ///
    /// - Parameter key: the workspace and path of the folder.
    func add(_ message: SlackMessage, in key: String) {
        guard let time = message.time.flatMap(SlackTime.init) else { return }
        let known = beginnings[ExactString(key)]
        if let known, known.time.timestamp < time.timestamp { return }
        let parts = [time.text, message.userID ?? message.botID ?? "", message.text ?? ""]
        let digest = String(SHA256Digest.hexadecimal(of: parts.joined(separator: "\u{0}")).prefix(16))
        if let known {
            guard time.timestamp < known.time.timestamp || digest < known.digest else { return }
        } else {
            guard key.utf8.count + 32 <= RecordLimits.importIDBytes, allowance.take(1200 + 4 * key.utf8.count) else {
                return
            }
        }
        beginnings[ExactString(key)] = Beginning(time: time, digest: digest)
    }

    /// The import id of the room of a folder; nil for a folder without messages, or beyond a limit.
    func id(of key: String) -> String? {
        beginnings[ExactString(key)].map { "slack-folder-\(key)-\($0.digest)" }
    }
}
