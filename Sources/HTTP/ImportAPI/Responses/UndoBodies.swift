/// The numbers of an undo.
public struct UndoSummary: Codable, Equatable, Sendable {
    /// The numbers of one type.
    public struct Counts: Codable, Equatable, Sendable {
        /// Created by the import, and removed.
        public var removed: Int
        /// Changed by the import, and as before.
        public var restored: Int
        /// Created or changed by the import, and kept.
        public var kept: Int

        /// Counts of the given sizes.
        public init(removed: Int, restored: Int, kept: Int) {
            self.removed = removed
            self.restored = restored
            self.kept = kept
        }
    }

    /// Accounts.
    public var users: Counts
    /// Rooms.
    public var channels: Counts
    /// Messages.
    public var messages: Counts
    /// Existing accounts that the import added to existing rooms.
    public var memberships: Counts
    /// Import ids that existing accounts and rooms got.
    public var importIds: Counts
    /// Files of removed messages, downloaded or not.
    public var files: Counts

    /// The numbers of all types.
    public init(
        users: Counts, channels: Counts, messages: Counts, memberships: Counts, importIds: Counts, files: Counts
    ) {
        self.users = users
        self.channels = channels
        self.messages = messages
        self.memberships = memberships
        self.importIds = importIds
        self.files = files
    }
}

/// Why an undo keeps some things of one type.
public struct UndoReasonBody: Codable, Equatable, Sendable {
    /// One of them.
    public struct Example: Codable, Equatable, Sendable {
        /// Its id.
        public var id: String
        /// Its name, if it has one.
        public var name: String?

        /// An example.
        public init(id: String, name: String?) {
            self.id = id
            self.name = name
        }
    }

    /// What they are: `user`, `channel`, `message` or `membership`.
    public var type: String
    /// The stable name of the reason.
    public var code: String
    /// How many there are.
    public var count: Int
    /// The reason as a sentence.
    public var message: String
    /// Some of them.
    public var examples: [Example]

    /// A reason.
    public init(type: String, code: String, count: Int, message: String, examples: [Example]) {
        self.type = type
        self.code = code
        self.count = count
        self.message = message
        self.examples = examples
    }
}

/// `import.undo`.
public struct UndoResponse: Codable, Sendable {
    /// The state of the operation, as in `import.status`.
    public var state: String
    /// What was requested of the undo; absent if nothing.
    public var control: String?
    /// The operation.
    public var operation: OperationBody
    /// Whether the call changed nothing.
    public var dryRun: Bool
    /// Whether the undo is complete; absent otherwise.
    public var undone: Bool?
    /// The numbers so far, or what they would be.
    public var summary: UndoSummary
    /// Why some things are kept.
    public var reasons: [UndoReasonBody]
    /// What goes and what stays, for people.
    public var message: String
    /// True.
    public var success = true

    /// A response.
    public init(
        state: String, control: String?, operation: OperationBody, dryRun: Bool, undone: Bool?, summary: UndoSummary,
        reasons: [UndoReasonBody], message: String
    ) {
        self.state = state
        self.control = control
        self.operation = operation
        self.dryRun = dryRun
        self.undone = undone
        self.summary = summary
        self.reasons = reasons
        self.message = message
    }
}

/// Something that an undo kept.
public struct KeptBody: ListContent, Codable, Equatable, Sendable {
    /// `kept`.
    public static let itemsKey = "kept"

    /// Its id; of a membership, those of room and account with a slash between them.
    public var id: String
    /// What it is: `user`, `channel`, `message` or `membership`.
    public var type: String
    /// Its name, if it has one; messages have none.
    public var name: String?
    /// The stable name of the reason.
    public var code: String
    /// The reason as a sentence.
    public var message: String

    /// Something that is kept.
    public init(id: String, type: String, name: String?, code: String, message: String) {
        self.id = id
        self.type = type
        self.name = name
        self.code = code
        self.message = message
    }
}

/// The undo in `import.report`.
public struct UndoReportBody: Codable, Equatable, Sendable {
    /// When it was requested.
    public var startedAt: String
    /// When it was complete; absent before.
    public var endedAt: String?
    /// The numbers.
    public var summary: UndoSummary
    /// Why some things are kept.
    public var reasons: [UndoReasonBody]

    /// The account of an undo.
    public init(startedAt: String, endedAt: String?, summary: UndoSummary, reasons: [UndoReasonBody]) {
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.summary = summary
        self.reasons = reasons
    }
}

/// The undo in `import.status`.
public struct UndoProgressBody: Codable, Equatable, Sendable {
    /// The id of the operation that is being undone, or was.
    public var operationId: String
    /// What was requested of the undo; absent if nothing.
    public var control: String?
    /// What is being removed or restored; absent once the undo is complete.
    public var stage: String?
    /// When it was requested.
    public var startedAt: String?
    /// When it was complete.
    public var endedAt: String?
    /// The numbers so far.
    public var summary: UndoSummary

    /// The progress of an undo.
    public init(
        operationId: String, control: String?, stage: String?, startedAt: String?, endedAt: String?,
        summary: UndoSummary
    ) {
        self.operationId = operationId
        self.control = control
        self.stage = stage
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.summary = summary
    }
}
