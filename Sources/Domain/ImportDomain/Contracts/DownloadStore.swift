/// The queue of downloads, independent of operations.
public protocol DownloadStore: WantedFiles {
    /// Whether messages of an operation wait for files that are in its archive.
    func awaitsArchivedFiles(of operation: OperationID) throws -> Bool

    /// The file that messages of an operation wait for, in an entry of its archive.
    func archivedFile(
        _ id: String, of source: String, entry: String, in operation: OperationID
    ) throws -> Download?

    /// Queues every pending file and every file whose download was given up, also while the queue is paused.
    func enqueueFiles() throws

    /// Queues the avatars of accounts that have an address for one, in the order of their ids.
    ///
    /// - Parameter account: the account after which to start.
    /// - Returns: the last account; nil if there was none.
    func enqueueAvatars(after account: UserID?, limit: Int) throws -> UserID?

    /// What an administrator requested of the queue; `canceling` until `dequeue(limit:)` has emptied it.
    func control() throws -> ImportControl

    /// Stores what an administrator requested of the queue: `none`, `paused` or `canceling`.
    func setControl(_ request: ImportControl) throws

    /// Removes queued files and avatars from a cancelled queue; they can be queued again. Stores `none` after the last.
    ///
    /// - Parameter limit: the maximum.
    /// - Returns: how many were removed; those that a worker holds are left.
    func dequeue(limit: Int) throws -> Int

    /// Whether any file or avatar is queued.
    func hasQueued() throws -> Bool

    /// The number of queued files or avatars.
    func queueLength(of kind: Download.Kind) throws -> Int

    /// Leases due downloads to a worker; none while the queue is paused or cancelled.
    ///
    /// - Parameters:
    ///   - limit: the maximum.
    ///   - perHost: the maximum per host, including running ones.
    ///   - running: the number of downloads of each host that the worker has in progress.
    func claim(
        by worker: WorkerID, for duration: Duration, limit: Int, perHost: Int, running: [String: Int]
    ) throws -> [DownloadClaim]

    /// Stores an avatar and assigns it to the account.
    ///
    /// - Returns: the replaced file.
    func finish(_ download: Download, avatar: StoredFile) throws -> FileID?

    /// Stores a file and attaches it to every message that carries it.
    func finish(_ download: Download, file: StoredFile) throws

    /// Records a failed attempt.
    ///
    /// - Parameter delay: how long to wait before the next attempt, by the clock of the store; nil to give up, which
    ///   messages show.
    func fail(_ download: Download, reason: String, retryAfter delay: Duration?) throws

    /// Whether there is a file or an avatar with this id.
    func exists(_ file: FileID) throws -> Bool

    /// The avatar of an account.
    func avatar(of user: UserID) throws -> StoredFile?

    /// A fetched file, and the room of its message.
    func file(id: FileID) throws -> (file: StoredFile, room: RoomID)?

    /// How many downloads are in each state.
    func downloadCounts() throws -> [Download.State: Int]
}

/// A file that a message carries.
public struct WantedFile: Sendable {
    /// The file.
    public let file: FileReference
    /// The message.
    public let messageID: MessageID
    /// The room that the message is in.
    public let roomID: RoomID
    /// The author of the message.
    public let authorID: UserID
    /// When the message was written.
    public let writtenAt: Timestamp

    /// A file that a message carries.
    public init(_ file: FileReference, in message: Message) {
        self.file = file
        messageID = message.id
        roomID = message.roomID
        authorID = message.authorID
        writtenAt = message.writtenAt
    }
}

/// A file to download.
public struct Download: Equatable, Sendable {
    /// The kinds of files.
    public enum Kind: String, Sendable {
        /// The avatar of an account.
        case avatar
        /// A file of messages.
        case file
        /// A file of messages inside their own export; it is never fetched from elsewhere.
        case archived
    }

    /// The states of a download.
    public enum State: String, CaseIterable, Sendable {
        /// Not requested yet.
        case waiting
        /// Queued.
        case queued
        /// Given up after a permanent failure or too many attempts.
        case failed
        /// Stored.
        case done
    }

    /// Its number in the queue.
    public let number: Int64
    /// The kind of file.
    public let kind: Kind
    /// The account of an avatar, or the source's name of a file.
    public let subject: String
    /// The URL; it may contain a secret.
    public let url: String
    /// The host and port of the address.
    public var host: String { Self.host(of: url) }
    /// The display name.
    public let name: String
    /// The media type that the source declares.
    public let mediaType: String?
    /// The number of failed attempts.
    public let attempts: Int

    /// The host and port of an address; empty for one that has none.
    public static func host(of url: String) -> String {
        guard let start = url.firstRange(of: "://") else { return "" }
        return url[start.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    }

    /// Creates a download.
    public init(
        number: Int64, kind: Kind, subject: String, url: String, name: String, mediaType: String?, attempts: Int
    ) {
        self.number = number
        self.kind = kind
        self.subject = subject
        self.url = url
        self.name = name
        self.mediaType = mediaType
        self.attempts = attempts
    }
}

/// A download that a worker leased.
public struct DownloadClaim: Sendable {
    /// The lease of the download.
    public let lease: Lease
    /// The download.
    public let download: Download

    /// Creates a claim.
    public init(_ lease: Lease, download: Download) {
        self.lease = lease
        self.download = download
    }
}

/// A file that the workspace has.
public struct StoredFile: Equatable, Sendable {
    /// Its name in the file store.
    public let id: FileID
    /// The display name.
    public let name: String
    /// The media type, by content.
    public let mediaType: String
    /// The size in bytes.
    public let sizeBytes: Int
    /// Width and height in pixels, of an image.
    public let pixels: PixelSize?
    /// When it was stored.
    public let createdAt: Timestamp

    /// Creates a file.
    public init(
        id: FileID, name: String, mediaType: String, sizeBytes: Int, pixels: PixelSize? = nil, createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.mediaType = mediaType
        self.sizeBytes = sizeBytes
        self.pixels = pixels
        self.createdAt = createdAt
    }
}

/// Width and height of an image.
public struct PixelSize: Equatable, Sendable {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int

    /// Creates a size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}
