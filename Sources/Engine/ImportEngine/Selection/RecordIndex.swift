import ImportDomain
import Synchronization

/// The index of the staged records of an operation: makes it, and evaluates matches and rules by it.
///
/// Source: docs/decisions/0029-selection-by-rule.md.
final class RecordIndex: Sendable {
    /// The index of a type is incomplete, because more was staged meanwhile.
    struct Incomplete: Error {}

    private struct Work: Hashable {
        let operation: OperationID
        let type: RecordType
    }

    /// Which addresses belong to accounts, under one version of the workspace.
    private struct TakenAddresses {
        let operation: OperationID
        let version: WorkspaceVersion
        var batches: [Int64: [Bool]] = [:]
    }

    /// How many batches are read at a time.
    private static let batchesAtOnce = 32
    /// How many batches one transaction indexes.
    private static let batchesPerWrite = 8
    /// How many addresses are looked up at a time.
    private static let addressesAtOnce = 1_000

    private let store: any Store
    private let queue = PreparationQueue()
    private let working = Mutex<[Work: Task<Void, any Error>]>([:])
    private let taken = Mutex<TakenAddresses?>(nil)

    init(_ store: any Store) { self.store = store }

    // MARK: Making

    /// Indexes the batches of a type that have no index; calls share the work, which ends by itself.
    func complete(_ type: RecordType, of operation: OperationID) async throws {
        let work = Work(operation: operation, type: type)
        let task = working.withLock { tasks in
            if let task = tasks[work] { return task }
            let task = Task {
                defer { working.withLock { $0[work] = nil } }
                try await make(type, of: operation)
            }
            tasks[work] = task
            return task
        }
        try await task.value
    }

    private func make(_ type: RecordType, of operation: OperationID) async throws {
        var last: Int64 = 0
        while true {
            let batches = try await store.read { [last] transaction in
                try transaction.recordIndex.unindexedBatches(
                    of: type, in: operation, after: last, limit: Self.batchesPerWrite
                ).map { ($0, try transaction.recordIndex.records(of: $0)) }
            }
            guard let end = batches.last?.0 else { return }
            last = end
            let indexes = try await queue.run { batches.map { ($0.0, RecordTexts.index(of: $0.1, type: type)) } }
            try await store.write(.indexRecords) { transaction in
                for (batch, index) in indexes { try transaction.recordIndex.add(index, of: batch) }
            }
        }
    }

    // MARK: Evaluating

    /// The batches of a type with whether each of their records matches, oldest first.
    ///
    /// - Parameters:
    ///   - needsTexts: whether `body` reads texts.
    ///   - needsAccounts: whether `body` reads which addresses are taken, although the match does not.
    /// - Throws: `Incomplete`; `StoreError`.
    func evaluate(
        _ match: RecordMatch, of type: RecordType, in operation: OperationID, needsTexts: Bool = false,
        needsAccounts: Bool = false, by transaction: any StoreTransaction,
        _ body: (_ batch: IndexedBatch, _ index: BatchIndex, _ matches: [Bool], _ taken: [Bool]) throws -> Void
    ) throws {
        let needle = Array(CaseFolding.key(match.search ?? "").utf8)
        let dependsOnAccounts = type == .user && (needsAccounts || match.dependsOnAccounts)
        var known = try dependsOnAccounts ? takenAddresses(of: operation, by: transaction) : nil
        let (isKnown, knownCount) = (known?.batches.isEmpty == false, known?.batches.count ?? 0)
        var last: Int64 = 0
        while true {
            let batches = try transaction.recordIndex.batches(
                of: type, in: operation, after: last, limit: Self.batchesAtOnce,
                withTexts: needsTexts || !needle.isEmpty || (dependsOnAccounts && !isKnown))
            guard let end = batches.last?.number else { break }
            last = end
            for batch in batches {
                guard let index = batch.index, index.flags.count == batch.recordCount else { throw Incomplete() }
                var matches = RecordTexts.matches(match, needle: needle, in: index)
                var taken: [Bool] = []
                if dependsOnAccounts {
                    if let bits = known?.batches[batch.number] {
                        taken = bits
                    } else {
                        // Of a batch that was staged since, the texts have not been read.
                        let texts =
                            try index.texts.isEmpty
                            ? transaction.recordIndex.batches(
                                of: type, in: operation, after: batch.number - 1, limit: 1, withTexts: true
                            ).first?.index : index
                        taken = try Self.taken(texts.map(RecordTexts.addresses) ?? [], by: transaction)
                        guard taken.count == batch.recordCount else { throw Incomplete() }
                        known?.batches[batch.number] = taken
                    }
                    for position in matches.indices where matches[position] {
                        let isTaken = taken[position]
                        if match.filters.contains(.addressTaken), !isTaken { matches[position] = false }
                        if match.exclusions.contains(.addressTaken), isTaken { matches[position] = false }
                    }
                }
                try body(batch, index, matches, taken)
            }
        }
        if let known, known.batches.count > knownCount { taken.withLock { $0 = known } }
    }

    private func takenAddresses(
        of operation: OperationID, by transaction: any StoreTransaction
    ) throws -> TakenAddresses {
        let version = try transaction.version()
        let known = taken.withLock { $0 }
        if let known, known.operation == operation, known.version == version { return known }
        return TakenAddresses(operation: operation, version: version)
    }

    private static func taken(_ addresses: [String], by transaction: any StoreTransaction) throws -> [Bool] {
        var taken: [Bool] = []
        taken.reserveCapacity(addresses.count)
        for start in stride(from: 0, to: addresses.count, by: addressesAtOnce) {
            let part = addresses[start..<min(start + addressesAtOnce, addresses.count)]
            let holders = try transaction.users.holders(of: AccountKeys(addresses: part.filter { !$0.isEmpty }))
                .addresses
            taken += part.map { holders[$0] != nil }
        }
        return taken
    }
}
