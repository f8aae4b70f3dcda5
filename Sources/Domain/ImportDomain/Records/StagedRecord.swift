/// A record's position in the staging area; smaller ones were staged earlier.
///
/// The upper bits are the number of the record's batch, the lower 16 its position in the batch. So a batch is one
/// contiguous range of the staging area and needs no other index.
public struct RecordSequence: Hashable, Comparable, Sendable {
    /// The most records that a batch can hold.
    public static let batchCapacity = 1 << 16

    /// The number as stored.
    public let number: Int64

    /// A sequence number as stored.
    public init(number: Int64) { self.number = number }

    /// The sequence of the record at `position` (from 0) of a batch.
    public init(batch: Int64, position: Int) {
        precondition(position < Self.batchCapacity)
        number = batch << 16 | Int64(position)
    }

    /// The number of the batch.
    public var batch: Int64 { number >> 16 }

    /// The position in the batch, from 0.
    public var position: Int { Int(number & Int64(Self.batchCapacity - 1)) }

    /// Records staged earlier come first.
    public static func < (left: RecordSequence, right: RecordSequence) -> Bool { left.number < right.number }
}

/// A record to be staged.
public struct RecordDraft: Sendable {
    /// The first import id, which selections use; truncated to its limit, because it is indexed. A record with a longer
    /// one is staged and fails in the run.
    public let importID: String
    /// The record as JSON text, free of secrets.
    public let document: String
    /// A password digest, kept apart so that documents can be shown.
    public let secret: String?

    /// Creates a draft.
    public init(importID: String, document: String, secret: String? = nil) {
        self.importID = importID.clipped(toBytes: RecordLimits.importIDBytes)
        self.document = document
        self.secret = secret
    }

    /// The draft's workload.
    public var workload: Workload {
        Workload(
            records: 1, bytes: document.utf8.count + importID.utf8.count + (secret?.utf8.count ?? 0),
            secrets: secret == nil ? 0 : 1)
    }
}

/// A record read back from the staging area.
public struct StagedRecord: Sendable {
    /// Its sequence.
    public let sequence: RecordSequence
    /// The first import id, which selections use.
    public let importID: String
    /// The record as JSON text.
    public let document: String
    /// The password digest, if it has one.
    public let secret: String?

    /// Creates a staged record.
    public init(sequence: RecordSequence, importID: String, document: String, secret: String? = nil) {
        self.sequence = sequence
        self.importID = importID
        self.document = document
        self.secret = secret
    }
}

/// A record that could not be imported, with its reason.
public struct FailedRecord: Sendable {
    /// Its sequence, which is also its id for clients.
    public let sequence: RecordSequence
    /// What it describes.
    public let type: RecordType
    /// Its first import id; empty if the record cannot be read.
    public let importID: String
    /// Its index, from 0, among the records of its type in the request or file; nil if an earlier version staged it.
    public let index: Int?
    /// The record as JSON text, free of secrets.
    public let document: String
    /// Why it could not be imported.
    public let failure: RecordFailure

    /// Creates a failed record.
    public init(
        sequence: RecordSequence, type: RecordType, importID: String, index: Int?, document: String,
        failure: RecordFailure
    ) {
        self.sequence = sequence
        self.type = type
        self.importID = importID
        self.index = index
        self.document = document
        self.failure = failure
    }
}
