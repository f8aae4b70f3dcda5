/// Keeps messages.
public protocol MessageStore: ImportedMessages {
    /// Adds messages, all or none. None of the ids may exist.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    /// - Parameter number: the import that adds them; nil for other messages.
    func insert(_ messages: [Message], by number: ImportNumber?) throws

    /// Writes a message's new values; only `recountThreads` changes its thread counts.
    func update(_ message: Message) throws

    /// Recounts some threads that an import touched: number and times of replies, and followers.
    ///
    /// A thread whose first message is missing gets a stand-in by `UserID.rocketCat`, with the time that the replies
    /// state, or just before the first reply. Replies count only in the room of their thread's first message. Several
    /// processes may recount an operation at the same time.
    /// - Parameter limit: about how many threads to recount.
    /// - Returns: whether more are left.
    func recountThreads(of operation: OperationID, limit: Int) throws -> Bool

    /// A page of messages of a room.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first message is returned regardless of
    ///   its size.
    func list(_ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, bytes: Int?) throws -> [Message]

    /// How many messages match.
    func count(_ filter: MessageFilter) throws -> Int
}

/// Messages as rows that a store built with `Store.rows(of:by:)`, so that the transaction only writes.
public struct MessageRows: Sendable {
    /// The rows, opaque to callers.
    public let rows: any Sendable

    /// Rows of a store.
    public init(_ rows: any Sendable) { self.rows = rows }
}

extension MessageStore {
    /// Adds messages without an import.
    public func insert(_ messages: [Message]) throws { try insert(messages, by: nil) }
}

extension MessageStore {
    /// A page of messages of a room, regardless of their size.
    public func list(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int
    ) throws -> [Message] {
        try list(filter, order: order, offset: offset, limit: limit, bytes: nil)
    }
}

/// A thread to which an import added replies.
public struct TouchedThread: Hashable, Sendable {
    /// The first message of the thread.
    public let parentID: MessageID
    /// The room.
    public let roomID: RoomID
    /// When that message was written, if the source states it.
    public let startedAt: Timestamp?

    /// Creates a thread.
    public init(parentID: MessageID, roomID: RoomID, startedAt: Timestamp?) {
        self.parentID = parentID
        self.roomID = roomID
        self.startedAt = startedAt
    }
}

/// A filter of messages; hidden ones never match.
public struct MessageFilter: Equatable, Sendable {
    /// Messages of this room.
    public var roomID: RoomID
    /// Only replies of this thread.
    public var threadID: MessageID?
    /// Whether thread replies that the room does not show are left out.
    public var leavesOutThreads: Bool
    /// Not before this time.
    public var oldest: Timestamp?
    /// Not after this time.
    public var latest: Timestamp?
    /// Whether messages at exactly `oldest` and `latest` match.
    public var isInclusive: Bool
    /// Messages whose text contains this, ignoring the case of ASCII letters.
    public var text: String?
    /// Pinned messages only.
    public var isPinned: Bool
    /// Messages that mention one of these accounts.
    public var mentions: [UserID]

    /// All messages of a room, unless narrowed.
    public init(roomID: RoomID) {
        self.roomID = roomID
        leavesOutThreads = false
        isInclusive = false
        isPinned = false
        mentions = []
    }
}

/// The order of a list of messages, by time and then by sequence.
public enum MessageOrder: Sendable {
    /// Oldest first.
    case oldestFirst
    /// Newest first.
    case newestFirst
}
