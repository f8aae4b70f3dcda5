import SQL

extension PostgreSQLDatabase {
    /// Who else may work on the workspace meanwhile. Every connection holds an advisory lock that says so for as long
    /// as it lives, so a connection that was lost and made again is refused when somebody else came first.
    public enum Access: Sendable {
        /// Other processes that share the workspace as well: what servers do.
        case shared
        /// Nobody; what `ferry migrate` needs, so that nothing changes between its reading and the end. There is one
        /// connection, which may take its time: nobody waits for its locks.
        case exclusive
    }

    /// Whether two addresses lead to the same tables: a lock that is taken by one address stands in the way at the
    /// other.
    ///
    /// - Throws: `SQLError` when one of them cannot be reached.
    public static func isSame(_ address: String, as other: String) async throws -> Bool {
        let first = ConnectionThread(session: PostgreSQLSession(url: address, access: nil), number: 1)
        let second = ConnectionThread(session: PostgreSQLSession(url: other, access: nil), number: 2)
        let seed = SQLValue.integer(.random(in: .min ... .max))
        do {
            let taken = try await first.run { try $0.takesLock(seed) }
            let isFree = try await second.run { try $0.takesLock(seed) }
            try await first.run { $0.disconnect() }
            try await second.run { $0.disconnect() }
            return taken && !isFree
        } catch let error as PostgreSQLError {
            throw error.shared
        }
    }
}

extension PostgreSQLSession {
    /// A number of Ferry's own, with the schema mixed in: a database may hold several workspaces.
    private static let workspaceLock = SQLValue.integer(4_649_727_280)

    /// Takes the workspace in the way of an access, until the connection ends.
    ///
    /// - Throws: `SQLError.unavailable` when others use it in a way that does not go together.
    func take(_ access: PostgreSQLDatabase.Access) throws {
        switch access {
        case .shared:
            guard try holdsLock("pg_try_advisory_lock_shared", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "`ferry migrate` is copying the workspace in the PostgreSQL database. Start again when it "
                        + "is done.")
            }
        case .exclusive:
            guard try holdsLock("pg_try_advisory_lock", Self.workspaceLock) else {
                throw SQLError.unavailable(
                    message: "The workspace in the PostgreSQL database is in use: `ferry serve`, or another "
                        + "`ferry migrate`, is connected to it. Stop every one and run the command again.")
            }
        }
    }

    fileprivate func takesLock(_ seed: SQLValue) throws -> Bool {
        try connect()
        return try holdsLock("pg_try_advisory_lock", seed)
    }

    private func holdsLock(_ function: StaticString, _ number: SQLValue) throws -> Bool {
        let result = try query(
            "SELECT \(function)(hashtextextended(coalesce(current_schema(), ''), $1))", [number])
        return result.rowCount == 1 && result.row(0).text(0) == "t"
    }
}
