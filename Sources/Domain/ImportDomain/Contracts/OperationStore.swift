/// Keeps import operations, the current one and the history.
public protocol OperationStore {
    /// The newest operation, retired or not; nil if there never was one.
    ///
    /// A write transaction locks it until it ends; so does `find(id:)`.
    func current() throws -> ImportOperation?

    /// The operation with this id.
    func find(id: OperationID) throws -> ImportOperation?

    /// The operation with this id, under a shared lock until the transaction ends.
    func hold(id: OperationID) throws -> ImportOperation?

    /// The operation that is being undone, paused or not; nil if there is none.
    func undoing() throws -> ImportOperation?

    /// The operations that changed last, newest change first, at most `limit`.
    func latest(_ limit: Int) throws -> [ImportOperation]

    /// A page of all operations, newest first.
    func history(offset: Int, limit: Int) throws -> [ImportOperation]

    /// The names of the accounts behind these operations; unknown ids are absent from the result.
    func people(of operations: [OperationID]) throws -> [OperationID: OperationPeople]

    /// Records that an account requested a pause or cancellation; a nil `moment` removes the record.
    ///
    /// - Parameter user: nil for a request without an account.
    func recordControl(by user: UserID?, at moment: Timestamp?, of operation: OperationID) throws

    /// How many operations there are.
    func count() throws -> Int

    /// Makes a retired operation invisible, to be removed.
    func hide(_ id: OperationID) throws

    /// Whether invisible operations are left to be removed.
    func hasHidden() throws -> Bool

    /// Removes some of what invisible operations have outside the workspace: failed records, findings, previous values.
    /// Their rows go last, once their batches and files are gone.
    ///
    /// - Parameter limit: about the maximum of rows to remove.
    /// - Returns: whether any were removed.
    func removeHidden(limit: Int) throws -> Bool

    /// Adds a new operation.
    func insert(_ operation: ImportOperation) throws

    /// Writes an operation's values; only `addToCounts` changes counts.
    func update(_ operation: ImportOperation) throws

    /// Leases the current operation's file to a worker, if it is to be fetched, read or searched for files of messages.
    ///
    /// - Parameter duration: how long the lease holds unless renewed.
    /// - Returns: nil when there is nothing to do, or another worker does it.
    func claimFile(by worker: WorkerID, for duration: Duration) throws -> FileClaim?

    /// Verifies that a claim stands, and keeps it so until the transaction ends.
    ///
    /// - Returns: the operation.
    /// - Throws: `ImportError.leaseLost` when another worker took the file over, or the operation has ended or stops.
    func verify(_ claim: FileClaim) throws -> ImportOperation

    /// Whether a worker holds the operation's file or batches of it.
    ///
    /// In a transaction that keeps workers from claiming more.
    func isClaimed(_ id: OperationID) throws -> Bool

    /// Ends a completed claim; the next step of the operation begins without attempts.
    func finishFile(_ claim: FileClaim) throws

    /// An operation with rooms or threads left to recount; nil if there is none.
    func operationToRecount() throws -> OperationID?

    /// Some files of ended operations, to be removed.
    func filesOfEndedOperations() throws -> [FileID]

    /// Records that a file was removed.
    func forgetFile(_ file: FileID) throws

    /// Retires every operation: unfinished ones end as cancelled.
    func retireAll(at moment: Timestamp) throws

    /// Adds to the counts of one record type and updates the operation's time of change.
    func addToCounts(
        _ change: ImportCounts, of type: RecordType, in operation: OperationID, at moment: Timestamp
    ) throws
}

/// The file of an operation, leased by a worker.
public struct FileClaim: Sendable {
    /// The lease of the file.
    public let lease: Lease
    /// The operation, as it was when its file was claimed.
    public let operation: ImportOperation

    /// Creates a claim.
    public init(_ lease: Lease, operation: ImportOperation) {
        self.lease = lease
        self.operation = operation
    }
}

/// The names of the accounts behind an operation, as they were when these acted.
public struct OperationPeople: Equatable, Sendable {
    /// The account that created it.
    public let creator: AccountName
    /// The account that started it; empty if it was not started.
    public let starter: AccountName
    /// The request of the present pause, or of the cancellation; nil if there is none.
    public let control: ControlRequest?

    /// The names; empty where they are unknown.
    public init(
        creator: AccountName = AccountName(username: nil, name: nil),
        starter: AccountName = AccountName(username: nil, name: nil), control: ControlRequest? = nil
    ) {
        self.control = control
        self.creator = creator
        self.starter = starter
    }
}

/// A request to pause or cancel an import.
public struct ControlRequest: Equatable, Sendable {
    /// The account; nil for a request without one.
    public let user: UserID?
    /// The names of the account at that time.
    public let name: AccountName
    /// When it was requested.
    public let at: Timestamp

    /// A request.
    public init(user: UserID?, name: AccountName, at: Timestamp) {
        self.user = user
        self.name = name
        self.at = at
    }
}
