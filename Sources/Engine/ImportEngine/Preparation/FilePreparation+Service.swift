import ImportDomain
import Logging
public import ServiceLifecycle

extension FilePreparation: Service {
    /// Reads files until the process is told to stop; a file that is being read is read again after the restart.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.work() }
        do {
            try await release()
        } catch {
            // Claims of a worker that is gone run out by themselves.
            logger.warning("A file could not be given back.", metadata: ["error": "\(error)"])
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
                let delay = await recovery.fail(
                    error, message: "A file could not be read.", release: release, giveUp: giveUp)
                try? await Task.sleep(for: delay)  // Woken early to stop.
            }
        }
    }
}
