/// Stores findings of importers.
public protocol FindingStore {
    /// Adds findings; beyond `limitPerCode` per severity and code they are only counted.
    func add(_ findings: [ImportFinding], to operation: OperationID, limitPerCode: Int) throws

    /// Removes the findings of an operation whose file is read again.
    func removeFindings(of operation: OperationID) throws

    /// A page of an operation's findings, most severe first.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first finding is returned regardless of
    ///   its size.
    func findings(of operation: OperationID, offset: Int, limit: Int, bytes: Int?) throws -> [ImportFinding]

    /// The first findings of one kind.
    func examples(of count: FindingCount, in operation: OperationID, limit: Int) throws -> [ImportFinding]

    /// How many findings there are of each severity and code, and the number of elements.
    func findingCounts(of operation: OperationID) throws -> [FindingCount]
}

extension FindingStore {
    /// A page of an operation's findings, the most severe first, regardless of their size.
    public func findings(of operation: OperationID, offset: Int, limit: Int) throws -> [ImportFinding] {
        try findings(of: operation, offset: offset, limit: limit, bytes: nil)
    }
}

/// The number of findings of one severity and code.
public struct FindingCount: Equatable, Sendable {
    /// How much it matters.
    public let severity: ImportFinding.Severity
    /// The kind of finding.
    public let code: ImportFinding.Code
    /// How many findings.
    public let findings: Int
    /// The number of elements of the source.
    public let elements: Int

    /// Creates a count.
    public init(severity: ImportFinding.Severity, code: ImportFinding.Code, findings: Int, elements: Int) {
        self.severity = severity
        self.code = code
        self.findings = findings
        self.elements = elements
    }
}
