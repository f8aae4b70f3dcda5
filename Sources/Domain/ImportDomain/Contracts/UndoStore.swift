/// Undoes imports, a batch at a time, and keeps the list of what stays.
///
/// A batch is decided without writing and then applied. A preview decides every batch and applies none: both look at rows
/// in the same way, and what is decided never depends on whether earlier batches were applied.
/// Source: docs/architecture.md, "Undo".
public protocol UndoStore {
    /// The undo of an import; nil if none was ever requested.
    func find(_ number: ImportNumber) throws -> ImportUndo?

    /// Stores a requested undo; one that ended early continues.
    func begin(_ number: ImportNumber, by user: UserID, at moment: Timestamp) throws

    /// Decides what becomes of the next rows.
    ///
    /// - Parameters:
    ///   - undo: the import, and when it was started.
    ///   - position: where to continue.
    ///   - limit: about how many rows to look at.
    ///   - preview: the scratch workspace that records what earlier batches keep; nil to look it up in the store.
    func decide(
        _ undo: UndoSubject, at position: UndoPosition, limit: Int, preview: (any ScratchAccess)?
    ) throws -> UndoBatch

    /// Writes a decided batch, and records it.
    func apply(_ batch: UndoBatch, of undo: UndoSubject) throws

    /// Records what a decided batch keeps, adds to the numbers and moves the position.
    func record(_ batch: UndoBatch, of undo: UndoSubject) throws

    /// Which of these ids are kept.
    func kept(by number: ImportNumber, among ids: [String], _ kind: UndoneKind) throws -> Set<ExactString>

    /// Moves the position of an undo to a stage.
    func move(_ number: ImportNumber, to stage: UndoStage) throws

    /// Ends an undo.
    func end(_ number: ImportNumber, at moment: Timestamp) throws

    /// A page of what an undo kept, by kind and id.
    func kept(by number: ImportNumber, matching filter: KeptFilter, offset: Int, limit: Int) throws -> [KeptItem]

    /// How many kept items match.
    func keptCount(by number: ImportNumber, matching filter: KeptFilter) throws -> Int

    /// Some files without a row, whose bytes are to be removed.
    func removedFiles(limit: Int) throws -> [FileKey]

    /// Forgets files whose bytes are removed.
    func forget(_ files: [FileKey]) throws
}

extension UndoStore {
    /// The undo of an import that is being undone, or was; nil for any other.
    public func find(of operation: ImportOperation) throws -> ImportUndo? {
        switch operation.phase {
        case .undoing, .ended(.undone): try operation.number.flatMap { try find($0) }
        default: nil
        }
    }
}

/// The import that an undo is about.
public struct UndoSubject: Sendable {
    /// Its number.
    public let number: ImportNumber
    /// Its id.
    public let operation: OperationID
    /// When it began; messages that people wrote later are signs of use.
    public let startedAt: Timestamp

    /// An import; nil for one that was never stored.
    public init?(_ operation: ImportOperation) {
        guard let number = operation.number else { return nil }
        self.number = number
        self.operation = operation.id
        startedAt = operation.startedAt ?? operation.createdAt
    }
}

/// A filter of kept items; nil matches everything.
public struct KeptFilter: Equatable, Sendable {
    /// Items of this kind only.
    public var kind: UndoneKind?
    /// Items with this reason only.
    public var reason: KeptReason?

    /// Everything, unless narrowed.
    public init(kind: UndoneKind? = nil, reason: KeptReason? = nil) {
        self.kind = kind
        self.reason = reason
    }
}

/// A decided batch of an undo.
public struct UndoBatch: Sendable {
    /// How many rows are removed and restored.
    public var counts = UndoCounts()
    /// What is kept, each item once or more.
    public var kept: [KeptItem] = []
    /// Where to continue; nil at the end of the stage.
    public var next: UndoPosition?
    /// How many rows it was decided on.
    public var size = 0
    /// The stage.
    public let stage: UndoStage
    /// What to write, opaque to callers.
    public var writes: any Sendable

    /// A batch that writes something.
    public init(_ stage: UndoStage, writes: any Sendable) {
        self.stage = stage
        self.writes = writes
    }
}
