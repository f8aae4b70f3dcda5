/// The query of `chat.getMessage`.
public struct MessageQuery: Codable, Equatable, Sendable {
    /// The message's id.
    public var msgId: String

    /// A query for one message.
    public init(msgId: String) { self.msgId = msgId }
}

/// The query of `chat.getThreadMessages`.
public struct ThreadQuery: Paged, Codable, Equatable, Sendable {
    /// The id of the thread's first message.
    public var tmid: String
    /// How many messages to skip.
    public var offset: Int?
    /// How many messages to return at most.
    public var count: Int?
    /// The order: a JSON object of one field.
    public var sort: String?

    /// The first page of a thread.
    public init(tmid: String) { self.tmid = tmid }
}

/// The query of `chat.search`.
public struct SearchQuery: Paged, Codable, Equatable, Sendable {
    /// The room's id.
    public var roomId: String
    /// What to search for.
    public var searchText: String
    /// How many messages to skip.
    public var offset: Int?
    /// How many messages to return at most.
    public var count: Int?
    /// The order: a JSON object of one field.
    public var sort: String?

    /// The first page of what is found.
    public init(roomId: String, searchText: String) {
        self.roomId = roomId
        self.searchText = searchText
    }
}
