/// A record that could not be imported.
public struct FailureBody: Codable, Sendable {
    /// The record's place in the staging area, which names it for later calls.
    public var id: String
    /// What it describes: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// The reason for people.
    public var message: String
    /// The field at fault.
    public var field: String?
    /// The workspace id that it clashes with.
    public var clashesWith: String?
    /// The record as it was staged, without secrets.
    public var data: JSONBody

    /// A failure of the given parts.
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

/// `import.failures`.
public struct FailureListAnswer: Codable, Sendable {
    /// The failed records of this page.
    public var failures: [FailureBody]
    /// How many there are on this page.
    public var count: Int
    /// How many stand before it.
    public var offset: Int
    /// How many there are in all.
    public var total: Int
    /// True.
    public var success = true

    /// A page of the given parts.
    public init(failures: [FailureBody], offset: Int, total: Int) {
        self.failures = failures
        count = failures.count
        self.offset = offset
        self.total = total
    }
}
