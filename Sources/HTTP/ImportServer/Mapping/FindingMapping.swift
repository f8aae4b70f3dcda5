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

extension FindingTotalBody {
    /// A total as the wire shows it.
    init(_ count: FindingCount) {
        self.init(
            severity: count.severity.rawValue, code: count.code.rawValue, findings: count.findings,
            elements: count.elements)
    }
}
