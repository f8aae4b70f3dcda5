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

    /// Takes over the reading of the current operation's file, if it waits for that or its reader is gone; likewise the
    /// fetching of a file.
    ///
    /// - Parameter duration: how long the claim holds unless renewed.
    /// - Returns: nil when there is nothing to read.
    func claimPreparation(by worker: WorkerID, for duration: Duration) throws -> PreparationClaim?

    /// Prolongs a claim.
    ///
    /// - Throws: `ImportError.leaseLost` when somebody took it over, or the operation has ended.
    func renew(_ claim: PreparationClaim, for duration: Duration) throws

    /// Makes sure that a claim still stands, and keeps it so until the transaction ends.
    ///
    /// - Returns: the operation.
    /// - Throws: `ImportError.leaseLost`.
    func verify(_ claim: PreparationClaim) throws -> ImportOperation

    /// Ends a claim whose work is done; the next step of the operation begins without attempts.
    func finishPreparation(_ claim: PreparationClaim) throws

    /// Lets others claim what this worker was reading; the claim does not count as an attempt.
    func releasePreparations(of worker: WorkerID) throws

    /// Takes back the attempt of a claim that was lost although its worker lives.
    func forgiveAttempt(of claim: PreparationClaim) throws

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

/// The right of one worker to read an operation's file.
public struct PreparationClaim: Sendable {
    /// The operation.
    public let operation: ImportOperation
    /// The holder.
    public let worker: WorkerID
    /// The fencing token: a later claim has a larger one.
    public let token: Int64
    /// How many earlier claims for this step ended with their process.
    public let deaths: Int

    /// How many claims may end with their process before the file is given up.
    public static let deathLimit = 3

    /// Creates a claim.
    public init(operation: ImportOperation, worker: WorkerID, token: Int64, deaths: Int = 0) {
        self.deaths = deaths
        self.operation = operation
        self.worker = worker
        self.token = token
    }
}
