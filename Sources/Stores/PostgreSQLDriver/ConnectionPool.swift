import SQL

/// A bounded number of connections, lent to one transaction at a time, first come first served.
actor ConnectionPool {
    private var idle: [ConnectionThread]
    private let all: [ConnectionThread]
    private var waiting: [CheckedContinuation<ConnectionThread, Never>] = []
    private var isClosed = false

    init(url: String, access: PostgreSQLDatabase.Access, size: Int) {
        all = (1...size).map { number in
            ConnectionThread(session: PostgreSQLSession(url: url, access: access), number: number)
        }
        idle = all
    }

    /// Lends a connection for the time of `body`.
    func lend<Result: Sendable>(
        to body: @Sendable (ConnectionThread) async throws -> Result
    ) async throws -> Result {
        guard !isClosed else { throw SQLError.unavailable(message: "The database is closed.") }
        let connection = await take()
        do {
            let result = try await body(connection)
            giveBack(connection)
            return result
        } catch {
            giveBack(connection)
            throw error
        }
    }

    /// Ends every connection once its transaction is over.
    func close() async throws {
        isClosed = true
        for connection in all { try await connection.run { $0.disconnect() } }
    }

    private func take() async -> ConnectionThread {
        if let connection = idle.popLast() { return connection }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack(_ connection: ConnectionThread) {
        if waiting.isEmpty { idle.append(connection) } else { waiting.removeFirst().resume(returning: connection) }
    }
}
