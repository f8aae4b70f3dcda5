import ImportDomain

/// Records an importer's output, counts its calls, and can end the operation at any of them.
final class ProbeOutput: ImportOutput {
    private(set) var records: [ImportRecord] = []
    private(set) var findings: [ImportFinding] = []
    private(set) var progress: [(bytes: Int64, total: Int64)] = []
    private(set) var calls = 0
    /// How many calls came after the operation ended.
    private(set) var lateCalls = 0
    private let failingCall: Int?

    /// - Parameter failingAtCall: the number of the call that throws, and all that follow it; nil for none.
    init(failingAtCall: Int? = nil) { failingCall = failingAtCall }

    func stage(_ record: ImportRecord) throws {
        try count()
        records.append(record)
    }

    func report(_ finding: ImportFinding) throws {
        try count()
        findings.append(finding)
    }

    func checkCancellation() throws { try count() }

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        try count()
        progress.append((bytes, total))
    }

    private func count() throws {
        defer { calls += 1 }
        guard let failingCall, calls >= failingCall else { return }
        if calls > failingCall { lateCalls += 1 }
        throw CancellationError()
    }

    /// The records, in an order that does not depend on the source's.
    var recordTexts: [String] { records.map { "\($0)" }.sorted() }

    /// Elements that are not imported.
    var refusedCount: Int { findings.filter { $0.severity == .error }.reduce(0) { $0 + $1.count } }

    /// Import ids of rooms that everybody may read.
    private var publicRooms: Set<String> {
        var ids: Set<String> = []
        for case .room(let room) in records where room.kind == .channel { ids.formUnion(room.importIDs) }
        return ids
    }

    /// Records of rooms that everybody may read, and of their messages, in which anything of a private room stands: its
    /// name, topic or description, or a text, attachment or file of a message.
    var disclosedTexts: [String] {
        let rooms = publicRooms
        return records.compactMap { record in
            let text =
                switch record {
                case .room(let room) where room.kind == .channel: "\(room)"
                case .message(let message) where rooms.contains(message.roomID): "\(message)"
                default: ""
                }
            return text.contains("secret") ? text : nil
        }
    }
}
