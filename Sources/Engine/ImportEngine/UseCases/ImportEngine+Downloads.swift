import ImportDomain

extension ImportEngine {
    /// Has the pictures of accounts fetched that have an address for one (`downloadPendingAvatars`).
    ///
    /// - Returns: how many are to be fetched.
    public func fetchPendingAvatars() async throws -> Int {
        // A page at a time, so that others get their turn.
        var last: UserID?
        repeat {
            last = try await store.write { [last] in try $0.downloads.enqueueAvatars(after: last, limit: 1_000) }
        } while last != nil
        let count = try await store.write { transaction in
            try transaction.announceWork()
            return try transaction.downloads.queueLength(of: .avatar)
        }
        workSignal.notify()
        return count
    }

    /// Has the files of messages fetched that are not there yet (`downloadPendingFiles`).
    ///
    /// - Returns: how many are to be fetched.
    public func fetchPendingFiles() async throws -> Int {
        let count = try await store.write { transaction in
            try transaction.announceWork()
            try transaction.downloads.enqueueFiles()
            return try transaction.downloads.queueLength(of: .file)
        }
        workSignal.notify()
        return count
    }
}
