import SQL

/// A bounded pool of connections, each lent to one transaction at a time, in the order of requests.
actor ConnectionPool {
    private static let closed = SQLError.unavailable(message: "The database is closed.")

    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<ConnectionThread, any Error>
    }

    /// How long to wait for a connection. Transactions take a quarter of a second, so a longer wait means a fault.
    private static let patience: Duration = .seconds(30)

    private var idle: [ConnectionThread]
    private let all: [ConnectionThread]
    private var waiting: [Waiter] = []
    private var lastWaiter = 0
    private var isClosed = false

    init(url: String, access: PostgreSQLDatabase.Access, size: Int) {
        all = (1...size).map { number in
            ConnectionThread(session: PostgreSQLSession(url: url, access: access), number: number)
        }
        idle = all
    }

    /// Lends a connection to `body`.
    func lend<Result: Sendable>(
        to body: @Sendable (ConnectionThread) async throws -> Result
    ) async throws -> Result {
        guard !isClosed else { throw Self.closed }
        let connection = try await take()
        do {
            let result = try await body(connection)
            giveBack(connection)
            return result
        } catch {
            giveBack(connection)
            throw error
        }
    }

    /// Closes every connection after its transaction.
    func close() async throws {
        isClosed = true
        for waiter in waiting { waiter.continuation.resume(throwing: Self.closed) }
        waiting = []
        for connection in all { try await connection.run { $0.disconnect() } }
    }

    private func take() async throws -> ConnectionThread {
        if let connection = idle.popLast() { return connection }
        lastWaiter += 1
        let number = lastWaiter
        let limit = Task {
            try await Task.sleep(for: Self.patience)
            refuse(
                number,
                with: SQLError.unavailable(
                    message: "Every connection to the PostgreSQL server has been busy for 30 seconds."))
        }
        defer { limit.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append(Waiter(number: number, continuation: continuation))
                }
            }
        } onCancel: {
            Task { await refuse(number, with: CancellationError()) }
        }
    }

    /// Fails a waiting request.
    private func refuse(_ number: Int, with error: any Error) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: error)
    }

    private func giveBack(_ connection: ConnectionThread) {
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().continuation.resume(returning: connection)
        }
    }
}
