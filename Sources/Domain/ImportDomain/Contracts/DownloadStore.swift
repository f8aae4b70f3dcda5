/// Keeps what is to be fetched from other servers, apart from any import: it goes on whatever becomes of operations.
public protocol DownloadStore {
    /// Writes down that messages carry files; one that was fetched before for another message is attached at once.
    ///
    /// A file of an archive is looked for in the archive of this operation, also if an earlier one could not read it.
    func want(_ files: [WantedFile], by operation: OperationID?) throws

    /// Whether messages of an operation wait for files that are in its archive.
    func awaitsArchivedFiles(of operation: OperationID) throws -> Bool

    /// The file that messages of an operation wait for, and that an entry of its archive holds.
    func archivedFile(
        _ id: String, of source: String, entry: String, in operation: OperationID
    ) throws -> Download?

    /// Puts every file that waits, or failed for a passing reason, in line to be fetched.
    func enqueueFiles() throws

    /// Puts the avatars of some accounts that have an address for one in line to be fetched, in the order of their ids.
    ///
    /// - Parameter account: where to go on.
    /// - Returns: the last of the accounts; nil when there was none.
    func enqueueAvatars(after account: UserID?, limit: Int) throws -> UserID?

    /// How many files, or avatars, are in line.
    func queueLength(of kind: Download.Kind) throws -> Int

    /// Leases what is due to a worker.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - perHost: how many of one host at most, with those that are running.
    ///   - running: how many of each host the worker has in hand already.
    func claim(
        by worker: WorkerID, for duration: Duration, limit: Int, perHost: Int, running: [String: Int]
    ) throws -> [Download]

    /// Prolongs the leases of these downloads, as far as the worker still holds them.
    func renew(_ downloads: [Download], of worker: WorkerID, for duration: Duration) throws

    /// Makes sure that a download still belongs to this worker, and keeps it so until the transaction ends.
    ///
    /// - Throws: `ImportError.leaseLost`.
    func verify(_ download: Download, of worker: WorkerID) throws

    /// Takes an avatar over: the account shows it from now on.
    ///
    /// - Returns: the file that it replaces.
    func finish(_ download: Download, avatar: StoredFile) throws -> FileID?

    /// Takes a file over: every message that carries it shows it from now on.
    func finish(_ download: Download, file: StoredFile) throws

    /// Writes down that an attempt failed.
    ///
    /// - Parameter delay: how long to wait before the next attempt, by the clock that decides what is due; nil to give
    ///   up, which messages tell.
    func fail(_ download: Download, reason: String, retryAfter delay: Duration?) throws

    /// Gives back what a worker holds; none of these claims counts as an attempt.
    func releaseDownloads(of worker: WorkerID) throws

    /// Whether a file or an avatar of this id is known.
    func knows(_ file: FileID) throws -> Bool

    /// The avatar of an account.
    func avatar(of user: UserID) throws -> StoredFile?

    /// A fetched file, and the room that it was written in.
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
    /// Whoever wrote the message.
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

/// Something to be fetched.
public struct Download: Equatable, Sendable {
    /// What is fetched.
    public enum Kind: String, Sendable {
        /// The picture of an account.
        case avatar
        /// A file of messages.
        case file
        /// A file of messages that is in the export which they came from; it is never fetched from elsewhere.
        case archived
    }

    /// How far it has come.
    public enum State: String, CaseIterable, Sendable {
        /// Nobody has asked for it yet.
        case waiting
        /// In line.
        case queued
        /// Given up.
        case failed
        /// There.
        case done
    }

    /// Its number in the queue.
    public let number: Int64
    /// What is fetched.
    public let kind: Kind
    /// The account of an avatar, or the source's name of a file.
    public let subject: String
    /// The address; it may hold a secret.
    public let url: String
    /// The host and port of the address.
    public var host: String { Self.host(of: url) }
    /// The name for people.
    public let name: String
    /// The media type that the source declares.
    public let mediaType: String?
    /// How often it was tried before.
    public let attempts: Int
    /// How many earlier claims ended with their process.
    public let deaths: Int

    /// How many claims may end with their process before a download is given up.
    public static let deathLimit = 3

    /// The host and port of an address; empty for one that has none.
    public static func host(of url: String) -> String {
        guard let start = url.firstRange(of: "://") else { return "" }
        return url[start.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    }

    /// Creates a download.
    public init(
        number: Int64, kind: Kind, subject: String, url: String, name: String, mediaType: String?, attempts: Int,
        deaths: Int = 0
    ) {
        self.deaths = deaths
        self.number = number
        self.kind = kind
        self.subject = subject
        self.url = url
        self.name = name
        self.mediaType = mediaType
        self.attempts = attempts
    }
}

/// A file that the workspace has.
public struct StoredFile: Equatable, Sendable {
    /// Its name in the file store.
    public let id: FileID
    /// The name for people.
    public let name: String
    /// The media type, by content.
    public let mediaType: String
    /// The size in bytes.
    public let sizeBytes: Int
    /// Width and height in pixels, of a picture.
    public let pixels: PixelSize?
    /// When it came.
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

/// Width and height of a picture.
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
