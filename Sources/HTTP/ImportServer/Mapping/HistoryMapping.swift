import ImportAPI
import ImportDomain
import ImportEngine

extension HistoryBody {
    /// An operation as the history shows it.
    init(_ entry: HistoryEntry, at now: Timestamp) {
        let operation = entry.operation
        self.init(
            _id: operation.id.rawValue, type: entry.importer?.name ?? operation.importerKey.rawValue,
            importerKey: operation.importerKey.rawValue, status: ImportStatus(operation.phase).rawValue,
            state: ImportState(operation.lifecycle).rawValue, valid: !operation.lifecycle.isRetired,
            undone: operation.phase == .ended(.undone), user: PersonBody(operation.createdBy, entry.people.creator),
            createdAt: operation.createdAt.iso8601, counts: ControlResponse.TypeCounts(operation.counts),
            totals: ControlResponse.Counts(operation.totalCounts))
        control = operation.lifecycle.control.wireName
        controlledBy = entry.people.control.flatMap { request in
            request.user.map { PersonBody($0, request.name) }
        }
        controlledAt = entry.people.control?.at.iso8601
        startedBy = operation.start.map { PersonBody($0.user, entry.people.starter) }
        undoneBy = entry.undo.map { PersonBody($0.requestedBy, $0.requesterName) }
        undoneAt = entry.undo?.endedAt?.iso8601
        startedAt = operation.startedAt?.iso8601
        endedAt = operation.endedAt?.iso8601
        duration = entry.duration(at: now).map { $0 / .milliseconds(1) / 1_000 }
        file = operation.file.map {
            File(
                name: $0.name, contentType: $0.contentType, size: $0.content.map { Int($0.sizeBytes) },
                sha256: $0.content?.sha256)
        }
        policy = operation.start.map { PolicyBody($0.policies) }
        failure = operation.failure.map(FileFailureBody.init)
    }
}

extension PersonBody {
    fileprivate init(_ id: UserID, _ account: AccountName) {
        self.init(_id: id.rawValue, username: account.username, name: account.name)
    }
}

extension ReportResponse {
    /// A report as JSON.
    ///
    /// - Parameter hasExamples: whether the caller may see findings, as in `import.findings`.
    init(_ report: ImportReport, hasExamples: Bool) {
        self.init(
            operation: HistoryBody(report.entry, at: report.madeAt),
            failures: report.failures.map {
                Failure(type: $0.type.wireName, code: $0.code.rawValue, count: $0.count)
            },
            findings: report.findings.map { count, examples in
                Finding(
                    severity: count.severity.rawValue, code: count.code.rawValue, findings: count.findings,
                    elements: count.elements, examples: hasExamples ? examples.map { FindingBody($0) } : [])
            }, ts: report.madeAt.iso8601)
    }
}
