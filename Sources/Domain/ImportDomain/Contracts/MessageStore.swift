/// Keeps messages.
public protocol MessageStore {
    /// The messages with these ids, in no particular order.
    func find(ids: [MessageID]) throws -> [Message]

    /// Adds messages, all or none; none of the ids may be there already.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    /// - Parameter number: the import that brings them; nil for messages made otherwise.
    func insert(_ messages: [Message], by number: ImportNumber?) throws

    /// Adds messages in the form that the store gave them, all or none; none of the ids may be there already.
    ///
    /// - Throws: `StoreError.uniqueViolation`.
    func insert(_ rows: MessageRows) throws

    /// Writes a message's new values for an import, and what they were before.
    func update(_ message: Message, replacing before: Message, by number: ImportNumber) throws

    /// Writes a message's new values; its thread counts are moved by `settle` alone.
    func update(_ message: Message) throws

    /// Writes down that an import added answers to threads, to be settled when the import ends.
    ///
    /// - Parameter threads: the messages that the threads hang from.
    func touch(_ threads: [TouchedThread], by operation: OperationID) throws

    /// Settles some threads that an import touched: counts and times of answers, and who follows.
    ///
    /// A thread whose first message is missing gets a stand-in, said by `UserID.rocketCat` at the time that the
    /// answers give, or just before the first answer. Answers count in the room of their thread's first message only.
    /// Several processes may settle an operation at the same time.
    /// - Parameter limit: about how many threads to settle.
    /// - Returns: whether there is more to settle.
    func settle(_ operation: OperationID, limit: Int) throws -> Bool

    /// A page of messages of a room.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have; the first message is there whatever its size.
    func list(_ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int, bytes: Int?) throws -> [Message]

    /// How many messages match.
    func count(_ filter: MessageFilter) throws -> Int
}

/// Messages as rows of the store that made them with `Store.rows(of:by:)`, so that the transaction only writes.
public struct MessageRows: Sendable {
    /// The rows; nobody but the store looks into them.
    public let rows: any Sendable

    /// Rows of a store.
    public init(_ rows: any Sendable) { self.rows = rows }
}

extension MessageStore {
    /// Adds messages that no import brings.
    public func insert(_ messages: [Message]) throws { try insert(messages, by: nil) }
}

extension MessageStore {
    /// A page of messages of a room, whatever their size.
    public func list(
        _ filter: MessageFilter, order: MessageOrder, offset: Int, limit: Int
    ) throws -> [Message] {
        try list(filter, order: order, offset: offset, limit: limit, bytes: nil)
    }
}

/// A thread to which an import added answers.
public struct TouchedThread: Hashable, Sendable {
    /// The message that the thread hangs from.
    public let parentID: MessageID
    /// The room.
    public let roomID: RoomID
    /// When that message was written, if a source tells.
    public let startedAt: Timestamp?

    /// Creates a thread.
    public init(parentID: MessageID, roomID: RoomID, startedAt: Timestamp?) {
        self.parentID = parentID
        self.roomID = roomID
        self.startedAt = startedAt
    }
}

/// Which messages to show; hidden ones never are.
public struct MessageFilter: Equatable, Sendable {
    /// Messages of this room.
    public var roomID: RoomID
    /// Answers in this thread only.
    public var threadID: MessageID?
    /// Whether answers in threads that are not shown in the room are left out.
    public var leavesOutThreads: Bool
    /// Not before this moment.
    public var oldest: Timestamp?
    /// Not after this moment.
    public var latest: Timestamp?
    /// Whether messages at `oldest` and `latest` themselves belong to it.
    public var isInclusive: Bool
    /// Messages whose text holds this, the case of ASCII letters aside.
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
