import ImportDomain
public import Logging
import Metrics
public import ServiceLifecycle

/// Imports staged records, batch by batch, until nothing is left of the running operation.
///
/// Its state is in the store, so the next process continues where it stopped: a batch is written and removed from the
/// staging area in one transaction, and the operation's stage says what is due. While one batch is written, the next is
/// prepared.
/// Source: docs/architecture.md, "The worker".
public actor ImportWorker: LeasedWorker, Service {
    nonisolated let loop: WorkerLoop
    private let store: any Store
    private let clock: any WallClock
    private let workSignal: WorkSignal
    private let configuration: WorkerConfiguration
    private let logger: Logger
    private let leases: HeldLeases
    /// The number of passwords that are hashed at the same time.
    private let concurrentHashings: Int
    private var conversions: [RecordType: any RecordConversion]
    private let importers: [ImporterKey: ImporterDescription]
    private let controls: ImportControls
    private let history: ImportHistory
    private let undos: ImportUndos
    private let division: BatchDivision
    private let retry: RetryPreparation
    private let completion: RetryCompletion
    private var batchSize: BatchSize
    /// How many rows a batch of an undo looks at.
    private var undoSize: BatchSize
    private var rejections = BatchRejections()
    /// The next batch, prepared while the current one is written.
    private var upcoming: Upcoming?
    /// The number of next claims that take one batch only, because a batch of a larger claim was rejected.
    private var singleClaims = 0
    /// The number of next batches that are decided in the transactions that write them, because other processes write at
    /// the same time and decisions made before would not hold.
    private var lateDecisions = 0
    /// What the latest batch left to those after it.
    private var earlier = EarlierDecisions()
    /// The operation of the work in progress.
    private var currentOperation: OperationID?

    /// The number of batches that are decided late before the next attempt to decide ahead.
    private static let lateDecisionsInARow = 8

    /// A worker on the engine's store.
    public init(engine: ImportEngine, configuration: WorkerConfiguration = WorkerConfiguration(), logger: Logger) {
        loop = WorkerLoop(
            .batches, engine: engine, configuration: configuration, grace: .seconds(5),
            failureMessage: "A batch could not be imported.", logger: logger)
        leases = loop.leases
        self.logger = loop.logger
        self.configuration = configuration
        store = engine.store
        batchSize = BatchSize(isShared: engine.store.isShared)
        clock = engine.clock
        workSignal = engine.workSignal
        let queue = PreparationQueue()
        division = BatchDivision(store: store, clock: clock, queue: queue)
        retry = RetryPreparation(store: store, clock: clock)
        let identifiers = engine.environment.identifiers
        importers = engine.operations.importers
        completion = RetryCompletion(store: store, clock: clock, importers: importers)
        controls = engine.controls
        history = engine.history
        undos = engine.undos
        undoSize = BatchSize(isShared: engine.store.isShared)
        concurrentHashings = engine.environment.passwords.concurrentHashings
        conversions = [
            .user: UserConversion(passwords: engine.environment.passwords, identifiers: identifiers, queue: queue),
            .contact: ContactConversion(),
            .room: RoomConversion(identifiers: identifiers, queue: queue),
            .message: MessageConversion(queue: queue),
        ]
    }

    /// Replaces the conversions; for tests alone.
    func replaceConversions(_ replacement: (any RecordConversion) -> any RecordConversion) {
        conversions = conversions.mapValues(replacement)
    }

    /// Works until the process is told to stop; then the batch in progress is finished, if that does not take long, and
    /// no other is begun.
    public func run() async throws { await loop.run(self) }

    /// Does the next piece of work: a batch, or a step of the operation.
    ///
    /// - Returns: whether there was any.
    /// - Throws: `StoreError`, `CancellationError`; nothing is half done then, and the next call tries again.
    public func step() async throws -> Bool { try await loop.step(of: self) }

    func work() async throws -> Bool {
        let (current, undoing) = try await store.read { transaction in
            (try transaction.operations.current(), try transaction.operations.undoing())
        }
        if let undoing, undoing.lifecycle.control != .paused { return try await undo(undoing) }
        guard let operation = current, operation.lifecycle.isRunning, case .running(let stage) = operation.phase else {
            currentOperation = nil
            await dropUpcoming()
            if let current, current.lifecycle.isStopping { return try await stop(current) }
            // Purge the remains of ended operations and broken connections, a little at a time.
            if try await store.write(.purgeWhenIdle, { try $0.staging.purge(includingFailures: false, limit: 8_000) }) {
                return true
            }
            if try await history.removeSome() { return true }
            // The totals of a paused import wait as well.
            return (undoing ?? current)?.lifecycle.control == .paused ? false : try await recountSome()
        }
        currentOperation = operation.id
        switch stage {
        case .users, .contacts, .rooms, .messages:
            guard let type = stage.recordType else { return false }
            return try await importBatch(of: type, for: operation)
        // `FilePreparation` extracts the files and advances the operation.
        case .files: return false
        case .finishing:
            try await finish(operation)
            try await advance(operation)
        case .starting:
            guard try await retry.prepare(operation) else { return true }
            try await describeAccounts(of: operation)
            try await advance(operation)
        }
        return true
    }

    /// Releases what this worker holds of an import that stops, and confirms that unless other workers hold more of it.
    ///
    /// - Returns: whether the import has stopped.
    private func stop(_ operation: ImportOperation) async throws -> Bool {
        try await leases.releaseAll()
        guard let stopped = try await controls.confirm(operation.id) else { return false }
        report(stopped)
        return true
    }

    /// Does the next part of an undo.
    ///
    /// - Returns: whether there was any.
    private func undo(_ operation: ImportOperation) async throws -> Bool {
        await dropUpcoming()
        if operation.lifecycle.isStopping {
            currentOperation = nil
            return try await stop(operation)
        }
        currentOperation = operation.id
        guard let step = try await undos.step(operation.id, limit: undoSize.records) else { return false }
        if step.size > 0 { undoSize.adapt(toBatchOf: step.size, writtenIn: step.duration) }
        if let ended = step.ended {
            currentOperation = nil
            report(ended)
            try await store.analyze()
        }
        return true
    }

    func isWorkWanted() async throws -> Bool {
        guard let operation = currentOperation else { return true }
        let isRunning = try await store.read { transaction in
            guard let lifecycle = try transaction.operations.find(id: operation)?.lifecycle else { return false }
            return lifecycle.isRunning || lifecycle.isUndoing
        }
        // The work in progress may be of another operation by now.
        return isRunning || operation != currentOperation
    }

    /// Ends the running operation, with the error that no further attempt would mend.
    func giveUp(because error: any Error) async throws {
        await dropUpcoming()
        try await leases.releaseAll()
        let now = clock.now()
        let failure = ImportFileFailure(
            .importStopped,
            message: "The import stopped because the server failed again and again: \(Self.sentence(for: error)) "
                + "Pending records were not imported. The log has more.")
        let undoFailure = ImportFileFailure(
            .importStopped,
            message: "The undo stopped because the server failed again and again: \(Self.sentence(for: error)) "
                + "The rest stays; import.undo continues. The log has more.")
        let failed = try await store.write(.giveUp) { transaction -> ImportOperation? in
            let undoing = try transaction.operations.undoing().flatMap { $0.lifecycle.isUndoing ? $0 : nil }
            guard var operation = try undoing ?? transaction.operations.current(),
                operation.lifecycle.isRunning || operation.lifecycle.isUndoing
            else { return nil }
            try operation.fail(with: undoing == nil ? failure : undoFailure, at: now)
            try transaction.operations.update(operation)
            return operation
        }
        if let failed { report(failed) }
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

    /// Divides the batch of a claim, or flags its only record.
    func divide(_ claim: BatchClaim, because cause: BatchDivision.Cause) async throws {
        leases.hold(claim.lease)
        do {
            let flagged = try await division.apply(to: claim, because: cause)
            leases.finish(claim.lease)
            logger.warning(
                flagged == 0 ? "A batch was divided." : "A record was flagged.",
                metadata: [
                    "cause": "\(cause)", "type": "\(claim.type.rawValue)", "records": "\(claim.recordCount)",
                    "deaths": "\(claim.lease.deaths)",
                ])
        } catch {
            leases.abandon(claim.lease)
            throw error
        }
    }

    /// Claims the batches of a claim one by one, or divides its only batch.
    private func reject(_ claim: BatchClaim, because reason: String) async throws {
        guard claim.batches.count > 1 else { return try await divide(claim, because: .rejected(reason: reason)) }
        singleClaims = claim.batches.count
        try await leases.release(claim.lease)
    }

    private func importBatch(of type: RecordType, for operation: ImportOperation) async throws -> Bool {
        let phase = Phase(operation: operation.id, type: type)
        let next: PreparedBatch?
        do {
            next = try await nextBatch(of: phase)
        } catch let rejected as RejectedBatch {
            try await reject(rejected.claim, because: rejected.reason)
            return true
        } catch ImportError.leaseLost, ImportError.operationNoLongerValid {
            // A suspect was to be divided; nothing else is held.
            try await leases.releaseAll()
            return true
        }
        guard let batch = next else {
            // The phase is over when no other worker holds a batch of it either.
            guard try await store.read({ try !$0.staging.hasBatches(of: type, in: operation.id) }) else { return false }
            try await advance(operation)
            return true
        }
        do {
            if !batch.claim.isSuspect { try await prepareUpcoming(of: phase, after: batch) }
            try await write(batch)
        } catch ImportError.leaseLost, ImportError.operationNoLongerValid {
            logger.info("A batch was taken over or its operation ended; nothing of it was written.")
            // Some batches of the claim may not have been taken over.
            try await leases.release(batch.claim.lease)
        } catch {
            if let reason = rejections.reason(for: error, of: batch.claim) {
                try await reject(batch.claim, because: reason)
                return true
            }
            leases.abandon(batch.claim.lease)
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
                try await write(decided.decisions, of: batch.claim) { transaction in
                    try transaction.requireUnchanged(since: decided.version)
                    return decided.decisions
                }
            } catch is OutdatedDecisions {
                if batch.decided != nil, store.isShared { lateDecisions = Self.lateDecisionsInARow }
                let (earlier, moment) = (earlier.written, clock.now())
                try await write(nil, of: batch.claim) { transaction in
                    try batch.records.decide(
                        by: WorkspaceDirectory(
                            workspace: transaction.importTarget, earlier: earlier, moment: moment))
                }
            }
        } catch {
            // Decisions on top of this batch do not hold.
            upcoming?.isOutdated = true
            throw error
        }
    }

    /// Writes a batch, removes it from the staging area and adds to the counts, in one transaction.
    private func write(
        _ decisions: BatchDecisions?, of claim: BatchClaim,
        decide: @escaping @Sendable (any StoreTransaction) throws -> BatchDecisions
    ) async throws {
        let now = clock.now()
        // The outcome is prepared before the transaction if the decisions are known.
        let prepared = decisions.map { ($0.outcome(of: claim.type), $0.counts) }
        let (counts, changes, start) = try await store.write(.apply(claim.type)) { transaction in
            let start = ContinuousClock.now
            guard try transaction.operations.hold(id: claim.operation)?.lifecycle.isRunning == true else {
                throw ImportError.operationNoLongerValid
            }
            try transaction.leases.verify(claim.lease)
            let decisions = try decide(transaction)
            let (outcome, counts) = prepared ?? (decisions.outcome(of: claim.type), decisions.counts)
            try transaction.moveVersion()
            try decisions.apply(transaction.importTarget)
            if !decisions.findings.isEmpty {
                try transaction.findings.add(
                    decisions.findings, to: claim.operation, limitPerCode: ImportEngine.findingsPerCode)
            }
            try transaction.staging.finish(claim, with: outcome)
            try transaction.operations.addToCounts(counts, of: claim.type, in: claim.operation, at: now)
            return (counts, decisions.changes, start)
        }
        // With the commit, during which other writers wait as well.
        let duration = ContinuousClock.now - start
        earlier = changes
        leases.finish(claim.lease)
        batchSize.adapt(toBatchOf: claim.recordCount, writtenIn: duration)
        report(counts, of: claim.type, writtenIn: duration)
    }

    /// Finds out which accounts the users of a file have been imported as, before one of them is taken for another.
    private func describeAccounts(of operation: ImportOperation) async throws {
        guard let number = operation.number, operation.start?.policies.users.matchesPeople == true else { return }
        var next: Int64? = 0
        while let batch = next {
            try Task.checkCancellation()
            next = try await store.write(.describeAccounts) { transaction in
                guard try transaction.operations.hold(id: operation.id)?.lifecycle.isRunning == true else { return nil }
                return try transaction.users.describe(usersOf: operation.id, by: number, behind: batch)
            }
        }
    }

    /// Recounts totals that depend on all messages, a little at a time, those of imports that ended early included, and
    /// forgets what only the import needed.
    private func finish(_ operation: ImportOperation) async throws {
        try await completion.complete(operation)
        while try await recountSome(during: operation.id) { try Task.checkCancellation() }
        if operation.start?.policies.downloads == .automatic { try await enqueueDownloads(of: operation) }
        // If users failed and are tried again, they are compared with the accounts of the others.
        guard let number = operation.number, operation.counts[.user]?.error ?? 0 == 0 else {
            return try await store.analyze()
        }
        while try await store.write(
            .forgetConfirmed,
            { transaction in
                guard try transaction.operations.hold(id: operation.id)?.lifecycle.isRunning == true else {
                    return false
                }
                return try transaction.users.forgetConfirmed(by: number, limit: 8_000)
            })
        {
            try Task.checkCancellation()
        }
        try await store.analyze()
    }

    /// Queues the avatars and files that the import brought, before it ends: after an interruption it is done again.
    private func enqueueDownloads(of operation: ImportOperation) async throws {
        guard let number = operation.number else { return }
        var account: UserID?
        repeat {
            account = try await enqueueSome(of: operation.id) { [account] in
                try $0.enqueueAvatars(of: number, after: account, limit: 1_000)
            }
        } while account != nil
        var position: Int64? = 0
        while let start = position {
            position = try await enqueueSome(of: operation.id) {
                try $0.enqueueFiles(of: number, after: start, limit: 1_000)
            }
        }
    }

    /// - Returns: nil also if the operation does not run any more.
    private func enqueueSome<Position: Sendable>(
        of operation: OperationID, _ work: @escaping @Sendable (any DownloadStore) throws -> Position?
    ) async throws -> Position? {
        try Task.checkCancellation()
        return try await store.write(.enqueueAutomatically) { transaction in
            guard try transaction.operations.hold(id: operation)?.lifecycle.isRunning == true else { return nil }
            let next = try work(transaction.downloads)
            if next == nil { try transaction.announceWork() }
            return next
        }
    }

    /// Recounts some totals.
    ///
    /// - Parameter running: recounts only while this operation is running: no lease tells that it is being finished.
    /// - Returns: whether there were any.
    func recountSome(during running: OperationID? = nil) async throws -> Bool {
        guard let id = try await store.read({ try $0.operations.operationToRecount() }) else { return false }
        return try await store.write(.recountTotals) { transaction in
            if let running {
                guard try transaction.operations.hold(id: running)?.lifecycle.isRunning == true else { return false }
            }
            if try !transaction.messages.recountThreads(of: id, limit: 500) {
                _ = try transaction.rooms.recountRooms(of: id, limit: 100)
            }
            return true
        }
    }

    /// Moves the operation to the next stage of the same run, unless another worker did.
    private func advance(_ seen: ImportOperation) async throws {
        let now = clock.now()
        let phase = try await store.write(.reachStage) { transaction in
            guard var operation = try transaction.operations.find(id: seen.id), operation.lifecycle.isRunning,
                operation.phase == seen.phase, operation.runCount == seen.runCount,
                case .running(let stage) = seen.phase
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
            currentOperation = nil
            if let ended = try await store.read({ try $0.operations.find(id: seen.id) }) { report(ended) }
        }
    }

    private func report(_ operation: ImportOperation) {
        logger.info("\(ImportSummary(operation))", metadata: ["operation": "\(operation.id)"])
    }

    private func report(_ counts: ImportCounts, of type: RecordType, writtenIn duration: Duration) {
        for (outcome, count) in [
            ("created", counts.created), ("updated", counts.updated),
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

    /// The next batch, prepared while the current one is written.
    private struct Upcoming {
        let phase: Phase
        let task: Task<PreparedBatch?, any Error>
        /// Whether the batch on top of which it was decided was not written.
        var isOutdated = false
    }

    /// Batches that are decoded and, if possible, decided.
    struct PreparedBatch: Sendable {
        let claim: BatchClaim
        let records: any DecodedBatch
        /// The decisions; nil if the transaction that writes the batch decides.
        var decided: Decided?
    }

    /// Decisions, and the version of the workspace with which they can be written.
    struct Decided: Sendable {
        let decisions: BatchDecisions
        let version: WorkspaceVersion
    }

    private struct ClaimedBatches: Sendable {
        let batches: BatchClaim
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
            // An empty claim may be older than a batch that another worker released since.
            if var batch {
                if upcoming.isOutdated { batch.decided = nil }
                return batch
            }
        }
        await dropUpcoming()
        if let batch = try await prepareBatch(of: phase, includingSuspects: true) { return batch }
        guard store.isShared else { return nil }
        // Batches that another worker was looking at were skipped.
        try await Task.sleep(for: .milliseconds(50))
        return try await prepareBatch(of: phase, includingSuspects: true)
    }

    /// The batch that is being prepared, once it is ready; for tests alone.
    func upcomingBatch() async throws -> PreparedBatch? { try await upcoming?.task.value }

    /// Prepares the next batch while one is written; never a suspect, which may end the process.
    ///
    /// - Parameter previous: the batch that is written meanwhile.
    func prepareUpcoming(of phase: Phase, after previous: PreparedBatch?) async throws {
        // Claimed before the batch is written: behind it the claim would wait for the writer, and nothing would be
        // prepared meanwhile.
        guard let claimed = try await claim(phase, includingSuspects: false) else { return }
        leases.hold(claimed.batches.lease)
        upcoming = Upcoming(phase: phase, task: Task { try await prepare(claimed, after: previous) })
    }

    func dropUpcoming() async {
        upcoming?.task.cancel()
        switch await upcoming?.task.result {
        case .success(let batch?): leases.abandon(batch.claim.lease)
        case .failure(let error as RejectedBatch): leases.abandon(error.claim.lease)
        default: break
        }
        upcoming = nil
    }

    private func prepareBatch(of phase: Phase, includingSuspects: Bool) async throws -> PreparedBatch? {
        while let claimed = try await claim(phase, includingSuspects: includingSuspects) {
            leases.hold(claimed.batches.lease)
            guard claimed.batches.isExhausted else { return try await prepare(claimed, after: nil) }
            try await divide(claimed.batches, because: .processEnded)
        }
        return nil
    }

    private func claim(_ phase: Phase, includingSuspects: Bool) async throws -> ClaimedBatches? {
        let (store, configuration, worker, importers) = (store, configuration, leases.worker, importers)
        let (records, hashings, now) = (batchSize.records, concurrentHashings, clock.now())
        let claimsSingly = singleClaims > 0
        if claimsSingly { singleClaims -= 1 }
        return try await store.write(.claimBatch) { transaction -> ClaimedBatches? in
            guard let operation = try transaction.operations.hold(id: phase.operation), operation.lifecycle.isRunning,
                let number = operation.number,
                let batches = try transaction.staging.claim(
                    phase.type, of: phase.operation, by: worker, for: configuration.leaseDuration,
                    target: claimsSingly
                        ? Workload()
                        : configuration.claim(
                            of: phase.type, records: records, pending: operation.counts[phase.type]?.pending ?? 0,
                            concurrentHashings: hashings),
                    includingSuspects: includingSuspects)
            else { return nil }
            return ClaimedBatches(
                batches: batches,
                context: ConversionContext(
                    operation: operation, number: number,
                    namesPeopleByUsername: importers[operation.importerKey]?.namesPeopleByUsername ?? false,
                    settings: try ConversionSettings(transaction.settings),
                    store: ImportedWorkspace(store: store), moment: now))
        }
    }

    private func prepare(_ claimed: ClaimedBatches, after previous: PreparedBatch?) async throws -> PreparedBatch? {
        guard let conversion = conversions[claimed.batches.type] else { return nil }
        do {
            // The records are read when the claim is committed: a large response must not keep its rows locked while this
            // process is slow. A worker that takes the batches over meanwhile may remove records; then the commit fails.
            let records = try await conversion.decode(claimed.batches, in: claimed.context)
            return PreparedBatch(
                claim: claimed.batches, records: records, decided: try await decide(records, after: previous))
        } catch {
            if let reason = rejections.reason(for: error, of: claimed.batches) {
                throw RejectedBatch(claim: claimed.batches, reason: reason)
            }
            leases.abandon(claimed.batches.lease)
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
        // The outcome of the previous batch is not known yet.
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
                        by: WorkspaceDirectory(
                            workspace: transaction.importTarget, earlier: earlier, moment: moment)),
                    version: isWritten ? seen : seen.next)
            } catch is OutdatedDecisions {
                return nil
            }
        }
    }
}

/// A batch that no further attempt would import as it is; its lease stands.
struct RejectedBatch: Error {
    let claim: BatchClaim
    let reason: String
}
