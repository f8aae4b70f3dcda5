import Logging
import ServiceLifecycle

/// A worker that does one piece of work after the other, and can leave any of them to somebody else.
protocol StepwiseWorker: Actor {
    var configuration: WorkerConfiguration { get }
    var workSignal: WorkSignal { get }
    var logger: Logger { get }
    /// What the log says of a piece of work that failed.
    var failureMessage: Logger.Message { get }

    /// Does a piece of work; says whether there was one.
    func step() async throws -> Bool

    /// Gives back what is in hand.
    func release() async throws

    /// Ends what no further attempt would mend.
    func giveUp(because error: any Error) async throws
}

extension StepwiseWorker {
    /// Works until the process is told to stop; what is in hand then is cancelled and left to whoever comes next.
    func workUntilStopped() async {
        await cancelWhenGracefulShutdown { await self.work() }
        do {
            try await release()
        } catch {
            // Claims of a worker that is gone run out by themselves.
            logger.warning("What a worker had in hand could not be given back.", metadata: ["error": "\(error)"])
        }
    }

    private func work() async {
        var recovery = WorkerRecovery(configuration, logger: logger)
        while !Task.isCancelled {
            let generation = workSignal.generation
            do {
                let didWork = try await step()
                recovery.succeed()
                if !didWork { await workSignal.wait(after: generation, timeout: configuration.pollInterval) }
            } catch is CancellationError {
                // The process ends, which the loop's condition tells.
            } catch {
                let delay = await recovery.fail(error, message: failureMessage, release: release, giveUp: giveUp)
                try? await Task.sleep(for: delay)  // Woken early to stop.
            }
        }
    }
}
