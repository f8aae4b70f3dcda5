import BoundedQueue
import Dispatch
import Foundation
import Synchronization

/// Threads for work that keeps a processor busy for longer than a request may wait for its turn.
final class PreparationQueue: Sendable {
    /// How many pieces of work are worth running at the same time.
    static let width = max(2, ProcessInfo.processInfo.activeProcessorCount)
    /// How many pieces of work may go on although nobody waits for them any more.
    private static let abandonedLimit = 4

    private let queue = DispatchQueue(label: "ferry.preparation", qos: .utility, attributes: .concurrent)
    private let abandoned = Mutex(0)

    /// Runs `work` away from the cooperative pool.
    ///
    /// A cancelled task does not wait: `work` continues until it ends by itself, and its result is dropped. What it holds
    /// stays in memory until then, so only a few may go on like that; a task beyond them waits.
    /// - Throws: `CancellationError`, and whatever `work` throws.
    func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        let run = Run<Result>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                run.begin(continuation)
                queue.async {
                    let result = run.isAbandoned ? nil : Swift.Result(catching: work)
                    if run.end(with: result) { self.abandoned.withLock { $0 -= 1 } }
                }
                if Task.isCancelled { abandon(run) }
            }
        } onCancel: {
            abandon(run)
        }
    }

    /// Runs a producer on a thread of its own, and consumes what it puts into a queue until both are done.
    ///
    /// When the task is cancelled or an element cannot be consumed, it does not wait for the producer, which ends with
    /// its next call of the queue.
    /// - Parameters:
    ///   - produce: puts elements into the queue.
    ///   - consume: handles an element.
    ///   - discard: receives elements that will not be consumed, in case the producer waits for a reply.
    /// - Throws: what the first of them throws that fails.
    func produce<Element: Sendable>(
        into elements: BoundedQueue<Element>, _ produce: @escaping @Sendable () throws -> Void,
        consuming consume: @escaping @Sendable (Element) async throws -> Void,
        discarding discard: @escaping @Sendable (Element) -> Void = { _ in }
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.run {
                    defer { elements.finish() }
                    try produce()
                }
            }
            group.addTask { try await elements.consume(consume, discarding: discard) }
            do {
                try await group.waitForAll()
            } catch {
                elements.stop(for: error)
                throw error
            }
        }
    }

    private func abandon<Result>(_ run: Run<Result>) {
        abandoned.withLock { count in
            if count < Self.abandonedLimit, run.abandon() { count += 1 }
        }
    }

    /// One piece of work, and the task that waits for it.
    private final class Run<Result: Sendable>: Sendable {
        private struct State {
            var waiting: CheckedContinuation<Result, any Error>?
            var isAbandoned = false
        }

        private let state = Mutex(State())

        var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

        func begin(_ continuation: CheckedContinuation<Result, any Error>) {
            state.withLock { $0.waiting = continuation }
        }

        /// Lets the task go on without a result.
        ///
        /// - Returns: whether it waited.
        func abandon() -> Bool {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                if state.waiting != nil { state.isAbandoned = true }
                return state.waiting
            }
            waiting?.resume(throwing: CancellationError())
            return waiting != nil
        }

        /// Hands the result over.
        ///
        /// - Returns: whether nobody waits for it any more.
        func end(with result: Swift.Result<Result, any Error>?) -> Bool {
            let (waiting, isAbandoned) = state.withLock { state in
                defer { state.waiting = nil }
                return (state.waiting, state.isAbandoned)
            }
            waiting?.resume(with: result ?? .failure(CancellationError()))
            return isAbandoned
        }
    }
}
