import ImportDomain
import SQL

/// `sessions` and `login_failures`.
struct SessionTables: SessionStore {
    let connection: any SQLConnection

    func insert(_ session: Session) throws {
        try connection.insert(one: session, into: SessionColumn.table)
    }

    func find(tokenHash: String) throws -> Session? {
        try sessions("WHERE token_hash = \(tokenHash)").first
    }

    func personalTokens(of user: UserID) throws -> [Session] {
        try sessions(
            "WHERE user_id = \(user.rawValue) AND token_name IS NOT NULL ORDER BY created_at, token_name")
    }

    private func sessions(_ condition: SQLQuery) throws -> [Session] {
        try connection.rows(of: SessionColumn.table, condition) { row in
            Session(
                tokenHash: row.text(.tokenHash), userID: UserID(row.text(.userID)),
                createdAt: row.timestamp(.createdAt), expiresAt: row.timestamp(.expiresAt),
                personalToken: row.optionalText(.tokenName).map {
                    PersonalToken(
                        name: $0, lastPart: row.text(.tokenLastPart), bypassesTwoFactor: row.flag(.bypassesTwoFactor))
                })
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

    func lockFailures(of subject: String, at moment: Timestamp) throws {
        // A row that is written is locked by every database, also for a subject without failures.
        _ = try CallCountTable(connection: connection).count("sign-in \(subject)", length: .seconds(60), at: moment)
    }

    func recordFailure(of subject: String, at moment: Timestamp) throws -> SignInFailure {
        let latest = try connection.first(
            """
            SELECT failed_at FROM login_failures WHERE subject = \(subject) AND failed_at >= \(moment)
            ORDER BY failed_at DESC LIMIT 1
            """
        ) { $0.timestamp(0) }
        let free = latest.map { $0 + .milliseconds(1) } ?? moment
        try connection.insert(one: [.text(subject), free.sqlValue], into: LoginFailureColumn.table)
        return SignInFailure(subject: subject, moment: free)
    }

    func failureCount(of subject: String, from start: Timestamp, to end: Timestamp, limit: Int) throws -> Int {
        try connection.rows(
            """
            SELECT failed_at FROM login_failures
            WHERE subject = \(subject) AND failed_at >= \(start) AND failed_at <= \(end) LIMIT \(limit)
            """
        ) { $0.timestamp(0) }.count
    }

    func delete(_ failure: SignInFailure) throws {
        try connection.execute(
            "DELETE FROM login_failures WHERE subject = \(failure.subject) AND failed_at = \(failure.moment)")
    }

    func deleteFailures(of subject: String, after end: Timestamp) throws {
        try connection.execute("DELETE FROM login_failures WHERE subject = \(subject) AND failed_at > \(end)")
    }

    func clearFailures(of subject: String) throws {
        try connection.execute("DELETE FROM login_failures WHERE subject = \(subject)")
    }
}

enum SessionColumn: Int, TableColumn {
    case tokenHash, userID, createdAt, expiresAt, tokenName, tokenLastPart, bypassesTwoFactor

    static let table = Table<SessionColumn>("sessions")

    func value(of session: Session) -> SQLValue {
        switch self {
        case .tokenHash: .text(session.tokenHash)
        case .userID: .text(session.userID.rawValue)
        case .createdAt: session.createdAt.sqlValue
        case .expiresAt: session.expiresAt.sqlValue
        case .tokenName: .optional(session.personalToken?.name)
        case .tokenLastPart: .optional(session.personalToken?.lastPart)
        case .bypassesTwoFactor: session.personalToken.map { .flag($0.bypassesTwoFactor) } ?? .null
        }
    }
}

enum LoginFailureColumn: Int, TableColumn {
    case subject, failedAt

    static let table = Table<LoginFailureColumn>("login_failures")
}
