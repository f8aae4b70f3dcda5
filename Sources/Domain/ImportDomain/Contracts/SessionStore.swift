/// Keeps sessions, and the failed sign-ins that lead to a block.
public protocol SessionStore {
    /// Adds a session.
    func insert(_ session: Session) throws

    /// The session of a token's hash, expired or not.
    func find(tokenHash: String) throws -> Session?

    /// Ends one session.
    func delete(tokenHash: String) throws

    /// Ends all sessions of an account, but the one with this token hash if given.
    func deleteAll(of user: UserID, except tokenHash: String?) throws

    /// Removes sessions that ran out, and failed sign-ins that are too old to count.
    func deleteExpired(at moment: Timestamp, failuresBefore oldest: Timestamp) throws

    /// Writes down a failed sign-in for each subject (an account's id, a client's address).
    func recordFailure(of subjects: [String], at moment: Timestamp) throws

    /// The times of the latest failed sign-ins of a subject since `oldest`, newest first, at most `limit`.
    func failures(of subject: String, since oldest: Timestamp, limit: Int) throws -> [Timestamp]

    /// Forgets the failed sign-ins of a subject.
    func clearFailures(of subject: String) throws
}
