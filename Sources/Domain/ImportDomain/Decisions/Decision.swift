/// What an import does with one record, or would do.
public enum Decision: Equatable, Sendable {
    /// Makes something new.
    case create
    /// Changes what is there.
    case update
    /// Takes an account that is there for the record's and gives it the import ids; the account stays as it is.
    case bind
    /// The workspace already holds everything that the record tells.
    case unchanged
    /// The record was not selected.
    case skip
    /// The record cannot be imported.
    case fail(RecordFailure)
}

/// What was decided about one record of the staging area.
public struct RecordDecision: Equatable, Sendable {
    /// The record's place.
    public let sequence: RecordSequence
    /// The import ids of the record.
    public let importIDs: [ImportID]
    /// What becomes of it.
    public let decision: Decision
    /// The workspace id of the account, room or message that the record becomes or changes; nil where there is none.
    public let subject: String?
    /// The record as JSON text, of a record that fails and has no row of its own in the staging area.
    public let document: String?

    /// Creates a decision.
    public init(
        _ sequence: RecordSequence, importIDs: [ImportID] = [], _ decision: Decision, subject: String? = nil,
        document: String? = nil
    ) {
        self.document = document
        self.sequence = sequence
        self.importIDs = importIDs
        self.decision = decision
        self.subject = subject
    }
}
