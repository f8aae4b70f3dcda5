import ImportAPI
import ImportDomain
import ImportEngine

extension ImportControl {
    /// What an administrator requested; nil if nothing.
    var wireName: String? { self == .none ? nil : rawValue }
}

extension ControlResponse {
    /// The response of a call that pauses, resumes or cancels.
    ///
    /// - Parameter undo: the undo that the call is about; nil for any other call.
    init(_ result: ControlledImport, to event: ImportEvent, operation: OperationBody?, undo: ImportUndos.Report?) {
        let lifecycle = result.operation?.lifecycle
        self.init(
            state: ImportState(lifecycle).rawValue, control: lifecycle?.control.wireName, operation: operation,
            counts: TypeCounts(result.operation?.counts ?? [:]), downloads: result.downloads.map(Downloads.init),
            message: result.downloads.map { Self.words(about: $0, event) } ?? undo.map(Self.words)
                ?? result.operation.map { Self.words(about: $0, event) } ?? "")
    }

    /// What an undo has removed, and what it has not.
    private static func words(about undo: ImportUndos.Report) -> String {
        let (situation, next) =
            switch undo.operation.lifecycle.control {
            case .paused: ("The undo is paused", "import.resume, which continues it")
            case .pausing: ("The undo is being paused", "import.resume, which continues it")
            default: ("The undo continues", "import.status, or import.pause")
            }
        let types: [(RecordType, UndoneKind)] = [(.user, .user), (.room, .room), (.message, .message)]
        let created = types.reduce(0) { $0 + (undo.operation.counts[$1.0]?.created ?? 0) }
        let done = types.reduce(0) { $0 + (undo.counts.removed[$1.1] ?? 0) + undo.counts.keptCount(of: $1.1) }
        return
            "\(situation): \(undo.numbers) so far. At most \(max(0, created - done)) of the \(created) users, rooms and "
            + "messages that the import created are left. An undo cannot be cancelled. Next: \(next)."
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
