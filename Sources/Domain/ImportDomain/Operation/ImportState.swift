/// What a client of `import.status` sees of the current operation.
public enum ImportState: String, CaseIterable, Sendable {
    /// There never was an operation.
    case none
    /// Created; nothing is staged.
    case new
    /// A file is being received or read.
    case loading
    /// Records are staged and wait for the start.
    case ready
    /// Records are being imported.
    case importing
    /// Every staged record was processed, even if none could be imported.
    case done
    /// An error stopped the operation.
    case error
    /// An administrator stopped the operation.
    case canceled

    /// The state that a step stands for.
    ///
    /// An operation that is no longer valid reads `error`, unless it had finished or was stopped by an
    /// administrator. Source: docs/operations.md, "Steps and states".
    public init(step: ImportStep, isValid: Bool) {
        switch step {
        case .done: self = .done
        case .cancelled: self = .canceled
        case .failed: self = .error
        case _ where !isValid: self = .error
        case .new: self = .new
        case .uploading, .downloadingFile, .fileLoaded, .preparingStarted, .preparingUsers, .preparingContacts,
            .preparingRooms, .preparingMessages:
            self = .loading
        case .userSelection: self = .ready
        case .importingStarted, .importingUsers, .importingContacts, .importingRooms, .importingMessages,
            .importingFiles, .finishing:
            self = .importing
        }
    }
}
