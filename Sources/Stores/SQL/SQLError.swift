/// A failure of a database, common to all drivers.
public enum SQLError: Error, Equatable, Sendable {
    /// A unique index rejected a row; `constraint` names the index or its columns.
    case uniqueViolation(constraint: String)
    /// The disk, or the quota, is full.
    case full(message: String)
    /// The database cannot be reached, or another process holds it.
    case unavailable(message: String)
    /// The outcome of the transaction is unknown; do not repeat it blindly.
    case outcomeUnknown(message: String)
    /// The database rejects this program; a retry would fail again.
    case refused(message: String)
    /// The database is damaged.
    case corrupt(message: String)
    /// A newer program wrote the database, or applied migrations were changed since.
    case incompatible(message: String)
    /// The database rejects a value; a retry would fail again.
    case invalidValue(message: String)
    /// Anything else.
    case failed(message: String)
}
