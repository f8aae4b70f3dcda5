public import ImportDomain

extension ImportEngine {
    /// The operation with the newest creation time, valid or not; nil if there never was one.
    public func currentOperation() async throws -> ImportOperation? {
        try await store.read { try $0.operations.current() }
    }

    /// The current operation with its importer (`getImportProgress`).
    ///
    /// - Throws: `ImportError.operationNotFound` or `.importerNotDefined`.
    public func progress() async throws -> (operation: ImportOperation, importer: ImporterDescription) {
        guard let operation = try await currentOperation() else { throw ImportError.operationNotFound }
        return (operation, try importer(operation.importerKey))
    }

    /// The 20 operations that changed last, newest change first (`getLatestImportOperations`).
    public func latestOperations() async throws -> [ImportOperation] {
        try await store.read { try $0.operations.latest(20) }
    }

    /// A page of the current operation's failed records, and how many there are in all (`import.failures`).
    ///
    /// - Parameter bytes: about how many stored bytes the page may have.
    public func failures(
        matching filter: FailureFilter, offset: Int, limit: Int, bytes: Int = .max
    ) async throws -> (records: [FailedRecord], total: Int) {
        try await store.read { transaction in
            guard let operation = try transaction.operations.current() else { return ([], 0) }
            let staging = transaction.staging
            return (
                try staging.failures(of: operation.id, matching: filter, offset: offset, limit: limit, bytes: bytes),
                try staging.failureCount(of: operation.id, matching: filter)
            )
        }
    }
}
