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
