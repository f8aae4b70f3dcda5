import ImportAPI
import ImportDomain
import ImportEngine

extension ImportControl {
    /// What an administrator requested; nil if nothing.
    var wireName: String? { self == .none ? nil : rawValue }
}

extension ControlResponse {
    /// The response of a call that pauses, resumes or cancels.
    init(_ result: ControlledImport, to event: ImportEvent, operation: OperationBody?) {
        let lifecycle = result.operation?.lifecycle
        self.init(
            state: ImportState(lifecycle).rawValue, control: lifecycle?.control.wireName, operation: operation,
            counts: TypeCounts(result.operation?.counts ?? [:]), downloads: result.downloads.map(Downloads.init),
            message: result.downloads.map { Self.words(about: $0, event) }
                ?? result.operation.map { Self.words(about: $0, event) } ?? "")
    }

    /// What stays of an import, and what is gone.
    private static func words(about operation: ImportOperation, _ event: ImportEvent) -> String {
        let counts = operation.totalCounts
        let imported = "\(counts.completed) records are imported and stay."
        let isLoading =
            switch operation.phase {
            case .receiving, .reading: true
            default: false
            }
        switch event {
        case .pause:
            let verb = operation.lifecycle.control == .paused ? "is paused" : "is being paused"
            let rest =
                isLoading
                ? "Nothing of its file is staged; import.resume starts the file again from the beginning."
                : "\(imported) \(counts.pending) stay staged until import.resume or import.cancel."
            return "The import \(verb). \(rest)"
        case .resume:
            return isLoading
                ? "The file of the import is started again from the beginning."
                : "The import continues. \(imported) \(counts.pending) are staged."
        default:
            let verb = operation.lifecycle.isEnded ? "is cancelled" : "is being cancelled"
            return "The import \(verb). \(imported) \(counts.pending + counts.error) stay staged until import.clear or "
                + "the next import, and cannot be imported any more."
                + (isLoading ? " Nothing of its file is staged." : "")
        }
    }

    /// What stays of the queue of downloads, and what is gone.
    private static func words(about downloads: ControlledImport.Downloads, _ event: ImportEvent) -> String {
        let queued = downloads.counts[.queued] ?? 0
        let done = "\(downloads.counts[.done] ?? 0) are complete and stay."
        return switch event {
        case .pause:
            "The downloads are paused. \(done) \(queued) stay queued until import.resume or import.cancel; those in "
                + "progress start again from the beginning."
        case .resume: "The downloads continue. \(done) \(queued) are queued."
        default:
            "The downloads are cancelled. \(done) \(queued) leave the queue; downloadPendingFiles and "
                + "downloadPendingAvatars queue them again."
        }
    }
}

extension ControlResponse.TypeCounts {
    /// The counts of each type.
    init(_ counts: [RecordType: ImportCounts]) {
        self.init()
        users = counts[.user].map(ControlResponse.Counts.init)
        channels = counts[.room].map(ControlResponse.Counts.init)
        messages = counts[.message].map(ControlResponse.Counts.init)
        contacts = counts[.contact].map(ControlResponse.Counts.init)
    }
}

extension ControlResponse.Counts {
    /// The outcomes of records.
    init(_ counts: ImportCounts) {
        self.init(
            total: counts.total, created: counts.created, updated: counts.updated, unchanged: counts.unchanged,
            skipped: counts.skipped, failed: counts.error, pending: counts.pending)
    }
}

extension ControlResponse.Downloads {
    fileprivate init(_ downloads: ControlledImport.Downloads) {
        let counts = downloads.counts
        self.init(
            control: downloads.control.wireName, queued: counts[.queued] ?? 0, waiting: counts[.waiting] ?? 0,
            failed: counts[.failed] ?? 0, done: counts[.done] ?? 0)
    }
}
