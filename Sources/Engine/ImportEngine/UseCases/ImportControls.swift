public import ImportDomain

/// The result of a call that pauses, resumes or cancels.
public struct ControlledImport: Sendable {
    /// The queue of downloads.
    public struct Downloads: Sendable {
        /// What an administrator requested of it.
        public let control: ImportControl
        /// How many downloads are in each state.
        public let counts: [Download.State: Int]
    }

    /// The import; nil if there never was one.
    public let operation: ImportOperation?
    /// Whether the call ended the import.
    public let hasEnded: Bool
    /// The queue of downloads, if the call was about it.
    public let downloads: Downloads?
}

/// Pauses, resumes and cancels imports and the queue of downloads.
///
/// A request is one transaction, after which nothing more of the import is written: each transaction of a worker checks
/// the control. Workers release what they hold, and the last of them confirms the request. Where no worker holds anything,
/// the request is confirmed at once.
/// Source: docs/architecture.md, "Pause and cancel".
public struct ImportControls: Sendable {
    /// What a call is about.
    public enum Target: Sendable {
        /// The import that is being undone, or the current import while it has not ended; else the queue of downloads if
        /// it is not empty.
        case current
        /// The import that is being undone, or else the current import.
        case `import`
        /// An import.
        case operation(OperationID)
        /// The queue of downloads.
        case downloads
    }

    private let environment: WorkspaceEnvironment
    private let workSignal: WorkSignal

    init(_ environment: WorkspaceEnvironment, workSignal: WorkSignal) {
        self.environment = environment
        self.workSignal = workSignal
    }

    /// Stops work until it is resumed (`import.pause`).
    ///
    /// - Parameter user: the account that requests it; nil for a command on the machine.
    /// - Throws: `ImportError.rejected` for an import that is not active; `StoreError`.
    public func pause(_ target: Target = .current, by user: UserID? = nil) async throws -> ControlledImport {
        try await request(.pause, .pause, of: target, by: user)
    }

    /// Continues paused work (`import.resume`).
    ///
    /// - Throws: as `pause(_:by:)`.
    public func resume(_ target: Target = .current) async throws -> ControlledImport {
        try await request(.resume, .resume, of: target)
    }

    /// Ends work permanently (`import.cancel`); what is staged stays until it is cleared.
    ///
    /// - Parameter user: as for `pause(_:by:)`.
    /// - Throws: `ImportError.rejected` for an import that has ended otherwise; `StoreError`.
    public func cancel(_ target: Target = .current, by user: UserID? = nil) async throws -> ControlledImport {
        try await request(.cancel, .cancel, of: target, by: user)
    }

    private func request(
        _ name: DurableWrite, _ event: ImportEvent, of target: Target, by user: UserID? = nil
    ) async throws -> ControlledImport {
        let now = environment.clock.now()
        let result = try await environment.store.write(name) { transaction in
            let operation =
                if case .operation(let id) = target {
                    try transaction.operations.find(id: id)
                } else {
                    try transaction.operations.undoing() ?? transaction.operations.current()
                }
            if try Self.isAboutDownloads(target, operation, in: transaction) {
                return ControlledImport(
                    operation: operation, hasEnded: false,
                    downloads: try Self.requestOfDownloads(event, in: transaction))
            }
            guard let operation else {
                var named: OperationID?
                if case .operation(let id) = target { named = id }
                throw ImportError.rejected(.notFound(named, of: event))
            }
            var changed = operation
            try changed.apply(event, at: now)
            try Self.confirm(&changed, in: transaction, at: now)
            guard changed.lifecycle != operation.lifecycle else {
                return ControlledImport(operation: operation, hasEnded: false, downloads: nil)
            }
            try transaction.operations.update(changed)
            try transaction.operations.recordControl(by: user, at: event == .resume ? nil : now, of: changed.id)
            try transaction.announceWork()
            return ControlledImport(
                operation: changed, hasEnded: changed.lifecycle.isEnded && !operation.lifecycle.isEnded, downloads: nil)
        }
        workSignal.notify()
        return result
    }

    private static func isAboutDownloads(
        _ target: Target, _ operation: ImportOperation?, in transaction: any StoreTransaction
    ) throws -> Bool {
        switch target {
        case .downloads: true
        case .import, .operation: false
        case .current:
            try operation?.lifecycle.isEnded == true
                && (transaction.downloads.control() != .none || transaction.downloads.hasQueued())
        }
    }

    private static func requestOfDownloads(
        _ event: ImportEvent, in transaction: any StoreTransaction
    ) throws -> ControlledImport.Downloads {
        let downloads = transaction.downloads
        if event == .cancel {
            try downloads.setControl(try downloads.hasQueued() ? .canceling : .none)
        } else {
            guard try downloads.control() != .canceling else {
                throw ImportError.rejected(ImportRejection(.downloadsCanceling, of: event))
            }
            try downloads.setControl(event == .pause ? .paused : .none)
        }
        try transaction.announceWork()
        return ControlledImport.Downloads(control: try downloads.control(), counts: try downloads.downloadCounts())
    }

    // MARK: Confirmation

    /// Confirms the requested pause or cancellation of an import, unless a worker still holds part of it.
    ///
    /// - Returns: the import if this call confirmed the request.
    func confirm(_ id: OperationID) async throws -> ImportOperation? {
        let now = environment.clock.now()
        return try await environment.store.write(.confirmControl) { transaction in
            guard var operation = try transaction.operations.find(id: id),
                try Self.confirm(&operation, in: transaction, at: now)
            else { return nil }
            try transaction.operations.update(operation)
            return operation
        }
    }

    @discardableResult
    private static func confirm(
        _ operation: inout ImportOperation, in transaction: any StoreTransaction, at now: Timestamp
    ) throws -> Bool {
        guard operation.lifecycle.isStopping, try !transaction.operations.isClaimed(operation.id) else { return false }
        try operation.apply(operation.lifecycle.control == .pausing ? .confirmPause : .confirmCancel, at: now)
        return true
    }
}
