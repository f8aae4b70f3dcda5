import ImportDomain

/// An output that records everything.
final class RecordingOutput: ImportOutput {
    private(set) var records: [ImportRecord] = []
    private(set) var findings: [ImportFinding] = []
    private(set) var progress: [Int64] = []
    /// Thrown for the record with this number.
    var failure: (recordNumber: Int, error: any Error)?

    func stage(_ record: ImportRecord) throws {
        if let failure, records.count == failure.recordNumber { throw failure.error }
        records.append(record)
    }

    func report(_ finding: ImportFinding) throws {
        findings.append(finding)
    }

    func checkCancellation() throws {}

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        progress.append(bytes)
    }

    var users: [UserRecord] { records.compactMap { if case .user(let user) = $0 { user } else { nil } } }
    var rooms: [RoomRecord] { records.compactMap { if case .room(let room) = $0 { room } else { nil } } }
    var messages: [MessageRecord] { records.compactMap { if case .message(let message) = $0 { message } else { nil } } }
    var contacts: [ContactRecord] { records.compactMap { if case .contact(let contact) = $0 { contact } else { nil } } }

    /// Rows that are not imported.
    var refusals: [ImportFinding] { findings.filter { $0.code == .rowInvalid } }
    /// Position and reason, short enough to compare.
    var refusedLines: [String] { refusals.map { "\($0.entry ?? "-"):\($0.position ?? 0) \($0.field ?? "row")" } }
    /// The records as a set, independent of the order of entries.
    var recordSet: Set<String> { Set(records.map { String(describing: $0) }) }
}
