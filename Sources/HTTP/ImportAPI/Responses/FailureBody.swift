/// A record that could not be imported.
public struct FailureBody: Codable, Sendable {
    /// The record's number in the staging area, which identifies it in later calls.
    public var id: String
    /// What it describes: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// The reason as a sentence.
    public var message: String
    /// The invalid field.
    public var field: String?
    /// The id of the conflicting account, room or message.
    public var clashesWith: String?
    /// The record as it was staged, without secrets.
    public var data: JSONBody

    /// A failure.
    public init(
        id: String, type: String, code: String, message: String, field: String?, clashesWith: String?, data: JSONBody
    ) {
        self.id = id
        self.type = type
        self.code = code
        self.message = message
        self.field = field
        self.clashesWith = clashesWith
        self.data = data
    }
}

/// Failed records of one type with one reason.
public struct FailureGroupBody: Codable, Equatable, Sendable {
    /// What they describe: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// How many there are.
    public var count: Int
    /// The reason, and what usually helps.
    public var message: String

    /// A group.
    public init(type: String, code: String, count: Int, message: String) {
        self.type = type
        self.code = code
        self.count = count
        self.message = message
    }
}

/// `import.failures`.
public struct FailureListResponse: ListBody {
    /// A failed record.
    public typealias Item = FailureBody
    /// `failures`.
    public static let itemsKey = "failures"

    /// The failed records of this page, in staging order.
    public var failures: [FailureBody]
    /// All that match, by type and reason, the most frequent first.
    public var groups: [FailureGroupBody]
    /// The operation; absent if there never was one.
    public var operationId: String?
    /// How many there are on this page.
    public var count: Int
    /// How many precede it.
    public var offset: Int
    /// How many match.
    public var total: Int
    /// True.
    public var success = true

    /// A page.
    public init(
        failures: [FailureBody], groups: [FailureGroupBody], operationId: String?, offset: Int, total: Int
    ) {
        self.failures = failures
        self.groups = groups
        self.operationId = operationId
        count = failures.count
        self.offset = offset
        self.total = total
    }
}
