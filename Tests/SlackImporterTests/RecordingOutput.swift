import ImportDomain

/// Records an importer's output.
final class RecordingOutput: ImportOutput {
    private(set) var users: [UserRecord] = []
    private(set) var rooms: [RoomRecord] = []
    private(set) var messages: [MessageRecord] = []
    private(set) var findings: [ImportFinding] = []
    private(set) var progress: [(bytes: Int64, total: Int64)] = []

    func stage(_ record: ImportRecord) throws {
        switch record {
        case .user(let user): users.append(user)
        case .room(let room): rooms.append(room)
        case .message(let message): messages.append(message)
        case .contact: break
        }
    }

    func report(_ finding: ImportFinding) throws { findings.append(finding) }

    func checkCancellation() throws {}

    func report(entry: String?, bytes: Int64, of total: Int64) throws { progress.append((bytes, total)) }

    func user(_ id: String) -> UserRecord? { users.first { $0.importIDs.contains(id) } }

    func room(_ id: String) -> RoomRecord? { rooms.first { $0.importIDs.contains(id) } }

    /// The room of a folder that no definition matches.
    func room(ofFolder folder: String) -> RoomRecord? {
        rooms.first { $0.importIDs[0].hasPrefix("slack-folder-\(folder)-") }
    }

    func message(_ id: String) -> MessageRecord? { messages.first { $0.id == id } }

    func findings(_ code: ImportFinding.Code) -> [ImportFinding] { findings.filter { $0.code == code } }

    /// How many elements are left out by rule.
    var ignoredCount: Int { findings(.recordIgnored).reduce(0) { $0 + $1.count } }

    /// Everything that was staged, in an order that does not depend on the archive's.
    var sortedRecords: [String] {
        (users.map { "\($0)" } + rooms.map { "\($0)" } + messages.map { "\($0)" }).sorted()
    }
}
