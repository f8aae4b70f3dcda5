/// A response that is a page of a list.
public protocol ListBody: Sendable {
    /// The items of the list.
    associatedtype Item: Codable & Sendable
}

/// A page of a list whose items stand under a key of their own, such as `channels` or `messages`.
public struct ListResponse<Item: Codable & Sendable>: ListBody, Codable, Sendable {
    /// The key of the items.
    public var key: String
    /// The items of this page.
    public var items: [Item]
    /// How many items precede it; nil if the response does not state it.
    public var offset: Int?
    /// How many there are in all; nil if the response does not state it.
    public var total: Int?
    /// The number of unread messages before the page, if requested.
    public var unreadNotLoaded: Int?

    /// A page.
    public init(_ key: String, _ items: [Item], offset: Int? = nil, total: Int? = nil) {
        self.key = key
        self.items = items
        self.offset = offset
        self.total = total
    }

    /// Reads a page; its items are the one list in it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        key = container.allKeys.map(\.stringValue).first { !Self.ownKeys.contains($0) } ?? "items"
        items = try container.decode([Item].self, forKey: Key(key))
        offset = try container.decodeIfPresent(Int.self, forKey: Key("offset"))
        total = try container.decodeIfPresent(Int.self, forKey: Key("total"))
        unreadNotLoaded = try container.decodeIfPresent(Int.self, forKey: Key("unreadNotLoaded"))
    }

    /// Writes the items under their key, and `count` along with `offset`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(items, forKey: Key(key))
        if let offset {
            try container.encode(items.count, forKey: Key("count"))
            try container.encode(offset, forKey: Key("offset"))
        }
        try container.encodeIfPresent(total, forKey: Key("total"))
        try container.encodeIfPresent(unreadNotLoaded, forKey: Key("unreadNotLoaded"))
        try container.encode(true, forKey: Key("success"))
    }

    private static var ownKeys: Set<String> { ["count", "offset", "total", "unreadNotLoaded", "success"] }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }

        init?(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }
}

/// `channels.info`.
public struct ChannelResponse: Codable, Sendable {
    /// The room.
    public var channel: RoomBody
    /// True.
    public var success = true

    /// A response with a room.
    public init(channel: RoomBody) { self.channel = channel }
}

/// `groups.info`.
public struct GroupResponse: Codable, Sendable {
    /// The room.
    public var group: RoomBody
    /// True.
    public var success = true

    /// A response with a room.
    public init(group: RoomBody) { self.group = group }
}

/// `rooms.info`.
public struct RoomResponse: Codable, Sendable {
    /// The room.
    public var room: RoomBody
    /// True.
    public var success = true

    /// A response with a room.
    public init(room: RoomBody) { self.room = room }
}

/// `rooms.get`.
public struct RoomChangesResponse: Codable, Sendable {
    /// The caller's rooms.
    public var update: [RoomBody]
    /// Removed rooms; always empty.
    public var remove: [RoomBody] = []
    /// True.
    public var success = true

    /// A response with rooms.
    public init(update: [RoomBody]) { self.update = update }
}

/// `chat.getMessage`.
public struct MessageResponse: Codable, Sendable {
    /// The message.
    public var message: MessageBody
    /// True.
    public var success = true

    /// A response with a message.
    public init(message: MessageBody) { self.message = message }
}

/// An error without a text, as `chat.getMessage` has it.
public struct BareFailure: Codable, Sendable {
    /// False.
    public var success = false

    /// The response.
    public init() {}
}
