public import ImportDomain

/// An operation of the history, with the accounts behind it.
public struct HistoryEntry: Sendable {
    /// The operation.
    public let operation: ImportOperation
    /// Its importer; nil if this program does not have it any more.
    public let importer: ImporterDescription?
    /// The names that its creator and its starter had then.
    public let people: OperationPeople
    /// Its undo; nil if none was requested.
    public let undo: ImportUndo?

    /// How long it ran: from its start to its end, or until now; nil if it was not started.
    public func duration(at now: Timestamp) -> Duration? {
        operation.startedAt.map { start in
            .milliseconds(max(0, (operation.endedAt ?? now).milliseconds - start.milliseconds))
        }
    }
}

/// The account of an operation: every number of it, which add up.
public struct ImportReport: Sendable {
    /// The operation.
    public let entry: HistoryEntry
    /// When the report was made.
    public let madeAt: Timestamp
    /// How many records failed, by type and reason; those that are not staged any more included.
    public let failures: [FailureGroup]
    /// How many findings there are of each kind, each kind with its first findings.
    public let findings: [(count: FindingCount, examples: [ImportFinding])]
}

/// Reads the history of imports and removes operations from it.
public struct ImportHistory: Sendable {
    /// How many findings of each kind a report shows.
    private static let examplesPerCode = 3
    /// About how many rows one transaction removes.
    private static let removalsAtOnce = 4_000

    private let environment: WorkspaceEnvironment
    private let operations: ImportOperations

    init(_ environment: WorkspaceEnvironment, operations: ImportOperations) {
        self.environment = environment
        self.operations = operations
    }

    /// A page of all operations, newest first, and how many there are (`import.history`).
    public func list(offset: Int, limit: Int) async throws -> (entries: [HistoryEntry], total: Int) {
        try await environment.store.read { [importers = operations.importers] transaction in
            let operations = try transaction.operations.history(offset: offset, limit: limit)
            return (
                try Self.entries(operations, importers: importers, in: transaction), try transaction.operations.count()
            )
        }
    }

    /// An operation, the current one by default, and its undo if it is being undone or was.
    ///
    /// - Throws: `ImportError.rejected` if there is no such operation; `StoreError`.
    public func progress(of id: OperationID?) async throws -> (operation: ImportOperation, undo: ImportUndo?) {
        try await environment.store.read { transaction in
            let operation = try Self.operation(id, in: transaction)
            return (operation, try transaction.undos.find(of: operation))
        }
    }

    /// The report about an operation; the current one by default (`import.report`).
    ///
    /// - Throws: `ImportError.rejected` if there is no such operation; `StoreError`.
    public func report(of id: OperationID?) async throws -> ImportReport {
        let now = environment.clock.now()
        return try await environment.store.read { [importers = operations.importers] transaction in
            let operation = try Self.operation(id, in: transaction)
            guard let entry = try Self.entries([operation], importers: importers, in: transaction).first else {
                throw ImportError.rejected(.notFound(id))
            }
            return ImportReport(
                entry: entry, madeAt: now,
                failures: try transaction.staging.failureReasons(of: operation.id),
                findings: try transaction.findings.findingCounts(of: operation.id).map { count in
                    (
                        count,
                        try transaction.findings.examples(of: count, in: operation.id, limit: Self.examplesPerCode)
                    )
                })
        }
    }

    /// A page of the findings about an operation's file, and how many there are of each kind (`import.findings`).
    ///
    /// - Parameters:
    ///   - id: the current operation by default; without any operation the page is empty.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `ImportError.rejected` if there is no operation with this id; `StoreError`.
    public func findings(
        of id: OperationID? = nil, offset: Int, limit: Int, bytes: Int = .max
    ) async throws -> (findings: [ImportFinding], counts: [FindingCount]) {
        try await environment.store.read { transaction in
            if id == nil, try transaction.operations.current() == nil { return ([], []) }
            let operation = try Self.operation(id, in: transaction)
            return (
                try transaction.findings.findings(of: operation.id, offset: offset, limit: limit, bytes: bytes),
                try transaction.findings.findingCounts(of: operation.id)
            )
        }
    }

    /// Removes an ended operation with everything that is known of it (`import.delete`).
    ///
    /// What it imported stays, and cannot be undone any more. The first transaction makes the operation invisible; the
    /// rest follows, some rows in each transaction, after a crash by an idle worker.
    /// - Returns: the operation as it was last.
    /// - Throws: `ImportError.rejected` for an operation that has not ended, or is not there; `StoreError`.
    @discardableResult
    public func delete(_ id: OperationID) async throws -> ImportOperation {
        let now = environment.clock.now()
        let deleted = try await environment.store.write(.deleteOperation) { transaction in
            guard var operation = try transaction.operations.find(id: id) else {
                throw ImportError.rejected(.notFound(id, of: .delete))
            }
            try operation.apply(.delete, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.hide(id)
            return operation
        }
        do {
            while try await removeSome() {}
        } catch StoreError.full {
            // The operation is invisible. An idle worker removes the rest once there is space.
        }
        return deleted
    }

    /// Removes some of what deleted operations left.
    ///
    /// - Returns: whether there may be more.
    func removeSome() async throws -> Bool {
        // Earlier avatars that nothing names any more.
        if try await environment.removeUnusedFiles() { return true }
        guard try await environment.store.read({ try $0.operations.hasHidden() }) else { return false }
        try await operations.purge(includingFailures: false)
        return try await environment.store.write(.removeDeleted) {
            try $0.operations.removeHidden(limit: Self.removalsAtOnce)
        }
    }

    private static func operation(
        _ id: OperationID?, in transaction: any StoreTransaction
    ) throws -> ImportOperation {
        let operation = try id.map { try transaction.operations.find(id: $0) } ?? transaction.operations.current()
        guard let operation else { throw ImportError.rejected(.notFound(id)) }
        return operation
    }

    private static func entries(
        _ operations: [ImportOperation], importers: [ImporterKey: ImporterDescription],
        in transaction: any StoreTransaction
    ) throws -> [HistoryEntry] {
        let people = try transaction.operations.people(of: operations.map(\.id))
        return try operations.map { operation in
            HistoryEntry(
                operation: operation, importer: importers[operation.importerKey],
                people: people[operation.id] ?? OperationPeople(),
                undo: try operation.number.flatMap { try transaction.undos.find($0) })
        }
    }
}
