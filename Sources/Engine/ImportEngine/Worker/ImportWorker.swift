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
    let conversions: [RecordType: any RecordConversion]
    let importers: [ImporterKey: ImporterDescription]
    var batchSize = BatchSize()
    /// The next batch, on its way while the current one is written.
    var upcoming: (phase: Phase, task: Task<PreparedBatch?, any Error>)?
    /// What is being prepared or written; nothing else is prolonged.
    var leasesInHand: Set<Lease> = []
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
        let identifiers = engine.environment.identifiers
        importers = engine.importers
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
        guard let operation = try await store.read({ try $0.operations.current() }), operation.isRunning else {
            await dropUpcoming()
            operationInHand = nil
            // What ended operations and broken connections left behind, a little at a time.
            return try await store.write { try $0.staging.purge(includingFailures: false, limit: 8_000) }
        }
        operationInHand = operation.id
        switch operation.step {
        case .importingUsers: return try await importBatch(of: .user, for: operation)
        case .importingContacts: return try await importBatch(of: .contact, for: operation)
        case .importingRooms: return try await importBatch(of: .room, for: operation)
        case .importingMessages: return try await importBatch(of: .message, for: operation)
        // `FilePreparation`, which reads files, does this and moves the operation on.
        case .importingFiles: return false
        case .finishing:
            try await settle(operation)
            try await advance(operation)
        default: try await advance(operation)
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

    /// Gives up what was claimed and not written.
    func releaseEverything() async throws {
        await dropUpcoming()
        leasesInHand = []
        try await store.write { [id] in try $0.staging.releaseLeases(of: id) }
    }

    /// Ends the running operation with an error that no further try would mend.
    func giveUp() async throws {
        await dropUpcoming()
        leasesInHand = []
        let now = clock.now()
        try await store.write { [id] transaction in
            let current = try transaction.operations.current()
            try transaction.staging.releaseLeases(of: id)
            guard var operation = current, operation.isRunning else { return }
            operation.move(to: .failed, at: now)
            try transaction.operations.update(operation)
        }
    }

    private func importBatch(of type: RecordType, for operation: ImportOperation) async throws -> Bool {
        let phase = Phase(operation: operation.id, type: type)
        guard let batch = try await nextBatch(of: phase) else {
            // The phase is over when nobody else holds a batch of it either.
            guard try await store.read({ try !$0.staging.hasBatches(of: type, in: operation.id) }) else { return false }
            try await advance(operation)
            return true
        }
        prepareUpcoming(of: phase)
        do {
            try await write(batch)
        } catch ImportError.leaseLost, ImportError.operationNoLongerValid {
            logger.info("A batch was taken over or its operation ended; nothing of it was written.")
            // A part of it may have been left to this worker, which does not have it in hand any more.
            try await store.write { try $0.staging.release(batch.lease) }
        } catch let error as StoreError {
            batchSize.shrink()
            throw error
        }
        return true
    }

    /// Writes a batch, takes it out of the staging area and moves the counts, in one transaction.
    private func write(_ batch: PreparedBatch) async throws {
        let now = clock.now()
        let lease = batch.lease
        defer { leasesInHand.remove(lease) }
        let (counts, duration) = try await store.write { transaction in
            let start = ContinuousClock.now
            guard try transaction.operations.hold(id: lease.operation)?.isRunning == true else {
                throw ImportError.operationNoLongerValid
            }
            try transaction.staging.verify(lease)
            let outcome = try batch.write(transaction, now)
            try transaction.staging.finish(
                lease, with: LeaseOutcome(faults: outcome.faults, skipped: outcome.skipped))
            try transaction.operations.addToCounts(outcome.counts, of: lease.type, in: lease.operation, at: now)
            return (outcome.counts, ContinuousClock.now - start)
        }
        batchSize.adapt(toBatchOf: lease.recordCount, writtenIn: duration)
        report(counts, of: lease.type, writtenIn: duration)
    }

    /// Brings totals up to date that depend on all messages, a little at a time.
    private func settle(_ operation: ImportOperation) async throws {
        let id = operation.id
        while try await store.write({ try $0.messages.settle(id, limit: 500) }) { try Task.checkCancellation() }
        while try await store.write({ try $0.rooms.settle(id, limit: 100) }) { try Task.checkCancellation() }
        try await store.settle()
    }

    /// Moves the operation to the step behind the one in which it was seen, unless somebody else did.
    private func advance(_ seen: ImportOperation) async throws {
        let now = clock.now()
        let next = try await store.write { transaction in
            guard var operation = try transaction.operations.find(id: seen.id), operation.isRunning,
                operation.step == seen.step
            else { return seen.step }
            if let type = seen.step.importedType, try transaction.staging.hasBatches(of: type, in: seen.id) {
                return seen.step
            }
            var next = seen.step.next
            if next == .importingFiles, try operation.file == nil || !transaction.downloads.awaitArchivedFiles() {
                next = next.next
            }
            operation.move(to: next, at: now)
            try transaction.operations.update(operation)
            try transaction.announceWork()
            return next
        }
        guard next != seen.step else { return }
        workSignal.notify()
        logger.info("The import moved on.", metadata: ["operation": "\(seen.id)", "step": "\(next.rawValue)"])
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
}
