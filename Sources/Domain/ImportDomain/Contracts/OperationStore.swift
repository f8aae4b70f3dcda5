/// Keeps import operations, the current one and the history.
public protocol OperationStore {
    /// The operation with the newest creation time, valid or not; nil if there never was one.
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

    /// Writes the step, validity and time of change of an operation; counts are moved by `addToCounts` alone.
    func update(_ operation: ImportOperation) throws

    /// Ends every valid operation: unfinished ones become cancelled.
    func invalidateAll(at moment: Timestamp) throws

    /// Adds to the counts of one record type, which also moves the operation's time of change.
    func addToCounts(
        _ change: ImportCounts, of type: RecordType, in operation: OperationID, at moment: Timestamp
    ) throws
}
