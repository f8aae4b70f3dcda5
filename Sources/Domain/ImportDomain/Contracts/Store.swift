/// The workspace and its staging area, in any database.
///
/// Work is a closure that runs in one transaction on the store's own threads, never on the cooperative pool. A write
/// that throws is rolled back. A closure may run more than once (a serialization failure, a deadlock), so it uses only
/// its transaction.
public protocol Store: Sendable {
    /// Runs `work` on a consistent snapshot; writers do not block it.
    ///
    /// - Throws: `StoreError`, and errors of `work`.
    func read<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result

    /// Runs `work` in one transaction that is durable once this returns.
    ///
    /// - Throws: `StoreError`, and errors of `work`; nothing was written then, except perhaps after
    ///   `StoreError.outcomeUnknown`.
    func write<Result: Sendable>(
        _ work: @escaping @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result

    /// An empty list of accounts for a transaction of this store, to be filled outside of transactions.
    ///
    /// - Parameter number: the import that adds them; nil for other accounts.
    func userRows(by number: ImportNumber?) -> any UserRows

    /// Builds messages as rows for a transaction of this store; called outside of transactions.
    func rows(of messages: [Message], by number: ImportNumber?) -> MessageRows

    /// Whether other processes may have the workspace open.
    var isShared: Bool { get }

    /// Ends transactions of other processes that have waited for their process longer than `age`, which releases their
    /// locks. Such a process is frozen or disconnected. Does nothing for a single process.
    ///
    /// - Parameter age: longer than any active transaction takes, such as the duration of a lease.
    func endStalledTransactions(olderThan age: Duration) async throws

    /// Checkpoints the log and analyzes statistics after bulk writes; called when an import ends.
    func analyze() async throws
}

/// One transaction.
public protocol StoreTransaction {
    /// Import operations and their counts.
    var operations: any OperationStore { get }
    /// Pending and failed records.
    var staging: any StagingArea { get }
    /// The index of staged records.
    var recordIndex: any RecordIndexStore { get }
    /// The texts by which failed records are searched.
    var failureTexts: any FailureTextStore { get }
    /// Requests to try failed records again.
    var retries: any RetryStore { get }
    /// Imported records that lack people or rooms.
    var incomplete: any IncompleteRecordStore { get }
    /// Leases of work.
    var leases: any LeaseStore { get }
    /// Results of checks.
    var checks: any CheckStore { get }
    /// Findings of importers.
    var findings: any FindingStore { get }
    /// Accounts.
    var users: any UserStore { get }
    /// Rooms and their members.
    var rooms: any RoomStore { get }
    /// Undoing of imports.
    var undos: any UndoStore { get }
    /// Changes by imports.
    var importChanges: any ImportChangeStore { get }
    /// Messages.
    var messages: any MessageStore { get }
    /// Files and avatars, pending and fetched.
    var downloads: any DownloadStore { get }
    /// Roles and permissions.
    var roles: any RoleStore { get }
    /// Settings.
    var settings: any SettingStore { get }
    /// Sessions.
    var sessions: any SessionStore { get }
    /// Counts of calls.
    var callCounts: any CallCountStore { get }

    /// The version of the workspace as this transaction sees it.
    func version() throws -> WorkspaceVersion

    /// Verifies that the workspace has this version and locks it until the transaction ends, which increments the
    /// version.
    ///
    /// - Throws: `OutdatedDecisions`, now or at the end of the transaction; nothing is written then.
    func requireUnchanged(since version: WorkspaceVersion) throws

    /// Increments the version with this transaction. Changes of accounts, rooms, rights and messages do so by
    /// themselves.
    func moveVersion() throws

    /// Notifies the workers of other processes once this transaction is committed.
    func announceWork() throws
}

/// A failure of the database itself.
public enum StoreError: Error, Equatable, Sendable {
    /// A unique index rejected a row; with concurrent writers a retry may succeed.
    case uniqueViolation(constraint: String)
    /// The disk, or the quota, is full; nothing was written.
    case full(message: String)
    /// The database cannot be reached or is locked by another program.
    case unavailable(message: String)
    /// The connection broke during a commit, and its outcome is unknown.
    case outcomeUnknown(message: String)
    /// The database rejects this program; a retry would fail again.
    case refused(message: String)
    /// The file or a row is damaged.
    case corrupt(message: String)
    /// The database was written by a newer program, or its migrations were changed.
    case incompatible(message: String)
    /// The database does not accept a value: it is too long for an index, or of a kind that the column cannot hold.
    case invalidValue(message: String)
    /// Anything else that the database reports.
    case failed(message: String)

    /// Whether the same work can succeed later.
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
