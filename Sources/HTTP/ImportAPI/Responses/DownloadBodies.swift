/// An avatar or a file of messages to download.
public struct ListedDownloadBody: Codable, Equatable, Sendable {
    /// The message that carries a file.
    public struct Carrier: Codable, Equatable, Sendable {
        /// The id of the first message.
        public var _id: String?
        /// The id of its room.
        public var rid: String?
        /// How many messages carry the file.
        public var count: Int

        /// A message.
        public init(_id: String?, rid: String?, count: Int) {
            self._id = _id
            self.rid = rid
            self.count = count
        }
    }

    /// Its id, for `import.downloads.retry` and `import.downloads.skip`.
    public var id: String
    /// `avatar`, `file`, or `archived` for a file inside its export.
    public var kind: String
    /// `waiting`, `queued`, `failed`, `skipped` or `done`.
    public var state: String
    /// Whether it is being downloaded.
    public var inProgress: Bool
    /// The host and port of its URL; the rest of the URL may contain secrets.
    public var host: String?
    /// The name of the file.
    public var name: String
    /// How many attempts failed.
    public var attempts: Int
    /// When the next attempt is due, ISO 8601.
    public var nextAttempt: String?
    /// Why the last attempt failed, or why it was given up.
    public var reason: String?
    /// The account of an avatar.
    public var user: PersonBody?
    /// The first message that carries a file.
    public var message: Carrier?

    /// A download.
    public init(id: String, kind: String, state: String, inProgress: Bool, name: String, attempts: Int) {
        self.id = id
        self.kind = kind
        self.state = state
        self.inProgress = inProgress
        self.name = name
        self.attempts = attempts
    }
}

/// How many downloads are in each state.
public struct DownloadTotalsBody: Codable, Equatable, Sendable {
    /// Not requested.
    public var waiting: Int
    /// Queued or in progress.
    public var queued: Int
    /// Given up after a permanent failure or too many attempts.
    public var failed: Int
    /// Given up by an administrator.
    public var skipped: Int
    /// Complete.
    public var done: Int

    /// Totals of the given sizes.
    public init(waiting: Int, queued: Int, failed: Int, skipped: Int, done: Int) {
        self.waiting = waiting
        self.queued = queued
        self.failed = failed
        self.skipped = skipped
        self.done = done
    }
}

/// `import.downloads`.
public struct DownloadListResponse: ListBody {
    /// A download.
    public typealias Item = ListedDownloadBody
    /// `downloads`.
    public static let itemsKey = "downloads"

    /// The downloads of this page.
    public var downloads: [ListedDownloadBody]
    /// The totals of avatars, whatever the filter.
    public var avatars: DownloadTotalsBody
    /// The totals of files of messages, whatever the filter.
    public var files: DownloadTotalsBody
    /// What was requested of the queue; absent if nothing.
    public var control: String?
    /// How many there are on this page.
    public var count: Int
    /// How many items precede it.
    public var offset: Int
    /// How many match.
    public var total: Int
    /// True.
    public var success = true
}
