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
                failuresInARow += 1
                await recover(from: error, failuresInARow: failuresInARow)
                if failuresInARow > configuration.retryDelays.count { failuresInARow = 0 }
            }
        }
    }

    /// Tries again later; gives the file up when that did not help.
    private func recover(from error: any Error, failuresInARow: Int) async {
        logger.error("A file could not be read.", metadata: ["error": "\(error)", "attempt": "\(failuresInARow)"])
        do {
            if failuresInARow > configuration.retryDelays.count, !PassingTrouble.includes(error) { try await giveUp() }
            // So that nobody has to wait for the claim to run out.
            try await release()
        } catch {
            // The store is out of reach for this as well; what was meant to be done is tried again with the file.
            logger.error("The store cannot be written.", metadata: ["error": "\(error)"])
        }
        let delay = configuration.retryDelays[min(failuresInARow, configuration.retryDelays.count) - 1]
        try? await Task.sleep(for: delay)  // Woken early to stop.
    }
}
