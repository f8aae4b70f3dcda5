import ImportAPI
import ImportDomain
import ImportEngine

extension OperationBody {
    /// An operation as the wire shows it.
    init(_ operation: ImportOperation, engine: ImportEngine) {
        // An operation whose importer no longer exists is still returned.
        let importer = try? engine.operations.importer(operation.importerKey)
        self.init(
            _id: operation.id.rawValue, type: importer?.operationType ?? operation.importerKey.rawValue,
            importerKey: operation.importerKey.rawValue, ts: operation.createdAt.iso8601,
            status: ImportStatus(operation.phase).rawValue, valid: !operation.lifecycle.isRetired,
            user: operation.createdBy.rawValue,
            _updatedAt: operation.updatedAt.iso8601, count: CountBody(operation))
        if let file = operation.file {
            self.file = file.name
            contentType = file.contentType
            messagesstatus = operation.entry.map(JSONBody.string) ?? .null
        }
        policy = operation.start.map { PolicyBody($0.policies) }
        failure = operation.failure.map(FileFailureBody.init)
    }
}

extension FileFailureBody {
    /// Why a file cannot be imported, as the wire shows it.
    init(_ failure: ImportFileFailure) {
        self.init(code: failure.code.rawValue, message: failure.message, entry: failure.entry)
    }
}

extension CountBody {
    /// The counts in their wire form; nil before anything was staged.
    init?(_ operation: ImportOperation) {
        guard !operation.counts.isEmpty else { return nil }
        let sum = operation.totalCounts
        self.init(total: sum.total)
        users = operation.counts[.user]?.total
        channels = operation.counts[.room]?.total
        messages = operation.counts[.message]?.total
        contacts = operation.counts[.contact]?.total
        let hasBegun =
            switch operation.phase {
            case .running, .undoing, .ended: true
            case .created, .receiving, .received, .reading, .ready: false
            }
        if hasBegun {
            completed = sum.completed
            error = sum.error
            // Additions, absent when they are zero.
            skipped = sum.skipped == 0 ? nil : sum.skipped
            unchanged = sum.unchanged == 0 ? nil : sum.unchanged
            updated = sum.updated == 0 ? nil : sum.updated
        }
    }
}

extension ImportStatus {
    /// Rocket.Chat's name of a phase.
    init(_ phase: ImportPhase) {
        switch phase {
        case .created: self = .new
        case .receiving(.client): self = .uploading
        case .receiving(.address): self = .downloadingFile
        case .received: self = .fileLoaded
        case .reading(nil): self = .preparingStarted
        case .reading(.user?): self = .preparingUsers
        case .reading(.contact?): self = .preparingContacts
        case .reading(.room?): self = .preparingChannels
        case .reading(.message?): self = .preparingMessages
        case .ready: self = .userSelection
        case .running(.starting): self = .importingStarted
        case .running(.users): self = .importingUsers
        case .running(.contacts): self = .importingContacts
        case .running(.rooms): self = .importingChannels
        case .running(.messages): self = .importingMessages
        case .running(.files): self = .importingFiles
        case .running(.finishing): self = .finishing
        case .undoing: self = .undoing
        case .ended(.done): self = .done
        case .ended(.failed): self = .importFailed
        // Rocket.Chat has no status for an undone import.
        case .ended(.canceled), .ended(.undone): self = .importCancelled
        }
    }
}

extension ImportState {
    /// Rocket.Chat's state of an operation, or of none.
    init(_ lifecycle: ImportLifecycle?) {
        switch lifecycle?.phase {
        case nil: self = .none
        case .created: self = .new
        case .receiving, .received, .reading: self = .loading
        case .ready: self = .ready
        case .running, .undoing: self = .importing
        case .ended(.done): self = .done
        case .ended(.failed): self = .error
        case .ended(.canceled), .ended(.undone): self = .canceled
        }
    }
}
