import Dispatch
import Foundation

/// Threads for work that keeps a processor busy for longer than a request may wait for its turn.
struct PreparationQueue: Sendable {
    /// How many pieces of work are worth running at the same time.
    static let width = max(2, ProcessInfo.processInfo.activeProcessorCount)

    private let queue = DispatchQueue(label: "ferry.preparation", qos: .utility, attributes: .concurrent)

    /// Runs `work` away from the cooperative pool.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: work)) }
        }
    }
}
