import ImportAPI
import ImportDomain
import ImportEngine

extension UndoneKind {
    /// The kind's wire name: rooms are channels.
    var wireName: String { self == .room ? "channel" : rawValue }

    init?(wireName: String) {
        guard let kind = Self.allCases.first(where: { $0.wireName == wireName }) else { return nil }
        self = kind
    }
}

extension UndoSummary {
    /// The numbers of an undo.
    init(_ counts: UndoCounts) {
        func of(_ kind: UndoneKind) -> Counts {
            Counts(
                removed: counts.removed[kind] ?? 0, restored: counts.restored[kind] ?? 0,
                kept: counts.keptCount(of: kind))
        }
        self.init(
            users: of(.user), channels: of(.room), messages: of(.message), memberships: of(.membership),
            importIds: of(.importID), files: of(.file))
    }
}

extension UndoResponse {
    /// The response of `import.undo`.
    init(_ report: ImportUndos.Report, dryRun: Bool, operation: OperationBody) {
        let lifecycle = report.operation.lifecycle
        let isUndone = lifecycle.phase == .ended(.undone)
        self.init(
            state: ImportState(lifecycle).rawValue, control: lifecycle.control.wireName, operation: operation,
            dryRun: dryRun, undone: isUndone ? true : nil, summary: UndoSummary(report.counts),
            reasons: UndoReasonBody.all(report), message: Self.words(about: report))
    }

    private static func words(about report: ImportUndos.Report) -> String {
        let numbers = report.numbers
        return switch (report.operation.phase, report.operation.lifecycle.control) {
        case (.ended(.undone), _): "The import was undone: \(numbers). Next: import.undo.kept, or import.new."
        case (.undoing, .none): "The import is being undone: \(numbers) so far. Next: import.status, or import.pause."
        case (.undoing, .paused): "The undo is paused: \(numbers) so far. Next: import.resume."
        case (.undoing, _): "The undo is being paused: \(numbers) so far. Next: import.resume."
        default: "An undo would have this result: \(numbers). Nothing was written. Next: import.undo without dryRun."
        }
    }
}

extension ImportUndos.Report {
    /// How many rows of all kinds were removed, restored and kept.
    var numbers: String {
        let (removed, restored) = (counts.removed.values.reduce(0, +), counts.restored.values.reduce(0, +))
        let kept = UndoneKind.allCases.reduce(0) { $0 + counts.keptCount(of: $1) }
        return "\(removed) removed, \(restored) restored, \(kept) kept"
    }
}

extension UndoReasonBody {
    /// Why an undo keeps things, with their number and some of them.
    static func all(_ report: ImportUndos.Report) -> [UndoReasonBody] {
        UndoneKind.allCases.flatMap { kind in
            KeptReason.allCases.compactMap { reason in
                guard let count = report.counts.kept[kind]?[reason] else { return nil }
                return UndoReasonBody(
                    type: kind.wireName, code: reason.rawValue, count: count, message: reason.message,
                    examples: report.examples.filter { $0.kind == kind && $0.reason == reason }
                        .map { UndoReasonBody.Example(id: $0.id, name: $0.name) })
            }
        }
    }
}

extension UndoReportBody {
    /// The undo of an import; nil if none was requested.
    init?(_ report: ImportUndos.Report) {
        guard let undo = report.undo else { return nil }
        self.init(
            startedAt: undo.startedAt.iso8601, endedAt: undo.endedAt?.iso8601, summary: UndoSummary(report.counts),
            reasons: UndoReasonBody.all(report))
    }
}

extension UndoProgressBody {
    /// The undo in `import.status` and `import.events`.
    init(_ undo: ImportUndo?, of operation: ImportOperation) {
        self.init(
            operationId: operation.id.rawValue, control: operation.lifecycle.control.wireName,
            stage: undo?.endedAt == nil ? undo?.position.stage.rawValue : nil, startedAt: undo?.startedAt.iso8601,
            endedAt: undo?.endedAt?.iso8601, summary: UndoSummary(undo?.counts ?? UndoCounts()))
    }
}

extension KeptBody {
    /// Something that an undo kept.
    init(_ item: KeptItem) {
        self.init(
            id: item.id, type: item.kind.wireName, name: item.name, code: item.reason.rawValue,
            message: item.reason.message)
    }
}

extension KeptFilter {
    /// The filter of a query.
    init(_ query: KeptQuery) throws(APIFailure) {
        self.init()
        if let name = query.type {
            guard let kind = UndoneKind(wireName: name), ![.importID, .file].contains(kind) else {
                throw .invalidQuery(["must be equal to one of the allowed values"])
            }
            self.kind = kind
        }
        if let name = query.code {
            guard let reason = KeptReason(rawValue: name) else {
                throw .invalidQuery(["must be equal to one of the allowed values"])
            }
            self.reason = reason
        }
    }
}
