import ImportAPI
import ImportDomain
import ImportEngine

extension FindingBody {
    /// A finding as the wire shows it.
    init(_ finding: ImportFinding) {
        self.init(severity: finding.severity.rawValue, code: finding.code.rawValue, message: finding.message)
        entry = finding.entry
        position = finding.position
        field = finding.field
        value = finding.value
        count = finding.count
    }
}

extension FindingListAnswer {
    /// A page of findings as the wire shows it.
    init(_ findings: [ImportFinding], counts: [FindingCount], offset: Int) {
        self.init(
            findings: findings.map(FindingBody.init),
            totals: counts.map {
                FindingTotalBody(
                    severity: $0.severity.rawValue, code: $0.code.rawValue, findings: $0.findings,
                    elements: $0.elements)
            }, offset: offset, total: counts.reduce(0) { $0 + min($1.findings, ImportEngine.findingsPerCode) })
    }
}
