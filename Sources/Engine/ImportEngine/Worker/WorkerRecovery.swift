import ImportDomain
import Logging

/// What a worker does when its work fails: tries again after growing pauses, and gives up when that did not help.
struct WorkerRecovery {
    private let delays: [Duration]
    private let logger: Logger
    private var failuresInARow = 0

    init(_ configuration: WorkerConfiguration, logger: Logger) {
        delays = configuration.retryDelays
        self.logger = logger
    }

    /// A piece of work was done.
    mutating func succeed() { failuresInARow = 0 }

    /// Writes an error down, and lets others have what the worker holds.
    ///
    /// - Parameters:
    ///   - release: gives back what is in hand, so that nobody has to wait for it.
    ///   - giveUp: ends what no further attempt would mend; called after attempts enough, unless the trouble passes.
    /// - Returns: how long to wait before the next attempt.
    mutating func fail(
        _ error: any Error, message: Logger.Message, isolation: isolated (any Actor)? = #isolation,
        release: () async throws -> Void, giveUp: (any Error) async throws -> Void
    ) async -> Duration {
        failuresInARow += 1
        logger.error(message, metadata: ["error": "\(error)", "attempt": "\(failuresInARow)"])
        let delay = delays[min(failuresInARow, delays.count) - 1]
        do {
            if failuresInARow > delays.count, !Self.passes(error) {
                failuresInARow = 0
                try await giveUp(error)
            }
            try await release()
        } catch {
            // The store is out of reach for this as well; what was meant to be done is tried again with the work.
            logger.error("The store cannot be written.", metadata: ["error": "\(error)"])
        }
        return delay
    }

    /// Whether trouble ends without a change to what is imported: a full disk, a directory that cannot be written, a database out of reach. However long it
    /// lasts, work goes on afterwards.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case StoreError.full, StoreError.unavailable, StoreError.outcomeUnknown: true
        case let error as FileStoreError: error.code == .diskFull || error.code == .refused
        default: false
        }
    }
}
