/// Something that an importer reported while it read a file.
public struct FindingBody: Codable, Sendable {
    /// How much it matters: `error`, `warning` or `info`.
    public var severity: String
    /// The stable name of the finding.
    public var code: String
    /// The entry of the archive.
    public var entry: String?
    /// The line of a table, from 1, or the index of an element, from 0.
    public var position: Int?
    /// The invalid field, by its name in the source.
    public var field: String?
    /// The invalid value; never a secret.
    public var value: String?
    /// The number of elements of the source that it covers.
    public var count: Int
    /// One sentence for a person.
    public var message: String

    /// A finding about one element.
    public init(severity: String, code: String, message: String) {
        self.severity = severity
        self.code = code
        count = 1
        self.message = message
    }
}

/// The number of findings of one severity and code.
public struct FindingTotalBody: Codable, Sendable {
    /// How much it matters.
    public var severity: String
    /// The stable name of the finding.
    public var code: String
    /// How many findings there are.
    public var findings: Int
    /// The number of elements of the source.
    public var elements: Int

    /// A total.
    public init(severity: String, code: String, findings: Int, elements: Int) {
        self.severity = severity
        self.code = code
        self.findings = findings
        self.elements = elements
    }
}

/// `import.findings`.
public struct FindingListResponse: ListBody {
    /// A finding.
    public typealias Item = FindingBody
    /// `findings`.
    public static let itemsKey = "findings"

    /// The findings of this page, the most severe first.
    public var findings: [FindingBody]
    /// The totals of each code.
    public var totals: [FindingTotalBody]
    /// How many there are on this page.
    public var count: Int
    /// How many items precede it.
    public var offset: Int
    /// How many can be listed in all.
    public var total: Int
    /// True.
    public var success = true

    /// A page.
    public init(findings: [FindingBody], totals: [FindingTotalBody], offset: Int, total: Int) {
        self.findings = findings
        self.totals = totals
        count = findings.count
        self.offset = offset
        self.total = total
    }
}
