/// The content of a list: the type of its items, and the field that holds them.
public protocol ListContent: Sendable {
    /// An item of the list.
    associatedtype Item: Codable & Sendable = Self
    /// The field that holds the items.
    static var itemsKey: String { get }
}

/// A response that is a list, or a page of one.
public protocol ListBody: ListContent, Codable {}

/// Public rooms in lists.
public enum Channels: ListContent {
    /// A room.
    public typealias Item = RoomBody
    /// `channels`.
    public static let itemsKey = "channels"
}

/// Private rooms in lists.
public enum Groups: ListContent {
    /// A room.
    public typealias Item = RoomBody
    /// `groups`.
    public static let itemsKey = "groups"
}

/// Direct rooms in lists.
public enum DirectRooms: ListContent {
    /// A room.
    public typealias Item = RoomBody
    /// `ims`.
    public static let itemsKey = "ims"
}

/// A page of a list.
public struct ListResponse<Content: ListContent>: ListBody {
    /// An item of the list.
    public typealias Item = Content.Item
    /// The field that holds the items.
    public static var itemsKey: String { Content.itemsKey }

    /// The items of this page.
    public var items: [Item]
    /// How many there are on this page.
    public var count: Int
    /// How many precede it.
    public var offset: Int
    /// How many there are in all.
    public var total: Int
    /// True.
    public var success = true

    /// A page.
    public init(_ items: [Item], offset: Int, total: Int) {
        self.items = items
        count = items.count
        self.offset = offset
        self.total = total
    }

    private enum CodingKeys: String, CodingKey {
        case items, count, offset, total, success

        init?(stringValue: String) { self.init(rawValue: stringValue == Content.itemsKey ? "items" : stringValue) }

        var stringValue: String { self == .items ? Content.itemsKey : rawValue }
    }
}

/// `*.history`; without counts.
public struct HistoryResponse: ListBody {
    /// A message.
    public typealias Item = MessageBody
    /// `messages`.
    public static var itemsKey: String { Item.itemsKey }

    /// The messages of this page.
    public var messages: [MessageBody]
    /// The number of unread messages before the page, if requested.
    public var unreadNotLoaded: Int?
    /// True.
    public var success = true
}

/// `chat.search`; without counts.
public struct SearchResponse: ListBody {
    /// A message.
    public typealias Item = MessageBody
    /// `messages`.
    public static var itemsKey: String { Item.itemsKey }

    /// The messages of this page.
    public var messages: [MessageBody]
    /// True.
    public var success = true
}
