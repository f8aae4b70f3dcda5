import ImportDomain
import JSON

/// Makes the failed records of an accepted retry pending, before the first stage of its run.
///
/// Each page is one transaction, which moves records and counts together, and records that moved are not failed any more:
/// after a crash the next worker continues. While it works, import ids of these records mean nothing to others; ids that
/// records which stay failed have as well are restored at the end.
/// Source: docs/architecture.md, "Trying failed records again".
struct RetryPreparation: Sendable {
    private static let pageLength = 1_000
    private static let pageBytes = 4 << 20
    private static let rowsAtOnce = 8_000

    let store: any Store
    let clock: any WallClock

    /// Prepares the run of an operation, if it is a retry.
    ///
    /// - Returns: false if the operation stopped meanwhile.
    /// - Throws: `StoreError`, `CancellationError`.
    func prepare(_ operation: ImportOperation) async throws -> Bool {
        guard let request = try await store.read({ try $0.retries.request(of: operation.id) }) else { return true }
        var last: RecordSequence?
        while true {
            try Task.checkCancellation()
            let page = try await write(.requeueRecords, to: operation) { [last, clock] operation, transaction in
                try Self.requeue(request, of: operation, after: last, at: clock.now(), in: transaction)
            }
            guard let page else { return false }
            guard let end = page.last else { break }
            last = end
        }
        if try await store.read({ try $0.retries.hasSuspendedIDs(in: operation.id) }) {
            for type in [RecordType.user, .contact, .room] {
                guard try await restoreIDs(of: type, in: operation) else { return false }
            }
        }
        while true {
            try Task.checkCancellation()
            let isMore = try await write(.finishRetryRequest, to: operation) { operation, transaction in
                try transaction.retries.forgetRecords(of: request, of: operation.id, limit: Self.rowsAtOnce)
            }
            guard let isMore else { return false }
            if !isMore { return true }
        }
    }

    /// The end of a page; nil at the end of all.
    private struct PageEnd: Sendable {
        let last: RecordSequence?
    }

    private static func requeue(
        _ request: RetryRequest, of operation: ImportOperation, after sequence: RecordSequence?, at now: Timestamp,
        in transaction: any StoreTransaction
    ) throws -> PageEnd {
        let records = try transaction.retries.records(
            of: request, in: operation.id, after: sequence, limit: pageLength, bytes: pageBytes)
        try transaction.retries.requeue(
            records.map { RequeuedRecord($0, importIDs: importIDs(of: $0)) }, for: request, in: operation.id)
        for (type, members) in Dictionary(grouping: records, by: \.type) {
            let skipped = members.count { if case .skip = $0.action { true } else { false } }
            try transaction.operations.addToCounts(
                ImportCounts(error: -members.count, skipped: skipped), of: type, in: operation.id, at: now)
            // A record that is tried again was selected, also under another id.
            if operation.start?.listedTypes.contains(type) == true {
                let importIDs = members.map { ImportID($0.currentImportID) }.distinct()
                if operation.start?.excludedTypes.contains(type) == true {
                    try transaction.staging.removeFromSelection(importIDs, of: type, in: operation.id)
                } else {
                    try transaction.staging.addToSelection(importIDs, of: type, in: operation.id)
                }
            }
        }
        return PageEnd(last: records.last?.sequence)
    }

    /// Restores the import ids of records that stay failed.
    ///
    /// - Returns: false if the operation stopped meanwhile.
    private func restoreIDs(of type: RecordType, in operation: ImportOperation) async throws -> Bool {
        var last: RecordSequence?
        while true {
            try Task.checkCancellation()
            let page = try await write(.restoreImportIDs, to: operation) { [last] operation, transaction in
                let records = try transaction.staging.failures(
                    of: operation.id, matching: FailureFilter(type: type), after: last, offset: 0,
                    limit: Self.pageLength, bytes: Self.pageBytes)
                let importIDs = records.flatMap { RecordImportIDs.of(type, $0.document, first: $0.importID) }
                if !importIDs.isEmpty {
                    try transaction.retries.restore(importIDs.distinct(), of: type, in: operation.id)
                }
                return PageEnd(last: records.last?.sequence)
            }
            guard let page else { return false }
            guard let end = page.last else { return true }
            last = end
        }
    }

    /// - Returns: nil if this run of the operation does not start any more.
    private func write<Result: Sendable>(
        _ name: DurableWrite, to seen: ImportOperation,
        _ work: @escaping @Sendable (ImportOperation, any StoreTransaction) throws -> Result
    ) async throws -> Result? {
        try await store.write(name) { transaction in
            // Alone: two workers must not move the same records.
            guard let operation = try transaction.operations.find(id: seen.id), operation.lifecycle.isRunning,
                operation.phase == .running(.starting), operation.runCount == seen.runCount
            else { return nil }
            return try work(operation, transaction)
        }
    }

    private static func importIDs(of record: RetriableRecord) -> [ImportID] {
        switch record.action {
        case .skip, .again: RecordImportIDs.of(record.type, record.document, first: record.importID)
        case .corrected(let draft): RecordImportIDs.of(record.type, draft.document, first: draft.importID)
        }
    }
}

extension RetriableRecord {
    /// Its first import id after its correction.
    fileprivate var currentImportID: String {
        if case .corrected(let draft) = action { draft.importID } else { importID }
    }
}
