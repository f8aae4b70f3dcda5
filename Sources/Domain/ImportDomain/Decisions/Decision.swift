/// The decision about one record.
public enum Decision: Equatable, Sendable {
    /// Creates an account, room or message.
    case create
    /// Changes an existing one.
    case update
    /// Adds the import ids to an existing account of the same person; the account otherwise stays unchanged.
    case bind
    /// The workspace already has everything in the record.
    case unchanged
    /// The record is not imported, and that is no failure.
    case skip(SkipReason)
    /// The record cannot be imported.
    case fail(RecordFailure)
}

/// Why a record is not imported although nothing is wrong with it.
public enum SkipReason: String, CaseIterable, Sendable {
    /// It, or the room of a message, was not selected.
    case notSelected = "not-selected"
    /// The author of the message was skipped.
    case authorSkipped = "author-skipped"
    /// An account holds its address, username or import id, and the policy for users is `skip`.
    case accountExists = "account-exists"
    /// It is a guest, and the policy for guests is `skip`.
    case guest
    /// Contacts are not imported.
    case contact
}

/// The decision about one record of the staging area.
public struct RecordDecision: Equatable, Sendable {
    /// The record's sequence.
    public let sequence: RecordSequence
    /// The import ids of the record.
    public let importIDs: [ImportID]
    /// The decision.
    public let decision: Decision
    /// The workspace id of the created or changed account, room or message; nil if there is none.
    public let subject: String?
    /// The fields that an update changes.
    public let changes: [FieldChange]
    /// The record as JSON, if it fails and has no row of its own in the staging area.
    public let document: String?

    /// Creates a decision.
    public init(
        _ sequence: RecordSequence, importIDs: [ImportID] = [], _ decision: Decision, subject: String? = nil,
        changes: [FieldChange] = [], document: String? = nil
    ) {
        self.changes = changes
        self.document = document
        self.sequence = sequence
        self.importIDs = importIDs
        self.decision = decision
        self.subject = subject
    }
}
