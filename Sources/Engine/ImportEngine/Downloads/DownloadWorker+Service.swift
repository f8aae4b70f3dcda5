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
        while !Task.isCancelled {
            let generation = workSignal.generation
            do {
                if try await !step() { await workSignal.wait(after: generation, timeout: configuration.pollInterval) }
            } catch is CancellationError {
                // The process ends, which the loop's condition tells.
            } catch {
                logger.error("Files could not be fetched.", metadata: ["error": "\(error)"])
                // Given back so that nobody has to wait for the leases to run out; woken early to stop.
                try? await release()
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }
}
