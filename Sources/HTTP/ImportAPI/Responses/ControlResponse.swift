/// `import.pause`, `import.resume` and `import.cancel`.
public struct ControlResponse: Codable, Sendable {
    /// The outcomes of staged records of one type; `total` is the sum of the others.
    public struct Counts: Codable, Equatable, Sendable {
        /// Records staged.
        public var total: Int
        /// Records that are new in the workspace.
        public var created: Int
        /// Records that changed existing data.
        public var updated: Int
        /// Records that the workspace already had.
        public var unchanged: Int
        /// Records that were not selected.
        public var skipped: Int
        /// Records that could not be imported; they stay staged.
        public var failed: Int
        /// Records that are staged and not imported.
        public var pending: Int

        /// Counts of the given sizes.
        public init(
            total: Int, created: Int, updated: Int, unchanged: Int, skipped: Int, failed: Int, pending: Int
        ) {
            self.total = total
            self.created = created
            self.updated = updated
            self.unchanged = unchanged
            self.skipped = skipped
            self.failed = failed
            self.pending = pending
        }
    }

    /// The counts of each type; types without staged records are absent.
    public struct TypeCounts: Codable, Equatable, Sendable {
        /// Users.
        public var users: Counts?
        /// Rooms.
        public var channels: Counts?
        /// Messages.
        public var messages: Counts?
        /// Contacts.
        public var contacts: Counts?

        /// No counts.
        public init() {}
    }

    /// The queue of downloads.
    public struct Downloads: Codable, Equatable, Sendable {
        /// What was requested of it; absent if nothing.
        public var control: String?
        /// Downloads that are queued or in progress.
        public var queued: Int
        /// Downloads that are not requested.
        public var waiting: Int
        /// Downloads that were given up.
        public var failed: Int
        /// Downloads that are complete.
        public var done: Int

        /// A queue of the given sizes.
        public init(control: String?, queued: Int, waiting: Int, failed: Int, done: Int) {
            self.control = control
            self.queued = queued
            self.waiting = waiting
            self.failed = failed
            self.done = done
        }
    }

    /// The state, as in `import.status`.
    public var state: String
    /// What was requested of the import; absent if nothing.
    public var control: String?
    /// The operation, if there ever was one.
    public var operation: OperationBody?
    /// The counts of the operation.
    public var counts: TypeCounts
    /// The queue of downloads, if the call was about it.
    public var downloads: Downloads?
    /// What stays and what is gone, for people.
    public var message: String
    /// True.
    public var success = true

    /// A response.
    public init(
        state: String, control: String?, operation: OperationBody?, counts: TypeCounts, downloads: Downloads?,
        message: String
    ) {
        self.state = state
        self.control = control
        self.operation = operation
        self.counts = counts
        self.downloads = downloads
        self.message = message
    }
}
