/// The workspace and its staging area, behind whichever database holds them.
///
/// Work is handed over as a closure that runs inside one transaction on the store's own threads, never on the
/// cooperative pool. A write that throws leaves nothing behind. A closure may run more than once (a serialization
/// failure, a deadlock), so it touches nothing but its transaction.
public protocol Store: Sendable {
    /// Runs `work` on a consistent snapshot; writers do not hold it up.
    ///
    /// - Throws: `StoreError`, and whatever `work` throws.
    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result

    /// Runs `work` in one transaction that is durable once this returns.
    ///
    /// - Throws: `StoreError`, and whatever `work` throws; then nothing was written, except that after
    ///   `StoreError.outcomeUnknown` it may have been.
    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result

    /// Accounts in the form in which a transaction of this store writes them; made outside of transactions.
    ///
    /// - Parameter number: the import that brings them; nil for accounts made otherwise.
    func rows(of users: [User], by number: ImportNumber?) -> UserRows

    /// Messages in the form in which a transaction of this store writes them; made outside of transactions.
    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows

    /// Whether other processes may have the workspace open as well.
    var isShared: Bool { get }

    /// Ends transactions of other processes that have been waiting for their process for so long that it must be
    /// frozen or cut off; what they held locked is free then. Nothing where there is one process.
    ///
    /// - Parameter age: longer than any transaction at work takes, such as the duration of a lease.
    func endStalledTransactions(olderThan age: Duration) async throws

    /// Folds what bulk writing left behind (logs, statistics) into its resting form; called when an import ends.
    func settle() async throws
}

/// One transaction: everything read and written through it is seen together or not at all.
public protocol StoreTransaction {
    /// Import operations and their counts.
    var operations: any OperationStore { get }
    /// Records that wait to be imported, or that failed.
    var staging: any StagingArea { get }
    /// Leases of work.
    var leases: any LeaseStore { get }
    /// What importers noticed.
    var findings: any FindingStore { get }
    /// Accounts.
    var users: any UserStore { get }
    /// Rooms and who is in them.
    var rooms: any RoomStore { get }
    /// What imports changed.
    var importChanges: any ImportChangeStore { get }
    /// Messages.
    var messages: any MessageStore { get }
    /// Files and avatars that wait to be fetched, and those that are there.
    var downloads: any DownloadStore { get }
    /// Roles and permissions.
    var roles: any RoleStore { get }
    /// Settings.
    var settings: any SettingStore { get }
    /// Sessions.
    var sessions: any SessionStore { get }
    /// Calls that clients made.
    var callCounts: any CallCountStore { get }

    /// The version of the workspace as this transaction sees it.
    func version() throws -> WorkspaceVersion

    /// Makes sure that nobody else changes the workspace between the version, under which something was decided, and
    /// the end of this transaction, which moves the version.
    ///
    /// - Throws: `OutdatedDecisions`, now or when the transaction ends; nothing is written then.
    func requireUnchanged(since version: WorkspaceVersion) throws

    /// Moves the version with this transaction, whatever else it writes. Changes of accounts, rooms, rights and messages
    /// do so by themselves.
    func moveVersion() throws

    /// Tells the workers of other processes that there is something to do, once this transaction is committed.
    func announceWork() throws
}

/// A failure of the database itself.
public enum StoreError: Error, Equatable, Sendable {
    /// A unique index refused a row; with concurrent writers the transaction is worth another try.
    case uniqueViolation(constraint: String)
    /// The disk, or the quota, is full; nothing was written.
    case full(message: String)
    /// The database cannot be reached or is locked by somebody else.
    case unavailable(message: String)
    /// The connection broke during a commit, and whether it took place cannot be found out at present.
    case outcomeUnknown(message: String)
    /// The database does not let this program in; trying again changes nothing.
    case refused(message: String)
    /// The file or a row is not as it was written.
    case corrupt(message: String)
    /// The database was written by a newer program, or its migrations were changed.
    case incompatible(message: String)
    /// The database does not accept a value: it is too long for an index, or of a kind that the column cannot hold.
    case invalidValue(message: String)
    /// Anything else that the database reports.
    case failed(message: String)

    /// Whether the same work can succeed later, without a change to what is written.
    public var isTemporary: Bool {
        switch self {
        case .full, .unavailable, .refused, .outcomeUnknown: true
        case .uniqueViolation, .corrupt, .incompatible, .invalidValue, .failed: false
        }
    }

    /// A stable name for programs.
    public var code: String {
        switch self {
        case .uniqueViolation: "store-unique-violation"
        case .full: "store-full"
        case .unavailable: "store-unavailable"
        case .outcomeUnknown: "store-outcome-unknown"
        case .refused: "store-refused"
        case .corrupt: "store-corrupt"
        case .incompatible: "store-incompatible"
        case .invalidValue: "store-invalid-value"
        case .failed: "store-failed"
        }
    }
}
