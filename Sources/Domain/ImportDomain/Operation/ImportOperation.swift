/// One import, from its creation to its place in the history.
///
/// The operation with the newest `createdAt` is the current one; a workspace has at most one that is valid.
public struct ImportOperation: Equatable, Sendable {
    /// The operation's name for clients.
    public let id: OperationID
    /// The importer that fills the staging area.
    public let importerKey: ImporterKey
    /// When it was created.
    public let createdAt: Timestamp
    /// The account that created it.
    public let createdBy: UserID
    /// How far it has come.
    public var step: ImportStep
    /// False once superseded or cleared: nothing may be staged or imported for it any more.
    public var isValid: Bool
    /// When it changed last.
    public var updatedAt: Timestamp
    /// The file that it reads, if it reads one.
    public var file: OperationFile?
    /// The part of the file that is being read.
    public var preparingEntry: String?
    /// How it was started, once it was.
    public var start: ImportStart?
    /// When it was started, once it was.
    public var startedAt: Timestamp?
    /// Why its file could not be imported, or why the import stopped.
    public var failure: ImportFileFailure?
    /// What was staged and what became of it; types of which nothing was staged are absent.
    public var counts: [RecordType: ImportCounts]

    /// An operation as a store holds it.
    public init(
        id: OperationID, importerKey: ImporterKey, createdAt: Timestamp, createdBy: UserID, step: ImportStep = .new,
        isValid: Bool = true, updatedAt: Timestamp, file: OperationFile? = nil,
        counts: [RecordType: ImportCounts] = [:]
    ) {
        self.id = id
        self.importerKey = importerKey
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.step = step
        self.isValid = isValid
        self.updatedAt = updatedAt
        self.file = file
        self.counts = counts
    }

    /// The state that clients of `import.status` see.
    public var state: ImportState { ImportState(step: step, isValid: isValid) }

    /// The counts of all record types together.
    public var totalCounts: ImportCounts { counts.values.reduce(ImportCounts(), +) }

    /// Why nothing of its file was staged.
    public var fileFailure: ImportFileFailure? {
        guard step == .failed, let failure, failure.code != .importStopped else { return nil }
        return failure
    }

    /// Whether a worker has, or should have, this operation in hand.
    public var isRunning: Bool { isValid && step.isImporting }
}
