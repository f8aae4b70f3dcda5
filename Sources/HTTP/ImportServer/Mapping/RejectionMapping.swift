import ImportAPI
import ImportDomain
import ImportEngine

extension ImportRejection {
    /// Rocket.Chat's text of the error.
    var documentedText: String {
        switch reason {
        case .operationNotInitialized: "Import operation not initialized."
        case .operationCannotReceiveRecords: "The current import operation can not receive new data."
        case .operationFinished: "The current import operation is already finished."
        case .operationNotFound, .operationUnknown: "error-operation-not-found"
        case .invalidOperationStatus, .fileNotImported, .nothingToRetry, .downloadsCanceling, .anotherImportActive,
            .neverUndone:
            "error-invalid-operation-status"
        }
    }
}

extension APIFailure {
    /// The same error, with the state of the import, why it does not allow the call, and which calls come next.
    func explaining(_ rejection: ImportRejection) -> APIFailure {
        var failure = self
        let words = RejectionWords(rejection)
        failure.body.import = ErrorBody.Import(code: rejection.reason.code, message: words.message)
        failure.body.import?.state = ImportState(rejection.lifecycle).rawValue
        switch rejection.reason {
        case .fileNotImported(let reason): failure.body.import?.value = reason.entry
        case .operationUnknown(let id):
            failure.body.import?.field = "operationId"
            failure.body.import?.value = id.shown
            // The state of another operation would mislead.
            failure.body.import?.state = nil
        default: break
        }
        failure.body.import?.control = rejection.lifecycle?.control.wireName
        failure.body.import?.next = words.next
        return failure
    }
}

/// What a rejection says to a person, and the calls that it names.
struct RejectionWords {
    let message: String
    let next: [String]

    init(_ rejection: ImportRejection) {
        switch rejection.reason {
        case .fileNotImported(let failure):
            next = Self.begin
            message = failure.message
        case .nothingToRetry:
            next = ["import.failures"] + Self.begin
            message = "No failed record of the import matches, so nothing can be tried again. \(Self.advice(next))"
        case .operationUnknown(let id):
            next = ["import.history"]
            message = "No import has the operationId \"\(id.shown)\". \(Self.advice(next))"
        case .neverUndone:
            // A rejected event means that the import cannot be undone now, which is the question.
            let isUndoable = rejection.lifecycle.flatMap { try? $0.applying(.undo) } != nil
            next = isUndoable ? ["import.undo"] : ["import.status"]
            message =
                "The import was not undone, so there is no list of what an undo kept. \(Self.advice(next))"
                + (isUndoable ? " With dryRun it shows what an undo would keep." : "")
        case .downloadsCanceling:
            next = ["downloadPendingFiles", "downloadPendingAvatars"]
            message = "The queued downloads are being cancelled. \(Self.advice(next))"
        case .anotherImportActive:
            let isUndoing = rejection.lifecycle?.phase == .undoing
            let (isPaused, isRetry) = (rejection.lifecycle?.control == .paused, rejection.event == .retry)
            next =
                ["import.status", isPaused ? "import.resume" : "import.pause"] + (isUndoing ? [] : ["import.cancel"])
            message =
                "Another import \(isUndoing ? "is being undone" : "is active"), so this one "
                + "\(isRetry ? "cannot be tried again" : Self.consequence(of: rejection.event)). \(Self.advice(next))"
        default:
            let (situation, next) = Self.situation(rejection.lifecycle)
            self.next = next
            let sentence =
                rejection.lifecycle == nil
                ? "There is no import\(Self.purpose(of: rejection.event))."
                : "\(situation), so it \(Self.consequence(of: rejection.event))."
            message = "\(sentence) \(Self.advice(next))"
        }
    }

    private static let begin = ["import.new", "uploadImportFile"]

    private static func advice(_ calls: [String]) -> String { "Next: \(calls.joined(separator: ", or "))." }

    private static func purpose(of event: ImportEvent?) -> String {
        switch event {
        case .stageRecords: " that takes records"
        case .check: " to check"
        case .start: " to start"
        case .pause: " to pause"
        case .resume: " to resume"
        case .cancel: " to cancel"
        case .delete: " to delete"
        case .retry: " whose records failed"
        case .undo: " to undo"
        default: ""
        }
    }

    private static func consequence(of event: ImportEvent?) -> String {
        switch event {
        case .stageRecords: "takes no records"
        case .check: "cannot be checked"
        case .start: "cannot be started"
        case .pause: "cannot be paused"
        case .resume: "cannot be resumed"
        case .cancel: "cannot be cancelled"
        case .delete: "cannot be deleted"
        case .retry: "has no records to try again"
        case .undo: "cannot be undone"
        default: "does not allow the call"
        }
    }

    /// The state of an import as the beginning of a sentence, and the calls that lead on from it.
    private static func situation(_ lifecycle: ImportLifecycle?) -> (state: String, next: [String]) {
        guard let lifecycle else { return ("", begin) }
        guard !lifecycle.isRetired else {
            return ("The import \(lifecycle.phase == .ended(.done) ? "is done" : "has ended") and was cleared", begin)
        }
        let cancel = ["import.cancel"]
        let work = work(of: lifecycle.phase)
        switch (lifecycle.phase, lifecycle.control) {
        case (.undoing, .none): return ("The import is being undone", ["import.status", "import.pause"])
        case (.undoing, .paused): return ("The undo of the import is paused", ["import.resume"])
        case (.undoing, .pausing): return ("The undo of the import is being paused", ["import.resume"])
        case (.undoing, .canceling): return ("The import is being undone", ["import.status"])
        case (_, .pausing): return ("The import is being paused while \(work)", ["import.resume"] + cancel)
        case (_, .paused): return ("The import is paused while \(work)", ["import.resume"] + cancel)
        case (_, .canceling): return ("The import is being cancelled", ["import.status"])
        case (.created, _): return ("The import has no records yet", ["import.addUsers", "import.cancel"])
        case (.received, _): return ("The file of the import is not read yet", ["getImportFileData", "import.cancel"])
        case (.receiving, _), (.reading, _), (.running, _):
            return ("The import is active (\(work))", ["import.status", "import.pause"] + cancel)
        case (.ready, _):
            return ("The records of the import are staged", ["import.run", "startImport", "import.cancel"])
        case (.ended(.done), _): return ("The import is done", ["import.failures"] + begin)
        case (.ended(.failed), _): return ("The import has failed", ["import.status"] + begin)
        case (.ended(.canceled), _): return ("The import was cancelled", begin)
        case (.ended(.undone), _): return ("The import was undone", begin)
        }
    }

    private static func work(of phase: ImportPhase) -> String {
        switch phase {
        case .receiving: "its file is received"
        case .reading: "its file is read"
        case .running(.files): "files of messages are taken out of its archive"
        case .running(let stage): stage.recordType.map { "\($0.wireName)s are imported" } ?? "it is imported"
        case .created, .received, .ready, .undoing, .ended: ""
        }
    }
}

extension OperationID {
    /// The id for people, cut if it is long.
    fileprivate var shown: String { rawValue.count > 64 ? rawValue.prefix(64) + "…" : rawValue }
}
