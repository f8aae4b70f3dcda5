public import ImportDomain

extension ImportEngine {
    /// Hands the current operation to the workers and returns without waiting for them: everything that is staged
    /// (`import.run`).
    ///
    /// - Throws: `ImportError.operationNotFound`, `.invalidOperationStatus` or `.importerNotDefined`, in this order of
    ///   checks; `StoreError`.
    public func runOperation(by user: UserID) async throws {
        try await begin(ImportStart(user: user, policies: .ofCalls), selecting: .everything)
    }

    /// Hands what is selected of the current operation to the workers (`startImport`).
    ///
    /// Users who clash with accounts are taken for those accounts.
    /// - Throws: as `runOperation(by:)`.
    public func startImport(of selection: ImportSelection, by user: UserID) async throws {
        try await begin(
            ImportStart(user: user, policies: .ofFiles, listedTypes: selection.listedTypes), selecting: selection)
    }

    private func begin(_ start: ImportStart, selecting selection: ImportSelection) async throws {
        let now = clock.now()
        let importers = importers
        try await store.write { transaction in
            guard var operation = try transaction.operations.current() else { throw ImportError.operationNotFound }
            try operation.begin(start, at: now)
            guard importers[operation.importerKey] != nil else {
                throw ImportError.importerNotDefined(key: operation.importerKey.rawValue)
            }
            try transaction.operations.update(operation)
            for type in start.listedTypes {
                guard case .listed(let importIDs) = selection.choice(of: type) else { continue }
                try transaction.staging.select(importIDs.map { ImportID($0) }, of: type, in: operation.id)
            }
            try transaction.announceWork()
        }
        workSignal.notify()
    }
}
