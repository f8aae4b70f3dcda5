import Dispatch
import Synchronization

/// A bounded queue between a thread that may block and a task that must not.
///
/// A fast producer waits for a slow consumer on its own thread, which keeps memory flat. A queue serves one producer and
/// one consumer, once.
public final class BoundedQueue<Element: Sendable>: Sendable {
    private let elements: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation
    /// Begins at 0: libdispatch ends the process when a semaphore is released below its first value, as one would be
    /// whose elements are never consumed.
    private let slots = DispatchSemaphore(value: 0)
    private let failure = Mutex((any Error)?.none)

    /// - Parameter capacity: how many elements may wait.
    public init(capacity: Int) {
        (elements, continuation) = AsyncStream.makeStream()
        for _ in 0..<capacity { slots.signal() }
    }

    /// Adds an element, waiting for a free slot; on the producer's thread only.
    ///
    /// - Throws: why the consumer stopped.
    public func put(_ element: Element) throws {
        slots.wait()
        if failure.withLock({ $0 == nil }), !isTerminated(continuation.yield(element)) { return }
        // The next call must not wait.
        slots.signal()
        try check()
        // The stream ends without a failure only when its consumer is cancelled and has not reported that yet.
        throw CancellationError()
    }

    /// Ends the queue; elements that wait are still consumed.
    public func finish() { continuation.finish() }

    /// Throws why the consumer stopped, so that a producer that puts nothing for long can stop too.
    public func check() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Consumes every element in order, until the producer has finished or this task is cancelled.
    ///
    /// - Parameters:
    ///   - body: handles an element.
    ///   - discard: receives the elements that `body` will not see, in case a producer waits for a reply.
    /// - Throws: `CancellationError`, and whatever `body` throws; the producer gets the same error.
    public func consume(
        _ body: (Element) async throws -> Void, discarding discard: (Element) -> Void = { _ in }
    ) async throws {
        do {
            for await element in elements {
                // A stream that was cancelled still returns what it holds.
                if Task.isCancelled {
                    discard(element)
                    throw CancellationError()
                }
                try await body(element)
                slots.signal()
            }
            try Task.checkCancellation()
        } catch {
            stop(for: error)
            for await element in elements { discard(element) }
            throw error
        }
    }

    /// The elements one by one, for a consumer that is itself a sequence. It calls `stop` when it needs no more.
    public func elementsInOrder() -> Elements { Elements(iterator: elements.makeAsyncIterator(), slots: slots) }

    /// The elements of a queue.
    public struct Elements {
        fileprivate var iterator: AsyncStream<Element>.Iterator
        fileprivate let slots: DispatchSemaphore

        /// The next element, which frees its slot; nil when the producer has finished, or this task is cancelled.
        public mutating func next() async -> Element? {
            let element = await iterator.next()
            if element != nil { slots.signal() }
            return element
        }
    }

    /// Ends the queue; the producer gets `error` from its next call.
    public func stop(for error: any Error) {
        failure.withLock { $0 = $0 ?? error }
        continuation.finish()
        slots.signal()
    }

    private func isTerminated(_ result: AsyncStream<Element>.Continuation.YieldResult) -> Bool {
        if case .terminated = result { true } else { false }
    }
}
