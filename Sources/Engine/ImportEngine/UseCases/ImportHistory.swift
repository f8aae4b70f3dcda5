public import ImportDomain

/// An operation of the history, with the accounts behind it.
public struct HistoryEntry: Sendable {
    /// The operation.
    public let operation: ImportOperation
    /// Its importer; nil if this program does not have it any more.
    public let importer: ImporterDescription?
    /// The account that created it; nil if it was deleted.
    public let creator: User?
    /// The account that started it; nil if it was not started, or the account was deleted.
    public let starter: User?

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
            var accounts = Accounts()
            let entries = try transaction.operations.history(offset: offset, limit: limit).map {
                try accounts.entry($0, importers: importers, in: transaction)
            }
            return (entries, try transaction.operations.count())
        }
    }

    /// An operation; the current one by default.
    ///
    /// - Throws: `ImportError.rejected` if there is no such operation; `StoreError`.
    public func operation(_ id: OperationID?) async throws -> ImportOperation {
        try await environment.store.read { try Self.operation(id, in: $0) }
    }

    /// The report about an operation; the current one by default (`import.report`).
    ///
    /// - Throws: `ImportError.rejected` if there is no such operation; `StoreError`.
    public func report(of id: OperationID?) async throws -> ImportReport {
        let now = environment.clock.now()
        return try await environment.store.read { [importers = operations.importers] transaction in
            let operation = try Self.operation(id, in: transaction)
            var accounts = Accounts()
            return ImportReport(
                entry: try accounts.entry(operation, importers: importers, in: transaction), madeAt: now,
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
    /// - Throws: `ImportError.rejected` for an operation that has not ended, or is not there; `StoreError`.
    public func delete(_ id: OperationID) async throws {
        let now = environment.clock.now()
        try await environment.store.write(.deleteOperation) { transaction in
            guard var operation = try transaction.operations.find(id: id) else {
                throw ImportError.rejected(ImportRejection(.operationNotFound, of: .delete))
            }
            try operation.apply(.delete, at: now)
            try transaction.operations.update(operation)
            try transaction.operations.hide(id)
        }
        do {
            while try await removeSome() {}
        } catch StoreError.full {
            // The operation is invisible. An idle worker removes the rest once there is space.
        }
    }

    /// Removes some of what deleted operations left.
    ///
    /// - Returns: whether there may be more.
    func removeSome() async throws -> Bool {
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
        guard let operation else { throw ImportError.rejected(ImportRejection(.operationNotFound)) }
        return operation
    }

    /// Accounts, each read once.
    private struct Accounts {
        private var known: [UserID: User] = [:]

        mutating func entry(
            _ operation: ImportOperation, importers: [ImporterKey: ImporterDescription],
            in transaction: any StoreTransaction
        ) throws -> HistoryEntry {
            HistoryEntry(
                operation: operation, importer: importers[operation.importerKey],
                creator: try user(operation.createdBy, in: transaction),
                starter: try operation.start.flatMap { try user($0.user, in: transaction) })
        }

        private mutating func user(_ id: UserID, in transaction: any StoreTransaction) throws -> User? {
            if let user = known[id] { return user }
            let user = try transaction.users.find(id: id)
            known[id] = user
            return user
        }
    }
}
