import Foundation
import ImportAPI
import NIOCore

/// A batch that is staged.
public struct StagedBatch: Equatable, Sendable {
    /// The number of the batch, from 1.
    public let number: Int
    /// Records of the batch.
    public let records: Int
    /// Records of all batches so far, from the first of the sequence. After an error, continue with the record of this
    /// index.
    public let total: Int
    /// Whether the response was lost and the staged count showed that the batch is staged.
    public let isConfirmedByCount: Bool
}

/// Stages records in batches, each once.
///
/// A request whose response is lost may have staged its batch. The staged count tells: it has grown by exactly the batch, or
/// has not changed. Anything else ends with an error.
///
/// Source: docs/decisions/0030-client.md.
struct RecordStaging<Record: Encodable & Sendable>: Sendable {
    let exchange: Exchange
    /// The request without its body.
    let request: OutgoingRequest
    /// The field of the body that holds the records.
    let field: String
    /// The records of this type that are staged.
    let count: @Sendable (CountBody) -> Int?

    /// What is staged, as the server reports it.
    private struct Staged: Equatable {
        var operationID: String
        var count: Int
    }

    /// Records that are encoded and not sent.
    private struct Batch {
        var bytes: ByteBuffer
        var records = 0
    }

    /// Stages all records of a sequence.
    ///
    /// - Returns: how many there were.
    func stage<Records: AsyncSequence>(
        _ records: Records, onBatch: (StagedBatch) async throws -> Void
    ) async throws -> Int where Records.Element == Record {
        let limits = exchange.configuration.batches
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        var run = Run(staging: self, staged: try await staged())
        var batch = emptyBatch()
        for try await record in records {
            try Task.checkCancellation()
            let bytes = try encoder.encode(record)
            if batch.records >= max(1, limits.records)
                || batch.records > 0 && batch.bytes.readableBytes + bytes.count + 3 > limits.bytes
            {
                try await onBatch(try await run.send(batch))
                batch = emptyBatch()
            }
            if batch.records > 0 { batch.bytes.writeInteger(UInt8(ascii: ",")) }
            batch.bytes.writeBytes(bytes)
            batch.records += 1
        }
        if batch.records > 0 { try await onBatch(try await run.send(batch)) }
        try await run.verify()
        return run.total
    }

    private func emptyBatch() -> Batch { Batch(bytes: ByteBuffer(string: #"{"\#(field)":["#)) }

    /// What is staged now.
    private func staged() async throws -> Staged {
        let status: StatusResponse = try await exchange.response(
            to: OutgoingRequest(ImportCalls.status, query: NoFields(), body: NoFields?.none))
        return Staged(
            operationID: status.operation?._id ?? "", count: status.operation?.count.flatMap(count) ?? 0)
    }

    /// The batches of one sequence.
    private struct Run {
        let staging: RecordStaging
        /// What is staged if every batch so far is staged once.
        var staged: Staged
        var total = 0
        private var number = 0
        /// Whether a batch was sent again, so that an earlier request for it might still be in progress.
        private var hasRepeated = false

        init(staging: RecordStaging, staged: Staged) {
            self.staging = staging
            self.staged = staged
        }

        /// Stages a batch, once.
        mutating func send(_ batch: Batch) async throws -> StagedBatch {
            var request = staging.request
            var bytes = batch.bytes
            bytes.writeString("]}")
            request.content = .json(bytes)
            let isConfirmedByCount = try await stage(batch.records, with: request)
            number += 1
            total += batch.records
            staged.count += batch.records
            return StagedBatch(
                number: number, records: batch.records, total: total, isConfirmedByCount: isConfirmedByCount)
        }

        /// - Returns: whether the staged count confirmed the batch, because its response was lost.
        private mutating func stage(_ records: Int, with request: OutgoingRequest) async throws -> Bool {
            let exchange = staging.exchange
            var attempt = 1
            while true {
                do {
                    try await exchange.confirm(request)
                    return false
                } catch {
                    if var error = error as? ServerError, let index = error.index {
                        error.index = total + index
                        throw error
                    }
                    let isUnknown =
                        (error as? TransportError)?.isOutcomeUnknown ?? (Exchange.verdict(on: error) == .unknown)
                    guard isUnknown else { throw error }
                    if try await isStaged(records) { return true }
                    guard let delay = exchange.delay(after: error, attempt: attempt) else {
                        // The count shows that the batch is not staged.
                        if var error = error as? TransportError {
                            error.isOutcomeUnknown = false
                            throw error
                        }
                        throw error
                    }
                    try await exchange.waiting.pause(delay)
                    attempt += 1
                    hasRepeated = true
                }
            }
        }

        /// Whether a batch of this many records is staged, once the count has settled: the server may still be working on
        /// the request.
        private func isStaged(_ records: Int) async throws -> Bool {
            let steps = 5
            for step in 0...steps {
                let now = try await staging.staged()
                try require(now, [staged.count, staged.count + records])
                if now.count == staged.count + records { return true }
                if step < steps {
                    try await staging.exchange.waiting.pause(staging.exchange.configuration.settling / steps)
                }
            }
            return false
        }

        /// Compares the staged count with that of the batches, if a batch was sent twice.
        func verify() async throws {
            guard hasRepeated else { return }
            try require(try await staging.staged(), [staged.count])
        }

        private func require(_ found: Staged, _ counts: [Int]) throws {
            guard found.operationID == staged.operationID else {
                throw TransportError(
                    staging.request.name, .operationReplaced,
                    "The current operation is \(found.operationID), not \(staged.operationID). Another import superseded it.",
                    isOutcomeUnknown: true)
            }
            guard !counts.contains(found.count) else { return }
            throw TransportError(
                staging.request.name, .stagedCountDiffers(expected: counts[0], found: found.count),
                "\(found.count) records are staged, but this client staged \(counts[0]). Another client may stage records "
                    + "as well, or a batch is staged twice. Begin again with import.new.",
                isOutcomeUnknown: true)
        }
    }
}
