import Compression
import ImportDomain
import JSON

/// Divides a batch that cannot be imported as it is, until the one record that causes it is found and flagged.
///
/// Source: docs/architecture.md, "Records that end the process".
struct BatchDivision: Sendable {
    /// Why a batch cannot be imported.
    enum Cause: Sendable {
        /// The process ended while the batch was imported.
        case processEnded
        /// It was rejected, for a reason that no further attempt changes; the reason is what a person reads.
        case rejected(reason: String)
    }

    /// How many batches one becomes.
    static let parts = 16
    /// The number of further process deaths after which a batch is not read any more.
    private static let unreadableAfter = 3

    let store: any Store
    let clock: any WallClock
    let queue: PreparationQueue

    /// Divides the only batch of a claim, or flags its only record.
    ///
    /// - Returns: how many records were flagged.
    /// - Throws: `ImportError.leaseLost`, `.operationNoLongerValid`, `StoreError`, `CancellationError`.
    func apply(to claim: BatchClaim, because cause: Cause) async throws -> Int {
        let failure = failure(of: claim, cause)
        if claim.lease.deaths >= claim.deathLimit + Self.unreadableAfter { return try await failAll(claim, failure) }
        // Messages that were tried before have rows.
        guard claim.type == .message, let pack = try await store.read({ try $0.staging.packs(of: claim).first }) else {
            return try await divideRows(claim, failure)
        }
        return try await divideMessages(pack, of: claim, failure)
    }

    private func divideRows(_ claim: BatchClaim, _ failure: RecordFailure) async throws -> Int {
        try await write(claim) { transaction in
            let sequences = try transaction.staging.sequences(of: claim)
            guard sequences.count <= 1 else {
                try transaction.staging.divide(claim, into: Self.parts)
                return 0
            }
            let faults = try transaction.staging.records(of: claim).map { record in
                RecordFault(record.sequence, failure, importIDs: RecordImportIDs.of(record, claim.type))
            }
            try transaction.staging.finish(claim, with: BatchOutcome(faults: faults))
            return faults.count
        }
    }

    private func divideMessages(
        _ pack: StagedPack, of claim: BatchClaim, _ failure: RecordFailure
    ) async throws -> Int {
        let parts: [MessageLines]
        do {
            parts = try await queue.run { try Self.parts(of: pack) }
        } catch is Zstandard.Failure {
            return try await failAll(claim, failure)
        }
        if parts.count == 1, let message = parts.first {
            let fault = RecordFault(
                RecordSequence(batch: pack.batch, position: 0), failure,
                document: String(decoding: message.bytes, as: UTF8.self), packedID: Self.id(of: message))
            return try await write(claim) { transaction in
                try transaction.staging.finish(claim, with: BatchOutcome(faults: [fault]))
                return 1
            }
        }
        let packs = try await queue.run { parts.map { $0.compressed() } }
        return try await write(claim) { transaction in
            try transaction.staging.divide(claim, into: packs)
            return 0
        }
    }

    /// The id of a message; empty if it cannot be read.
    private static func id(of message: MessageLines) -> String {
        let record = try? message.bytes.withUnsafeBytes { try JSONReader.read($0) { try MessageDocument.read(&$0) } }
        return record?.id ?? ""
    }

    /// The lines of a pack in parts of the same length.
    private static func parts(of pack: StagedPack) throws -> [MessageLines] {
        let content = try Zstandard.decompress(pack.payload, limitBytes: MessageConversion.packBytes)
        let lines = content.split(separator: 0x0A)
        let size = max(1, (lines.count + parts - 1) / parts)
        return stride(from: 0, to: lines.count, by: size).map { start in
            let members = lines[start..<min(start + size, lines.count)]
            return MessageLines(bytes: Array(members.joined(separator: [0x0A])), count: members.count)
        }
    }

    private func failAll(_ claim: BatchClaim, _ failure: RecordFailure) async throws -> Int {
        try await write(claim) { try $0.staging.fail(claim, because: failure) }
    }

    /// - Parameter work: returns how many records it flagged.
    private func write(
        _ claim: BatchClaim, _ work: @escaping @Sendable (any StoreTransaction) throws -> Int
    ) async throws -> Int {
        let now = clock.now()
        return try await store.write(.divideBatch) { transaction in
            guard try transaction.operations.hold(id: claim.operation)?.lifecycle.isRunning == true else {
                throw ImportError.operationNoLongerValid
            }
            try transaction.leases.verify(claim.lease)
            let count = try work(transaction)
            if count > 0 {
                try transaction.operations.addToCounts(
                    ImportCounts(error: count), of: claim.type, in: claim.operation, at: now)
            }
            return count
        }
    }

    private func failure(of claim: BatchClaim, _ cause: Cause) -> RecordFailure {
        switch cause {
        case .processEnded:
            RecordFailure(
                code: .processEnded,
                message: "The process ended \(claim.lease.deaths) times while this record was imported. "
                    + "The log of the operating system says why; often the process had too little memory.")
        case .rejected(let reason): .rejected(because: reason)
        }
    }
}

extension RecordFailure {
    /// The failure of a record that the database rejects.
    static func rejected(because reason: String) -> RecordFailure {
        RecordFailure(code: .internalError, message: reason)
    }
}
