import Dispatch
import SQL
import Synchronization

/// Hands pages from the thread that reads one database to the task that writes the other, few at a time: the reader
/// waits on its own thread until there is room.
final class PageHandover: Sendable {
    private let room = DispatchSemaphore(value: 0)
    private let isRefusing = Mutex(false)
    private let pages: AsyncStream<BulkInsert>
    private let continuation: AsyncStream<BulkInsert>.Continuation

    /// - Parameter capacity: how many pages may lie between the two.
    init(capacity: Int = 2) {
        (pages, continuation) = AsyncStream.makeStream()
        for _ in 0..<capacity { room.signal() }
    }

    /// Hands over a page.
    ///
    /// - Throws: `CancellationError` when nobody takes pages any more.
    func send(_ page: BulkInsert) throws {
        room.wait()
        guard !isRefusing.withLock({ $0 }) else { throw CancellationError() }
        continuation.yield(page)
    }

    /// No page follows.
    func finish() { continuation.finish() }

    /// Takes every page, until the reader has finished or this task is cancelled.
    func receive(_ body: (BulkInsert) async throws -> Void) async throws {
        defer {
            isRefusing.withLock { $0 = true }
            room.signal()
        }
        for await page in pages {
            // A stream that was cancelled still hands out what lies in it.
            try Task.checkCancellation()
            try await body(page)
            room.signal()
        }
        try Task.checkCancellation()
    }
}
