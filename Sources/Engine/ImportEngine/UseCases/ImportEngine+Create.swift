public import ImportDomain

extension ImportEngine {
    /// Starts a new operation that records can be sent to (`import.new`).
    ///
    /// Whatever operation was there before ends: unfinished work counts as cancelled, and what it had staged is
    /// removed. Failed records of finished operations stay, as their history.
    /// - Throws: `StoreError`; then nothing has changed.
    @discardableResult
    public func createOperation(by user: UserID) async throws -> ImportOperation {
        try await createOperation(importer: .api, by: user)
    }

    /// Starts a new operation, with the file that it reads if it reads one, or with the reason why it cannot.
    func createOperation(
        importer: ImporterKey, phase: ImportPhase = .created, file: OperationFile? = nil,
        failure: ImportFileFailure? = nil,
        by user: UserID
    ) async throws -> ImportOperation {
        let now = clock.now()
        var started = ImportOperation(
            id: environment.identifiers.operationID(at: now), importerKey: importer, createdAt: now, createdBy: user,
            lifecycle: ImportLifecycle(phase), updatedAt: now, file: file)
        if let failure { try started.fail(with: failure, at: now) }
        let operation = started
        try await store.write { transaction in
            try transaction.operations.retireAll(at: now)
            try transaction.operations.insert(operation)
            try transaction.announceWork()
        }
        workSignal.notify()
        // The operation is there already; what this leaves, an idle worker removes.
        try? await purge(includingFailures: false)
        return operation
    }

    /// Removes staged records that no valid operation can use, a little at a time so that others get their turn.
    func purge(includingFailures: Bool) async throws {
        while try await store.write({ try $0.staging.purge(includingFailures: includingFailures, limit: 8_000) }) {}
        for file in try await store.read({ try $0.operations.filesOfEndedOperations() }) {
            // A file that is gone already is as good as one that is removed now.
            _ = try await files.remove(FileKey(.imports, id: file.rawValue))
            try await store.write { try $0.operations.forgetFile(file) }
        }
    }
}
