import BoundedQueue
import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a bounded queue between a thread and a task", .timeLimit(.minutes(10)))
struct BoundedQueueTests {
    private struct Failure: Error {}

    @Test func `when all elements are consumed, then they come in order`() async throws {
        let consumed = Mutex<[Int]>([])
        let queue = BoundedQueue<Int>(capacity: 3)

        try await PreparationQueue().produce(into: queue) {
            for number in 0..<1_000 { try queue.put(number) }
        } consuming: { element in
            consumed.withLock { $0.append(element) }
        }

        #expect(consumed.withLock { $0 } == Array(0..<1_000))
    }

    @Test(arguments: 0..<20)
    func `when one element cannot be consumed, then the producer stops, and elements behind it are discarded`(bad: Int)
        async throws
    {
        let discarded = Mutex<[Int]>([])
        let queue = BoundedQueue<Int>(capacity: 3)

        await #expect(throws: Failure.self) {
            try await PreparationQueue().produce(into: queue) {
                for number in 0... { try queue.put(number) }
            } consuming: { element in
                if element == bad { throw Failure() }
            } discarding: { element in
                discarded.withLock { $0.append(element) }
            }
        }

        #expect(discarded.withLock { $0 }.allSatisfy { $0 > bad })
    }

    @Test(arguments: 0..<50)
    func `when the task is cancelled while the reader asks, then each question ends, and so does the reader`(
        microseconds: Int
    ) async throws {
        let queue = BoundedQueue<ArchivedFileChunk>(capacity: 3)
        let task = Task {
            try await PreparationQueue().produce(into: queue) {
                let output = ArchivedFileOutput(queue)
                for number in 0... { _ = try output.begin("\(number)", of: "slack", entry: "") }
            } consuming: { element in
                if case .begin(_, _, _, let question) = element { question.answer(false) }
            } discarding: { element in
                if case .begin(_, _, _, let question) = element { question.answer(false) }
            }
        }
        try await Task.sleep(for: .microseconds(microseconds * 20))
        task.cancel()

        // It must end.
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `when the task is cancelled while the reader computes, then nobody waits for the reader`() async throws {
        let isOver = Mutex(false)
        let queue = BoundedQueue<Int>(capacity: 3)
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await PreparationQueue().produce(into: queue) {
                beginning.finish()
                // Without any call that could stop it.
                while !isOver.withLock({ $0 }) {}
            } consuming: { _ in
            }
        }
        for await _ in begun {}

        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
        isOver.withLock { $0 = true }
    }

    @Test func `when the reader fails, then its error comes through`() async throws {
        let queue = BoundedQueue<Int>(capacity: 3)

        await #expect(throws: Failure.self) {
            try await PreparationQueue().produce(into: queue) {
                try queue.put(1)
                throw Failure()
            } consuming: { _ in
            }
        }
    }
}
