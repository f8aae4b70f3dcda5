import Synchronization
import Testing

@testable import ImportEngine

@Suite("Given a thread that hands pieces over to a task", .timeLimit(.minutes(10)))
struct HandOverTests {
    private struct Refusal: Error {}

    @Test func `when all are taken, then they come in order`() async throws {
        let taken = Mutex<[Int]>([])
        let handOver = HandOver<Int>()

        try await handOver.run(on: PreparationQueue()) {
            for number in 0..<1_000 { try handOver.put(number) }
        } taking: { piece in
            taken.withLock { $0.append(piece) }
        }

        #expect(taken.withLock { $0 } == Array(0..<1_000))
    }

    @Test(arguments: 0..<20)
    func `when one cannot be taken, then the reader stops, and pieces behind it are refused`(bad: Int) async throws {
        let refused = Mutex<[Int]>([])
        let handOver = HandOver<Int>()

        await #expect(throws: Refusal.self) {
            try await handOver.run(on: PreparationQueue()) {
                for number in 0... { try handOver.put(number) }
            } taking: { piece in
                if piece == bad { throw Refusal() }
            } refusing: { piece in
                refused.withLock { $0.append(piece) }
            }
        }

        #expect(refused.withLock { $0 }.allSatisfy { $0 > bad })
    }

    @Test(arguments: 0..<50)
    func `when the task is cancelled while the reader asks, then each question ends, and so does the reader`(
        microseconds: Int
    ) async throws {
        let handOver = HandOver<ArchivedFilePiece>()
        let task = Task {
            try await handOver.run(on: PreparationQueue()) {
                let output = ArchivedFileOutput(handOver: handOver)
                for number in 0... { _ = try output.begin("\(number)", of: "slack", entry: "") }
            } taking: { piece in
                if case .begin(_, _, _, let question) = piece { question.answer(false) }
            } refusing: { piece in
                if case .begin(_, _, _, let question) = piece { question.answer(false) }
            }
        }
        try await Task.sleep(for: .microseconds(microseconds * 20))
        task.cancel()

        // That it ends at all is what counts.
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `when the task is cancelled while the reader computes, then nobody waits for the reader`() async throws {
        let isOver = Mutex(false)
        let handOver = HandOver<Int>()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await handOver.run(on: PreparationQueue()) {
                beginning.finish()
                // Without any call that could tell it to stop.
                while !isOver.withLock({ $0 }) {}
            } taking: { _ in
            }
        }
        for await _ in begun {}

        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
        isOver.withLock { $0 = true }
    }

    @Test func `when the reader fails, then its error comes through`() async throws {
        let handOver = HandOver<Int>()

        await #expect(throws: Refusal.self) {
            try await handOver.run(on: PreparationQueue()) {
                try handOver.put(1)
                throw Refusal()
            } taking: { _ in
            }
        }
    }
}
