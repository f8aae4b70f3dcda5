import Dispatch
import Foundation
import HostileServers
import ImportFixtures
import PostgreSQLDriver
import SQL
import Synchronization
import Testing

@Suite("Given a PostgreSQL server behind a line that breaks")
struct LostConnectionTests {
    /// A table of numbers, and the address of its database through an unreliable line.
    private static func with(
        _ test: (_ line: UnreliableLine, _ database: PostgreSQLDatabase, _ store: TestStore) async throws -> Void
    ) async throws {
        let store = try await TestStore.open(.postgresql, clock: TestClock())
        try await store.database.write {
            try $0.run(script: "CREATE TABLE numbers (number BIGINT); CREATE TABLE notes (note TEXT)")
        }
        let server = try #require(URL(string: store.address)?.port)
        try await UnreliableLine.run(to: server) { line in
            let address = store.address.replacing(":\(server)/", with: ":\(line.port)/")
            let database = PostgreSQLDatabase(url: address, connections: 1)
            try await test(line, database, store)
            try await database.close()
        }
        try await store.remove()
    }

    @Test(arguments: [(true, 1), (false, 2)])
    func `when the response to a commit is lost, then it is written once, and repeated only if it was not`(
        isDelivered: Bool, expectedRuns: Int
    ) async throws {
        try await Self.with { line, database, store in
            _ = try await database.read { try $0.integer("SELECT count(*) FROM numbers") }
            // Includes the end of the statement, because BEGIN contains READ COMMITTED.
            line.schedule(.init(at: "COMMIT\0", isDelivered: isDelivered, outage: .milliseconds(500)))
            let runs = Mutex(0)

            try await database.write { connection in
                runs.withLock { $0 += 1 }
                try connection.execute("INSERT INTO numbers (number) VALUES (1)")
            }

            let count = try await store.database.read { try $0.integer("SELECT count(*) FROM numbers") }
            #expect(line.wasCut)
            #expect(count == 1)
            #expect(runs.withLock { $0 } == expectedRuns)
        }
    }

    @Test func `when the line breaks between two statements, then the second does not run by itself`() async throws {
        try await Self.with { line, database, store in
            line.schedule(.init(at: "SELECT 'cut here'", isDelivered: false, outage: .zero))

            try await database.write { connection in
                try connection.execute("INSERT INTO numbers (number) VALUES (1)")
                do {
                    try connection.run(script: "SELECT 'cut here'")
                } catch {
                    // Ignoring a failure must not help.
                }
                try connection.execute("INSERT INTO numbers (number) VALUES (2)")
            }

            let numbers = try await store.database.read {
                try $0.rows("SELECT number FROM numbers ORDER BY number") { $0.integer(0) }
            }
            #expect(line.wasCut)
            #expect(numbers == [1, 2])
        }
    }

    @Test func `when a caller that waits for a connection is cancelled, then it waits no longer`() async throws {
        try await Self.with { _, database, _ in
            let blocker = AsyncStream<Void>.makeStream()
            let gate = DispatchSemaphore(value: 0)
            let runs = Atomic(0)
            let busy = Task {
                // Blocks the connection's own thread for as long as the test needs. The server may end the transaction
                // meanwhile, which is then repeated.
                try await database.write { _ in
                    guard runs.add(1, ordering: .relaxed).newValue == 1 else { return }
                    blocker.continuation.yield()
                    gate.wait()
                }
            }
            for await _ in blocker.stream { break }
            let waiting = Task { try await database.read { try $0.integer("SELECT 1") } }
            // It is queued by then; if not, the test is weaker, but not wrong.
            try await Task.sleep(for: .milliseconds(200))

            waiting.cancel()

            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.signal()
            try await busy.value
        }
    }

    /// Calls `endStalledTransactions` and counts its results.
    private final class Watch: Sendable {
        private let calls = Atomic(0)
        private let endedTransactions = Atomic(0)

        /// How many transactions were ended.
        var ended: Int { endedTransactions.load(ordering: .relaxed) }

        /// Ends stalled transactions repeatedly while `work` runs.
        func run(
            over store: TestStore, olderThan age: Duration, while work: @escaping @Sendable () async throws -> Void
        ) async throws {
            let isDone = Atomic(false)
            async let result: Void = {
                defer { isDone.store(true, ordering: .releasing) }
                try await work()
            }()
            while !isDone.load(ordering: .acquiring) {
                let ended = try await store.database.endStalledTransactions(olderThan: age)
                endedTransactions.add(ended, ordering: .relaxed)
                calls.add(1, ordering: .relaxed)
                try await Task.sleep(for: .milliseconds(20))
            }
            try await result
        }

        /// Blocks until the time has passed, and then for a whole call.
        func pass(_ milliseconds: UInt32) {
            usleep(milliseconds * 1_000)
            let seen = calls.load(ordering: .relaxed)
            while calls.load(ordering: .relaxed) < seen + 2 { usleep(5_000) }
        }
    }

    @Test func `when a transaction takes long and is at work, then it is not ended`() async throws {
        try await Self.with { _, database, store in
            let runs = Atomic(0)
            try await Watch().run(over: store, olderThan: .seconds(5)) {
                try await database.write { connection in
                    runs.add(1, ordering: .relaxed)
                    // Longer than the age in total, and idle for a small part of it.
                    for number in 0..<60 {
                        try connection.execute("INSERT INTO numbers (number) VALUES (\(Int64(number)))")
                        usleep(100_000)
                    }
                }
            }

            #expect(runs.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `when a transaction waits for its process for too long, then it is ended and begun again`() async throws
    {
        try await Self.with { _, database, store in
            let runs = Atomic(0)
            let watch = Watch()
            try await watch.run(over: store, olderThan: .milliseconds(300)) {
                try await database.write { connection in
                    let run = Int64(runs.add(1, ordering: .relaxed).newValue)
                    try connection.execute("INSERT INTO numbers (number) VALUES (\(run))")
                    if run == 1 { watch.pass(400) }
                    try connection.execute("INSERT INTO numbers (number) VALUES (\(run))")
                }
            }

            let numbers = try await store.database.read {
                try $0.rows("SELECT number FROM numbers ORDER BY number") { $0.integer(0) }
            }
            #expect(numbers.count == 2)
            #expect(numbers.allSatisfy { $0 > 1 && $0 == numbers[0] })
        }
    }

    /// Copies notes of 100 kB, each large enough to be sent at once.
    private static func copyNotes(_ count: Int, over connection: any SQLConnection, afterEach: () -> Void) throws {
        try connection.insert(into: "notes", columns: ["note"]) { sink in
            for _ in 0..<count {
                try sink.append(.text(String(repeating: "n", count: 100_000)))
                afterEach()
            }
        }
    }

    @Test func `when a COPY is slow but active, then it is not ended`() async throws {
        try await Self.with { _, database, store in
            let runs = Atomic(0)
            try await Watch().run(over: store, olderThan: .seconds(5)) {
                try await database.write { connection in
                    runs.add(1, ordering: .relaxed)
                    try Self.copyNotes(60, over: connection) { usleep(100_000) }
                }
            }

            #expect(runs.load(ordering: .relaxed) == 1)
        }
    }

    @Test func `when a COPY stalls, then it is ended and repeated`() async throws {
        try await Self.with { _, database, store in
            let runs = Atomic(0)
            let watch = Watch()
            try await watch.run(over: store, olderThan: .milliseconds(300)) {
                try await database.write { connection in
                    let run = runs.add(1, ordering: .relaxed).newValue
                    try Self.copyNotes(2, over: connection) {
                        // The first pause shows the number of bytes, the second that it has not changed.
                        for _ in 0..<2 where run == 1 { watch.pass(400) }
                    }
                }
            }

            let count = try await store.database.read { try $0.integer("SELECT count(*) FROM notes") }
            #expect(count == 2)
            #expect(runs.load(ordering: .relaxed) > 1)
        }
    }

    @Test func `when a transaction of another workspace waits for its process, then it is not ended`() async throws {
        try await Self.with { _, database, _ in
            let other = try await TestStore.open(.postgresql, clock: TestClock())
            let watch = Watch()
            try await watch.run(over: other, olderThan: .milliseconds(300)) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO numbers (number) VALUES (1)")
                    watch.pass(400)
                    try connection.execute("INSERT INTO numbers (number) VALUES (2)")
                }
            }
            try await other.remove()

            #expect(watch.ended == 0)
        }
    }
}
