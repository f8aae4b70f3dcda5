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
        var failuresInARow = 0
        while !Task.isCancelled {
            let generation = workSignal.generation
            do {
                let didWork = try await step()
                failuresInARow = 0
                if !didWork { await workSignal.wait(after: generation, timeout: configuration.pollInterval) }
            } catch is CancellationError {
                // The process ends, which the loop's condition tells.
            } catch {
                logger.error("A file could not be read.", metadata: ["error": "\(error)"])
                let delay = configuration.retryDelays[min(failuresInARow, configuration.retryDelays.count - 1)]
                failuresInARow += 1
                // Woken early to stop; the claim is given back so that nobody has to wait for it to run out.
                try? await release()
                try? await Task.sleep(for: delay)
            }
        }
    }
}
