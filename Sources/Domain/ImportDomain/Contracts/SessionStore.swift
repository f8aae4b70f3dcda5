/// Stores sessions, and the failed sign-ins that lead to a block.
public protocol SessionStore {
    /// Adds a session.
    func insert(_ session: Session) throws

    /// The session of a token's hash, expired or not.
    func find(tokenHash: String) throws -> Session?

    /// The sessions of an account's personal access tokens, oldest first.
    func personalTokens(of user: UserID) throws -> [Session]

    /// Ends one session.
    func delete(tokenHash: String) throws

    /// Ends all sessions of an account, but the one with this token hash if given.
    func deleteAll(of user: UserID, except tokenHash: String?) throws

    /// Removes expired sessions, and failed sign-ins that are too old to count.
    func deleteExpired(at moment: Timestamp, failuresBefore oldest: Timestamp) throws

    /// Locks the failed sign-ins of a subject (an account's id, a client's address) until the transaction ends, so that
    /// no other transaction, in any process, adds one.
    func lockFailures(of subject: String, at moment: Timestamp) throws

    /// Records a failed sign-in of a subject; if `moment` is taken, the time is moved by milliseconds.
    func recordFailure(of subject: String, at moment: Timestamp) throws -> SignInFailure

    /// The number of failed sign-ins of a subject between two times, both included; counting ends at `limit`.
    func failureCount(of subject: String, from start: Timestamp, to end: Timestamp, limit: Int) throws -> Int

    /// Removes a failed sign-in.
    func delete(_ failure: SignInFailure) throws

    /// Removes the failed sign-ins of a subject after a time.
    func deleteFailures(of subject: String, after end: Timestamp) throws

    /// Removes the failed sign-ins of a subject.
    func clearFailures(of subject: String) throws
}

/// A failed sign-in, or one in progress.
public struct SignInFailure: Equatable, Sendable {
    /// The account or the address.
    public let subject: String
    /// When it took place; no other of the subject has the same time.
    public let moment: Timestamp

    /// A failure of a subject at a time.
    public init(subject: String, moment: Timestamp) {
        self.subject = subject
        self.moment = moment
    }
}
