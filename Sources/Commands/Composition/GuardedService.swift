import Foundation
import ServiceLifecycle

/// A service whose failure ends the process, even if another service ignores cancellation.
struct GuardedService: Service {
    private let service: any Service
    private let patience: Duration

    /// - Parameter patience: how long other services may take to stop after a failure.
    init(_ service: any Service, patience: Duration = .seconds(10)) {
        self.service = service
        self.patience = patience
    }

    func run() async throws {
        do {
            try await service.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            let sentence = StartFailure.sentence(for: error)
            // On a separate thread, because a service that does not stop may block others.
            Thread.detachNewThread { [patience] in
                Thread.sleep(forTimeInterval: patience / .seconds(1))
                FileHandle.standardError.write(Data("ferry: \(sentence)\n".utf8))
                _exit(4)
            }
            throw error
        }
    }
}
