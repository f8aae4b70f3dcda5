import ImportDomain
import Logging
public import ServiceLifecycle

extension DownloadWorker: Service {
    /// Fetches until the process is told to stop; what is on its way then is fetched again after the restart.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.work() }
        do {
            try await release()
        } catch {
            // Leases of a worker that is gone run out by themselves.
            logger.warning("Downloads could not be given back.", metadata: ["error": "\(error)"])
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
                // What is to be fetched is never given up for trouble of this server's own.
                let delay = await recovery.fail(
                    error, message: "Files could not be fetched.", release: release, giveUp: {})
                try? await Task.sleep(for: delay)  // Woken early to stop.
            }
        }
    }
}
