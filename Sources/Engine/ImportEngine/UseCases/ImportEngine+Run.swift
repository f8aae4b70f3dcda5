import ImportDomain

extension ImportEngine {
    /// Hands the current operation to the workers and returns without waiting for them (`import.run`).
    ///
    /// - Throws: `ImportError.operationNotFound`, `.invalidOperationStatus` or `.importerNotDefined`, in this order of
    ///   checks; `StoreError`.
    public func runOperation() async throws {
        let now = clock.now()
        let importers = importers
        try await store.write { transaction in
            guard var operation = try transaction.operations.current() else { throw ImportError.operationNotFound }
            try operation.start(at: now)
            guard importers[operation.importerKey] != nil else {
                throw ImportError.importerNotDefined(key: operation.importerKey.rawValue)
            }
            try transaction.operations.update(operation)
            try transaction.announceWork()
        }
        workSignal.notify()
    }
}
