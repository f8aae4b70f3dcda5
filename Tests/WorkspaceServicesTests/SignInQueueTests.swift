import ImportDomain
import Synchronization
import Testing

@testable import WorkspaceServices

@Suite("Given sign-ins that wait for one verification after the other", .timeLimit(.minutes(10)))
struct SignInQueueTests {
    /// Verifications that wait until a test lets them go on, and the order in which they began.
    private final class Gate: Sendable {
        private let began = Mutex<[String]>([])
        private let (stream, continuation) = AsyncStream<Void>.makeStream()

        var order: [String] { began.withLock { $0 } }

        func verify(_ name: String) async {
            began.withLock { $0.append(name) }
            guard name == "first" else { return }
            for await _ in stream {}
        }

        func open() { continuation.finish() }
    }

    private static func start(
        _ name: String, account: String, address: String, in queue: SignInQueue, _ gate: Gate
    ) async -> Task<Void, any Error> {
        let waiting = await queue.waitingCount
        let task = Task {
            try await queue.takeTurn(account: account, address: address) { await gate.verify(name) }
        }
        // The next one comes after this one stands in the queue.
        while await queue.waitingCount == waiting, gate.order.isEmpty { await Task.yield() }
        while name != "first", await queue.waitingCount == waiting { await Task.yield() }
        return task
    }

    @Test func `when one address has many, then addresses and accounts take turns`() async throws {
        let (queue, gate) = (SignInQueue(), Gate())
        var tasks = [await Self.start("first", account: "x", address: "1", in: queue, gate)]
        for (name, account, address) in [
            ("a1", "a", "1"), ("a2", "a", "1"), ("a3", "a", "1"), ("b1", "b", "1"), ("c1", "c", "2"), ("c2", "c", "2"),
            ("d1", "d", "3"),
        ] {
            tasks.append(await Self.start(name, account: account, address: address, in: queue, gate))
        }
        tasks[3].cancel()
        while await queue.waitingCount > 6 { await Task.yield() }

        gate.open()
        for task in tasks { _ = await task.result }

        #expect(gate.order == ["first", "a1", "c1", "d1", "b1", "c2", "a2"])
        #expect(await queue.waitingCount == 0)
    }

    @Test func `when too many of an account, an address or all are in progress, then more are rejected at once`()
        async throws
    {
        let queue = SignInQueue(limits: .init(perAccount: 1, perAddress: 2, total: 3))
        try await queue.admit(account: "a", address: "1") {
            await #expect(throws: WorkspaceError.tooManySignIns) {
                try await queue.admit(account: "a", address: "2") {}
            }
            try await queue.admit(account: "b", address: "1") {
                await #expect(throws: WorkspaceError.tooManySignIns) {
                    try await queue.admit(account: "c", address: "1") {}
                }
                _ = try await queue.admit(account: "c", address: "2") {
                    await #expect(throws: WorkspaceError.tooManySignIns) {
                        try await queue.admit(account: "d", address: "3") {}
                    }
                }
            }
        }
        try await queue.admit(account: "a", address: "1") {}
    }
}
