import BoundedQueue
import ImportDomain

/// The output that an importer writes into: an adapter to an intake, used by the one thread that reads the file.
///
/// The thread puts chunks into a queue, and a task stages them.
final class StagingOutput: ImportOutput {
    /// What one transaction writes.
    enum Chunk: Sendable {
        /// Records.
        case records(Intake.Chunk)
        /// Findings of the importer.
        case findings([ImportFinding])
        /// The part of the file that is being read, and how far reading has come.
        case progress(entry: String?, FileProgress?)
    }

    /// A chunk of findings is full with so many, or with so many bytes.
    private static let findingsPerChunk = 500
    private static let findingBytes = 1 << 20
    /// Progress alone is put this often at most: each time costs a transaction.
    private static let progressInterval: Duration = .seconds(1)

    private let intake: Intake
    private let queue: BoundedQueue<Chunk>
    private let clock: any WallClock
    private let defaultRoles: [String]
    private var findings: [ImportFinding] = []
    private var findingBytes = 0
    private var entry: String?
    private var progress: FileProgress?
    private var nextProgress: Timestamp

    /// - Parameter defaultRoles: the roles of people to whom the source gives none.
    init(to intake: Intake, through queue: BoundedQueue<Chunk>, clock: any WallClock, defaultRoles: [String]) {
        self.intake = intake
        self.queue = queue
        self.clock = clock
        self.defaultRoles = defaultRoles
        nextProgress = clock.now()
    }

    func stage(_ record: ImportRecord) throws {
        var record = record
        if case .user(var user) = record, user.roles.isEmpty {
            user.roles = defaultRoles
            record = .user(user)
        }
        if intake.append(record) { try put(intake.takeFullChunks()) }
    }

    func report(_ finding: ImportFinding) throws {
        findings.append(finding)
        findingBytes += finding.sizeBytes
        if findings.count >= Self.findingsPerChunk || findingBytes >= Self.findingBytes { try putFindings() }
    }

    func checkCancellation() throws { try queue.check() }

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        self.entry = entry
        progress = FileProgress(bytesRead: bytes, bytesTotal: total)
        if clock.now() >= nextProgress { try putProgress() }
    }

    /// Puts what is left.
    func finish() throws {
        try put(intake.takeLastChunks())
        try putFindings()
        if progress != nil { try putProgress() }
    }

    private func put(_ chunks: [Intake.Chunk]) throws {
        for chunk in chunks {
            if case .packs = chunk { try putProgress() }
            try queue.put(.records(chunk))
        }
    }

    private func putProgress() throws {
        nextProgress = clock.now() + Self.progressInterval
        try queue.put(.progress(entry: entry, progress))
    }

    private func putFindings() throws {
        guard !findings.isEmpty else { return }
        try queue.put(.findings(findings))
        (findings, findingBytes) = ([], 0)
    }
}
