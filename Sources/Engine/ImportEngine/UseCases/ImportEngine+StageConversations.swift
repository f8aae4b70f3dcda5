import Compression
import ImportDomain
public import JSON

extension ImportEngine {
    /// Adds rooms to the staging area of the current operation (`import.addChannels`), all of them or none.
    ///
    /// - Parameters: as `stageUsers`.
    /// - Returns: the number of rooms; with none, nothing is checked and nothing changes.
    /// - Throws: `InvalidBody` for a body of another shape; `ImportError` for an operation that takes no records;
    ///   `StoreError`; and whatever `chunks` throws.
    @discardableResult
    public func stageRooms<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        try await stageConversations(from: chunks, property: "channels", format: format, limits: limits) {
            reader, pieces in
            let record = try RoomDocument.read(&reader)
            if let invalid = InvalidBody(record.limitViolation ?? record.textLimitViolation) { throw invalid }
            pieces.add(
                RecordDraft(
                    importID: record.importIDs.first { !$0.isEmpty } ?? "", document: RoomDocument.text(of: record)))
        }
    }

    /// Adds messages to the staging area of the current operation (`import.addMessages`), all of them or none.
    ///
    /// A message without `_id` gets a random one here, so that trying again does not double what was staged.
    /// - Parameters: as `stageUsers`.
    /// - Returns: the number of messages; with none, nothing is checked and nothing changes.
    /// - Throws: as `stageRooms`.
    @discardableResult
    public func stageMessages<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, format: RecordBodyFormat, limits: JSONLimits = JSONLimits()
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let (identifiers, now) = (environment.identifiers, clock.now())
        return try await stageConversations(from: chunks, property: "messages", format: format, limits: limits) {
            reader, pieces in
            var record = try MessageDocument.read(&reader)
            if let invalid = InvalidBody(record.limitViolation ?? record.textLimitViolation) { throw invalid }
            if record.id?.isEmpty ?? true { record.id = identifiers.userID(at: now).rawValue }
            pieces.add(record)
        }
    }

    private func stageConversations<Chunks: AsyncSequence & Sendable>(
        from chunks: Chunks, property: String, format: RecordBodyFormat, limits: JSONLimits,
        read: (inout JSONReader, inout ConversationPieces) throws -> Void
    ) async throws -> Int where Chunks.Element == [UInt8] {
        let rules = try await store.read { try IntakeRules($0) }
        let intakeID = environment.identifiers.intakeID()
        var body: any RecordBody =
            format == .json ? JSONRecordBody(property: property, limits: limits) : LineRecordBody(limits: limits)
        var pieces = ConversationPieces()
        do {
            for try await chunk in chunks {
                try chunk.withUnsafeBytes { bytes in
                    try body.receive(bytes) { reader in try pieces.adding { try read(&reader, &$0) } }
                }
                if pieces.isComplete { try await stage(pieces.take(), rules: rules, intakeID: intakeID) }
            }
            try body.finish { reader in try pieces.adding { try read(&reader, &$0) } }
            if let invalid = pieces.invalid { throw invalid }
            guard pieces.count > 0 else { return 0 }
            if let refusal = rules.refusal { throw refusal }
            pieces.close()
            try await stage(pieces.take(), rules: rules, intakeID: intakeID)
            if let operation = rules.operation { try await accept(intakeID, of: pieces.count, into: operation) }
            return pieces.count
        } catch {
            // Why the request failed matters more than what it leaves, which an idle worker removes in time.
            try? await discard(intakeID)
            throw error
        }
    }

    private func stage(_ piece: ConversationPieces.Piece, rules: IntakeRules, intakeID: IntakeID) async throws {
        guard let operation = rules.operation else { return }
        let packs = piece.lines.map {
            RecordPack(count: $0.count, payload: Zstandard.compress($0.bytes), contentBytes: $0.bytes.count)
        }
        try await store.write { transaction in
            for batch in piece.batches {
                try transaction.staging.stage(batch, of: .room, intake: intakeID, operation: operation)
            }
            for pack in packs { try transaction.staging.stage(pack, intake: intakeID, operation: operation) }
        }
    }
}

/// Rooms and messages of one request, on their way into the staging area.
struct ConversationPieces {
    /// What is staged together.
    struct Piece: Sendable {
        let batches: [[RecordDraft]]
        let lines: [MessageLines]
    }

    /// How many records were read.
    private(set) var count = 0
    /// The first record that is shaped otherwise.
    private(set) var invalid: InvalidBody?
    private var batches = DraftBatches()
    private var packs = MessagePacker()

    /// Whether what is there is to be staged before more is added.
    var isComplete: Bool { batches.hasComplete || packs.hasPacks }

    /// Reads one record; one that is shaped otherwise is remembered, and the rest is still read.
    mutating func adding(_ read: (inout ConversationPieces) throws -> Void) throws {
        defer { count += 1 }
        do {
            try read(&self)
        } catch let error as InvalidBody {
            invalid = invalid ?? InvalidBody(error.reason, index: count, field: error.field)
        }
    }

    mutating func add(_ draft: RecordDraft) { batches.add(draft) }

    mutating func add(_ message: MessageRecord) { packs.add(message) }

    /// Completes what is left.
    mutating func close() {
        batches.close()
        packs.close()
    }

    /// Takes away what is complete.
    mutating func take() -> Piece { Piece(batches: batches.take(), lines: packs.take()) }
}
