import ImportDomain
import Logging
public import ServiceLifecycle

extension FilePreparation: Service {
    /// Reads files until the process is told to stop; a file that is being read is read again after the restart.
    public func run() async throws { await workUntilStopped() }
}

extension FilePreparation: StepwiseWorker {
    var failureMessage: Logger.Message { "A file could not be read." }

    func release() async throws {
        let id = id
        try await store.write { try $0.operations.releasePreparations(of: id) }
    }

    /// Ends the operation, or the taking of its files.
    func giveUp(because error: any Error) async throws {
        let (id, duration) = (id, configuration.leaseDuration)
        try await release()
        guard let claim = try await store.write({ try $0.operations.claimPreparation(by: id, for: duration) }) else {
            return
        }
        let failure = ImportFileFailure(
            .unavailable, message: "This server could not read or keep the file; its log says why. Send the file again."
        )
        if claim.operation.phase == .running(.files) {
            try await endTakingFiles(claim, because: failure)
        } else {
            try await fail(claim, with: failure)
        }
    }
}
