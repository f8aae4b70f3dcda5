import ImportDomain

/// Collects what an importer finds into pieces of a good size; used by the one thread that reads the file.
final class StagingOutput: ImportOutput {
    /// So many packs are handed over together.
    private static let packsPerPiece = 8
    /// Or as many as have so many bytes together: one message can fill a pack many times over.
    private static let pieceBytes = 8 << 20
    /// So many findings are handed over together, or as many as have so many bytes.
    private static let findingsPerPiece = 500
    private static let findingBytes = 1 << 20

    /// Progress alone is handed over this often at most: each time costs a transaction.
    private static let progressInterval: Duration = .seconds(1)

    private let handOver: HandOver<StagingPiece>
    private let clock: any WallClock
    private let defaultRoles: [String]
    private var batches: [RecordType: DraftBatches] = [:]
    private var packs = MessagePacker()
    private var findings: [ImportFinding] = []
    private var waitingFindingBytes = 0
    private var entry: String?
    private var progress: FileProgress?
    private var nextProgress: Timestamp

    /// - Parameter defaultRoles: the roles of people to whom the source gives none.
    init(handOver: HandOver<StagingPiece>, clock: any WallClock, defaultRoles: [String]) {
        self.handOver = handOver
        self.clock = clock
        self.defaultRoles = defaultRoles
        nextProgress = clock.now()
    }

    func stage(_ record: ImportRecord) throws {
        switch record {
        case .message(let message): try stage(message)
        case .user(var user):
            if user.roles.isEmpty { user.roles = defaultRoles }
            try stage(
                RecordDraft(
                    importID: user.importIDs.first { !$0.isEmpty } ?? "", document: UserDocument.text(of: user),
                    secret: user.passwordDigest), of: .user)
        case .room(let room):
            try stage(
                RecordDraft(
                    importID: room.importIDs.first { !$0.isEmpty } ?? "", document: RoomDocument.text(of: room)),
                of: .room)
        case .contact(let contact):
            try stage(
                RecordDraft(
                    importID: contact.importIDs.first { !$0.isEmpty } ?? "",
                    document: ContactDocument.text(of: contact)), of: .contact)
        }
    }

    func report(_ finding: ImportFinding) throws {
        findings.append(finding)
        waitingFindingBytes += finding.sizeBytes
        if findings.count >= Self.findingsPerPiece || waitingFindingBytes >= Self.findingBytes { try flushFindings() }
    }

    func checkCancellation() throws { try handOver.check() }

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        self.entry = entry
        progress = FileProgress(bytesRead: bytes, bytesTotal: total)
        if clock.now() >= nextProgress { try flushProgress() }
    }

    /// Hands over what is left.
    func finish() throws {
        for type in RecordType.allCases {
            batches[type]?.close()
            try flush(type)
        }
        packs.close()
        try flushPacks()
        try flushFindings()
        if progress != nil { try flushProgress() }
    }

    private func stage(_ draft: RecordDraft, of type: RecordType) throws {
        batches[type, default: DraftBatches()].add(draft)
        try flush(type)
    }

    private func stage(_ message: MessageRecord) throws {
        packs.add(message)
        if packs.packCount >= Self.packsPerPiece || packs.packedBytes >= Self.pieceBytes { try flushPacks() }
    }

    private func flush(_ type: RecordType) throws {
        guard batches[type]?.hasComplete == true, let complete = batches[type]?.take() else { return }
        for batch in complete { try handOver.put(.drafts(batch, type)) }
    }

    private func flushPacks() throws {
        guard packs.hasPacks else { return }
        try flushProgress()
        try handOver.put(.messages(packs.take()))
    }

    private func flushProgress() throws {
        nextProgress = clock.now() + Self.progressInterval
        try handOver.put(.progress(entry: entry, progress))
    }

    private func flushFindings() throws {
        guard !findings.isEmpty else { return }
        let waiting = findings
        findings = []
        waitingFindingBytes = 0
        try handOver.put(.findings(waiting))
    }
}
