import Logging
import SQL
import Synchronization
import Testing

@testable import Composition

@Suite("Given a server that ends while its disk is full")
struct ClosingTests {
    /// A database whose log cannot be checkpointed.
    private struct FullDisk: SQLDatabase {
        private struct Unused: Error {}

        var dialect: SQLDialect { fatalError("Nothing is asked of a database that is closed.") }

        func read<Result: Sendable>(
            _ work: @escaping @Sendable (any SQLConnection) throws -> Result
        ) async throws -> Result { throw Unused() }

        func write<Result: Sendable>(
            _ work: @escaping @Sendable (any SQLConnection) throws -> Result
        ) async throws -> Result { throw Unused() }

        func endStalledTransactions(olderThan age: Duration) async throws -> Int { 0 }
        func analyze(_ tables: [String]) async throws {}
        func announcements() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
        func close() async throws { throw SQLError.full(message: "database or disk is full") }
    }

    /// Records log lines.
    private struct Lines: LogHandler {
        final class Kept: Sendable {
            let lines = Mutex<[String]>([])
        }

        let kept: Kept
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let reason = event.metadata?["reason"].map { "\($0)" } ?? ""
            kept.lines.withLock { $0.append("\(event.level) \(event.message) \(reason)") }
        }
    }

    @Test func `when its database is closed, then the log says what was not written, and nothing fails`() async {
        let kept = Lines.Kept()

        await Workspace.close(FullDisk(), logger: Logger(label: "test") { _ in Lines(kept: kept) })

        let lines = kept.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("error The WAL could not be checkpointed") == true)
        #expect(lines.first?.hasSuffix("The disk is full. Free some space and start again.") == true)
    }
}
