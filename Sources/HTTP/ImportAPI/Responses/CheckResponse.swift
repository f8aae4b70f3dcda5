/// How many records have each decision.
public struct CheckCountsBody: Codable, Equatable, Sendable {
    /// Creates an account, room or message.
    public var create: Int
    /// Changes an existing one.
    public var update: Int
    /// Adds import ids to an existing account.
    public var bind: Int
    /// The workspace has everything already.
    public var unchanged: Int
    /// Is not imported.
    public var skip: Int
    /// Cannot be imported.
    public var fail: Int

    /// Counts of each decision.
    public init(create: Int, update: Int, bind: Int, unchanged: Int, skip: Int, fail: Int) {
        self.create = create
        self.update = update
        self.bind = bind
        self.unchanged = unchanged
        self.skip = skip
        self.fail = fail
    }
}

/// The decisions in numbers.
public struct CheckSummaryBody: Codable, Equatable, Sendable {
    /// The users.
    public var users: CheckCountsBody
    /// The contacts.
    public var contacts: CheckCountsBody
    /// The rooms.
    public var channels: CheckCountsBody
    /// The messages.
    public var messages: CheckCountsBody
    /// All together.
    public var total: CheckCountsBody

    /// Counts of each type.
    public init(
        users: CheckCountsBody, contacts: CheckCountsBody, channels: CheckCountsBody, messages: CheckCountsBody,
        total: CheckCountsBody
    ) {
        self.users = users
        self.contacts = contacts
        self.channels = channels
        self.messages = messages
        self.total = total
    }
}

/// A field that an update would change.
public struct FieldChangeBody: Codable, Equatable, Sendable {
    /// The field.
    public var field: String
    /// The present value; absent if there is none.
    public var from: JSONBody?
    /// The new value; absent if there is none.
    public var to: JSONBody?

    /// A change.
    public init(field: String, from: JSONBody?, to: JSONBody?) {
        self.field = field
        self.from = from
        self.to = to
    }
}

/// What an import would do with one record.
public struct CheckedRecordBody: Codable, Equatable, Sendable {
    /// Why a record is skipped or fails.
    public struct Reason: Codable, Equatable, Sendable {
        /// The stable name of the reason.
        public var code: String
        /// The reason as a sentence.
        public var message: String
        /// The invalid field.
        public var field: String?
        /// The id of the conflicting account, room or message.
        public var clashesWith: String?

        /// A reason.
        public init(code: String, message: String, field: String?, clashesWith: String?) {
            self.code = code
            self.message = message
            self.field = field
            self.clashesWith = clashesWith
        }
    }

    /// The record's number in the staging area, which identifies it in later calls.
    public var id: String
    /// What it describes: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// Its first import id.
    public var importId: String?
    /// `create`, `update`, `bind`, `unchanged`, `skip` or `fail`.
    public var decision: String
    /// Why it is skipped or fails.
    public var reason: Reason?
    /// The id of the existing account, room or message that it is about.
    public var subject: String?
    /// The fields that would change.
    public var changes: [FieldChangeBody]?

    /// A decision.
    public init(
        id: String, type: String, importId: String?, decision: String, reason: Reason?, subject: String?,
        changes: [FieldChangeBody]?
    ) {
        self.id = id
        self.type = type
        self.importId = importId
        self.decision = decision
        self.reason = reason
        self.subject = subject
        self.changes = changes
    }
}

/// Records of one type that are skipped or fail for one reason.
public struct CheckReasonBody: Codable, Equatable, Sendable {
    /// What they describe: `user`, `channel`, `message` or `contact`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// How many records.
    public var count: Int
    /// The first of them, at most five.
    public var examples: [CheckedRecordBody]

    /// A reason.
    public init(type: String, code: String, count: Int, examples: [CheckedRecordBody]) {
        self.type = type
        self.code = code
        self.count = count
        self.examples = examples
    }
}

/// `import.check`.
public struct CheckResponse: ListBody {
    /// The decision about a record.
    public typealias Item = CheckedRecordBody
    /// `records`.
    public static let itemsKey = "records"

    /// The decisions in numbers.
    public var summary: CheckSummaryBody
    /// Why records are skipped or fail.
    public var reasons: [CheckReasonBody]
    /// The decisions about the records of this page, in the order of the import.
    public var records: [CheckedRecordBody]?
    /// How many there are on this page.
    public var count: Int?
    /// How many precede it.
    public var offset: Int?
    /// How many there are in all.
    public var total: Int?
    /// True.
    public var success = true

    /// The numbers alone.
    public init(summary: CheckSummaryBody, reasons: [CheckReasonBody]) {
        self.summary = summary
        self.reasons = reasons
    }
}
