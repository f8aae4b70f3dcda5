import ImportDomain

/// One check: makes the decisions of an import over a scratch workspace, and stores them.
///
/// Records are read without claiming them, in the order in which an import takes them. While decisions about one batch are
/// made, the next is decoded. Memory holds two batches.
struct CheckRun: Sendable {
    let environment: WorkspaceEnvironment
    let queue: PreparationQueue
    /// The operation as it would be once started.
    let operation: ImportOperation
    let start: ImportStart
    let selection: ImportSelection
    let settings: ConversionSettings
    let namesPeopleByUsername: Bool
    let key: String
    /// The records of a batch of each type; for tests, which have few records.
    var batchRecords: Int?

    private var store: any Store { environment.store }

    /// The types in the order of an import.
    static let types: [RecordType] = [.user, .contact, .room, .message]
    /// How many pages one transaction stores.
    private static let pagesAtOnce = 16

    /// Runs the check.
    ///
    /// - Throws: `ImportError.rejected` if the operation was started or ended meanwhile; `CancellationError`; `StoreError`.
    func run() async throws -> StoredCheck {
        guard let number = operation.number else {
            throw StoreError.corrupt(message: "The operation has no number.")
        }
        let check = try await writing(.beginCheck) { try $0.checks.begin(key, of: operation.id) }
        do {
            let scratch = try await environment.openScratch()
            do {
                let workspace = CheckedWorkspace(store: store, scratch: scratch, number: number)
                let result = try await decide(in: workspace, number: number, check: check)
                await scratch.close()
                let (count, text) = (result.recordCount, result.text)
                return try await writing(.finishCheck) { transaction in
                    try transaction.checks.finish(check, recordCount: count, result: text)
                    return StoredCheck(number: check, recordCount: count, result: text)
                }
            } catch {
                await scratch.close()
                throw error
            }
        } catch {
            // Housekeeping removes what is left in any case, later.
            try? await store.write(.abandonCheck) { try $0.checks.abandon(check) }
            throw error
        }
    }

    /// Writes while the operation can still be checked.
    private func writing<Result: Sendable>(
        _ name: DurableWrite, _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
        try await store.write(name) { [operation, start] transaction in
            try Self.require(operation.id, start, try transaction.operations.hold(id: operation.id))
            return try work(transaction)
        }
    }

    private static func require(_ id: OperationID, _ start: ImportStart, _ operation: ImportOperation?) throws {
        guard let operation else { throw ImportError.rejected(ImportRejection(.operationNotFound, of: .check)) }
        _ = try operation.checked(as: start)
    }

    private func decide(
        in workspace: CheckedWorkspace, number: ImportNumber, check: CheckNumber
    ) async throws -> CheckResult {
        try await prepare(workspace, number: number)
        var result = CheckResult()
        var (pages, complete) = (CheckPages(), [CheckPage]())
        var counts = operation.counts
        var earlier = EarlierDecisions()
        for type in Self.types {
            // Later types depend on the counts of earlier ones.
            let context = ConversionContext(
                operation: operation.with(counts, updatedAt: operation.updatedAt), number: number,
                namesPeopleByUsername: namesPeopleByUsername, settings: settings, store: workspace,
                moment: environment.clock.now())
            var next = try await batch(of: type, after: 0, in: context)
            while let batch = next {
                try Task.checkCancellation()
                async let upcoming = self.batch(of: type, after: batch.claim.batches.last ?? .max, in: context)
                let decided = try await decide(batch, after: earlier, in: context, of: workspace)
                for decisions in decided {
                    earlier = decisions.changes.written
                    counts[type] = (counts[type] ?? ImportCounts()) + decisions.counts
                }
                (result, pages, complete) = try await queue.run { [result, pages, complete] in
                    var (result, pages) = (result, pages)
                    let records = decided.flatMap(\.records).sorted { $0.sequence < $1.sequence }
                        .map { CheckedRecord($0, of: type) }
                    for record in records { result.add(record) }
                    let added = pages.append(records)
                    return (result, pages, complete + added)
                }
                if complete.count >= Self.pagesAtOnce {
                    let stored = complete
                    try await writing(.storeCheckPages) { try $0.checks.add(stored, to: check) }
                    complete = []
                }
                next = try await upcoming
            }
        }
        complete += pages.cut()
        let stored = complete
        try await writing(.storeCheckPages) { try $0.checks.add(stored, to: check) }
        result.finish()
        return result
    }

    /// Decides about a batch, or about parts of it if the database rejects it, until the record that causes it is alone:
    /// as `BatchDivision` does in an import.
    private func decide(
        _ batch: Batch, after earlier: EarlierDecisions, in context: ConversionContext, of workspace: CheckedWorkspace
    ) async throws -> [BatchDecisions] {
        do {
            let (records, moment) = (try batch.records.get(), environment.clock.now())
            let decisions = try await workspace.write { target in
                let decisions = try records.decide(
                    by: WorkspaceDirectory(workspace: target, earlier: earlier, moment: moment))
                try decisions.apply(target)
                try target.note(decisions.outcome(of: batch.claim.type), of: batch.claim)
                return decisions
            }
            return [decisions]
        } catch {
            guard let reason = BatchRejections.reason(for: error) else { throw error }
            return try await divide(batch, because: reason, after: earlier, in: context, of: workspace)
        }
    }

    private func divide(
        _ batch: Batch, because reason: String, after earlier: EarlierDecisions, in context: ConversionContext,
        of workspace: CheckedWorkspace
    ) async throws -> [BatchDecisions] {
        let (claim, type) = (batch.claim, batch.claim.type)
        let records = try await stagedRecords(of: batch)
        if records.count == 1, let record = records.first {
            let importIDs = type == .message ? [ImportID(record.importID)] : RecordImportIDs.of(record, type)
            let decision = RecordDecision(record.sequence, importIDs: importIDs, .fail(.rejected(because: reason)))
            let decisions = BatchDecisions(records: [decision], changes: earlier) { _ in }
            try await workspace.write { try $0.note(decisions.outcome(of: type), of: claim) }
            return [decisions]
        }
        var (decided, earlier) = ([BatchDecisions](), earlier)
        let size = max(1, (records.count + BatchDivision.parts - 1) / BatchDivision.parts)
        for start in stride(from: 0, to: records.count, by: size) {
            try Task.checkCancellation()
            var part = workspace
            part.records = Array(records[start..<min(start + size, records.count)])
            let decisions = try await decide(
                try await decode(claim, part.records, in: context.with(part)), after: earlier, in: context,
                of: workspace)
            earlier = decisions.last?.changes.written ?? earlier
            decided += decisions
        }
        return decided
    }

    /// The records of a batch, each message with its own document.
    private func stagedRecords(of batch: Batch) async throws -> [StagedRecord] {
        if let part = batch.part { return part }
        let (rows, packs) = try await store.read { transaction in
            (try transaction.staging.records(of: batch.claim), try transaction.staging.packs(of: batch.claim))
        }
        return try await queue.run {
            try rows
                + packs.flatMap { pack in
                    let pack = try PackLines(pack)
                    return pack.lines.map { line in
                        StagedRecord(
                            sequence: line.sequence, importID: line.id?.rawValue ?? "",
                            document: String(decoding: pack.content[line.place], as: UTF8.self))
                    }
                }
        }
    }

    /// What an import does before its first batch.
    private func prepare(_ workspace: CheckedWorkspace, number: ImportNumber) async throws {
        let (selection, operation) = (selection, operation)
        try await workspace.write { target in
            for type in selection.listedTypes {
                try target.scratch.transaction {
                    try $0.staging.select(selection.listedIDs(of: type), of: type, in: operation.id)
                }
            }
        }
        guard start.policies.users.matchesPeople else { return }
        var next: Int64? = 0
        while let batch = next {
            try Task.checkCancellation()
            next = try await workspace.write { target in
                guard
                    let described = try target.workspace.users.accounts(
                        describedByUsersOf: operation.id, behind: batch)
                else { return nil }
                if !described.accounts.isEmpty {
                    try target.scratch.transaction { try $0.users.describe(described.accounts, by: number) }
                }
                return described.batch
            }
        }
    }

    private struct Batch: Sendable {
        let claim: BatchClaim
        /// The records of the claim that it has; nil for all.
        let part: [StagedRecord]?
        /// The decoded records, or why they cannot be decoded.
        let records: Result<any DecodedBatch, any Error>
    }

    /// The next batch, decoded.
    private func batch(of type: RecordType, after batch: Int64, in context: ConversionContext) async throws -> Batch? {
        let (operation, start, target) = (operation, start, target(of: type))
        let claim = try await store.read { transaction in
            try Self.require(operation.id, start, try transaction.operations.find(id: operation.id))
            return try transaction.staging.batches(of: type, in: operation.id, after: batch, target: target)
        }
        guard let claim else { return nil }
        return try await decode(claim, nil, in: context)
    }

    private func decode(
        _ claim: BatchClaim, _ part: [StagedRecord]?, in context: ConversionContext
    ) async throws -> Batch {
        do {
            let records = try await conversion(of: claim.type).decode(claim, in: context)
            return Batch(claim: claim, part: part, records: .success(records))
        } catch {
            return Batch(claim: claim, part: part, records: .failure(error))
        }
    }

    private func target(of type: RecordType) -> Workload {
        let configuration = WorkerConfiguration()
        // The first claim of an import takes as many rooms: the default channel of a source comes first in its claim.
        let records = batchRecords ?? (type == .room ? BatchSize().records : BatchSize.largest)
        return Workload(
            records: records, bytes: type == .message ? configuration.messageClaimBytes : configuration.claimBytes,
            secrets: .max)
    }

    private func conversion(of type: RecordType) -> any RecordConversion {
        switch type {
        case .user: UserConversion(passwords: Unhashed(), identifiers: identifiers, queue: queue)
        case .contact: ContactConversion()
        case .room: RoomConversion(identifiers: identifiers, queue: queue)
        case .message: MessageConversion(queue: queue)
        }
    }

    private let identifiers = CheckIdentifiers()
}
