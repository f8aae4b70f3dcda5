/// An import operation as the wire shows it; unknown fields are absent, never null.
public struct OperationBody: Codable, Equatable, Sendable {
    /// The operation's id.
    public var _id: String
    /// The importer's display name, or `api`.
    public var type: String
    /// The importer's key.
    public var importerKey: String
    /// When it was created, ISO 8601.
    public var ts: String
    /// The step.
    public var status: String
    /// False once superseded or cleared.
    public var valid: Bool
    /// The id of the account that created it.
    public var user: String
    /// When it changed last, ISO 8601.
    public var _updatedAt: String
    /// Counts of staged records and outcomes; absent before anything was staged.
    public var count: CountBody?
    /// The name of the file that it reads; only of imports from files.
    public var file: String?
    /// The media type that the file's sender declared.
    public var contentType: String?
    /// The part of the file that is being read, else null; only of imports from files.
    public var messagesstatus: JSONBody?
    /// Why the file cannot be imported; an addition of Ferry.
    public var failure: FileFailureBody?
    /// The policies with which it was started; an addition of Ferry.
    public var policy: PolicyBody?

    /// An operation.
    public init(
        _id: String, type: String, importerKey: String, ts: String, status: String, valid: Bool, user: String,
        _updatedAt: String, count: CountBody?
    ) {
        self._id = _id
        self.type = type
        self.importerKey = importerKey
        self.ts = ts
        self.status = status
        self.valid = valid
        self.user = user
        self._updatedAt = _updatedAt
        self.count = count
    }
}

/// Why a file cannot be imported.
public struct FileFailureBody: Codable, Equatable, Sendable {
    /// The stable name of the reason.
    public var code: String
    /// What is wrong and what to do.
    public var message: String
    /// The invalid entry of the archive.
    public var entry: String?

    /// A failure.
    public init(code: String, message: String, entry: String?) {
        self.code = code
        self.message = message
        self.entry = entry
    }
}

/// The counts of an operation; `total = completed + error + skipped + still pending`.
public struct CountBody: Codable, Equatable, Sendable {
    /// Records staged.
    public var total: Int
    /// Records in the workspace now.
    public var completed: Int?
    /// Records that could not be imported.
    public var error: Int?
    /// Users staged.
    public var users: Int?
    /// Rooms staged.
    public var channels: Int?
    /// Messages staged.
    public var messages: Int?
    /// Contacts staged.
    public var contacts: Int?
    /// Records that were not selected; an addition of Ferry.
    public var skipped: Int?
    /// Part of `completed`: existed already; an addition of Ferry.
    public var unchanged: Int?
    /// Part of `completed`: changed existing data; an addition of Ferry.
    public var updated: Int?

    /// Counts with nothing but a total.
    public init(total: Int) { self.total = total }
}
