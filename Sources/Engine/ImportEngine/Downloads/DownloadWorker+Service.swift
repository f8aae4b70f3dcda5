import ImportDomain
import Logging
public import ServiceLifecycle

extension DownloadWorker: Service {
    /// Fetches until the process is told to stop; what is on its way then is fetched again after the restart.
    public func run() async throws { await workUntilStopped() }
}

extension DownloadWorker: StepwiseWorker {
    var failureMessage: Logger.Message { "Files could not be fetched." }

    func release() async throws {
        let id = id
        try await store.write { try $0.downloads.releaseDownloads(of: id) }
    }

    /// Trouble of this server's own is no reason to forget what is to be fetched.
    func giveUp(because error: any Error) {}
}
