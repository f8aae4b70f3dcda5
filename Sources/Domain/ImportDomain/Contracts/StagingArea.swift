/// Holds records between their arrival and their import.
///
/// Records arrive in batches. A batch is invisible until its intake is accepted. Then one worker at a time claims it.
/// It is removed with its imported records; only failed records stay.
public protocol StagingArea: StagedRecords {
    /// Adds one batch of an intake in progress; it is not visible yet.
    ///
    /// - Parameter records: at most `RecordSequence.batchCapacity` of them.
    func stage(_ records: [RecordDraft], of type: RecordType, intake: IntakeID, operation: OperationID) throws

    /// Adds one pack of messages of an intake in progress.
    func stage(_ pack: RecordPack, intake: IntakeID, operation: OperationID) throws

    /// Makes an intake's batches visible to workers.
    ///
    /// - Returns: the number of records of each type in them.
    func accept(_ intake: IntakeID) throws -> [RecordType: Int]

    /// Removes some batches of an intake that was not accepted.
    ///
    /// - Parameter limit: the minimum of records to remove, if there are that many.
    /// - Returns: whether more are left.
    func discard(_ intake: IntakeID, limit: Int) throws -> Bool

    /// Purges some useless batches: of ended operations, and of intakes without progress.
    ///
    /// - Parameters:
    ///   - includingFailures: whether failed records, the history of finished operations, are purged as well.
    ///   - limit: the minimum of records to remove, if there are that many.
    /// - Returns: whether more are left.
    func purge(includingFailures: Bool, limit: Int) throws -> Bool

    /// Removes every batch of intakes that are not accepted; only for a store with a single process, at its start.
    func forgetInterruptedIntakes() throws

    /// Leases batches to a worker, oldest first, as many as fit into the target, at least one.
    ///
    /// Batches whose lease has expired are taken over. Each claim has its own fencing token: a worker whose batches
    /// were taken over can no longer finish them.
    ///
    /// A claim counts as an attempt until the batch is finished or released. A batch with remaining attempts is a
    /// suspect: its process ended in the middle of it. Suspects are claimed after all others, one at a time in the
    /// whole workspace, so that another crash affects nothing else.
    /// - Parameters:
    ///   - target: the maximum of their total work.
    ///   - includingSuspects: whether a suspect may be claimed if there is nothing else.
    /// - Returns: nil if no batch of this type can be claimed now.
    func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, target: Workload,
        includingSuspects: Bool
    ) throws -> BatchClaim?

    /// The next accepted batches, without leasing them, as many as fit into the target, at least one.
    ///
    /// - Parameter batch: the last batch of the previous call; 0 at first.
    /// - Returns: a claim to read by, which nothing can be finished with; nil at the end.
    func batches(
        of type: RecordType, in operation: OperationID, after batch: Int64, target: Workload
    ) throws -> BatchClaim?

    /// Replaces the only batch of a claim by smaller ones that share its rows.
    ///
    /// - Parameter parts: how many batches to make, at most one for each record.
    func divide(_ claim: BatchClaim, into parts: Int) throws

    /// Replaces the only batch of a claim by batches that hold these packs.
    func divide(_ claim: BatchClaim, into packs: [RecordPack]) throws

    /// Where the records of a claim are, without reading them.
    func sequences(of claim: BatchClaim) throws -> [RecordSequence]

    /// Ends a claim whose records cannot even be read: all of them fail for one reason.
    ///
    /// - Returns: how many records failed.
    func fail(_ claim: BatchClaim, because failure: RecordFailure) throws -> Int

    /// A page of the pending, failed and unselected records of an operation, in staging order.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first record is returned regardless of its
    ///   size, so an empty page is the end.
    func records(
        of type: RecordType, in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [StagedRecord]

    /// Lists records of a type: those that are selected, or those that are not if the import excludes records.
    func select(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws

    /// Adds records to those that are listed.
    ///
    /// - Parameter importIDs: first import ids, each once.
    func addToSelection(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws

    /// Removes records from those that are listed.
    func removeFromSelection(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws

    /// Ends a claim with its outcome: failed and skipped records are kept, all others are removed.
    func finish(_ claim: BatchClaim, with outcome: BatchOutcome) throws

    /// Whether accepted batches of this type are left, leased or not.
    func hasBatches(of type: RecordType, in operation: OperationID) throws -> Bool

    /// When the first and the last staged message of an operation were written; nil if none has a valid timestamp.
    func messageSpan(of operation: OperationID) throws -> ClosedRange<Timestamp>?

    /// How many records of an operation are in the staging area, failed ones included.
    func recordCount(of operation: OperationID) throws -> Int

    /// A page of the failed records of an operation, in staging order.
    ///
    /// - Parameters:
    ///   - sequence: only records after this one.
    ///   - bytes: about how many stored bytes the page may have; the first record is returned regardless of its size.
    func failures(
        of operation: OperationID, matching filter: FailureFilter, after sequence: RecordSequence?, offset: Int,
        limit: Int, bytes: Int?
    ) throws -> [FailedRecord]

    /// How many records of an operation failed, by type and reason; those that are not staged any more included.
    func failureReasons(of operation: OperationID) throws -> [FailureGroup]

    /// How many failed records of an operation match, by type and reason.
    func failureGroups(of operation: OperationID, matching filter: FailureFilter) throws -> [FailureGroup]
}

extension StagingArea {
    /// A page of the failed records of an operation, regardless of their size.
    public func failures(
        of operation: OperationID, matching filter: FailureFilter, offset: Int, limit: Int
    ) throws -> [FailedRecord] {
        try failures(of: operation, matching: filter, after: nil, offset: offset, limit: limit, bytes: nil)
    }

    /// Leases batches to a worker, suspects if there is nothing else.
    public func claim(
        _ type: RecordType, of operation: OperationID, by worker: WorkerID, for duration: Duration, target: Workload
    ) throws -> BatchClaim? {
        try claim(type, of: operation, by: worker, for: duration, target: target, includingSuspects: true)
    }
}

/// A filter of failed records; nil matches everything.
public struct FailureFilter: Equatable, Sendable {
    /// A folded text that the search texts of a record contain; see `FailureTextStore`. Retries have no search.
    public var search: String?
    /// Records of this type only.
    public var type: RecordType?
    /// Records with this reason only.
    public var code: RecordFailure.Code?

    /// Every failed record, unless narrowed.
    public init(type: RecordType? = nil, code: RecordFailure.Code? = nil, search: String? = nil) {
        self.type = type
        self.code = code
        self.search = search
    }
}

/// Failed records of one type with one reason.
public struct FailureGroup: Equatable, Sendable {
    /// What they describe.
    public let type: RecordType
    /// Why they failed.
    public let code: RecordFailure.Code
    /// How many there are.
    public let count: Int

    /// Creates a group.
    public init(type: RecordType, code: RecordFailure.Code, count: Int) {
        self.type = type
        self.code = code
        self.count = count
    }
}

/// Batches that a worker leased.
public struct BatchClaim: Hashable, Sendable {
    /// The lease of the batches.
    public let lease: Lease
    /// The operation that the batches belong to.
    public let operation: OperationID
    /// The type of the records.
    public let type: RecordType
    /// The number of records that were staged in the batches.
    public let recordCount: Int
    /// The number of claims that may end with their process before the batch is divided.
    public let deathLimit: Int

    /// The numbers of the batches, ascending.
    public var batches: [Int64] { lease.items }
    /// Whether an earlier claim ended with its process; such a claim has a single batch.
    public var isSuspect: Bool { lease.deaths > 0 }
    /// Whether the batch must be divided before another attempt.
    public var isExhausted: Bool { lease.deaths >= deathLimit }

    /// Creates a claim.
    public init(
        _ lease: Lease, operation: OperationID, type: RecordType, recordCount: Int, deathLimit: Int = Lease.deathLimit
    ) {
        self.lease = lease
        self.operation = operation
        self.type = type
        self.recordCount = recordCount
        self.deathLimit = deathLimit
    }
}
