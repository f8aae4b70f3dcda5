public import ImportDomain

/// Queues avatars and files of messages that are not downloaded yet.
public struct PendingDownloads: Sendable {
    private let environment: WorkspaceEnvironment
    private let workSignal: WorkSignal

    init(_ environment: WorkspaceEnvironment, workSignal: WorkSignal) {
        self.environment = environment
        self.workSignal = workSignal
    }

    /// Queues every avatar that accounts have an address for (`downloadPendingAvatars`).
    ///
    /// - Parameter user: the creator of the operation that a workspace without any operation gets.
    /// - Returns: how many are queued.
    public func enqueueAvatars(by user: UserID) async throws -> Int {
        // A page at a time, so that others get their turn.
        var last: UserID?
        repeat {
            last = try await environment.store.write { [last] in
                try $0.downloads.enqueueAvatars(after: last, limit: 1_000)
            }
        } while last != nil
        return try await finish(.avatar, importer: .pendingAvatars, by: user)
    }

    /// Queues every pending file of messages (`downloadPendingFiles`).
    ///
    /// - Parameter user: the creator of the operation that a workspace without any operation gets.
    /// - Returns: how many are queued.
    public func enqueueFiles(by user: UserID) async throws -> Int {
        try await finish(.file, importer: .pendingFiles, by: user) { try $0.downloads.enqueueFiles() }
    }

    /// Announces the work. In Rocket.Chat these calls start an operation, and clients ask for its progress afterwards.
    private func finish(
        _ kind: Download.Kind, importer: ImporterKey, by user: UserID,
        enqueue: @escaping @Sendable (any StoreTransaction) throws -> Void = { _ in }
    ) async throws -> Int {
        let now = environment.clock.now()
        let operation = ImportOperation(
            id: environment.identifiers.operationID(at: now), importerKey: importer, createdAt: now, createdBy: user,
            lifecycle: ImportLifecycle(.ended(.done)), updatedAt: now)
        let count = try await environment.store.write { transaction in
            try transaction.announceWork()
            try enqueue(transaction)
            if try transaction.operations.current() == nil { try transaction.operations.insert(operation) }
            return try transaction.downloads.queueLength(of: kind)
        }
        workSignal.notify()
        return count
    }
}
