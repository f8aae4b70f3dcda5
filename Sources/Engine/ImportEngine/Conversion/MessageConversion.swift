import Compression
import ImportDomain
import JSON

/// Staged messages become messages in their rooms.
///
/// Users and rooms are all imported by then, so whatever messages name is looked up while they are decoded. Decisions
/// compare with the messages that are there.
/// Source: docs/importers.md, "What becomes of a message".
struct MessageConversion: RecordConversion {
    /// The most bytes of one pack's content.
    static let packBytes = 64 << 20

    let queue: PreparationQueue

    func decode(_ claim: BatchClaim, in context: ConversionContext) async throws -> any DecodedBatch {
        let packs = try await context.store.read { try $0.staging.packs(of: claim) }
        let decoded = try await inParallel(packs) { try DecodedPack($0) }
        let names = NamesInMessages(decoded.flatMap(\.messages).map(\.record))
        let directory = try await context.store.read { try MessageDirectory(names, context: context, in: $0) }
        let built = try await inParallel(decoded) { pack in MessageBatch(pack, directory: directory) }
        let batch = MessageBatch(joining: built)
        return DecodedMessages(
            batch: batch, operation: context.operation.id, number: context.number, store: context.store,
            order: TellingOrder(replacesEquallyEdited: context.operation.importerKey == .api))
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

/// The messages of one pack, read back.
struct DecodedPack: Sendable {
    struct DecodedMessage: Sendable {
        let sequence: RecordSequence
        let record: MessageRecord
        /// Where its line is in the pack.
        let line: Range<Int>
    }

    let messages: [DecodedMessage]
    /// Of lines that cannot be read back.
    let faults: [RecordDecision]
    let content: [UInt8]

    init(_ pack: StagedPack) throws {
        content = try Zstandard.decompress(pack.payload, limitBytes: MessageConversion.packBytes)
        var messages: [DecodedMessage] = []
        var faults: [RecordDecision] = []
        messages.reserveCapacity(RecordPack.capacity)
        content.withUnsafeBytes { bytes in
            var (start, position) = (0, 0)
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
                let sequence = RecordSequence(batch: pack.batch, position: position)
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                do {
                    let record = try JSONReader.read(line) { try MessageDocument.read(&$0) }
                    messages.append(DecodedMessage(sequence: sequence, record: record, line: start..<end))
                } catch {
                    faults.append(
                        RecordDecision(
                            sequence,
                            .fail(
                                RecordFailure(
                                    code: .internalError, message: "The staged record cannot be read back: \(error)")),
                            document: String(decoding: line, as: UTF8.self)))
                }
                start = end + 1
                position += 1
            }
        }
        (self.messages, self.faults) = (messages, faults)
    }

    /// The staged document of a message.
    func document(of message: DecodedMessage) -> String { String(decoding: content[message.line], as: UTF8.self) }
}
