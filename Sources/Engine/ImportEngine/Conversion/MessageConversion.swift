import Compression
import ImportDomain
import JSON
import SHA256

/// Staged messages become messages in their rooms.
///
/// Users and rooms are all imported by then, so whatever messages name is looked up while they are decoded. Decisions
/// compare with the messages that are there.
/// Source: docs/importers.md, "What becomes of a message".
struct MessageConversion: RecordConversion {
    /// The most bytes of one pack's content.
    static let packBytes = 64 << 20
    /// The number of messages that tell whether an import has been imported before.
    private static let sampleSize = 16

    let queue: PreparationQueue

    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
        let (packs, rows) = try await context.store.read {
            (try $0.staging.packs(of: claim), try $0.staging.records(of: claim))
        }
        var lines = try await inParallel(packs) { try PackLines($0) }
        // Messages that failed before and are tried again have rows of their own.
        if !rows.isEmpty { lines += try await inParallel([rows]) { PackLines($0) } }
        let known = try await knownDigests(of: lines, in: context)
        let decoded = try await inParallel(lines) { DecodedPack($0, known: known) }
        let names = NamesInMessages(decoded.flatMap(\.messages).map(\.record))
        let directory = try await context.store.read { try MessageDirectory(names, context: context, in: $0) }
        let built = try await inParallel(decoded) { pack in MessageBatch(pack, directory: directory) }
        let batch = MessageBatch(joining: built)
        return DecodedMessages(
            batch: batch, operation: context.operation.id, number: context.number, store: context.store,
            order: TellingOrder(replacesEquallyEdited: context.operation.importerKey == .api))
    }

    /// What the messages were made of that the workspace already has, so that the same records need not be read again.
    ///
    /// Nothing is assumed where a room or user of the import failed or was not selected: its messages share its fate.
    private func knownDigests(
        of packs: [PackLines], in context: ConversionContext
    ) async throws -> [MessageID: Int64] {
        // A caller of the API replaces what was there, also what the preceding batch, which may not be written yet, tells.
        guard context.operation.importerKey != .api,
            context.operation.start?.listedTypes.contains(.message) != true
        else { return [:] }
        let counts = [RecordType.user, .room].map { context.operation.counts[$0] ?? ImportCounts() }
        guard counts.allSatisfy({ $0.error == 0 && $0.skipped == 0 }) else { return [:] }
        let ids = packs.flatMap { $0.lines.compactMap(\.id) }
        // Nearly all messages of a first import are new: some of them tell.
        let sample = stride(from: 0, to: ids.count, by: max(1, ids.count / Self.sampleSize)).map { ids[$0] }
        return try await context.store.read { transaction in
            try transaction.messages.recordDigests(of: sample).isEmpty
                ? [:] : transaction.messages.recordDigests(of: ids)
        }
    }

    /// Works on packs on as many threads as there are processors.
    private func inParallel<Input: Sendable, Output: Sendable>(
        _ inputs: [Input], _ work: @escaping @Sendable (Input) throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var outputs = [Output?](repeating: nil, count: inputs.count)
            for (index, input) in inputs.enumerated() {
                if index >= PreparationQueue.width, let (done, output) = try await group.next() {
                    outputs[done] = output
                }
                group.addTask { (index, try await queue.run { try work(input) }) }
            }
            for try await (done, output) in group { outputs[done] = output }
            return outputs.compactMap { $0 }
        }
    }
}

/// Messages that are ready to be compared with what is there.
private struct DecodedMessages: DecodedBatch {
    let batch: MessageBatch
    let operation: OperationID
    let number: ImportNumber
    let store: any ConversionStore
    let order: TellingOrder

    func decide(by directory: WorkspaceDirectory) throws -> BatchDecisions {
        try batch.decide(by: directory, order: order, operation: operation, number: number, rowsOf: store)
    }
}

/// The lines of one pack, and what identifies each.
struct PackLines: Sendable {
    struct Line: Sendable {
        let sequence: RecordSequence
        /// Where it is in the pack.
        let place: Range<Int>
        /// The id of its message; nil if only reading tells.
        let id: MessageID?
        /// The digest of the line.
        let digest: Int64
    }

    let content: [UInt8]
    let lines: [Line]

    init(_ pack: StagedPack) throws {
        content = try Zstandard.decompress(pack.payload, limitBytes: MessageConversion.packBytes)
        var lines: [Line] = []
        lines.reserveCapacity(RecordPack.capacity)
        content.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                let sequence = RecordSequence(batch: pack.batch, position: lines.count)
                lines.append(Line(sequence, start..<end, of: bytes))
                start = end + 1
            }
        }
        self.lines = lines
    }

    /// The lines of messages that have rows of their own.
    init(_ rows: [StagedRecord]) {
        var content: [UInt8] = []
        let places = rows.map { row in
            let start = content.count
            content.append(contentsOf: row.document.utf8)
            return start..<content.count
        }
        lines = content.withUnsafeBytes { bytes in
            zip(rows, places).map { Line($0.sequence, $1, of: bytes) }
        }
        self.content = content
    }
}

extension PackLines.Line {
    fileprivate init(_ sequence: RecordSequence, _ place: Range<Int>, of content: UnsafeRawBufferPointer) {
        let line = UnsafeRawBufferPointer(rebasing: content[place])
        let words = SHA256Digest.words(of: line)
        self.init(
            sequence: sequence, place: place, id: MessageDocument.id(in: line),
            digest: Int64(bitPattern: UInt64(words[0]) << 32 | UInt64(words[1])))
    }
}

/// The messages of one pack, read back.
struct DecodedPack: Sendable {
    struct DecodedMessage: Sendable {
        let line: PackLines.Line
        let record: MessageRecord

        var sequence: RecordSequence { line.sequence }
    }

    let messages: [DecodedMessage]
    /// Decisions about lines that cannot be read back, and about those that need not be.
    let decided: [RecordDecision]
    let content: [UInt8]

    /// Reads a pack.
    ///
    /// - Parameter known: the digests of the lines that messages of the workspace were made of.
    init(_ pack: PackLines, known: [MessageID: Int64] = [:]) {
        content = pack.content
        var messages: [DecodedMessage] = []
        var decided: [RecordDecision] = []
        messages.reserveCapacity(pack.lines.count)
        content.withUnsafeBytes { bytes in
            for line in pack.lines {
                if !known.isEmpty, let id = line.id, known[id] == line.digest {
                    decided.append(RecordDecision(line.sequence, .unchanged, subject: id.rawValue))
                    continue
                }
                let text = UnsafeRawBufferPointer(rebasing: bytes[line.place])
                do {
                    let record = try JSONReader.read(text) { try MessageDocument.read(&$0) }
                    messages.append(DecodedMessage(line: line, record: record))
                } catch {
                    decided.append(
                        RecordDecision(
                            line.sequence,
                            .fail(
                                RecordFailure(
                                    code: .internalError, message: "The staged record cannot be read back: \(error)")),
                            document: String(decoding: text, as: UTF8.self)))
                }
            }
        }
        (self.messages, self.decided) = (messages, decided)
    }

    /// The staged document of a message.
    func document(of message: DecodedMessage) -> String {
        String(decoding: content[message.line.place], as: UTF8.self)
    }
}
