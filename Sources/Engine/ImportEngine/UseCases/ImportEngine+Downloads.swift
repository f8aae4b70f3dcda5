import ImportDomain

extension ImportEngine {
    /// Has the pictures of accounts fetched that have an address for one (`downloadPendingAvatars`).
    ///
    /// - Returns: how many are to be fetched.
    public func fetchPendingAvatars() async throws -> Int {
        let count = try await store.write { try $0.downloads.enqueueAvatars() }
        workSignal.notify()
        return count
    }

    /// Has the files of messages fetched that are not there yet (`downloadPendingFiles`).
    ///
    /// - Returns: how many are to be fetched.
    public func fetchPendingFiles() async throws -> Int {
        let count = try await store.write { try $0.downloads.enqueueFiles() }
        workSignal.notify()
        return count
    }
}
