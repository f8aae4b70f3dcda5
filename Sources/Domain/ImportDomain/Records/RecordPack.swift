/// Staged messages, compressed together.
public struct RecordPack: Equatable, Sendable {
    /// The maximum messages of a pack.
    public static let capacity = 1_000

    /// The number of messages.
    public let count: Int
    /// One JSON document per line, compressed.
    public let payload: [UInt8]
    /// The bytes of its uncompressed content.
    public let contentBytes: Int
    /// When the first and the last of its messages were written; nil if none has a valid timestamp.
    public let writtenAt: ClosedRange<Timestamp>?

    /// Creates a pack.
    public init(count: Int, payload: [UInt8], contentBytes: Int, writtenAt: ClosedRange<Timestamp>? = nil) {
        self.writtenAt = writtenAt
        self.count = count
        self.payload = payload
        self.contentBytes = contentBytes
    }

    /// The pack's workload.
    public var workload: Workload { Workload(records: count, bytes: contentBytes) }
}

/// A pack read back from the staging area.
public struct StagedPack: Sendable {
    /// The number of its batch; a message's sequence consists of this and its line.
    public let batch: Int64
    /// One JSON document per line, compressed.
    public let payload: [UInt8]

    /// Creates a pack.
    public init(batch: Int64, payload: [UInt8]) {
        self.batch = batch
        self.payload = payload
    }
}

/// A record that failed.
public struct RecordFault: Sendable {
    /// Its sequence.
    public let sequence: RecordSequence
    /// Why.
    public let failure: RecordFailure
    /// The record as JSON, if it was in a pack; nil if it has its own row.
    public let document: String?
    /// The id of a record that was in a pack; empty if it cannot be read.
    public let packedID: String
    /// The import ids by which later records detect this failure; empty if nothing depends on it.
    public let importIDs: [ImportID]

    /// A fault of one record.
    public init(
        _ sequence: RecordSequence, _ failure: RecordFailure, document: String? = nil, packedID: String = "",
        importIDs: [ImportID] = []
    ) {
        self.sequence = sequence
        self.failure = failure
        self.document = document
        self.packedID = packedID.clipped(toBytes: RecordLimits.importIDBytes)
        self.importIDs = importIDs
    }
}

/// What became of the records of a claim, beyond those that were imported.
public struct BatchOutcome: Sendable {
    /// Failed records, which stay with their reasons.
    public var faults: [RecordFault]
    /// Unselected records with their own rows, which stay as well.
    public var skipped: [SkippedRecord]
    /// Import ids that refer to another person than the account that has them or the username.
    public var strangers: [ImportID]

    /// Creates an outcome.
    public init(faults: [RecordFault] = [], skipped: [SkippedRecord] = [], strangers: [ImportID] = []) {
        self.faults = faults
        self.skipped = skipped
        self.strangers = strangers
    }
}

/// A record that is not imported, and that is no failure.
public struct SkippedRecord: Sendable {
    /// Its sequence.
    public let sequence: RecordSequence
    /// All its import ids: messages that reference any of them are skipped as well.
    public let importIDs: [ImportID]
    /// The account that it describes: messages and rooms of the operation that reference the record mean that account.
    public let account: UserID?

    /// Creates a record.
    public init(_ sequence: RecordSequence, importIDs: [ImportID], account: UserID? = nil) {
        self.sequence = sequence
        self.importIDs = importIDs
        self.account = account
    }
}
