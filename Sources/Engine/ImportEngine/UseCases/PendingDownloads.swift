public import ImportDomain

/// The queue of avatars and files of messages that are not downloaded yet.
public struct PendingDownloads: Sendable {
    /// Which downloads a call is about.
    public enum Choice: Equatable, Sendable {
        /// These.
        case listed([DownloadID])
        /// All that match.
        case matching(DownloadFilter)
    }

    /// What messages show in place of a file that an administrator skipped.
    public static let skipReason = "An administrator decided not to download it."

    /// How many downloads one transaction changes.
    private static let changesAtOnce = 500

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
            last = try await environment.store.write(.enqueueAvatars) { [last] in
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
            lifecycle: ImportLifecycle(.ended(.done)), updatedAt: now, endedAt: now)
        let count = try await environment.store.write(.enqueueDownloads) { transaction in
            try transaction.announceWork()
            try enqueue(transaction)
            if try transaction.operations.current() == nil { try transaction.operations.insert(operation) }
            return try transaction.downloads.queueLength(of: kind)
        }
        workSignal.notify()
        return count
    }

    // MARK: Lists

    /// A page of downloads, and how many of each kind are in each state (`import.downloads`).
    public func list(
        matching filter: DownloadFilter, offset: Int, limit: Int
    ) async throws -> (downloads: [ListedDownload], totals: [DownloadTotal], control: ImportControl) {
        try await environment.store.read { transaction in
            (
                try transaction.downloads.downloads(matching: filter, offset: offset, limit: limit),
                try transaction.downloads.downloadTotals(), try transaction.downloads.control()
            )
        }
    }

    /// Queues downloads again, at once and with all attempts (`import.downloads.retry`).
    ///
    /// - Returns: how many are queued by this.
    public func retry(_ choice: Choice) async throws -> Int {
        let count = try await change(choice, .retryDownloads) {
            try $0.retry($1)
        } matching: {
            try $0.retry(matching: $1, after: $2, limit: Self.changesAtOnce)
        }
        workSignal.notify()
        return count
    }

    /// Gives up downloads until they are retried (`import.downloads.skip`); one in progress stores nothing.
    ///
    /// - Returns: how many are given up by this.
    public func skip(_ choice: Choice) async throws -> Int {
        try await change(choice, .skipDownloads) {
            try $0.skip($1, reason: Self.skipReason)
        } matching: {
            try $0.skip(matching: $1, after: $2, limit: Self.changesAtOnce, reason: Self.skipReason)
        }
    }

    /// Changes downloads, some in each transaction so that others get their turn. After a crash the rest is as it was.
    private func change(
        _ choice: Choice, _ name: DurableWrite,
        listed: @escaping @Sendable (any DownloadStore, [DownloadID]) throws -> Int,
        matching:
            @escaping @Sendable (any DownloadStore, DownloadFilter, DownloadID?) throws -> (
                count: Int, last: DownloadID?
            )
    ) async throws -> Int {
        var count = 0
        switch choice {
        case .listed(let ids):
            for start in stride(from: 0, to: ids.count, by: Self.changesAtOnce) {
                let some = Array(ids[start..<min(start + Self.changesAtOnce, ids.count)])
                count += try await environment.store.write(name) { transaction in
                    try transaction.announceWork()
                    return try listed(transaction.downloads, some)
                }
            }
        case .matching(let filter):
            var last: DownloadID?
            repeat {
                let changed = try await environment.store.write(name) { [last] transaction in
                    try transaction.announceWork()
                    return try matching(transaction.downloads, filter, last)
                }
                count += changed.count
                last = changed.last
            } while last != nil
        }
        return count
    }
}
