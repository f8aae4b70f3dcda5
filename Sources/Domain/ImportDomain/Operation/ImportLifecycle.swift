/// What happens to an import.
public enum ImportEvent: Hashable, Sendable {
    /// Records that clients sent are staged.
    case stageRecords
    /// The file is there.
    case finishReceiving
    /// Somebody asked what is in the file.
    case beginReading
    /// Records of this type were staged from the file.
    case read(RecordType)
    /// The file is read and what it holds is staged.
    case finishReading
    /// An administrator started the import.
    case start
    /// A worker has come to this stage.
    case reach(ImportStage)
    /// A worker has done everything.
    case finish
    /// It cannot go on.
    case fail
    /// The failed records are to be imported again.
    case retry
    /// An administrator wants it to stop for a while.
    case pause
    /// Nobody works on it any more, since a pause was asked for.
    case confirmPause
    /// An administrator wants it to go on.
    case resume
    /// An administrator wants it to end.
    case cancel
    /// Nobody works on it any more, since its end was asked for.
    case confirmCancel
    /// What it did is to be taken back.
    case undo
    /// What it did is taken back.
    case finishUndoing
    /// An administrator cleared it, or another import took its place: it is history.
    case retire
}

/// An event that means nothing for an import as it is.
public struct ImportEventRefusal: Error, Equatable, Sendable {
    /// The event.
    public let event: ImportEvent
    /// The import as it was, and stays.
    public let lifecycle: ImportLifecycle
}

/// How far an import has come and what was asked of it: a phase and, independent of it, a control.
///
/// Every change is an ``ImportEvent``, and ``applying(_:)`` is the only table of what events do.
/// Source: docs/architecture.md, "The life of an import".
public struct ImportLifecycle: Hashable, Sendable {
    /// How far it has come.
    public let phase: ImportPhase
    /// What was asked of it; always `none` unless somebody works on it.
    public let control: ImportControl
    /// Whether it is history: nothing may be staged or imported for it any more.
    public let isRetired: Bool

    /// An import at its beginning.
    ///
    /// - Parameter phase: `created` for records that clients send, `receiving` or `received` for those of a file; `ended`
    ///   for one that stands for work of another kind.
    public init(_ phase: ImportPhase = .created) { self.init(checked: phase) }

    /// An import as it was stored; nil for what no sequence of events leads to.
    public init?(phase: ImportPhase, control: ImportControl, isRetired: Bool) {
        guard control == .none || phase.isWork else { return nil }
        switch phase {
        case .ended, .undoing: break
        default: guard !isRetired else { return nil }
        }
        self.init(checked: phase, control, isRetired: isRetired)
    }

    private init(checked phase: ImportPhase, _ control: ImportControl = .none, isRetired: Bool = false) {
        self.phase = phase
        self.control = phase.isWork ? control : .none
        self.isRetired = isRetired
    }

    /// Whether workers may claim records of it.
    public var isRunning: Bool {
        if case .running = phase { control == .none } else { false }
    }

    /// Whether its file is to be fetched, read, or searched for files of messages.
    public var hasFileWork: Bool {
        guard control == .none else { return false }
        switch phase {
        case .receiving(.address), .reading, .running(.files): return true
        default: return false
        }
    }

    /// Whether it will not change by itself any more.
    public var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// The import after an event.
    ///
    /// - Throws: `ImportEventRefusal` when the event means nothing for it.
    public func applying(_ event: ImportEvent) throws(ImportEventRefusal) -> ImportLifecycle {
        switch (event, phase) {
        case (.stageRecords, .created), (.stageRecords, .ready), (.finishReading, .reading): return moved(to: .ready)
        case (.finishReceiving, .receiving): return moved(to: .received)
        case (.beginReading, .received): return moved(to: .reading(nil))
        case (.read(let type), .reading): return moved(to: .reading(type))
        case (.start, .ready): return moved(to: .running(.starting))
        case (.reach(let stage), .running(let current)) where current < stage: return moved(to: .running(stage))
        case (.finish, .running(.finishing)): return moved(to: .ended(.done))
        case (.retry, .ended(.done)) where !isRetired: return moved(to: .running(.starting))

        case (.fail, _) where !isEnded: return moved(to: .ended(.failed))
        case (.retire, .ended), (.retire, .undoing):
            return ImportLifecycle(checked: phase, control, isRetired: true)
        case (.retire, _): return ImportLifecycle(checked: .ended(.canceled), isRetired: true)

        case (.undo, .ended(.done)), (.undo, .ended(.failed)), (.undo, .ended(.canceled)): return moved(to: .undoing)
        case (.finishUndoing, .undoing): return moved(to: .ended(.undone))

        case (.pause, _) where phase.isWork: return try controlled(by: event)
        case (.confirmPause, _) where phase.isWork: return try controlled(by: event)
        case (.resume, _) where phase.isWork: return try controlled(by: event)
        // To stop in the middle of an undoing would leave half of it: it can be paused only.
        case (.cancel, .undoing), (.confirmCancel, .undoing): throw ImportEventRefusal(event: event, lifecycle: self)
        case (.cancel, _) where phase.isWork: return try controlled(by: event)
        case (.confirmCancel, _) where control == .canceling: return moved(to: .ended(.canceled))
        case (.cancel, .created), (.cancel, .received), (.cancel, .ready), (.cancel, .ended(.canceled)):
            return moved(to: .ended(.canceled))

        default: throw ImportEventRefusal(event: event, lifecycle: self)
        }
    }

    /// The control after an event, in a phase in which somebody is at work.
    private func controlled(by event: ImportEvent) throws(ImportEventRefusal) -> ImportLifecycle {
        let next: ImportControl? =
            switch (event, control) {
            case (.pause, .none), (.pause, .pausing): .pausing
            case (.pause, .paused), (.confirmPause, .pausing), (.confirmPause, .paused): .paused
            case (.resume, .none), (.resume, .pausing), (.resume, .paused): ImportControl.none
            case (.cancel, _): .canceling
            default: nil
            }
        guard let next else { throw ImportEventRefusal(event: event, lifecycle: self) }
        return ImportLifecycle(checked: phase, next, isRetired: isRetired)
    }

    private func moved(to phase: ImportPhase) -> ImportLifecycle {
        ImportLifecycle(checked: phase, control, isRetired: isRetired)
    }
}
