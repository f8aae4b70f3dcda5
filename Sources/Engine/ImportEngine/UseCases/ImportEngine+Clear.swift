import ImportDomain

extension ImportEngine {
    /// Ends every operation and empties the staging area, failed records included (`import.clear`).
    ///
    /// A running import writes nothing any more once this returns: each of its transactions checks that its operation
    /// still runs. The last operation stays visible, cancelled if it had not finished.
    /// - Throws: `StoreError`; then nothing has changed.
    public func clear() async throws {
        let now = clock.now()
        try await store.write { try $0.operations.retireAll(at: now) }
        workSignal.notify()
        do {
            try await purge(includingFailures: true)
        } catch StoreError.full {
            // The operations have ended. An idle worker removes what is staged once there is space.
        }
    }
}
