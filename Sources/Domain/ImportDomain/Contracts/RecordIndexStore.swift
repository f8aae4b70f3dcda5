/// The index of staged users, rooms and contacts, by which administrators find and select them.
///
/// Records are indexed by batch when somebody first lists them, so that imports without a list do not pay for it. The
/// index is removed with its batch.
/// Source: docs/decisions/0029-selection-by-rule.md.
public protocol RecordIndexStore {
    /// The next accepted batches of a type, oldest first.
    ///
    /// - Parameters:
    ///   - batch: the last batch of the previous call; 0 at first.
    ///   - withTexts: whether texts are read; they are empty otherwise.
    func batches(
        of type: RecordType, in operation: OperationID, after batch: Int64, limit: Int, withTexts: Bool
    ) throws -> [IndexedBatch]

    /// The next accepted batches without an index, oldest first.
    func unindexedBatches(
        of type: RecordType, in operation: OperationID, after batch: Int64, limit: Int
    ) throws -> [Int64]

    /// The pending records of a batch, in staging order.
    func records(of batch: Int64) throws -> [StagedRecord]

    /// Stores the index of a batch, unless it has one or was removed.
    func add(_ index: BatchIndex, of batch: Int64) throws

    /// Pending records, in staging order.
    ///
    /// - Parameter bytes: about how many stored bytes are read; the first record is returned regardless of its size.
    func records(at sequences: [RecordSequence], bytes: Int) throws -> [StagedRecord]
}

/// What is known of the records of a batch, in the order of their positions.
public struct BatchIndex: Equatable, Sendable {
    /// One byte a record.
    public var flags: [UInt8]
    /// The texts of each record, each text ended by NUL.
    public var texts: [UInt8]

    /// An index.
    public init(flags: [UInt8] = [], texts: [UInt8] = []) {
        self.flags = flags
        self.texts = texts
    }
}

/// An accepted batch.
public struct IndexedBatch: Sendable {
    /// Its number.
    public let number: Int64
    /// How many records it has.
    public let recordCount: Int
    /// Its index; nil if it has none.
    public let index: BatchIndex?

    /// A batch.
    public init(number: Int64, recordCount: Int, index: BatchIndex?) {
        self.number = number
        self.recordCount = recordCount
        self.index = index
    }
}
