import Dispatch
import Synchronization

/// A bounded queue between a thread that may block and a task that must not.
///
/// A fast reader waits for a slow database here, which is what keeps memory flat.
final class HandOver<Piece: Sendable>: Sendable {
    /// How many pieces may wait.
    private static var capacity: Int { 3 }

    private let pieces: AsyncStream<Piece>
    private let continuation: AsyncStream<Piece>.Continuation
    /// Begins with nothing: libdispatch ends the process over a semaphore that goes away below its first value, as one
    /// would whose pieces are never taken.
    private let slots = DispatchSemaphore(value: 0)
    private let failure = Mutex((any Error)?.none)

    init() {
        (pieces, continuation) = AsyncStream.makeStream()
        for _ in 0..<Self.capacity { slots.signal() }
    }

    /// Hands a piece over, waiting for room; on the reader's thread only.
    ///
    /// - Throws: why nobody takes pieces any more.
    func put(_ piece: Piece) throws {
        slots.wait()
        if failure.withLock({ $0 == nil }), !isTerminated(continuation.yield(piece)) { return }
        // The next call must not wait.
        slots.signal()
        try check()
        // The stream ends without a failure only when its taker is cancelled and has not reported that yet.
        throw CancellationError()
    }

    /// Runs a reader on a thread of its own, and takes its pieces one after the other until both are done.
    ///
    /// When the task is cancelled or a piece cannot be taken, it does not wait for the reader, which ends with its next
    /// `put` or `check`.
    /// - Parameters:
    ///   - read: calls `put` for each piece.
    ///   - take: handles a piece.
    ///   - refuse: is given the pieces that were handed over but will not be taken, if a reader waits for an answer.
    /// - Throws: what the first of them throws that fails.
    func run(
        on queue: PreparationQueue, reading read: @escaping @Sendable () throws -> Void,
        taking take: @escaping @Sendable (Piece) async throws -> Void,
        refusing refuse: @escaping @Sendable (Piece) -> Void = { _ in }
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await queue.run {
                    defer { self.continuation.finish() }
                    try read()
                }
            }
            group.addTask {
                do {
                    for await piece in self.pieces {
                        try await take(piece)
                        self.slots.signal()
                    }
                    try Task.checkCancellation()
                } catch {
                    self.stop(for: error)
                    for await piece in self.pieces { refuse(piece) }
                    throw error
                }
            }
            do {
                try await group.waitForAll()
            } catch {
                stop(for: error)
                throw error
            }
        }
    }

    /// Nobody takes pieces any more; the reader learns why with its next one.
    private func stop(for error: any Error) {
        failure.withLock { $0 = $0 ?? error }
        continuation.finish()
        slots.signal()
    }

    private func isTerminated(_ result: AsyncStream<Piece>.Continuation.YieldResult) -> Bool {
        if case .terminated = result { true } else { false }
    }

    /// Throws why nobody takes pieces any more.
    func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
