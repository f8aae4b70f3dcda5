/// Many messages on their way through the staging area, compressed together.
public struct RecordPack: Equatable, Sendable {
    /// The most messages that a pack holds.
    public static let capacity = 1_000

    /// How many messages are in it.
    public let count: Int
    /// One JSON text a line, compressed.
    public let payload: [UInt8]
    /// How many bytes its content takes.
    public let contentBytes: Int

    /// Creates a pack.
    public init(count: Int, payload: [UInt8], contentBytes: Int) {
        self.count = count
        self.payload = payload
        self.contentBytes = contentBytes
    }

    /// The work that the pack makes.
    public var workload: Workload { Workload(records: count, bytes: contentBytes) }
}

/// A pack read back from the staging area.
public struct StagedPack: Sendable {
    /// The number of its batch; a message's sequence is this and its line.
    public let batch: Int64
    /// One JSON text a line, compressed.
    public let payload: [UInt8]

    /// Creates a pack.
    public init(batch: Int64, payload: [UInt8]) {
        self.batch = batch
        self.payload = payload
    }
}

/// A record that turned out not to be importable.
public struct RecordFault: Sendable {
    /// Its place.
    public let sequence: RecordSequence
    /// Why.
    public let failure: RecordFailure
    /// The record as JSON text, if it was in a pack; nil for one that has a row of its own.
    public let document: String?
    /// The id of a record that was in a pack; empty if it cannot be read.
    public let packedID: String
    /// The import ids under which later records of the operation find that this one failed; none where nothing depends
    /// on it.
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
    /// Records that stay, flagged with their reasons.
    public var faults: [RecordFault]
    /// Records with rows of their own that were not selected; they stay as well.
    public var skipped: [SkippedRecord]
    /// Import ids of users that mean somebody else than the account that carries them or has the username.
    public var strangers: [ImportID]

    /// Creates an outcome.
    public init(faults: [RecordFault] = [], skipped: [SkippedRecord] = [], strangers: [ImportID] = []) {
        self.faults = faults
        self.skipped = skipped
        self.strangers = strangers
    }
}

/// A record that was not selected.
public struct SkippedRecord: Sendable {
    /// Its place.
    public let sequence: RecordSequence
    /// All its import ids: messages that name any of them are skipped as well.
    public let importIDs: [ImportID]

    /// Creates a record.
    public init(_ sequence: RecordSequence, importIDs: [ImportID]) {
        self.sequence = sequence
        self.importIDs = importIDs
    }
}
