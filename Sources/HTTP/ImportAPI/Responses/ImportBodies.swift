/// `import.new` and `getCurrentImportOperation`: the operation is left out when there is none.
public struct OperationResponse: Codable, Sendable {
    /// The operation.
    public var operation: OperationBody?
    /// True.
    public var success = true

    /// A response with an operation.
    public init(operation: OperationBody?) { self.operation = operation }
}

/// `import.status`.
public struct StatusResponse: Codable, Sendable {
    /// The state.
    public var state: String
    /// What an administrator requested of the import; absent if nothing. An addition of Ferry.
    public var control: String?
    /// True if the current operation was undone; absent otherwise. An addition of Ferry.
    public var undone: Bool?
    /// The undo in progress, or that of the current operation; absent if there is none. An addition of Ferry.
    public var undo: UndoProgressBody?
    /// The current operation, if there ever was one.
    public var operation: OperationBody?
    /// True.
    public var success = true

    /// A response with a state.
    public init(
        state: String, control: String?, undone: Bool? = nil, undo: UndoProgressBody? = nil, operation: OperationBody?
    ) {
        self.state = state
        self.control = control
        self.undone = undone
        self.undo = undo
        self.operation = operation
    }
}

/// `{"success": true}`.
public struct SuccessResponse: Codable, Sendable {
    /// True.
    public var success = true

    /// A response without other fields.
    public init() {}
}

/// One importer of `importers.list`.
public struct ImporterBody: Codable, Sendable {
    /// Its key.
    public var key: String
    /// Its display name.
    public var name: String

    /// An importer.
    public init(key: String, name: String) {
        self.key = key
        self.name = name
    }
}

/// `getImportProgress`.
public struct ProgressResponse: Codable, Sendable {
    /// The counts of a progress.
    public struct Count: Codable, Sendable {
        /// Records staged.
        public var total: Int
        /// Records in the workspace now.
        public var completed: Int
        /// Records that could not be imported.
        public var error: Int

        /// Counts of the given sizes.
        public init(total: Int, completed: Int, error: Int) {
            self.total = total
            self.completed = completed
            self.error = error
        }

        /// Reads counts; those of Rocket.Chat's documents lack `error`.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            total = try container.decode(Int.self, forKey: .total)
            completed = try container.decode(Int.self, forKey: .completed)
            error = try container.decode(Int.self, forKey: .error, unless: decoder.acceptsRocketChat) ?? 0
        }
    }

    /// The importer's key.
    public var key: String
    /// The importer's display name.
    public var name: String
    /// The step.
    public var step: String
    /// What an administrator requested of the import; absent if nothing. An addition of Ferry.
    public var control: String?
    /// The counts.
    public var count: Count
    /// True.
    public var success = true

    /// A progress.
    public init(key: String, name: String, step: String, control: String?, count: Count) {
        self.key = key
        self.name = name
        self.step = step
        self.control = control
        self.count = count
    }
}

/// `downloadPendingFiles` and `downloadPendingAvatars`.
public struct PendingResponse: Codable, Sendable {
    /// How many are to be fetched.
    public var count: Int
    /// True.
    public var success = true

    /// A response with a number of downloads.
    public init(count: Int) { self.count = count }
}
