import ImportDomain

/// Collects what an importer finds into pieces of a good size; used by the one thread that reads the file.
final class StagingOutput: ImportOutput {
    /// So many packs are handed over together.
    private static let packsPerPiece = 8

    private let handOver: HandOver<StagingPiece>
    private let defaultRoles: [String]
    private var batches: [RecordType: DraftBatches] = [:]
    private var packs = MessagePacker()
    private var findings: [ImportFinding] = []
    private var entry: String?

    /// - Parameter defaultRoles: the roles of people to whom the source gives none.
    init(handOver: HandOver<StagingPiece>, defaultRoles: [String]) {
        self.handOver = handOver
        self.defaultRoles = defaultRoles
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
        if findings.count >= 500 { try flushFindings() }
    }

    func checkCancellation() throws { try handOver.check() }

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        guard entry != self.entry else { return }
        self.entry = entry
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
    }

    private func stage(_ draft: RecordDraft, of type: RecordType) throws {
        batches[type, default: DraftBatches()].add(draft)
        try flush(type)
    }

    private func stage(_ message: MessageRecord) throws {
        packs.add(message)
        if packs.packCount >= Self.packsPerPiece { try flushPacks() }
    }

    private func flush(_ type: RecordType) throws {
        guard batches[type]?.hasComplete == true, let complete = batches[type]?.take() else { return }
        for batch in complete { try handOver.put(.drafts(batch, type)) }
    }

    private func flushPacks() throws {
        guard packs.hasPacks else { return }
        try handOver.put(.entry(entry))
        try handOver.put(.messages(packs.take()))
    }

    private func flushFindings() throws {
        guard !findings.isEmpty else { return }
        let waiting = findings
        findings = []
        try handOver.put(.findings(waiting))
    }
}
