public import ImportDomain
import Logging

/// Creates, starts, clears and reports operations.
public struct ImportOperations: Sendable {
    /// Every importer of the workspace, the built-in ones included.
    let importers: [ImporterKey: ImporterDescription]
    private let environment: WorkspaceEnvironment
    private let workSignal: WorkSignal
    private let logger = Logger(label: "ferry")
    private let rules: SelectionRules
    private var store: any Store { environment.store }

    init(
        _ environment: WorkspaceEnvironment, importers: [ImporterDescription], rules: SelectionRules,
        workSignal: WorkSignal
    ) {
        self.environment = environment
        self.rules = rules
        self.importers = Dictionary(uniqueKeysWithValues: importers.map { ($0.key, $0) })
        self.workSignal = workSignal
    }

    // MARK: Create and clear

    /// Creates an operation that records can be sent to (`import.new`).
    ///
    /// The operation before it ends: unfinished work counts as cancelled, and what it had staged is removed. Failed
    /// records of finished operations stay, as their history.
    /// - Throws: `StoreError`; then nothing has changed.
    @discardableResult
    public func create(by user: UserID) async throws -> ImportOperation {
        try await create(importer: .api, by: user)
    }

    /// Creates an operation, with the file that it reads if it reads one, or with the reason why it cannot.
    func create(
        importer: ImporterKey, phase: ImportPhase = .created, file: OperationFile? = nil,
        failure: ImportFileFailure? = nil, by user: UserID
    ) async throws -> ImportOperation {
        let now = environment.clock.now()
        var created = ImportOperation(
            id: environment.identifiers.operationID(at: now), importerKey: importer, createdAt: now, createdBy: user,
            lifecycle: ImportLifecycle(phase), updatedAt: now, file: file)
        if let failure { try created.fail(with: failure, at: now) }
        let operation = created
        let ended = try await store.write(.createOperation) { transaction in
            let ended = try Self.retireAll(in: transaction, at: now)
            try transaction.operations.insert(operation)
            try transaction.announceWork()
            return ended
        }
        workSignal.notify()
        report(ended)
        // The operation is there already; what this leaves, an idle worker removes.
        try? await purge(includingFailures: false)
        return operation
    }

    /// Ends every operation and empties the staging area, failed records included (`import.clear`).
    ///
    /// A running import writes nothing any more once this returns: each of its transactions checks that its operation
    /// still runs. The last operation stays visible, cancelled if it had not finished.
    /// - Throws: `StoreError`; then nothing has changed.
    public func clear() async throws {
        let now = environment.clock.now()
        report(try await store.write(.clearOperations) { try Self.retireAll(in: $0, at: now) })
        workSignal.notify()
        do {
            try await purge(includingFailures: true)
        } catch StoreError.full {
            // The operations have ended. An idle worker removes what is staged once there is space.
        }
    }

    /// Retires every operation.
    ///
    /// - Returns: the started import that this ended.
    private static func retireAll(in transaction: any StoreTransaction, at now: Timestamp) throws -> ImportOperation? {
        let current = try transaction.operations.current()
        try transaction.operations.retireAll(at: now)
        guard let current, current.startedAt != nil, !current.lifecycle.isEnded else { return nil }
        return try transaction.operations.find(id: current.id)
    }

    private func report(_ ended: ImportOperation?) {
        guard let ended else { return }
        logger.info("\(ImportSummary(ended))", metadata: ["operation": "\(ended.id)"])
    }

    /// Removes staged records that no valid operation can use, a few at a time so that others get their turn.
    func purge(includingFailures: Bool) async throws {
        while try await store.write(
            .purgeStaging, { try $0.staging.purge(includingFailures: includingFailures, limit: 8_000) })
        {}
        for file in try await store.read({ try $0.operations.filesOfEndedOperations() }) {
            // A file that is gone already is as good as one that is removed now.
            _ = try await environment.files.remove(FileKey(.imports, id: file.rawValue), .removeImportFile)
            try await store.write(.forgetImportFile) { try $0.operations.forgetFile(file) }
        }
    }

    // MARK: Start

    /// Starts the import of what is staged in the current operation (`import.run`); workers do the rest.
    ///
    /// - Throws: `ImportError.rejected`, then `.importerNotDefined`; `.recordsNotStaged`; `StoreError`.
    public func run(
        _ selection: ImportSelection = .everything, policies: ImportPolicies = .ofCalls, by user: UserID
    ) async throws {
        try await start(selection, policies: policies, by: user)
    }

    /// Starts the import of a selection of the current operation (`startImport`); workers do the rest.
    ///
    /// By default a user who conflicts with an account of the same person is bound to it.
    /// - Throws: as `run(_:policies:by:)`; then nothing has changed.
    public func start(
        _ selection: ImportSelection, policies: ImportPolicies = .ofFiles, by user: UserID
    ) async throws {
        let now = environment.clock.now()
        try await rules.indexing(selection) {
            try await begin(selection, policies: policies, by: user, at: now)
        }
        workSignal.notify()
    }

    private func begin(
        _ selection: ImportSelection, policies: ImportPolicies, by user: UserID, at now: Timestamp
    ) async throws {
        try await store.write(.startImport) { transaction in
            guard var operation = try transaction.operations.current() else {
                throw ImportError.rejected(ImportRejection(.operationNotFound, of: .start))
            }
            // What an undo removes must not be what the import finds.
            if let other = try transaction.operations.undoing(), other.id != operation.id {
                throw ImportError.rejected(ImportRejection(.anotherImportActive, of: .start, in: other.lifecycle))
            }
            // The state of the import is reported before a selection that does not fit it.
            var started = operation
            try started.begin(ImportStart(user: user, policies: policies), at: now)
            _ = try importer(operation.importerKey)
            let resolved = try rules.resolved(selection, of: operation.id, by: transaction)
            try operation.begin(ImportStart(user: user, policies: policies, selection: resolved), at: now)
            try transaction.operations.update(operation)
            for type in resolved.listedTypes {
                try transaction.staging.select(resolved.listedIDs(of: type), of: type, in: operation.id)
            }
            try transaction.announceWork()
        }
    }

    // MARK: Report

    /// The importer of an operation.
    ///
    /// - Throws: `ImportError.importerNotDefined`.
    public func importer(_ key: ImporterKey) throws(ImportError) -> ImporterDescription {
        guard let importer = importers[key] else { throw .importerNotDefined(key: key.rawValue) }
        return importer
    }

    /// The operation with the newest creation time, valid or not; nil if there never was one.
    public func current() async throws -> ImportOperation? {
        try await store.read { try $0.operations.current() }
    }

    /// The current operation with its importer (`getImportProgress`).
    ///
    /// - Throws: `ImportError.rejected` if there never was an operation; `.importerNotDefined`.
    public func progress() async throws -> (operation: ImportOperation, importer: ImporterDescription) {
        guard let operation = try await current() else {
            throw ImportError.rejected(ImportRejection(.operationNotFound))
        }
        return (operation, try importer(operation.importerKey))
    }

    /// The 20 operations that changed last, newest change first (`getLatestImportOperations`).
    public func latest() async throws -> [ImportOperation] {
        try await store.read { try $0.operations.latest(20) }
    }
}
