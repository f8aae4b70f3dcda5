/// Runs work on a scratch workspace, in a transaction of its own or as part of one.
public protocol ScratchAccess {
    /// Runs `work` on the calling thread, which waits for other transactions; never call it on the cooperative pool.
    ///
    /// - Throws: `StoreError`, and errors of `work`; nothing was written then.
    func transaction<Result>(_ work: (any StoreTransaction) throws -> Result) throws -> Result
}

/// An empty workspace for the results of one check, removed once it is closed or its process ends.
///
/// Its transactions run inside transactions of the workspace, whatever database that has.
public protocol ScratchWorkspace: ScratchAccess, Sendable {
    /// Removes it.
    func close() async
}
