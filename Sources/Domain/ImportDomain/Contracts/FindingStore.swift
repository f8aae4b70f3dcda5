/// Keeps what importers noticed about a file.
public protocol FindingStore {
    /// Adds findings; beyond `limitPerCode` of a severity and code they are only counted.
    func add(_ findings: [ImportFinding], to operation: OperationID, limitPerCode: Int) throws

    /// Forgets the findings of an operation, because its file is read again.
    func removeFindings(of operation: OperationID) throws

    /// A page of an operation's findings, the gravest first.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first finding is there whatever its size.
    func findings(of operation: OperationID, offset: Int, limit: Int, bytes: Int?) throws -> [ImportFinding]

    /// How many findings there are of each severity and code, and how many elements they stand for.
    func findingCounts(of operation: OperationID) throws -> [FindingCount]
}

extension FindingStore {
    /// A page of an operation's findings, the gravest first, whatever their size.
    public func findings(of operation: OperationID, offset: Int, limit: Int) throws -> [ImportFinding] {
        try findings(of: operation, offset: offset, limit: limit, bytes: nil)
    }
}

/// How often something was noticed.
public struct FindingCount: Equatable, Sendable {
    /// How much it matters.
    public let severity: ImportFinding.Severity
    /// What was noticed.
    public let code: ImportFinding.Code
    /// How many findings.
    public let findings: Int
    /// How many elements of the source they stand for.
    public let elements: Int

    /// Creates a count.
    public init(severity: ImportFinding.Severity, code: ImportFinding.Code, findings: Int, elements: Int) {
        self.severity = severity
        self.code = code
        self.findings = findings
        self.elements = elements
    }
}
