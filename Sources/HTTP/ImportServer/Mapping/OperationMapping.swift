import ImportAPI
import ImportDomain
import ImportEngine

extension OperationBody {
    /// An operation as the wire shows it.
    init(_ operation: ImportOperation, engine: ImportEngine) {
        // An operation of an importer that this version no longer has is still shown.
        let importer = try? engine.importer(operation.importerKey)
        self.init(
            _id: operation.id.rawValue, type: importer?.operationType ?? operation.importerKey.rawValue,
            importerKey: operation.importerKey.rawValue, ts: operation.createdAt.iso8601,
            status: operation.step.rawValue, valid: operation.isValid, user: operation.createdBy.rawValue,
            _updatedAt: operation.updatedAt.iso8601, count: CountBody(operation))
        if let file = operation.file {
            self.file = file.name
            contentType = file.contentType
            messagesstatus = operation.preparingEntry.map(JSONBody.string) ?? .null
        }
        failure = operation.failure.map {
            FileFailureBody(code: $0.code.rawValue, message: $0.message, entry: $0.entry)
        }
    }
}

extension CountBody {
    /// The counts as the wire shows them; nil before anything was staged.
    init?(_ operation: ImportOperation) {
        guard !operation.counts.isEmpty else { return nil }
        let sum = operation.totalCounts
        self.init(total: sum.total)
        users = operation.counts[.user]?.total
        channels = operation.counts[.room]?.total
        messages = operation.counts[.message]?.total
        contacts = operation.counts[.contact]?.total
        let hasBegun = operation.step.isImporting || operation.step.isTerminal
        if hasBegun {
            completed = sum.completed
            error = sum.error
            // Additions, named only when they say something.
            skipped = sum.skipped == 0 ? nil : sum.skipped
            unchanged = sum.unchanged == 0 ? nil : sum.unchanged
            updated = sum.updated == 0 ? nil : sum.updated
        }
    }
}
