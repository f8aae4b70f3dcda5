/// One import operation, current or in the history.
///
/// The operation with the newest `createdAt` is the current one; all others are retired.
public struct ImportOperation: Equatable, Sendable {
    /// The operation's id.
    public let id: OperationID
    /// Its number, stored with everything that it creates; nil until it is stored.
    public let number: ImportNumber?
    /// The importer that fills the staging area.
    public let importerKey: ImporterKey
    /// When it was created.
    public let createdAt: Timestamp
    /// The account that created it.
    public let createdBy: UserID
    /// Its phase and control.
    public private(set) var lifecycle: ImportLifecycle
    /// When it changed last.
    public private(set) var updatedAt: Timestamp
    /// The file that it reads, if it reads one.
    public private(set) var file: OperationFile?
    /// The part of the file that is being read.
    public private(set) var entry: String?
    /// The last reported progress of reading its file; nil before the first report.
    public private(set) var fileProgress: FileProgress?
    /// How it was started, if it was.
    public private(set) var start: ImportStart?
    /// When it was started, if it was.
    public private(set) var startedAt: Timestamp?
    /// When it ended, if it has; an undo does not change it.
    public private(set) var endedAt: Timestamp?
    /// How often it was started, retries included. A worker that was suspended during an earlier run tells by it that
    /// what it has seen is over.
    public private(set) var runCount: Int
    /// Why its file could not be imported, or why the import stopped.
    public private(set) var failure: ImportFileFailure?
    /// The counts of staged records and outcomes; types without staged records are absent.
    public private(set) var counts: [RecordType: ImportCounts]

    /// An operation. Stores pass every value; a new operation needs only those without a default.
    public init(
        id: OperationID, number: ImportNumber? = nil, importerKey: ImporterKey, createdAt: Timestamp, createdBy: UserID,
        lifecycle: ImportLifecycle = ImportLifecycle(), updatedAt: Timestamp, file: OperationFile? = nil,
        entry: String? = nil, fileProgress: FileProgress? = nil, start: ImportStart? = nil, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil, runCount: Int = 0, failure: ImportFileFailure? = nil,
        counts: [RecordType: ImportCounts] = [:]
    ) {
        self.id = id
        self.number = number
        self.importerKey = importerKey
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lifecycle = lifecycle
        self.updatedAt = updatedAt
        self.file = file
        self.entry = entry
        self.fileProgress = fileProgress
        self.start = start
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.runCount = runCount
        self.failure = failure
        self.counts = counts
    }

    /// Its phase.
    public var phase: ImportPhase { lifecycle.phase }

    /// The counts of all record types together.
    public var totalCounts: ImportCounts { counts.values.reduce(ImportCounts(), +) }

    /// Why its file was rejected.
    public var fileFailure: ImportFileFailure? {
        guard phase == .ended(.failed), let failure, failure.code != .importStopped else { return nil }
        return failure
    }

    /// The operation with counts, which are stored separately.
    ///
    /// - Parameter updatedAt: when it or its counts changed last.
    public func with(_ counts: [RecordType: ImportCounts], updatedAt: Timestamp) -> ImportOperation {
        var operation = self
        operation.counts = counts
        operation.updatedAt = updatedAt
        return operation
    }

    /// Applies an event.
    ///
    /// - Throws: `ImportError` if the event is not allowed; nothing has changed then.
    public mutating func apply(_ event: ImportEvent, at moment: Timestamp) throws(ImportError) {
        do {
            lifecycle = try lifecycle.applying(event)
        } catch {
            throw .rejected(ImportRejection(reason(against: event), of: event, in: lifecycle))
        }
        updatedAt = moment
        switch phase {
        case .undoing, .ended(.undone): break
        case .ended: endedAt = endedAt ?? moment
        default: endedAt = nil
        }
        if event == .finishReading || lifecycle.isEnded || phase == .running(.finishing) { entry = nil }
        // The file is not fetched any more.
        if event == .finishReceiving || lifecycle.isEnded { file = file?.withoutSecrets }
    }

    /// The operation as it would be while it runs, for a check.
    ///
    /// - Throws: as `begin(_:at:)`.
    public func checked(as start: ImportStart) throws(ImportError) -> ImportOperation {
        var checked = self
        try checked.apply(.check, at: updatedAt)
        checked.start = start
        return checked
    }

    /// Starts the operation; from here on workers process it.
    ///
    /// - Throws: `ImportError.rejected`: `.operationNotFound` for a retired operation, `.fileNotImported` for one whose file
    ///   could not be read, `.invalidOperationStatus` for one that is not ready.
    public mutating func begin(_ start: ImportStart, at moment: Timestamp) throws(ImportError) {
        try apply(.start, at: moment)
        self.start = start
        startedAt = moment
        runCount += 1
    }

    /// Runs the failed records of the operation again.
    ///
    /// - Parameter policies: those of this run, which the operation has from now on.
    /// - Throws: `ImportError.rejected` for an operation that is not done, or is retired.
    public mutating func retry(under policies: ImportPolicies, at moment: Timestamp) throws(ImportError) {
        try apply(.retry, at: moment)
        start = start.map { start in
            ImportStart(
                user: start.user, policies: policies, listedTypes: start.listedTypes,
                excludedTypes: start.excludedTypes)
        }
        runCount += 1
    }

    /// Ends the operation with a failure.
    ///
    /// - Throws: `ImportError.rejected` for an operation that has ended.
    public mutating func fail(with failure: ImportFileFailure, at moment: Timestamp) throws(ImportError) {
        try apply(.fail, at: moment)
        self.failure = failure
    }

    /// Records what was received of its file.
    public mutating func receive(_ content: ReceivedContent) { file = file?.received(content) }

    /// Records the entry being read; nil between entries.
    ///
    /// - Parameter progress: the progress; nil keeps the last one.
    public mutating func read(entry: String?, progress: FileProgress? = nil) {
        self.entry = entry
        fileProgress = progress ?? fileProgress
    }

    /// Verifies that the operation accepts records.
    ///
    /// - Throws: `ImportError.rejected`: `.operationNotInitialized` for a retired operation, `.operationFinished` for one that
    ///   has ended, `.operationCannotReceiveRecords` for one that is loading a file or importing.
    public func requireReceiving() throws(ImportError) {
        var next = self
        try next.apply(.stageRecords, at: updatedAt)
    }

    private func reason(against event: ImportEvent) -> ImportRejection.Reason {
        switch event {
        case .stageRecords where lifecycle.isRetired: .operationNotInitialized
        case .stageRecords where lifecycle.isEnded: .operationFinished
        case .stageRecords: .operationCannotReceiveRecords
        case .start where lifecycle.isRetired, .check where lifecycle.isRetired, .retry where lifecycle.isRetired:
            .operationNotFound
        case .start, .check: fileFailure.map(ImportRejection.Reason.fileNotImported) ?? .invalidOperationStatus
        default: .invalidOperationStatus
        }
    }
}
