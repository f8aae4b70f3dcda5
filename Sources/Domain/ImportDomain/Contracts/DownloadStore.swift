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

    /// Queues some of the files that messages of an import carry, in the order in which files were added.
    ///
    /// - Parameter position: the position after which to start; 0 for the beginning.
    /// - Returns: the position to continue from; nil at the end.
    func enqueueFiles(of number: ImportNumber, after position: Int64, limit: Int) throws -> Int64?

    /// Queues the avatars of accounts that have an address for one, in the order of their ids.
    ///
    /// - Parameters:
    ///   - number: the import that created the accounts or gave them the address; nil for all accounts.
    ///   - account: the account after which to start.
    /// - Returns: the last account; nil if there was none.
    func enqueueAvatars(of number: ImportNumber?, after account: UserID?, limit: Int) throws -> UserID?

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
    /// - Returns: the replaced file, unless an undo of the import that requested the avatar would need it.
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

    /// How many downloads are in each state; avatars that were never queued are not among them.
    func downloadCounts() throws -> [Download.State: Int]

    /// A page of downloads: those of the queue in their order, then avatars that were never queued.
    func downloads(matching filter: DownloadFilter, offset: Int, limit: Int) throws -> [ListedDownload]

    /// How many downloads of each kind are in each state; avatars that were never queued wait.
    func downloadTotals() throws -> [DownloadTotal]

    /// Queues these downloads again, at once and with all attempts; those in progress or done stay as they are.
    ///
    /// Files inside an export are never queued.
    /// - Returns: how many were queued.
    func retry(_ downloads: [DownloadID]) throws -> Int

    /// Queues some of the downloads that match, as `retry(_:)` does.
    ///
    /// - Parameter download: the download after which to start.
    /// - Returns: how many were queued, and the last download; nil if there was none.
    func retry(
        matching filter: DownloadFilter, after download: DownloadID?, limit: Int
    ) throws -> (count: Int, last: DownloadID?)

    /// Gives up these downloads until they are retried; those that are done, and files inside an export, stay as they are.
    ///
    /// A worker that is downloading one loses its lease: it stores nothing.
    /// - Parameter reason: what messages show.
    /// - Returns: how many were given up.
    func skip(_ downloads: [DownloadID], reason: String) throws -> Int

    /// Gives up some of the downloads that match, as `skip(_:reason:)` does.
    ///
    /// - Parameter download: the download after which to start.
    /// - Returns: how many were given up, and the last download; nil if there was none.
    func skip(
        matching filter: DownloadFilter, after download: DownloadID?, limit: Int, reason: String
    ) throws -> (count: Int, last: DownloadID?)
}

/// Names a download in lists.
public enum DownloadID: Hashable, Sendable, CustomStringConvertible {
    /// A download of the queue, by its number.
    case numbered(Int64)
    /// The avatar of an account, which was never queued.
    case avatar(of: UserID)

    private static let avatarPrefix = "avatar-"

    /// The id of a description; nil for any other string.
    public init?(_ description: String) {
        if description.hasPrefix(Self.avatarPrefix), description.count > Self.avatarPrefix.count {
            self = .avatar(of: UserID(String(description.dropFirst(Self.avatarPrefix.count))))
        } else if let number = Int64(description), number > 0 {
            self = .numbered(number)
        } else {
            return nil
        }
    }

    /// The number, or `avatar-` and the account's id.
    public var description: String {
        switch self {
        case .numbered(let number): String(number)
        case .avatar(let user): Self.avatarPrefix + user.rawValue
        }
    }
}

/// A filter of downloads; nil matches everything.
public struct DownloadFilter: Equatable, Sendable {
    /// Downloads in this state only.
    public var state: Download.State?
    /// Downloads of this kind only.
    public var kind: Download.Kind?

    /// Every download, unless narrowed.
    public init(state: Download.State? = nil, kind: Download.Kind? = nil) {
        self.state = state
        self.kind = kind
    }
}

/// The number of downloads of one kind in one state.
public struct DownloadTotal: Equatable, Sendable {
    /// The kind.
    public let kind: Download.Kind
    /// The state.
    public let state: Download.State
    /// How many.
    public let count: Int

    /// Creates a total.
    public init(kind: Download.Kind, state: Download.State, count: Int) {
        self.kind = kind
        self.state = state
        self.count = count
    }
}

/// A download as lists show it; its URL, which may contain secrets, is left out.
public struct ListedDownload: Equatable, Sendable {
    /// What it is for.
    public enum Target: Equatable, Sendable {
        /// An account; its names are nil if it was deleted.
        case user(UserID, username: String?, name: String?)
        /// The first of some messages; its room is nil if it was deleted.
        case message(MessageID?, room: RoomID?, count: Int)
    }

    /// Its id.
    public let id: DownloadID
    /// The kind of file.
    public let kind: Download.Kind
    /// The state.
    public let state: Download.State
    /// Whether a worker is downloading it.
    public let isInProgress: Bool
    /// The host and port of its URL; empty if it has none.
    public let host: String
    /// The display name.
    public let name: String
    /// The number of failed attempts.
    public let attempts: Int
    /// When the next attempt is due.
    public let dueAt: Timestamp?
    /// Why the last attempt failed, or why it was given up.
    public let reason: String?
    /// What it is for.
    public var target: Target

    /// Creates a download.
    public init(
        id: DownloadID, kind: Download.Kind, state: Download.State, isInProgress: Bool, host: String, name: String,
        attempts: Int, dueAt: Timestamp?, reason: String?, target: Target
    ) {
        self.id = id
        self.kind = kind
        self.state = state
        self.isInProgress = isInProgress
        self.host = host
        self.name = name
        self.attempts = attempts
        self.dueAt = dueAt
        self.reason = reason
        self.target = target
    }
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
    public enum Kind: String, CaseIterable, Sendable {
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
        /// Given up by an administrator.
        case skipped
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

    /// The host and port of an address, never its user name and password; empty for one that has none.
    public static func host(of url: String) -> String {
        guard let start = url.firstRange(of: "://") else { return "" }
        return shownHost(url[start.upperBound...].prefix { !"/?#\\".contains($0) }.lowercased())
    }

    /// The part of a URL between its scheme and its path, without user name and password; empty if it is malformed, because
    /// a password with a slash ends it early.
    public static func shownHost(_ authority: String) -> String {
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let end = host.lastIndex(of: "]").map { host.index(after: $0) } ?? host.startIndex
        guard let colon = host[end...].firstIndex(of: ":") else { return String(host) }
        let port = host[host.index(after: colon)...].utf8
        return port.count <= 5 && port.allSatisfy { (0x30...0x39).contains($0) } ? String(host) : ""
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

extension DownloadStore {
    /// Queues the avatars of all accounts that have an address for one, in the order of their ids.
    ///
    /// - Parameter account: the account after which to start.
    /// - Returns: the last account; nil if there was none.
    public func enqueueAvatars(after account: UserID?, limit: Int) throws -> UserID? {
        try enqueueAvatars(of: nil, after: account, limit: limit)
    }
}
