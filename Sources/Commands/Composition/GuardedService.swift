import Foundation
import ServiceLifecycle

/// A service whose failure ends the process, even if another service does not stop when it is cancelled.
struct GuardedService: Service {
    private static let patience = 10.0

    private let service: any Service

    init(_ service: any Service) { self.service = service }

    func run() async throws {
        do {
            try await service.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            let sentence = StartFailure.sentence(for: error)
            // On a thread of its own, because whatever does not stop may keep the others busy.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: Self.patience)
                FileHandle.standardError.write(Data("ferry: \(sentence)\n".utf8))
                _exit(4)
            }
            throw error
        }
    }
}
