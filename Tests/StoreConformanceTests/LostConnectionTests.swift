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
    /// A table of numbers, and the address of its database over a line of its own.
    private static func with(
        _ test: (_ line: UnreliableLine, _ database: PostgreSQLDatabase, _ store: TestStore) async throws -> Void
    ) async throws {
        let store = try await TestStore.open(.postgresql, clock: TestClock())
        try await store.database.write { try $0.run(script: "CREATE TABLE numbers (number BIGINT)") }
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
    func `when a commit's answer is lost, then it is written once, and run again only if it was not`(
        isDelivered: Bool, expectedRuns: Int
    ) async throws {
        try await Self.with { line, database, store in
            _ = try await database.read { try $0.integer("SELECT count(*) FROM numbers") }
            // With the end of the statement, because a beginning says READ COMMITTED.
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
                    // Whoever goes on after a failure that it takes for harmless gets no further.
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
            let busy = Task {
                // It blocks the connection's own thread for as long as the test needs, however slow the machine is.
                try await database.write { _ in
                    blocker.continuation.yield()
                    gate.wait()
                }
            }
            for await _ in blocker.stream { break }
            let waiting = Task { try await database.read { try $0.integer("SELECT 1") } }
            // It stands in line by then; should it not, it does so in vain.
            try await Task.sleep(for: .milliseconds(200))

            waiting.cancel()

            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.signal()
            try await busy.value
        }
    }

    @Test func `when a transaction takes long and is at work, then nobody ends it`() async throws {
        try await Self.with { _, database, store in
            let isDone = Mutex(false)
            let work = Task {
                defer { isDone.withLock { $0 = true } }
                try await database.write { connection in
                    for number in 0..<400 {
                        try connection.execute("INSERT INTO numbers (number) VALUES (\(Int64(number)))")
                        usleep(7_500)
                    }
                }
            }
            while !isDone.withLock({ $0 }) {
                try await store.database.endStalledTransactions(olderThan: .seconds(1))
                try await Task.sleep(for: .milliseconds(50))
            }
            try await work.value

            let count = try await store.database.read { try $0.integer("SELECT count(*) FROM numbers") }
            #expect(count == 400)
        }
    }

    @Test func `when a transaction waits for its process for too long, then it is ended and begun again`() async throws
    {
        try await Self.with { _, database, store in
            let runs = Mutex(0)
            let work = Task {
                try await database.write { connection in
                    let run = runs.withLock { runs in
                        runs += 1
                        return runs
                    }
                    try connection.execute("INSERT INTO numbers (number) VALUES (\(Int64(run)))")
                    if run == 1 { usleep(2_000_000) }
                    try connection.execute("INSERT INTO numbers (number) VALUES (\(Int64(run)))")
                }
            }
            while runs.withLock({ $0 }) == 1 || runs.withLock({ $0 }) == 0 {
                try await store.database.endStalledTransactions(olderThan: .milliseconds(300))
                try await Task.sleep(for: .milliseconds(50))
            }
            try await work.value

            let numbers = try await store.database.read {
                try $0.rows("SELECT number FROM numbers ORDER BY number") { $0.integer(0) }
            }
            #expect(numbers == [2, 2])
        }
    }
}
