import ImportDomain
import Logging
public import ServiceLifecycle

extension ImportWorker: Service {
    /// How long the batch in progress may take after the process was told to stop, and how long its end may take.
    private static let grace: Duration = .seconds(5)

    /// Works until the process is told to stop; then the batch in progress is finished, if it is soon, and no other is
    /// begun.
    public func run() async throws {
        await withTaskGroup { group in
            group.addTask { await self.heartbeat() }
            group.addTask { await self.stopAfterGrace() }
            await work()
            group.cancelAll()
        }
        do {
            try await releaseEverything()
        } catch {
            // Leases of a worker that is gone run out by themselves.
            logger.warning("Leases could not be given back.", metadata: ["error": "\(error)"])
        }
    }

    /// A batch that takes long is given back: what ends the process afterwards is not the batch's fault.
    private func stopAfterGrace() async {
        do {
            try await gracefulShutdown()
            try await Task.sleep(for: Self.grace)
            cancelStepInHand()
            try await Task.sleep(for: Self.grace)
            try await releaseLeases()
        } catch {
            // Cancelled because the worker has ended, or the store is out of reach: the leases run out by themselves.
            logger.debug("Leases were not given back early.", metadata: ["error": "\(error)"])
        }
    }

    private func work() async {
        var recovery = WorkerRecovery(configuration, logger: logger)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let generation = workSignal.generation
            do {
                let didWork = try await cancellableStep()
                recovery.succeed()
                if !didWork { await pause(after: generation) }
            } catch is CancellationError {
                // The operation was ended, or the process is: the loop's condition tells which.
            } catch {
                let delay = await recovery.fail(
                    error, message: "A batch could not be imported.", release: releaseEverything, giveUp: giveUp)
                await cancelWhenGracefulShutdown { try? await Task.sleep(for: delay) }  // Woken early to stop.
            }
        }
    }

    private func pause(after generation: Int) async {
        await cancelWhenGracefulShutdown { [workSignal, configuration] in
            await workSignal.wait(after: generation, timeout: configuration.pollInterval)
        }
    }

    /// Keeps leases alive, and stops the piece of work in hand when its operation has ended.
    private func heartbeat() async {
        var sinceRenewal: Duration = .zero
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.heartbeatInterval)  // An early end ends the loop.
            sinceRenewal += configuration.heartbeatInterval
            do {
                // What is in hand may be another operation by the time the answer is here.
                if let operation = operationInHand, try await !isRunning(operation), operation == operationInHand {
                    cancelStepInHand()
                }
                if sinceRenewal >= configuration.renewalInterval {
                    sinceRenewal = .zero
                    // First, because everything else may wait for what they hold.
                    if store.isShared {
                        try await store.endStalledTransactions(olderThan: configuration.stallDuration)
                    }
                    try await renewLeases()
                }
            } catch {
                // The step in hand meets the same trouble and handles it; a lost lease is refused at its commit.
                logger.debug("The heartbeat could not reach the store.", metadata: ["error": "\(error)"])
            }
        }
    }

    private func isRunning(_ operation: OperationID) async throws -> Bool {
        try await store.read { try $0.operations.find(id: operation)?.lifecycle.isRunning ?? false }
    }
}
