/// Keeps import operations, the current one and the history.
public protocol OperationStore {
    /// The operation with the newest creation time, retired or not; nil if there never was one.
    ///
    /// In a write transaction, nobody else changes it until the transaction ends; likewise for `find(id:)`.
    func current() throws -> ImportOperation?

    /// The operation with this id.
    func find(id: OperationID) throws -> ImportOperation?

    /// The operation with this id, kept as it is until the transaction ends; others may hold it at the same time.
    func hold(id: OperationID) throws -> ImportOperation?

    /// The operations that changed last, newest change first, at most `limit`.
    func latest(_ limit: Int) throws -> [ImportOperation]

    /// Adds a new operation.
    func insert(_ operation: ImportOperation) throws

    /// Writes what may change of an operation; counts are moved by `addToCounts` alone.
    func update(_ operation: ImportOperation) throws

    /// Leases the current operation's file to a worker, if it is to be fetched, read or searched for files of messages.
    ///
    /// - Parameter duration: how long the lease holds unless renewed.
    /// - Returns: nil when there is nothing to do, or another worker does it.
    func claimFile(by worker: WorkerID, for duration: Duration) throws -> FileClaim?

    /// Verifies that a claim stands, and keeps it so until the transaction ends.
    ///
    /// - Returns: the operation.
    /// - Throws: `ImportError.leaseLost` when another worker took the file over, or the operation has ended.
    func verify(_ claim: FileClaim) throws -> ImportOperation

    /// Ends a claim whose work is done; the next step of the operation begins without attempts.
    func finishFile(_ claim: FileClaim) throws

    /// An operation of which the totals of some rooms or threads are not up to date; nil if there is none.
    func unsettled() throws -> OperationID?

    /// Files of operations that nobody can read any more, some of them.
    func filesOfEndedOperations() throws -> [FileID]

    /// Writes down that a file is gone.
    func forgetFile(_ file: FileID) throws

    /// Retires every operation: unfinished ones end as cancelled.
    func retireAll(at moment: Timestamp) throws

    /// Adds to the counts of one record type, which also moves the operation's time of change.
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
