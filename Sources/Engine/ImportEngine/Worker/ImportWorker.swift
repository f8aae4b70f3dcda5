import ImportDomain
public import Logging
import Metrics

/// Imports staged records, batch by batch, until nothing is left of the running operation.
///
/// All that it knows is in the store, so whoever starts next goes on where it stopped: a batch is written together
/// with its removal from the staging area, and the operation's step says which phase is due. While one batch is
/// written, the next is prepared.
/// Source: docs/architecture.md, "The worker".
public actor ImportWorker {
    let store: any Store
    let clock: any WallClock
    let workSignal: WorkSignal
    let configuration: WorkerConfiguration
    let logger: Logger
    let id: WorkerID
    /// How many passwords are hashed at the same time.
    let concurrentHashings: Int
    /// Variable for tests alone.
    var conversions: [RecordType: any RecordConversion]
    let importers: [ImporterKey: ImporterDescription]
    private var batchSize = BatchSize()
    /// The next batch, on its way while the current one is written.
    var upcoming: Upcoming?
    /// What is being prepared or written; nothing else is prolonged.
    private var leasesInHand: Set<Lease> = []
    /// What is renewed no longer and is not given back yet.
    private var abandonedLeases: Set<Lease> = []
    /// How many of the next claims take one batch only, because one of a larger claim was rejected.
    private var singleClaims = 0
    /// How many of the next batches are decided in the transactions that write them, because other processes write at
    /// the same time and decisions made before would not hold.
    private var lateDecisions = 0
    /// What the latest batch left to those after it.
    private var earlier = EarlierDecisions()
    /// How often a batch, by its first number, could not be imported for a reason that may lie in its records.
    private var failedAttempts: [Int64: Int] = [:]
    private let division: BatchDivision
    private var stepInHand: Task<Bool, any Error>?
    /// The operation on which the worker is at work.
    private(set) var operationInHand: OperationID?

    /// A worker on the engine's store.
    public init(engine: ImportEngine, configuration: WorkerConfiguration = WorkerConfiguration(), logger: Logger) {
        store = engine.store
        clock = engine.clock
        workSignal = engine.workSignal
        self.configuration = configuration
        id = WorkerID(engine.environment.identifiers.intakeID().rawValue)
        var logger = logger
        logger[metadataKey: "worker"] = "\(id)"
        self.logger = logger
        let queue = PreparationQueue()
        division = BatchDivision(store: store, clock: clock, queue: queue)
        let identifiers = engine.environment.identifiers
        importers = engine.operations.importers
        concurrentHashings = engine.environment.passwords.concurrentHashings
        conversions = [
            .user: UserConversion(passwords: engine.environment.passwords, identifiers: identifiers, queue: queue),
            .contact: ContactConversion(),
            .room: RoomConversion(identifiers: identifiers, queue: queue),
            .message: MessageConversion(queue: queue),
        ]
    }

    /// Does the next piece of work: a batch, or a step of the operation.
    ///
    /// - Returns: whether there was anything to do.
    /// - Throws: `StoreError`, `CancellationError`; nothing is half done then, and the next call tries again.
    public func step() async throws -> Bool {
        guard let operation = try await store.read({ try $0.operations.current() }),
            operation.lifecycle.isRunning, case .running(let stage) = operation.phase
        else {
            await dropUpcoming()
            operationInHand = nil
            // What ended operations and broken connections left behind, a little at a time.
            if try await store.write({ try $0.staging.purge(includingFailures: false, limit: 8_000) }) { return true }
            return try await settleSome()
        }
        operationInHand = operation.id
        switch stage {
        case .users, .contacts, .rooms, .messages:
            guard let type = stage.recordType else { return false }
            return try await importBatch(of: type, for: operation)
        // `FilePreparation`, which reads files, does this and moves the operation on.
        case .files: return false
        case .finishing:
            try await settle(operation)
            try await advance(operation)
        case .starting: try await advance(operation)
        }
        return true
    }

    /// A step that `cancelStepInHand` can stop.
    func cancellableStep() async throws -> Bool {
        let task = Task { try await step() }
        stepInHand = task
        defer { stepInHand = nil }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Stops the piece of work in hand; what was not written yet stays staged.
    func cancelStepInHand() { stepInHand?.cancel() }

    /// Gives back what was claimed and not written. Until the store takes it, the leases are remembered: a claim of a
    /// worker that lives is not an attempt that ended its process.
    func releaseEverything() async throws {
        await dropUpcoming()
        try await releaseLeases()
    }

    /// Gives back every lease without waiting for the step in progress, which can write nothing afterwards.
    func releaseLeases() async throws {
        let leases = leasesInHand.union(abandonedLeases)
        leasesInHand = []
        abandonedLeases = leases
        try await store.write { [id] transaction in
            for lease in leases { try transaction.staging.release(lease) }
            // Claims that this worker never heard of, because the connection broke.
            try transaction.staging.releaseLeases(of: id)
        }
        abandonedLeases.subtract(leases)
    }

    /// Ends the running operation, with the error that no further attempt would mend.
    func giveUp(because error: any Error) async throws {
        try await releaseEverything()
        let now = clock.now()
        let failure = ImportFileFailure(
            .importStopped,
            message: "The import stopped because the server failed again and again: \(Self.sentence(for: error)) "
                + "Pending records were not imported. The log has more.")
        try await store.write { transaction in
            guard var operation = try transaction.operations.current(), operation.lifecycle.isRunning else { return }
            try operation.fail(with: failure, at: now)
            try transaction.operations.update(operation)
        }
    }

    private static func sentence(for error: any Error) -> String {
        switch error {
        case StoreError.failed(let message), StoreError.corrupt(let message), StoreError.invalidValue(let message),
            StoreError.incompatible(let message), StoreError.refused(let message):
            "The database reports: \(String(message.prefix(500)))."
        case StoreError.uniqueViolation(let constraint): "The database reports duplicates (\(constraint))."
        default: "An unexpected error occurred."
        }
    }

    /// Why a batch is not to be tried again as it is; nil for errors that have other reasons or may pass.
    func rejection(of lease: Lease, for error: any Error) -> String? {
        guard let batch = lease.batches.first else { return nil }
        // A table of failures must not grow with the import.
        if failedAttempts.count > 10_000 { failedAttempts = [:] }
        func isTried(_ limit: Int) -> Bool {
            failedAttempts[batch, default: 0] += 1
            return failedAttempts[batch, default: 0] >= limit
        }
        switch error {
        case is CancellationError, is ImportError: return nil
        case StoreError.invalidValue(let message):
            return
                "The database does not accept a value of this record: it is too long, or not of a kind that can be "
                + "stored. Correct the record in its source and import it again. The database reports: \(Self.inOneLine(message))"
        // Another worker may have written the same value at the same time.
        case StoreError.uniqueViolation(let constraint):
            return isTried(3)
                ? "The record cannot be written: the database already has one of its values. Change or remove the "
                    + "value in the source and import it again. The database reports: \(Self.inOneLine(constraint))"
                : nil
        case is StoreError: return nil
        default: return isTried(3) ? "The record cannot be written: an unexpected error occurred. The log has it." : nil
        }
    }

    /// What the database reports, bounded and ending as a sentence does.
    private static func inOneLine(_ message: String) -> String {
        let text = message.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.hasSuffix(".") ? text : text + "."
    }

    /// Divides the batch of a lease, or flags its only record.
    func divide(_ lease: Lease, because cause: BatchDivision.Cause) async throws {
        leasesInHand.insert(lease)
        do {
            let flagged = try await division.apply(to: lease, because: cause)
            leasesInHand.remove(lease)
            logger.warning(
                flagged == 0 ? "A batch was divided." : "A record was flagged.",
                metadata: [
                    "cause": "\(cause)", "type": "\(lease.type.rawValue)", "records": "\(lease.recordCount)",
                    "deaths": "\(lease.deaths)",
                ])
        } catch {
            abandon(lease)
            throw error
        }
    }

    /// Claims the batches of a lease one by one, or divides its only batch.
    private func reject(_ lease: Lease, because reason: String) async throws {
        guard lease.batches.count > 1 else { return try await divide(lease, because: .rejected(reason: reason)) }
        abandon(lease)
        singleClaims = lease.batches.count
        try await releaseLease(lease)
    }

    private func releaseLease(_ lease: Lease) async throws {
        abandon(lease)
        try await store.write { try $0.staging.release(lease) }
        abandonedLeases.remove(lease)
    }

    private func importBatch(of type: RecordType, for operation: ImportOperation) async throws -> Bool {
        let phase = Phase(operation: operation.id, type: type)
        let next: PreparedBatch?
        do {
            next = try await nextBatch(of: phase)
        } catch let rejected as RejectedBatch {
            try await reject(rejected.lease, because: rejected.reason)
            return true
        }
        guard let batch = next else {
            // The phase is over when nobody else holds a batch of it either.
            guard try await store.read({ try !$0.staging.hasBatches(of: type, in: operation.id) }) else { return false }
            try await advance(operation)
            return true
        }
        do {
            if !batch.lease.isSuspect { try await prepareUpcoming(of: phase, after: batch) }
            try await write(batch)
        } catch ImportError.leaseLost, ImportError.operationNoLongerValid {
            logger.info("A batch was taken over or its operation ended; nothing of it was written.")
            // A part of it may have been left to this worker, which does not hold it any more.
            try await releaseLease(batch.lease)
        } catch {
            if let reason = rejection(of: batch.lease, for: error) {
                try await reject(batch.lease, because: reason)
                return true
            }
            abandon(batch.lease)
            if error is StoreError { batchSize.shrink() }
            throw error
        }
        return true
    }

    /// Writes a batch as it was decided, or as it is decided now if the workspace changed since.
    private func write(_ batch: PreparedBatch) async throws {
        do {
            do {
                guard let decided = batch.decided else { throw OutdatedDecisions() }
                try await write(decided.decisions, of: batch.lease) { transaction in
                    try transaction.requireUnchanged(since: decided.version)
                    return decided.decisions
                }
            } catch is OutdatedDecisions {
                if batch.decided != nil, store.isShared { lateDecisions = Self.lateDecisionsInARow }
                let (earlier, moment) = (earlier.written, clock.now())
                try await write(nil, of: batch.lease) { transaction in
                    try batch.records.decide(
                        by: WorkspaceDirectory(workspace: transaction, earlier: earlier, moment: moment))
                }
            }
        } catch {
            // Whatever was decided on top of this batch does not hold.
            upcoming?.isOutdated = true
            throw error
        }
    }

    /// Writes a batch, takes it out of the staging area and moves the counts, in one transaction.
    private func write(
        _ decisions: BatchDecisions?, of lease: Lease,
        decide: @escaping @Sendable (any StoreTransaction) throws -> BatchDecisions
    ) async throws {
        let now = clock.now()
        // What the staging area keeps is put together before the writer is held, where that is known.
        let prepared = decisions.map { ($0.outcome(of: lease.type), $0.counts) }
        let (counts, changes, duration) = try await store.write { transaction in
            let start = ContinuousClock.now
            guard try transaction.operations.hold(id: lease.operation)?.lifecycle.isRunning == true else {
                throw ImportError.operationNoLongerValid
            }
            try transaction.staging.verify(lease)
            let decisions = try decide(transaction)
            let (outcome, counts) = prepared ?? (decisions.outcome(of: lease.type), decisions.counts)
            try transaction.moveVersion()
            try decisions.apply(transaction)
            if !decisions.findings.isEmpty {
                try transaction.findings.add(
                    decisions.findings, to: lease.operation, limitPerCode: ImportEngine.findingsPerCode)
            }
            try transaction.staging.finish(lease, with: outcome)
            try transaction.operations.addToCounts(counts, of: lease.type, in: lease.operation, at: now)
            return (counts, decisions.changes, ContinuousClock.now - start)
        }
        earlier = changes
        leasesInHand.remove(lease)
        batchSize.adapt(toBatchOf: lease.recordCount, writtenIn: duration)
        report(counts, of: lease.type, writtenIn: duration)
    }

    /// Brings totals up to date that depend on all messages, a little at a time; also those of imports that were ended
    /// before they came to this.
    private func settle(_ operation: ImportOperation) async throws {
        while try await settleSome() { try Task.checkCancellation() }
        guard let number = operation.number else { return }
        while try await store.write({ try $0.users.forgetConfirmed(by: number, limit: 8_000) }) {
            try Task.checkCancellation()
        }
        try await store.settle()
    }

    /// Brings some totals up to date.
    ///
    /// - Returns: whether there were any.
    private func settleSome() async throws -> Bool {
        guard let id = try await store.read({ try $0.operations.unsettled() }) else { return false }
        if try await !store.write({ try $0.messages.settle(id, limit: 500) }) {
            _ = try await store.write { try $0.rooms.settle(id, limit: 100) }
        }
        return true
    }

    /// Moves the operation to the stage behind the one in which it was seen, unless somebody else did.
    private func advance(_ seen: ImportOperation) async throws {
        let now = clock.now()
        let phase = try await store.write { transaction in
            guard var operation = try transaction.operations.find(id: seen.id), operation.lifecycle.isRunning,
                operation.phase == seen.phase, case .running(let stage) = seen.phase
            else { return seen.phase }
            if let type = stage.recordType, try transaction.staging.hasBatches(of: type, in: seen.id) {
                return seen.phase
            }
            var next = stage.next
            if next == .files, try operation.file == nil || !transaction.downloads.awaitsArchivedFiles(of: seen.id) {
                next = .finishing
            }
            try operation.apply(next.map(ImportEvent.reach) ?? .finish, at: now)
            try transaction.operations.update(operation)
            try transaction.announceWork()
            return operation.phase
        }
        guard phase != seen.phase else { return }
        workSignal.notify()
        if case .running(let stage) = phase {
            logger.info("Import stage changed.", metadata: ["operation": "\(seen.id)", "stage": "\(stage.rawValue)"])
        } else {
            try await reportEnd(of: seen.id)
        }
    }

    private func reportEnd(of id: OperationID) async throws {
        guard let operation = try await store.read({ try $0.operations.find(id: id) }) else { return }
        logger.info("\(ImportSummary(operation))", metadata: ["operation": "\(id)"])
    }

    private func report(_ counts: ImportCounts, of type: RecordType, writtenIn duration: Duration) {
        for (outcome, count) in [
            ("created", counts.completed - counts.unchanged - counts.updated), ("updated", counts.updated),
            ("unchanged", counts.unchanged), ("skipped", counts.skipped), ("failed", counts.error),
        ] where count > 0 {
            Counter(label: "ferry_records_total", dimensions: [("type", type.rawValue), ("outcome", outcome)])
                .increment(by: count)
        }
        Timer(label: "ferry_batch_write_seconds", dimensions: [("type", type.rawValue)])
            .recordNanoseconds(Int64(duration / .nanoseconds(1)))
        logger.debug(
            "A batch was imported.",
            metadata: [
                "completed": "\(counts.completed)", "failed": "\(counts.error)",
                "milliseconds": "\(duration / .milliseconds(1))",
            ])
    }

    // MARK: Claims

    /// The records of one type of one operation.
    struct Phase: Equatable, Sendable {
        let operation: OperationID
        let type: RecordType
    }

    /// The next batch, on its way while the current one is written.
    struct Upcoming {
        let phase: Phase
        let task: Task<PreparedBatch?, any Error>
        /// Whether the batch on top of which it was decided was not written.
        var isOutdated = false
    }

    /// Batches that are decoded and, if possible, decided.
    struct PreparedBatch: Sendable {
        let lease: Lease
        let records: any DecodedBatch
        /// What was decided; nil where that is left to the transaction that writes the batch.
        var decided: Decided?
    }

    /// Decisions, and the version of the workspace with which they can be written.
    struct Decided: Sendable {
        let decisions: BatchDecisions
        let version: WorkspaceVersion
    }

    /// So many batches are decided late before the next attempt to decide ahead.
    private static let lateDecisionsInARow = 8

    private struct ClaimedBatch: Sendable {
        let lease: Lease
        let context: ConversionContext
    }

    /// Takes the batch that was prepared meanwhile, or claims one.
    private func nextBatch(of phase: Phase) async throws -> PreparedBatch? {
        if let upcoming, upcoming.phase == phase {
            self.upcoming = nil
            let batch = try await withTaskCancellationHandler {
                try await upcoming.task.value
            } onCancel: {
                upcoming.task.cancel()
            }
            // A claim that came up empty may be older than the latest batch of somebody else that was given back.
            if var batch {
                if upcoming.isOutdated { batch.decided = nil }
                return batch
            }
        }
        await dropUpcoming()
        if let batch = try await prepareBatch(of: phase, includingSuspects: true) { return batch }
        guard store.isShared else { return nil }
        // What others looked at just then could not be seen.
        try await Task.sleep(for: .milliseconds(50))
        return try await prepareBatch(of: phase, includingSuspects: true)
    }

    /// Prepares the next batch while one is written; never a suspect, which may end the process.
    ///
    /// - Parameter previous: the batch that is written meanwhile.
    func prepareUpcoming(of phase: Phase, after previous: PreparedBatch?) async throws {
        // Claimed before the batch is written: behind it the claim would wait for the writer, and nothing would be
        // prepared meanwhile.
        guard let claimed = try await claim(phase, includingSuspects: false) else { return }
        leasesInHand.insert(claimed.lease)
        upcoming = Upcoming(phase: phase, task: Task { try await prepare(claimed, after: previous) })
    }

    private func dropUpcoming() async {
        upcoming?.task.cancel()
        switch await upcoming?.task.result {
        case .success(let batch?): abandon(batch.lease)
        case .failure(let error as RejectedBatch): abandon(error.lease)
        default: break
        }
        upcoming = nil
    }

    /// Prolongs what is in hand. Whatever else carries this worker's name, such as a claim of which it never heard
    /// because the connection broke, runs out and is claimed again.
    func renewLeases() async throws {
        let duration = configuration.leaseDuration
        for lease in leasesInHand { try await store.write { try $0.staging.renew(lease, for: duration) } }
    }

    /// A lease that is renewed no longer; it is given back with all others, so that it does not count as an attempt.
    func abandon(_ lease: Lease) {
        leasesInHand.remove(lease)
        abandonedLeases.insert(lease)
    }

    private func prepareBatch(of phase: Phase, includingSuspects: Bool) async throws -> PreparedBatch? {
        while let claimed = try await claim(phase, includingSuspects: includingSuspects) {
            leasesInHand.insert(claimed.lease)
            guard claimed.lease.isExhausted else { return try await prepare(claimed, after: nil) }
            try await divide(claimed.lease, because: .processEnded)
        }
        return nil
    }

    private func claim(_ phase: Phase, includingSuspects: Bool) async throws -> ClaimedBatch? {
        let (store, configuration, id, importers) = (store, configuration, id, importers)
        let (records, hashings) = (batchSize.records, concurrentHashings)
        let claimsSingly = singleClaims > 0
        if claimsSingly { singleClaims -= 1 }
        return try await store.write { transaction -> ClaimedBatch? in
            guard let operation = try transaction.operations.hold(id: phase.operation), operation.lifecycle.isRunning,
                let number = operation.number,
                let lease = try transaction.staging.claim(
                    phase.type, of: phase.operation, by: id, for: configuration.leaseDuration,
                    target: claimsSingly
                        ? Workload()
                        : configuration.claim(
                            of: phase.type, records: records, pending: operation.counts[phase.type]?.pending ?? 0,
                            concurrentHashings: hashings),
                    includingSuspects: includingSuspects)
            else { return nil }
            return ClaimedBatch(
                lease: lease,
                context: ConversionContext(
                    operation: operation, number: number,
                    namesPeopleByUsername: importers[operation.importerKey]?.namesPeopleByUsername ?? false,
                    settings: try ConversionSettings(transaction.settings), store: store))
        }
    }

    private func prepare(_ claimed: ClaimedBatch, after previous: PreparedBatch?) async throws -> PreparedBatch? {
        guard let conversion = conversions[claimed.lease.type] else { return nil }
        do {
            // The records are read when the claim is committed: a large answer must not keep its rows locked while this
            // process is slow. Whoever takes the lease over meanwhile may remove records, which the commit then refuses.
            let records = try await conversion.decode(claimed.lease, in: claimed.context)
            return PreparedBatch(
                lease: claimed.lease, records: records, decided: try await decide(records, after: previous))
        } catch {
            if let reason = rejection(of: claimed.lease, for: error) {
                throw RejectedBatch(lease: claimed.lease, reason: reason)
            }
            abandon(claimed.lease)
            throw error
        }
    }

    /// Decides ahead of the transaction that writes the batch.
    ///
    /// - Parameter previous: the batch that is written meanwhile, whose decisions count as made.
    /// - Returns: nil when what is decided now would not hold.
    private func decide(_ records: any DecodedBatch, after previous: PreparedBatch?) async throws -> Decided? {
        if lateDecisions > 0 {
            lateDecisions -= 1
            return nil
        }
        // Nobody knows yet what becomes of the previous batch.
        if let previous, previous.decided == nil { return nil }
        let (before, moment) = (previous?.decided, clock.now())
        let earlier = before?.decisions.changes ?? earlier.written
        return try await store.read { transaction in
            let seen = try transaction.version()
            // The previous batch may be written already.
            let isWritten = before.map { seen == $0.version.next } ?? true
            guard isWritten || seen == before?.version else { return nil }
            do {
                return Decided(
                    decisions: try records.decide(
                        by: WorkspaceDirectory(workspace: transaction, earlier: earlier, moment: moment)),
                    version: isWritten ? seen : seen.next)
            } catch is OutdatedDecisions {
                return nil
            }
        }
    }
}

/// A batch that no further attempt would import as it is; its lease still stands.
struct RejectedBatch: Error {
    let lease: Lease
    let reason: String
}
