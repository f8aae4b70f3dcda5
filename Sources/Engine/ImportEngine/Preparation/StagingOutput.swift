import ImportDomain
import JSON

/// Collects what an importer finds into pieces of a good size; used by the one thread that reads the file.
final class StagingOutput: ImportOutput {
    /// A piece of drafts is complete with so much weight.
    private static let draftWeight = 4 << 20
    /// A pack is complete with so many bytes, whatever the number of its messages.
    private static let packBytes = 1 << 20
    /// So many packs are handed over together.
    private static let packsPerPiece = 8

    private let handOver: HandOver
    private let passwords: any PasswordHasher
    private var drafts: [RecordType: [RecordDraft]] = [:]
    private var draftWeights: [RecordType: Int] = [:]
    private var line = JSONWriter()
    private var lines: [UInt8] = []
    private var lineCount = 0
    private var packs: [MessageLines] = []
    private var findings: [ImportFinding] = []
    private var entry: String?

    init(handOver: HandOver, passwords: any PasswordHasher) {
        self.handOver = handOver
        self.passwords = passwords
    }

    func stage(_ record: ImportRecord) throws {
        switch record {
        case .message(let message): try stage(message)
        case .user(let user):
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

    func report(entry: String?, bytes: Int64, of total: Int64) throws {
        guard entry != self.entry else { return }
        self.entry = entry
    }

    /// Hands over what is left.
    func finish() throws {
        for type in RecordType.allCases { try flush(type) }
        try closePack()
        try flushPacks()
        try flushFindings()
    }

    private func stage(_ draft: RecordDraft, of type: RecordType) throws {
        drafts[type, default: []].append(draft)
        draftWeights[type, default: 0] += draft.weight
        if draftWeights[type, default: 0] >= Self.draftWeight
            || drafts[type, default: []].count >= UserIntake.batchRecords
        {
            try flush(type)
        }
    }

    private func stage(_ message: MessageRecord) throws {
        line.removeAll(keepingCapacity: true)
        MessageDocument.write(message, to: &line)
        if lineCount > 0 { lines.append(0x0A) }
        lines.append(contentsOf: line.bytes)
        lineCount += 1
        if lineCount >= RecordPack.capacity || lines.count >= Self.packBytes { try closePack() }
    }

    private func closePack() throws {
        guard lineCount > 0 else { return }
        packs.append(MessageLines(bytes: lines, count: lineCount))
        lines = []
        lines.reserveCapacity(Self.packBytes / 2)
        lineCount = 0
        if packs.count >= Self.packsPerPiece { try flushPacks() }
    }

    private func flush(_ type: RecordType) throws {
        guard let waiting = drafts[type], !waiting.isEmpty else { return }
        drafts[type] = []
        draftWeights[type] = 0
        try handOver.put(.drafts(waiting, type))
    }

    private func flushPacks() throws {
        guard !packs.isEmpty else { return }
        let waiting = packs
        packs = []
        try handOver.put(.entry(entry))
        try handOver.put(.messages(waiting))
    }

    private func flushFindings() throws {
        guard !findings.isEmpty else { return }
        let waiting = findings
        findings = []
        try handOver.put(.findings(waiting))
    }
}
