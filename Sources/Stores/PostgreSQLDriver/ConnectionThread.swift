import Dispatch

/// A session and the serial queue that uses it: libpq's calls block, and a connection serves one caller at a time.
// Unchecked, because the session is not `Sendable`: the initializer takes it over, and only the serial queue uses it.
final class ConnectionThread: @unchecked Sendable {
    private let session: PostgreSQLSession
    private let queue: DispatchQueue

    init(session: sending PostgreSQLSession, number: Int) {
        self.session = session
        queue = DispatchQueue(label: "ferry.postgresql.\(number)")
    }

    /// Runs `work` on the thread.
    func run<Result: Sendable>(
        _ work: @escaping @Sendable (PostgreSQLSession) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work(self.session) }) }
        }
    }
}
