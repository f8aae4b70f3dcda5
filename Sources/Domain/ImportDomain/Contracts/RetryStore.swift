/// Keeps the request to try failed records again until all of them are pending.
///
/// A request may name and correct any number of records. They are staged under an intake, invisible until the request is
/// accepted. Then the operation runs, and its worker makes the records pending, a page at a time.
/// Source: docs/architecture.md, "Trying failed records again".
public protocol RetryStore {
    /// The records among these that are in the staging area, of whatever operation.
    ///
    /// - Parameter includingDocuments: whether their documents are read; else they are empty.
    func find(_ sequences: [RecordSequence], includingDocuments: Bool) throws -> [StagedRetryTarget]

    /// The sizes of the documents of staged records, in bytes; ids of no record have none.
    func documentSizes(of sequences: [RecordSequence]) throws -> [RecordSequence: Int]

    /// Adds records to a request that is not accepted yet.
    ///
    /// - Parameter records: each record once.
    /// - Returns: how many the request did not name before, and those that it corrects or skips already, which stay as
    ///   they were.
    func stage(
        _ records: [RetriedRecord], intake: IntakeID
    ) throws -> (newCount: Int, repeated: [RecordSequence])

    /// Some records of a request that are not failed records of the operation.
    func outsiders(of intake: IntakeID, in operation: OperationID, limit: Int) throws -> [RecordSequence]

    /// Makes a request the one that the operation's worker carries out.
    ///
    /// - Returns: how many records it names, and how many it is about.
    func accept(_ request: RetryRequest, of operation: OperationID) throws -> (named: Int, total: Int)

    /// Removes some records of a request that was not accepted.
    ///
    /// - Parameter limit: the maximum of records to remove.
    /// - Returns: whether more are left.
    func discard(_ intake: IntakeID, limit: Int) throws -> Bool

    /// The accepted request that an operation's run carries out.
    func request(of operation: OperationID) throws -> RetryRequest?

    /// A page of the records that a request is about and that are not pending yet, in staging order.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first record is returned regardless of its
    ///   size, so an empty page is the end.
    func records(
        of request: RetryRequest, in operation: OperationID, after sequence: RecordSequence?, limit: Int, bytes: Int
    ) throws -> [RetriableRecord]

    /// Makes records pending, or skipped if the request says so, and suspends what their failures mean to others.
    func requeue(_ records: [RequeuedRecord], for request: RetryRequest, in operation: OperationID) throws

    /// Whether what failures mean to other records is suspended.
    func hasSuspendedIDs(in operation: OperationID) throws -> Bool

    /// Restores what the failure of records means to others, for records that stay failed.
    func restore(_ importIDs: [ImportID], of type: RecordType, in operation: OperationID) throws

    /// Removes some of what an operation's request needed until its records were pending.
    ///
    /// - Parameter limit: the maximum of rows to remove.
    /// - Returns: whether more are left.
    func forgetRecords(of request: RetryRequest, of operation: OperationID, limit: Int) throws -> Bool

    /// Removes an operation's request, whose run ends.
    func end(of operation: OperationID) throws
}

/// A request to try failed records again.
public struct RetryRequest: Equatable, Sendable {
    /// Which records it is about, beside those that it corrects.
    public enum Scope: Equatable, Sendable {
        /// Those that it names.
        case listed
        /// Every failed record that matches.
        case matching(FailureFilter)
    }

    /// Under which its records are staged.
    public let intake: IntakeID
    /// Which records it is about.
    public let scope: Scope

    /// Creates a request.
    public init(intake: IntakeID, scope: Scope) {
        self.intake = intake
        self.scope = scope
    }
}

/// A record of the staging area that a request names.
public struct StagedRetryTarget: Sendable {
    /// Its sequence.
    public let sequence: RecordSequence
    /// Its operation.
    public let operation: OperationID
    /// What it describes.
    public let type: RecordType
    /// Whether it failed.
    public let isFailed: Bool
    /// The record as JSON text, free of secrets.
    public let document: String

    /// Creates a record.
    public init(
        sequence: RecordSequence, operation: OperationID, type: RecordType, isFailed: Bool, document: String
    ) {
        self.sequence = sequence
        self.operation = operation
        self.type = type
        self.isFailed = isFailed
        self.document = document
    }
}

/// What a request says about a record.
public struct RetriedRecord: Sendable {
    /// What is to become of the record.
    public enum Action: Sendable {
        /// It is tried again as it is.
        case again
        /// It is tried again as this draft; without a secret it keeps its own.
        case corrected(RecordDraft)
        /// It is skipped.
        case skip
    }

    /// Its sequence.
    public let sequence: RecordSequence
    /// Its operation.
    public let operation: OperationID
    /// What is to become of it.
    public let action: Action

    /// Creates a record.
    public init(_ sequence: RecordSequence, of operation: OperationID, _ action: Action) {
        self.sequence = sequence
        self.operation = operation
        self.action = action
    }
}

/// A failed record that is to become pending or skipped.
public struct RetriableRecord: Sendable {
    /// Its sequence.
    public let sequence: RecordSequence
    /// What it describes.
    public let type: RecordType
    /// Its first import id, as staged.
    public let importID: String
    /// The record as JSON text, as staged; empty for messages, on which nothing depends.
    public let document: String
    /// What is to become of it.
    public let action: RetriedRecord.Action

    /// Creates a record.
    public init(
        sequence: RecordSequence, type: RecordType, importID: String, document: String, action: RetriedRecord.Action
    ) {
        self.sequence = sequence
        self.type = type
        self.importID = importID
        self.document = document
        self.action = action
    }
}

/// A failed record with the import ids that others find it by.
public struct RequeuedRecord: Sendable {
    /// The record.
    public let record: RetriableRecord
    /// All its import ids, after its correction; empty for messages.
    public let importIDs: [ImportID]

    /// Creates a record.
    public init(_ record: RetriableRecord, importIDs: [ImportID]) {
        self.record = record
        self.importIDs = importIDs
    }
}
