/// An operation of the history.
public struct HistoryBody: ListContent, Codable, Sendable {
    /// The file that an operation read.
    public struct File: Codable, Equatable, Sendable {
        /// The name.
        public var name: String
        /// The media type that its sender declared.
        public var contentType: String?
        /// The size in bytes; absent if it was not received.
        public var size: Int?
        /// The SHA-256 as hexadecimal digits; absent if it was not received.
        public var sha256: String?

        /// A file of this name.
        public init(name: String, contentType: String?, size: Int?, sha256: String?) {
            self.name = name
            self.contentType = contentType
            self.size = size
            self.sha256 = sha256
        }
    }

    /// `operations`.
    public static let itemsKey = "operations"

    /// The operation's id.
    public var _id: String
    /// The importer's display name.
    public var type: String
    /// The importer's key.
    public var importerKey: String
    /// The step.
    public var status: String
    /// The state, as in `import.status`.
    public var state: String
    /// What was requested of it; absent if nothing.
    public var control: String?
    /// The account that requested the present pause, or the cancellation, with its names of that time; absent if none did.
    public var controlledBy: PersonBody?
    /// When that was requested, ISO 8601.
    public var controlledAt: String?
    /// False once superseded or cleared.
    public var valid: Bool
    /// Whether the import was undone.
    public var undone: Bool
    /// The account that created it.
    public var user: PersonBody
    /// The account that started it.
    public var startedBy: PersonBody?
    /// When it was created, ISO 8601.
    public var createdAt: String
    /// When it was started, ISO 8601.
    public var startedAt: String?
    /// When it ended, ISO 8601.
    public var endedAt: String?
    /// How long it ran so far, in seconds; absent if it was not started.
    public var duration: Double?
    /// The file that it read.
    public var file: File?
    /// The account that requested its undo, with its names of that time; absent if none was requested.
    public var undoneBy: PersonBody?
    /// When the undo was complete.
    public var undoneAt: String?
    /// The policies with which it was started.
    public var policy: PolicyBody?
    /// Why it failed.
    public var failure: FileFailureBody?
    /// The outcomes of each type.
    public var counts: ControlResponse.TypeCounts
    /// The outcomes of all types together.
    public var totals: ControlResponse.Counts

    /// An operation.
    public init(
        _id: String, type: String, importerKey: String, status: String, state: String, valid: Bool, undone: Bool,
        user: PersonBody, createdAt: String, counts: ControlResponse.TypeCounts, totals: ControlResponse.Counts
    ) {
        self._id = _id
        self.type = type
        self.importerKey = importerKey
        self.status = status
        self.state = state
        self.valid = valid
        self.undone = undone
        self.user = user
        self.createdAt = createdAt
        self.counts = counts
        self.totals = totals
    }
}

/// `import.report` as JSON.
public struct ReportResponse: Codable, Sendable {
    /// Failed records of one type with one reason.
    public struct Failure: Codable, Equatable, Sendable {
        /// What they describe: `user`, `channel`, `message` or `contact`.
        public var type: String
        /// The stable name of the reason.
        public var code: String
        /// How many there are.
        public var count: Int

        /// A reason.
        public init(type: String, code: String, count: Int) {
            self.type = type
            self.code = code
            self.count = count
        }
    }

    /// The findings of one severity and code.
    public struct Finding: Codable, Sendable {
        /// How much it matters.
        public var severity: String
        /// The stable name of the finding.
        public var code: String
        /// How many findings there are.
        public var findings: Int
        /// The number of elements of the source.
        public var elements: Int
        /// The first of them.
        public var examples: [FindingBody]

        /// Findings of one kind.
        public init(severity: String, code: String, findings: Int, elements: Int, examples: [FindingBody]) {
            self.severity = severity
            self.code = code
            self.findings = findings
            self.elements = elements
            self.examples = examples
        }
    }

    /// The operation, with the outcomes of each type.
    public var operation: HistoryBody
    /// The reasons of failed records; their counts add up to `failed` of each type.
    public var failures: [Failure]
    /// The findings of each kind, the most severe first.
    public var findings: [Finding]
    /// The undo of the operation; absent if none was requested.
    public var undo: UndoReportBody?
    /// When the report was made, ISO 8601.
    public var ts: String
    /// True.
    public var success = true

    /// A report.
    public init(
        operation: HistoryBody, failures: [Failure], findings: [Finding], undo: UndoReportBody? = nil, ts: String
    ) {
        self.undo = undo
        self.operation = operation
        self.failures = failures
        self.findings = findings
        self.ts = ts
    }
}

/// `import.delete`.
public struct DeletedOperationResponse: Codable, Sendable {
    /// What stays and what is gone, for people.
    public var message: String
    /// True.
    public var success = true

    /// A response.
    public init(message: String) { self.message = message }
}
