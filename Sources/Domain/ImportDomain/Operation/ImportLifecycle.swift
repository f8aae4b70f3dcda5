/// An event in the life of an import.
public enum ImportEvent: Hashable, Sendable {
    /// Records that clients sent are staged.
    case stageRecords
    /// The file was received.
    case finishReceiving
    /// A client requested the content of the file.
    case beginReading
    /// Records of this type were staged from the file.
    case read(RecordType)
    /// The file is read and its records are staged.
    case finishReading
    /// An administrator asked what the import would do.
    case check
    /// An administrator started the import.
    case start
    /// A worker reached this stage.
    case reach(ImportStage)
    /// A worker finished the import.
    case finish
    /// It failed.
    case fail
    /// An administrator requested another attempt for failed records.
    case retry
    /// An administrator requested a pause.
    case pause
    /// The requested pause took effect: no worker is left.
    case confirmPause
    /// An administrator requested that it continue.
    case resume
    /// An administrator requested its end.
    case cancel
    /// The requested end took effect: no worker is left.
    case confirmCancel
    /// An administrator requested an undo.
    case undo
    /// The undo is complete.
    case finishUndoing
    /// An administrator cleared it, or another import superseded it: it is history.
    case retire
    /// An administrator deleted it.
    case delete
}

/// An event that is not allowed in the import's present state.
public struct ImportEventRefusal: Error, Equatable, Sendable {
    /// The event.
    public let event: ImportEvent
    /// The state of the import, which stays unchanged.
    public let lifecycle: ImportLifecycle
}

/// The state of an import: a phase and, independent of it, a control.
///
/// Every change is an ``ImportEvent``; ``applying(_:)`` is the only table of transitions.
/// Source: docs/architecture.md, "The life of an import".
public struct ImportLifecycle: Hashable, Sendable {
    /// Its phase.
    public let phase: ImportPhase
    /// The requested control; `none` unless a worker is active.
    public let control: ImportControl
    /// Whether it is history: nothing may be staged or imported any more.
    public let isRetired: Bool

    /// An import at its beginning.
    ///
    /// - Parameter phase: `created` for records from clients, `receiving` or `received` for a file, `ended` for an
    ///   operation that only represents other work.
    public init(_ phase: ImportPhase = .created) { self.init(checked: phase) }

    /// A stored import; nil for a combination that no events lead to.
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

    /// Whether workers may claim its records.
    public var isRunning: Bool {
        if case .running = phase { control == .none } else { false }
    }

    /// Whether workers may undo it.
    public var isUndoing: Bool { phase == .undoing && control == .none }

    /// Whether its file has to be fetched, read, or searched for files of messages.
    public var hasFileWork: Bool {
        guard control == .none else { return false }
        switch phase {
        case .receiving(.address), .reading, .running(.files): return true
        default: return false
        }
    }

    /// Whether an administrator requested that it stop, and workers may still hold part of it.
    public var isStopping: Bool { control == .pausing || control == .canceling }

    /// Whether it has ended.
    public var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// The import after an event.
    ///
    /// - Throws: `ImportEventRefusal` if the event is not allowed.
    public func applying(_ event: ImportEvent) throws(ImportEventRefusal) -> ImportLifecycle {
        switch (event, phase) {
        case (.stageRecords, .created), (.stageRecords, .ready), (.finishReading, .reading): return moved(to: .ready)
        case (.check, .ready): return self
        case (.finishReceiving, .receiving): return moved(to: .received)
        case (.beginReading, .received): return moved(to: .reading(nil))
        case (.read(let type), .reading): return moved(to: .reading(type))
        case (.start, .ready): return moved(to: .running(.starting))
        case (.reach(let stage), .running(let current)) where current < stage: return moved(to: .running(stage))
        case (.finish, .running(.finishing)): return moved(to: .ended(.done))
        case (.retry, .ended(.done)) where !isRetired: return moved(to: .running(.starting))

        case (.fail, _) where !isEnded: return moved(to: .ended(.failed))
        case (.delete, .ended): return ImportLifecycle(checked: phase, isRetired: true)
        case (.retire, .ended), (.retire, .undoing):
            return ImportLifecycle(checked: phase, control, isRetired: true)
        case (.retire, _): return ImportLifecycle(checked: .ended(.canceled), isRetired: true)

        case (.undo, .ended(.done)), (.undo, .ended(.failed)), (.undo, .ended(.canceled)): return moved(to: .undoing)
        case (.finishUndoing, .undoing): return moved(to: .ended(.undone))

        case (.pause, _) where phase.isWork: return try controlled(by: event)
        case (.confirmPause, _) where phase.isWork: return try controlled(by: event)
        case (.resume, _) where phase.isWork: return try controlled(by: event)
        // An undo can be paused, but not cancelled: that would leave half of it.
        case (.cancel, .undoing), (.confirmCancel, .undoing): throw ImportEventRefusal(event: event, lifecycle: self)
        case (.cancel, _) where phase.isWork: return try controlled(by: event)
        case (.confirmCancel, _) where control == .canceling: return moved(to: .ended(.canceled))
        case (.cancel, .created), (.cancel, .received), (.cancel, .ready), (.cancel, .ended(.canceled)):
            return moved(to: .ended(.canceled))

        default: throw ImportEventRefusal(event: event, lifecycle: self)
        }
    }

    /// The control after an event, in a phase with active workers.
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
