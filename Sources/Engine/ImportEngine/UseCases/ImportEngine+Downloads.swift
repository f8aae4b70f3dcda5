public import ImportDomain

extension ImportEngine {
    /// Queues every avatar that accounts have an address for (`downloadPendingAvatars`).
    ///
    /// - Parameter user: the creator of the operation that a workspace without any operation gets.
    /// - Returns: how many are queued.
    public func fetchPendingAvatars(by user: UserID) async throws -> Int {
        // A page at a time, so that others get their turn.
        var last: UserID?
        repeat {
            last = try await store.write { [last] in try $0.downloads.enqueueAvatars(after: last, limit: 1_000) }
        } while last != nil
        let operation = finishedOperation(of: .pendingAvatars, by: user)
        let count = try await store.write { transaction in
            try transaction.announceWork()
            try transaction.operations.insertFirst(operation)
            return try transaction.downloads.queueLength(of: .avatar)
        }
        workSignal.notify()
        return count
    }

    /// Queues every file of messages that is not there yet (`downloadPendingFiles`).
    ///
    /// - Parameter user: the creator of the operation that a workspace without any operation gets.
    /// - Returns: how many are queued.
    public func fetchPendingFiles(by user: UserID) async throws -> Int {
        let operation = finishedOperation(of: .pendingFiles, by: user)
        let count = try await store.write { transaction in
            try transaction.announceWork()
            try transaction.downloads.enqueueFiles()
            try transaction.operations.insertFirst(operation)
            return try transaction.downloads.queueLength(of: .file)
        }
        workSignal.notify()
        return count
    }

    /// In Rocket.Chat these calls start an operation, and clients ask for its progress afterwards.
    private func finishedOperation(of importer: ImporterKey, by user: UserID) -> ImportOperation {
        let now = clock.now()
        return ImportOperation(
            id: environment.identifiers.operationID(at: now), importerKey: importer, createdAt: now, createdBy: user,
            lifecycle: ImportLifecycle(.ended(.done)), updatedAt: now)
    }
}

extension OperationStore {
    /// Inserts an operation into a workspace that never had one.
    fileprivate func insertFirst(_ operation: ImportOperation) throws {
        guard try current() == nil else { return }
        try insert(operation)
    }
}
