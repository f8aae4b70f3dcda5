import ImportDomain

/// The columns `phase`, `stage`, `control` and `retired` of an operation.
struct StoredLifecycle {
    let phase: String
    /// What belongs to the phase; nil for phases that nothing belongs to.
    let stage: String?
    let control: String
    let isRetired: Bool

    init(phase: String, stage: String?, control: String, isRetired: Bool) {
        self.phase = phase
        self.stage = stage
        self.control = control
        self.isRetired = isRetired
    }

    init(_ lifecycle: ImportLifecycle) {
        (phase, stage) =
            switch lifecycle.phase {
            case .created: ("created", nil)
            case .receiving(let origin): ("receiving", origin.rawValue)
            case .received: ("received", nil)
            case .reading(let type): ("reading", type?.rawValue)
            case .ready: ("ready", nil)
            case .running(let stage): ("running", stage.rawValue)
            case .ended(let outcome): ("ended", outcome.rawValue)
            case .undoing: ("undoing", nil)
            }
        control = lifecycle.control.rawValue
        isRetired = lifecycle.isRetired
    }

    /// The life that the columns tell of.
    ///
    /// - Throws: `StoreError.corrupt` for values that this program does not know.
    func lifecycle() throws -> ImportLifecycle {
        guard let phase = knownPhase, let control = ImportControl(rawValue: control),
            let lifecycle = ImportLifecycle(phase: phase, control: control, isRetired: isRetired)
        else {
            throw StoreError.corrupt(
                message: "An import is in the phase \"\(phase) \(stage ?? "")\" with the control \"\(control)\", "
                    + "which this version of Ferry does not know.")
        }
        return lifecycle
    }

    private var knownPhase: ImportPhase? {
        switch (phase, stage) {
        case ("created", nil): .created
        case ("receiving", let origin?): FileOrigin(rawValue: origin).map(ImportPhase.receiving)
        case ("received", nil): .received
        case ("reading", nil): .reading(nil)
        case ("reading", let type?): RecordType(rawValue: type).map(ImportPhase.reading)
        case ("ready", nil): .ready
        case ("running", let stage?): ImportStage(rawValue: stage).map(ImportPhase.running)
        case ("ended", let outcome?): ImportOutcome(rawValue: outcome).map(ImportPhase.ended)
        case ("undoing", nil): .undoing
        default: nil
        }
    }
}
