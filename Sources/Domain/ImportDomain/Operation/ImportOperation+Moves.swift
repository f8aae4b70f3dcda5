extension ImportOperation {
    /// Refuses records for an operation that can no longer take any.
    ///
    /// - Throws: `ImportError.operationNotInitialized` for an operation that is not valid, `.operationFinished` for
    ///   one that has ended, `.operationCannotReceiveRecords` for one that is loading a file or importing.
    public func requireReceiving() throws(ImportError) {
        guard isValid else { throw .operationNotInitialized }
        switch state {
        case .new, .ready: return
        case .done, .error, .canceled: throw .operationFinished
        case .none, .loading, .importing: throw .operationCannotReceiveRecords
        }
    }

    /// Records were staged: the operation waits for its start.
    public mutating func becomeReady(at moment: Timestamp) throws(ImportError) {
        try requireReceiving()
        move(to: .userSelection, at: moment)
    }

    /// The start was accepted: from here on a worker owns the operation.
    ///
    /// - Throws: `ImportError.operationNotFound` for an operation that is not valid, `.fileNotImported` for one whose file
    ///   could not be read, `.invalidOperationStatus` for one
    ///   that is not ready.
    public mutating func begin(_ start: ImportStart, at moment: Timestamp) throws(ImportError) {
        guard isValid else { throw .operationNotFound }
        if let fileFailure { throw .fileNotImported(fileFailure) }
        guard step == .userSelection else { throw .invalidOperationStatus }
        self.start = start
        startedAt = moment
        move(to: .importingStarted, at: moment)
    }

    /// The file that was received is to be read.
    public mutating func prepare(at moment: Timestamp) {
        guard isValid, step == .fileLoaded else { return }
        move(to: .preparingStarted, at: moment)
    }

    /// The file is there and can be read.
    public mutating func finishReceiving(at moment: Timestamp) {
        file = file?.withoutSecrets
        move(to: .fileLoaded, at: moment)
    }

    /// The file is read and what it holds is staged.
    public mutating func finishPreparing(at moment: Timestamp) {
        preparingEntry = nil
        move(to: .userSelection, at: moment)
    }

    /// The files that messages carry are taken out of the operation's own file.
    public mutating func finishTakingFiles(at moment: Timestamp) {
        preparingEntry = nil
        move(to: step.next, at: moment)
    }

    /// The file cannot be imported.
    public mutating func fail(with failure: ImportFileFailure, at moment: Timestamp) {
        preparingEntry = nil
        file = file?.withoutSecrets
        self.failure = failure
        move(to: .failed, at: moment)
    }

    /// An administrator ends the operation: unfinished work counts as cancelled, finished work keeps its outcome.
    public mutating func invalidate(at moment: Timestamp) {
        guard isValid else { return }
        isValid = false
        file = file?.withoutSecrets
        if !step.isTerminal { step = .cancelled }
        updatedAt = moment
    }

    /// Writes down a step that the worker reached.
    public mutating func move(to step: ImportStep, at moment: Timestamp) {
        self.step = step
        updatedAt = moment
    }
}
