public import ImportDomain

/// Undoes imports (`import.undo`): removes what an import created, restores what it changed, and keeps what is in use.
///
/// A request is one transaction; workers do the rest, each batch in a transaction that locks the operation, decides the
/// next rows and moves the position. So an undo needs no lease: processes take turns, and none holds anything between
/// batches.
/// Source: docs/architecture.md, "Undo".
public struct ImportUndos: Sendable {
    /// The state of an undo, or what it would do.
    public struct Report: Sendable {
        /// The import.
        public let operation: ImportOperation
        /// The undo, if one was requested.
        public let undo: ImportUndo?
        /// The numbers so far, or those of a preview.
        public let counts: UndoCounts
        /// Some of what is kept, a few for each reason.
        public var examples: [KeptItem]
    }

    private let environment: WorkspaceEnvironment
    private let workSignal: WorkSignal
    private var store: any Store { environment.store }

    /// The number of examples for each reason.
    private static let examplesPerReason = 3

    init(_ environment: WorkspaceEnvironment, workSignal: WorkSignal) {
        self.environment = environment
        self.workSignal = workSignal
    }

    // MARK: Requests

    /// Requests an undo; workers do the rest. An import that is being undone, or was, stays as it is.
    ///
    /// - Parameters:
    ///   - id: the import; nil for the current one.
    ///   - permit: throws if the caller may not undo this import, or may not change back the accounts that it changed
    ///     under whatever policy; what it throws is thrown on.
    /// - Throws: `ImportError.rejected` for an import that has not ended, or while another one runs or is being undone;
    ///   `StoreError`.
    public func request(
        _ id: OperationID? = nil, by user: UserID,
        permitting permit: @escaping @Sendable (ImportOperation, _ changedAccounts: Bool) throws -> Void = { _, _ in }
    ) async throws -> Report {
        let now = environment.clock.now()
        let operation = try await store.write(.beginUndo) { transaction in
            var operation = try Self.operation(id, in: transaction)
            guard !operation.phase.isUndone else { return operation }
            try Self.requireUndoable(operation, at: now, in: transaction)
            try permit(
                operation, operation.number.map { try transaction.importChanges.hasChangedAccounts(by: $0) } ?? false)
            try operation.apply(.undo, at: now)
            try transaction.operations.update(operation)
            if let number = operation.number { try transaction.undos.begin(number, by: user, at: now) }
            try transaction.announceWork()
            return operation
        }
        workSignal.notify()
        return try await report(of: operation)
    }

    /// What an undo would do; nothing is written. Of an import that is being undone, or was, the numbers so far.
    ///
    /// - Parameter id: the import; nil for the current one.
    /// - Throws: as `request(_:by:)`.
    public func preview(_ id: OperationID? = nil) async throws -> Report {
        let now = environment.clock.now()
        let operation = try await store.read { transaction in
            let operation = try Self.operation(id, in: transaction)
            if !operation.phase.isUndone { try Self.requireUndoable(operation, at: now, in: transaction) }
            return operation
        }
        guard !operation.phase.isUndone, let subject = UndoSubject(operation) else {
            return try await report(of: operation)
        }
        let scratch = try await environment.openScratch()
        do {
            let report = try await preview(subject, of: operation, in: scratch)
            await scratch.close()
            return report
        } catch {
            await scratch.close()
            throw error
        }
    }

    /// - Parameter scratch: records what is decided, in the place of the store; memory does not depend on it.
    private func preview(
        _ subject: UndoSubject, of operation: ImportOperation, in scratch: any ScratchWorkspace
    ) async throws -> Report {
        let (user, now) = (operation.createdBy, environment.clock.now())
        var position: UndoPosition? = .start
        // Batch by batch, so that no long transaction keeps the database from folding its log back.
        while let current = position {
            try Task.checkCancellation()
            position = try await store.read { transaction in
                if current == .start {
                    try scratch.transaction { try $0.undos.begin(subject.number, by: user, at: now) }
                }
                let batch = try transaction.undos.decide(subject, at: current, limit: 2_000, preview: scratch)
                try scratch.transaction { scratch in
                    // The store may repeat the closure although the scratch workspace is written.
                    guard try scratch.undos.find(subject.number)?.position == current else { return }
                    try scratch.undos.record(batch, of: subject)
                }
                return batch.next ?? current.stage.next.map { UndoPosition($0) }
            }
        }
        return try await store.read { _ in
            try scratch.transaction { scratch in
                let (counts, examples) = try Self.numbers(of: subject.number, in: scratch.undos)
                return Report(operation: operation, undo: nil, counts: counts, examples: examples)
            }
        }
    }

    /// The numbers of an undo so far, and the first items that are kept for each reason.
    private static func numbers(
        of number: ImportNumber, in undos: any UndoStore
    ) throws -> (counts: UndoCounts, examples: [KeptItem]) {
        let counts = try undos.find(number)?.counts ?? UndoCounts()
        var examples: [KeptItem] = []
        for (kind, reasons) in counts.kept {
            for reason in reasons.keys {
                examples += try undos.kept(
                    by: number, matching: KeptFilter(kind: kind, reason: reason), offset: 0, limit: examplesPerReason)
            }
        }
        return (counts, examples)
    }

    /// The undo of an import, with its numbers so far.
    ///
    /// - Parameter hasExamples: false for the numbers alone, which cost the same however much is kept.
    public func report(of operation: ImportOperation, hasExamples: Bool = true) async throws -> Report {
        guard let number = operation.number else {
            return Report(operation: operation, undo: nil, counts: UndoCounts(), examples: [])
        }
        return try await store.read { transaction in
            let undo = try transaction.undos.find(number)
            guard hasExamples else {
                return Report(operation: operation, undo: undo, counts: undo?.counts ?? UndoCounts(), examples: [])
            }
            let (counts, examples) = try Self.numbers(of: number, in: transaction.undos)
            return Report(operation: operation, undo: undo, counts: counts, examples: examples)
        }
    }

    /// The import that is being undone, or else the current one if it was undone; without examples.
    public func current() async throws -> Report? {
        let operation = try await store.read { transaction in
            try transaction.operations.undoing() ?? transaction.operations.current()
        }
        guard let operation, operation.phase.isUndone else { return nil }
        return try await report(of: operation, hasExamples: false)
    }

    /// A page of what the undo of an import kept, and how many items there are.
    ///
    /// - Parameter id: the import; nil for the current one.
    /// - Throws: `ImportError.rejected` for an unknown import, and for one that was never undone; `StoreError`.
    public func kept(
        by id: OperationID?, matching filter: KeptFilter, offset: Int, limit: Int
    ) async throws -> (items: [KeptItem], total: Int) {
        try await store.read { transaction in
            let operation = try Self.operation(id, in: transaction)
            guard let number = operation.number, try transaction.undos.find(number) != nil else {
                throw ImportError.rejected(ImportRejection(.neverUndone, in: operation.lifecycle))
            }
            return (
                try transaction.undos.kept(by: number, matching: filter, offset: offset, limit: limit),
                try transaction.undos.keptCount(by: number, matching: filter)
            )
        }
    }

    private static func operation(
        _ id: OperationID?, in transaction: any StoreTransaction
    ) throws -> ImportOperation {
        let operation =
            if let id {
                try transaction.operations.find(id: id)
            } else {
                try transaction.operations.undoing() ?? transaction.operations.current()
            }
        guard let operation else { throw ImportError.rejected(.notFound(id, of: .undo)) }
        return operation
    }

    /// - Throws: `ImportError.rejected`.
    private static func requireUndoable(
        _ operation: ImportOperation, at moment: Timestamp, in transaction: any StoreTransaction
    ) throws {
        if let other = try transaction.operations.undoing() {
            throw ImportError.rejected(ImportRejection(.anotherImportActive, of: .undo, in: other.lifecycle))
        }
        if let current = try transaction.operations.current(), current.id != operation.id,
            case .running = current.phase
        {
            throw ImportError.rejected(ImportRejection(.anotherImportActive, of: .undo, in: current.lifecycle))
        }
        var undone = operation
        try undone.apply(.undo, at: moment)
    }

    // MARK: Work

    /// A part of an undo that was done.
    struct Step: Sendable {
        /// How many rows it looked at.
        let size: Int
        /// How long it held the writer.
        let duration: Duration
        /// The import, if the undo has ended.
        let ended: ImportOperation?
    }

    /// Does the next part of an undo.
    ///
    /// - Parameter limit: about how many rows to look at.
    /// - Returns: nil if the import is not being undone any more, or the undo is paused.
    func step(_ id: OperationID, limit: Int) async throws -> Step? {
        let (clock, store) = (environment.clock, environment.store)
        let (stage, size, start) = try await store.write(.undoBatch) {
            transaction -> (UndoStage?, Int, ContinuousClock.Instant) in
            let start = ContinuousClock.now
            guard let subject = try Self.subject(id, in: transaction),
                let undo = try transaction.undos.find(subject.number)
            else { return (nil, 0, start) }
            try transaction.moveVersion()
            switch undo.position.stage {
            case .bytes: return (.bytes, 0, start)
            case .totals:
                let hasThreads = try transaction.messages.recountThreads(of: id, limit: 500)
                let hasRooms = try !hasThreads && transaction.rooms.recountRooms(of: id, limit: 100)
                if !hasThreads, !hasRooms { try transaction.undos.move(subject.number, to: .bytes) }
                return (.totals, 0, start)
            default:
                let batch = try transaction.undos.decide(subject, at: undo.position, limit: limit, preview: nil)
                try transaction.undos.apply(batch, of: subject)
                return (undo.position.stage, batch.size, start)
            }
        }
        guard let stage else { return nil }
        let duration = ContinuousClock.now - start
        guard stage == .bytes else { return Step(size: size, duration: duration, ended: nil) }
        return Step(size: 0, duration: duration, ended: try await removeBytes(of: id, at: clock.now()))
    }

    /// The import if it is to be undone now, locked until the transaction ends.
    private static func subject(_ id: OperationID, in transaction: any StoreTransaction) throws -> UndoSubject? {
        guard let operation = try transaction.operations.find(id: id), operation.lifecycle.isUndoing else { return nil }
        return UndoSubject(operation)
    }

    /// Removes the bytes of some files that have no row any more, or ends the undo if there are none.
    private func removeBytes(of id: OperationID, at moment: Timestamp) async throws -> ImportOperation? {
        if try await environment.removeUnusedFiles() { return nil }
        return try await store.write(.endUndo) { transaction in
            guard var operation = try transaction.operations.find(id: id), operation.lifecycle.isUndoing,
                let number = operation.number
            else { return nil }
            try operation.apply(.finishUndoing, at: moment)
            try transaction.operations.update(operation)
            try transaction.undos.end(number, at: moment)
            try transaction.announceWork()
            return operation
        }
    }
}

extension WorkspaceEnvironment {
    /// Removes the bytes of some files that have no row any more.
    ///
    /// - Returns: whether there were any.
    func removeUnusedFiles() async throws -> Bool {
        let unused = try await store.read { try $0.undos.removedFiles(limit: 100) }
        guard !unused.isEmpty else { return false }
        for file in unused { _ = try await files.remove(file, .removeUndoneFile) }
        try await store.write(.forgetUndoneFiles) { try $0.undos.forget(unused) }
        return true
    }
}

extension ImportPhase {
    /// Whether an import is being undone, or was.
    fileprivate var isUndone: Bool { self == .undoing || self == .ended(.undone) }
}
