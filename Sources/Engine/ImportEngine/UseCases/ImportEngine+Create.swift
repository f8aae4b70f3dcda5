public import ImportDomain

extension ImportEngine {
    /// Starts a new operation that records can be sent to (`import.new`).
    ///
    /// Whatever operation was there before ends: unfinished work counts as cancelled, and what it had staged is
    /// removed. Failed records of finished operations stay, as their history.
    /// - Throws: `StoreError`; then nothing has changed.
    @discardableResult
    public func createOperation(by user: UserID) async throws -> ImportOperation {
        let now = clock.now()
        let operation = ImportOperation(
            id: environment.identifiers.operationID(at: now), importerKey: .api, createdAt: now, createdBy: user,
            updatedAt: now)
        try await store.write { transaction in
            try transaction.operations.invalidateAll(at: now)
            try transaction.operations.insert(operation)
        }
        workSignal.notify()
        // The operation is there already; what this leaves, an idle worker removes.
        try? await purge(includingFailures: false)
        return operation
    }

    /// Removes staged records that no valid operation can use, a little at a time so that others get their turn.
    func purge(includingFailures: Bool) async throws {
        while try await store.write({ try $0.staging.purge(includingFailures: includingFailures, limit: 4) }) {}
    }
}
