import ImportDomain
import SQL

/// `sessions` and `login_failures`.
struct SessionTables: SessionStore {
    let connection: any SQLConnection

    func insert(_ session: Session) throws {
        try connection.execute(
            """
            INSERT INTO sessions (token_hash, user_id, created_at, expires_at)
            VALUES (\(session.tokenHash), \(session.userID.rawValue), \(session.createdAt), \(session.expiresAt))
            """)
    }

    func find(tokenHash: String) throws -> Session? {
        try connection.first(
            "SELECT user_id, created_at, expires_at FROM sessions WHERE token_hash = \(tokenHash)"
        ) { row in
            Session(
                tokenHash: tokenHash, userID: UserID(row.text(0)), createdAt: row.timestamp(1),
                expiresAt: row.timestamp(2))
        }
    }

    func delete(tokenHash: String) throws {
        try connection.execute("DELETE FROM sessions WHERE token_hash = \(tokenHash)")
    }

    func deleteAll(of user: UserID, except tokenHash: String?) throws {
        try connection.execute(
            "DELETE FROM sessions WHERE user_id = \(user.rawValue) AND token_hash <> \(tokenHash ?? "")")
    }

    func deleteExpired(at moment: Timestamp, failuresBefore oldest: Timestamp) throws {
        try connection.execute("DELETE FROM sessions WHERE expires_at <= \(moment)")
        try connection.execute("DELETE FROM login_failures WHERE failed_at < \(oldest)")
    }

    func recordFailure(of subjects: [String], at moment: Timestamp) throws {
        for subject in subjects {
            try connection.execute("INSERT INTO login_failures (subject, failed_at) VALUES (\(subject), \(moment))")
        }
    }

    func failures(of subject: String, since oldest: Timestamp, limit: Int) throws -> [Timestamp] {
        try connection.rows(
            """
            SELECT failed_at FROM login_failures WHERE subject = \(subject) AND failed_at >= \(oldest)
            ORDER BY failed_at DESC LIMIT \(limit)
            """
        ) { $0.timestamp(0) }
    }

    func clearFailures(of subject: String) throws {
        try connection.execute("DELETE FROM login_failures WHERE subject = \(subject)")
    }
}
