/// Stores rooms, their import ids and members.
///
/// Keys are `CaseFolding` keys. Names are unique across public and private rooms, participants across direct rooms,
/// import ids across all rooms.
public protocol RoomStore: ImportedRooms {
    /// The public or private room with this folded name.
    func find(nameKey: String) throws -> Room?

    /// How many names of rooms that an import created start with this key.
    func nameCount(startingWith key: String, createdBy number: ImportNumber) throws -> Int

    /// Adds subscriptions; existing ones stay unchanged.
    ///
    /// - Returns: how many were added to each room; the member counts change accordingly.
    @discardableResult
    func add(_ subscriptions: [Subscription]) throws -> [RoomID: Int]

    /// An account's subscription to a room.
    func subscription(of user: UserID, in room: RoomID) throws -> Subscription?

    /// The subscriptions of an account, at most `limit`.
    func subscriptions(of user: UserID, limit: Int) throws -> [Subscription]

    /// A page of rooms; those without a value for the order come last, in either direction.
    ///
    /// - Parameter bytes: about how many stored bytes the page may have, the latest message of each room included; the
    ///   first room is returned regardless of its size.
    func list(
        _ filter: RoomFilter, orderedBy order: RoomOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [Room]

    /// How many rooms match.
    func count(_ filter: RoomFilter) throws -> Int

    /// A page of the accounts in a room.
    ///
    /// - Parameters:
    ///   - filter: part of the username or name, ignoring the case of ASCII letters.
    ///   - bytes: about how many stored bytes the page may have; the first account is returned regardless of its size.
    func members(
        of room: RoomID, matching filter: String?, orderedBy order: UserOrder, offset: Int, limit: Int, bytes: Int?
    ) throws -> [User]

    /// How many accounts in a room match.
    func memberCount(of room: RoomID, matching filter: String?) throws -> Int

    /// Recounts some rooms that an import touched: message counts, the latest message.
    ///
    /// Recount threads first (`MessageStore.recountThreads`), because their stand-ins count as messages of their rooms.
    /// Several processes may recount an operation at the same time.
    /// - Parameter limit: about how many rooms to recount.
    /// - Returns: whether more are left.
    func recountRooms(of operation: OperationID, limit: Int) throws -> Bool
}

extension RoomStore {
    /// A page of rooms, regardless of their size.
    public func list(_ filter: RoomFilter, orderedBy order: RoomOrder, offset: Int, limit: Int) throws -> [Room] {
        try list(filter, orderedBy: order, offset: offset, limit: limit, bytes: nil)
    }

    /// A page of the accounts in a room by username, regardless of their size.
    public func members(of room: RoomID, matching filter: String?, offset: Int, limit: Int) throws -> [User] {
        try members(
            of: room, matching: filter, orderedBy: UserOrder(.username), offset: offset, limit: limit, bytes: nil)
    }
}

/// A filter of rooms.
public struct RoomFilter: Equatable, Sendable {
    /// Rooms of these kinds.
    public var kinds: [RoomKind]
    /// Rooms that this account has in its list; nil for all.
    public var memberID: UserID?
    /// Rooms whose name or display name contains this, ignoring the case of ASCII letters.
    public var text: String?
    /// Rooms that changed after this time.
    public var changedAfter: Timestamp?

    /// Rooms of some kinds, unless narrowed further.
    public init(
        kinds: [RoomKind], memberID: UserID? = nil, text: String? = nil, changedAfter: Timestamp? = nil
    ) {
        self.kinds = kinds
        self.memberID = memberID
        self.text = text
        self.changedAfter = changedAfter
    }
}

/// The order of a list of rooms.
public struct RoomOrder: Equatable, Sendable {
    /// What rooms are compared by.
    public enum Key: String, CaseIterable, Sendable {
        /// The folded name.
        case name
        /// The time of the latest message.
        case lastMessage
        /// The number of messages.
        case messageCount
        /// The number of members.
        case memberCount
        /// The time of creation.
        case createdAt
    }

    /// What rooms are compared by.
    public var key: Key
    /// Whether the largest comes first.
    public var isDescending: Bool

    /// An ascending order unless said otherwise.
    public init(_ key: Key, isDescending: Bool = false) {
        self.key = key
        self.isDescending = isDescending
    }
}
