/// A failure that a database reports, in words that all drivers share.
public enum SQLError: Error, Equatable, Sendable {
    /// A unique index refused a row; `constraint` names the index or its columns.
    case uniqueViolation(constraint: String)
    /// The disk, or the quota, is full.
    case full(message: String)
    /// The database cannot be reached, or somebody else holds it.
    case unavailable(message: String)
    /// Whether the transaction was written cannot be found out at present; it must not be run again unseen.
    case outcomeUnknown(message: String)
    /// The database does not let this program in; trying again changes nothing.
    case refused(message: String)
    /// The database is damaged.
    case corrupt(message: String)
    /// A newer program wrote the database, or applied migrations were changed since.
    case incompatible(message: String)
    /// A value that the database does not accept, however often it is sent; other values may be accepted.
    case invalidValue(message: String)
    /// Anything else.
    case failed(message: String)
}
