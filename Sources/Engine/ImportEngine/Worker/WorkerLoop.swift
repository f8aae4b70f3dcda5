import ImportDomain
import Logging
import ServiceLifecycle

/// A worker that claims one kind of work, one piece after the other; `WorkerLoop` runs it.
protocol LeasedWorker: Actor {
    nonisolated var loop: WorkerLoop { get }

    /// Claims the next piece of work and does it under leases that `loop.leases` holds meanwhile.
    ///
    /// - Returns: whether there was any.
    /// - Throws: whatever prevented it; the work is claimed again then.
    func work() async throws -> Bool

    /// Whether the work in progress is still to be done; asked at every heartbeat.
    func isWorkWanted() async throws -> Bool

    /// Drops work that was claimed ahead.
    func dropUpcoming() async

    /// Ends what no further attempt would mend.
    func giveUp(because error: any Error) async throws
}

extension LeasedWorker {
    func isWorkWanted() async throws -> Bool { true }
    func dropUpcoming() async {}
}

/// The loop of every worker: claim, renew the leases while the work is done, release what was not finished, wait for more.
///
/// Source: docs/decisions/0021-leased-work.md.
struct WorkerLoop: Sendable {
    let leases: HeldLeases
    let store: any Store
    let configuration: WorkerConfiguration
    let logger: Logger
    private let workSignal: WorkSignal
    /// How long the work in progress may take after the process was told to stop.
    private let grace: Duration
    /// What the log says about work that failed.
    private let failureMessage: Logger.Message

    /// How long cancelled work may take to end before its leases are released all the same.
    private static let releaseDelay: Duration = .seconds(5)

    /// A loop for one worker, under a name of its own.
    init(
        _ work: Lease.Work, engine: ImportEngine, configuration: WorkerConfiguration, grace: Duration = .zero,
        failureMessage: Logger.Message, logger: Logger
    ) {
        let worker = WorkerID(engine.environment.identifiers.intakeID().rawValue)
        leases = HeldLeases(of: work, by: worker, for: configuration.leaseDuration, in: engine.store)
        store = engine.store
        self.configuration = configuration
        workSignal = engine.workSignal
        self.grace = grace
        self.failureMessage = failureMessage
        var logger = logger
        logger[metadataKey: "worker"] = "\(worker)"
        self.logger = logger
    }

    /// Works until the task is cancelled or the process is told to stop.
    func run(_ worker: some LeasedWorker) async {
        var failures = 0
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let generation = workSignal.generation
            do {
                let didWork = try await step(of: worker)
                failures = 0
                guard !didWork else { continue }
                await cancelWhenGracefulShutdown {
                    await workSignal.wait(after: generation, timeout: configuration.pollInterval)
                }
            } catch is CancellationError {
                // The loop ends.
            } catch {
                failures += 1
                let delay = await recover(worker, from: error, failures: &failures)
                await cancelWhenGracefulShutdown { try? await Task.sleep(for: delay) }  // Woken early to stop.
            }
        }
        do {
            try await release(worker)
        } catch {
            // Leases of a worker that is gone expire.
            logger.warning("Leases could not be released.", metadata: ["error": "\(error)"])
        }
    }

    /// Does one piece of work, and renews its leases meanwhile.
    ///
    /// - Returns: whether there was any.
    func step(of worker: some LeasedWorker) async throws -> Bool {
        let work = Task { try await worker.work() }
        let result = await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await heartbeat(of: worker, cancelling: work) }
                group.addTask { await stop(work) }
                defer { group.cancelAll() }
                return await work.result
            }
        } onCancel: {
            work.cancel()
        }
        do {
            return try result.get()
        } catch  where work.isCancelled || error is CancellationError {
            // Cancelled work may end with a failure of its own, such as an interrupted statement.
            logger.debug("Work was cancelled.", metadata: ["error": "\(error)"])
            guard !Task.isCancelled else { throw CancellationError() }
            try await release(worker)
            return true
        }
    }

    /// Renews leases, and cancels work that is not wanted any more.
    private func heartbeat(of worker: some LeasedWorker, cancelling work: Task<Bool, any Error>) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.heartbeatInterval)  // An early end ends the loop.
            guard !Task.isCancelled else { return }
            do {
                if try await !worker.isWorkWanted() { work.cancel() }
                guard leases.isRenewalDue(every: configuration.renewalInterval) else { continue }
                // First, because everything else may wait for the locks of these transactions.
                if store.isShared { try await store.endStalledTransactions(olderThan: configuration.stallDuration) }
                try await leases.renew()
            } catch {
                // The work meets the same failure and handles it; a lost lease is rejected by the transaction that writes.
                logger.debug("The heartbeat could not reach the store.", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Cancels work that takes too long after the process was told to stop, and releases its leases: what ends the
    /// process afterwards is not the work's fault.
    private func stop(_ work: Task<Bool, any Error>) async {
        do {
            try await gracefulShutdown()
            try await Task.sleep(for: grace)
            work.cancel()
            try await Task.sleep(for: Self.releaseDelay)
            try await leases.releaseAll()
        } catch {
            // Cancelled because the work has ended, or the store is out of reach: then the leases expire.
            logger.debug("Leases were not released early.", metadata: ["error": "\(error)"])
        }
    }

    private func release(_ worker: some LeasedWorker) async throws {
        await worker.dropUpcoming()
        try await leases.releaseAll()
    }

    /// Releases the leases, so that no other worker waits for them, and gives up after enough failures in a row.
    ///
    /// - Returns: how long to wait before the next attempt.
    private func recover(
        _ worker: some LeasedWorker, from error: any Error, failures: inout Int
    ) async -> Duration {
        logger.error(failureMessage, metadata: ["error": "\(error)", "attempt": "\(failures)"])
        let delays = configuration.retryDelays
        let delay = delays[min(failures, delays.count) - 1]
        do {
            if failures > delays.count, !Self.isTemporary(error) {
                failures = 0
                try await worker.giveUp(because: error)
            }
            try await release(worker)
        } catch {
            // The store is out of reach for this as well; it is tried again with the work.
            logger.error("The store cannot be written.", metadata: ["error": "\(error)"])
        }
        return delay
    }

    /// Whether an error ends without a change to what is imported: a full disk, a directory that cannot be written, a
    /// database out of reach. The work is tried for as long as the error lasts.
    private static func isTemporary(_ error: any Error) -> Bool {
        switch error {
        case StoreError.full, StoreError.unavailable, StoreError.outcomeUnknown: true
        case let error as FileStoreError: error.code == .diskFull || error.code == .refused
        default: false
        }
    }
}
