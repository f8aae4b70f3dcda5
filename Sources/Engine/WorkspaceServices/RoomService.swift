public import ImportDomain

/// Rooms as their readers and administrators see them.
public struct RoomService: Sendable {
    /// How a room is asked for.
    public enum Selector: Equatable, Sendable {
        /// By its id.
        case id(RoomID)
        /// By its name, letter case aside; of public and private rooms.
        case name(String)
        /// By the username of the other person in a direct room of two.
        case partner(String)
        /// By an id of the system that it came from.
        case importID(ImportID)
    }

    /// Which rooms are listed.
    public enum Scope: Equatable, Sendable {
        /// Public rooms that the caller may read.
        case publicRooms
        /// Rooms of these kinds that the caller is in.
        case joined([RoomKind])
        /// All rooms of these kinds, for administrators.
        case all(kinds: [RoomKind])
    }

    /// A part of a list.
    public struct Page: Sendable {
        /// The rooms.
        public let rooms: [RoomView]
        /// How many there are in all.
        public let total: Int
    }

    private let environment: WorkspaceEnvironment

    /// A service of a workspace.
    public init(_ environment: WorkspaceEnvironment) { self.environment = environment }

    /// The room that a caller asks for.
    ///
    /// By import id, rooms are shown to holders of `view-room-administration`, without their messages unless they may
    /// read them. Callers who may not read a private or direct room cannot find out by its name that it exists.
    /// - Parameter kinds: other rooms are not found.
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func room(
        _ selector: Selector, of kinds: [RoomKind] = RoomKind.allCases, for caller: Caller
    ) async throws -> RoomView {
        try await environment.store.read { transaction in
            guard let room = try transaction.find(selector, for: caller), kinds.contains(room.kind) else {
                throw WorkspaceError.roomNotFound
            }
            let isReadable = try RoomAccess(caller: caller, transaction: transaction).mayRead(room)
            if case .importID = selector {
                guard caller.may(.viewRoomAdministration) else { throw WorkspaceError.roomNotFound }
            } else if !isReadable {
                if case .id = selector { throw WorkspaceError.roomNotAccessible }
                throw room.kind == .channel ? WorkspaceError.roomNotAccessible : .roomNotFound
            }
            return try transaction.views(of: [room], showsLastMessages: isReadable)[0]
        }
    }

    /// Those of some rooms whose name and description the caller may see: rooms that it may read, or all for holders of
    /// `view-room-administration`.
    public func visible(among ids: [RoomID], for caller: Caller) async throws -> Set<RoomID> {
        guard !caller.may(.viewRoomAdministration) else { return Set(ids) }
        var visible = Set<RoomID>()
        for start in stride(from: 0, to: ids.count, by: Self.roomsInMemory) {
            let part = Array(ids[start..<min(start + Self.roomsInMemory, ids.count)])
            visible.formUnion(
                try await environment.store.read { transaction in
                    let access = RoomAccess(caller: caller, transaction: transaction)
                    return try transaction.rooms.find(ids: part).filter(access.mayRead).map(\.id)
                })
        }
        return visible
    }

    /// A page of rooms; those of the last scope come without their latest messages.
    ///
    /// - Parameters:
    ///   - text: a part of the name, the case of ASCII letters aside.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.notAllowed`; `StoreError`.
    public func rooms(
        _ scope: Scope, named text: String? = nil, orderedBy order: RoomOrder, offset: Int, limit: Int,
        bytes: Int = .max,
        for caller: Caller
    ) async throws -> Page {
        var filter = try Self.filter(scope, for: caller)
        filter.text = text
        let (wanted, showsLastMessages) = (filter, scope.isReadable)
        return try await environment.store.read { transaction in
            guard !wanted.kinds.isEmpty else { return Page(rooms: [], total: 0) }
            let rooms = try transaction.rooms.list(
                wanted, orderedBy: order, offset: offset, limit: limit, bytes: bytes)
            return Page(
                rooms: try transaction.views(of: rooms, showsLastMessages: showsLastMessages),
                total: try transaction.rooms.count(wanted))
        }
    }

    /// A page of the rooms that the caller is in and may read, the oldest first; an empty page is the end.
    ///
    /// - Parameters:
    ///   - moment: returns only rooms that changed after it.
    ///   - bytes: about how many stored bytes the page may have.
    public func rooms(
        changedAfter moment: Timestamp?, offset: Int, limit: Int, bytes: Int = .max, for caller: Caller
    ) async throws -> [RoomView] {
        var filter = try Self.filter(.joined(RoomKind.allCases), for: caller)
        filter.changedAfter = moment
        let wanted = filter
        return try await environment.store.read { transaction in
            guard !wanted.kinds.isEmpty else { return [] }
            let rooms = try transaction.rooms.list(
                wanted, orderedBy: RoomOrder(.createdAt), offset: offset, limit: limit, bytes: bytes)
            return try transaction.views(of: rooms, showsLastMessages: true)
        }
    }

    /// A page of the accounts in a room that the caller may read, and how many there are.
    ///
    /// - Parameters:
    ///   - text: a part of the username or name, the case of ASCII letters aside.
    ///   - bytes: about how many stored bytes the page may have.
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`; `StoreError`.
    public func members(
        of room: RoomID, named text: String?, orderedBy order: UserOrder, offset: Int, limit: Int, bytes: Int = .max,
        for caller: Caller
    ) async throws -> (members: [User], total: Int) {
        try await environment.store.read { transaction in
            _ = try RoomAccess(caller: caller, transaction: transaction).readable(room)
            return (
                try transaction.rooms.members(
                    of: room, matching: text, orderedBy: order, offset: offset, limit: limit, bytes: bytes),
                try transaction.rooms.memberCount(of: room, matching: text)
            )
        }
    }

    /// The subscriptions of an account, with their rooms; nil if the caller may not see them.
    public func subscriptions(
        of user: UserID, limit: Int, for caller: Caller
    ) async throws -> [(subscription: Subscription, room: RoomView)]? {
        guard user == caller.user.id || caller.may(.viewOtherUserChannels) else { return nil }
        return try await environment.store.read { transaction in
            let subscriptions = try transaction.rooms.subscriptions(of: user, limit: limit)
            var result: [(subscription: Subscription, room: RoomView)] = []
            for start in stride(from: 0, to: subscriptions.count, by: Self.roomsInMemory) {
                let part = subscriptions[start..<min(start + Self.roomsInMemory, subscriptions.count)]
                let rooms = try transaction.rooms.find(ids: part.map(\.roomID)).map(\.withoutTexts)
                let views = try transaction.views(of: rooms, showsLastMessages: false)
                let byID = Dictionary(views.map { ($0.room.id, $0) }) { first, _ in first }
                result += part.compactMap { subscription in byID[subscription.roomID].map { (subscription, $0) } }
            }
            return result
        }
    }

    /// How many rooms are in memory with their texts where only names are shown.
    private static let roomsInMemory = 100

    private static func filter(_ scope: Scope, for caller: Caller) throws(WorkspaceError) -> RoomFilter {
        switch scope {
        case .publicRooms:
            guard caller.readableKinds.contains(.channel) else { throw .notAllowed }
            return RoomFilter(kinds: [.channel], memberID: caller.may(.viewPublicRoom) ? nil : caller.user.id)
        case .joined(let kinds):
            return RoomFilter(
                kinds: caller.readableKinds.filter(kinds.contains), memberID: caller.user.id)
        case .all(let kinds):
            try caller.require(.viewRoomAdministration)
            return RoomFilter(kinds: kinds)
        }
    }
}

extension Room {
    /// The room as a list of subscriptions shows it.
    fileprivate var withoutTexts: Room {
        var room = self
        (room.topic, room.description, room.announcement) = (nil, nil, nil)
        return room
    }
}

extension RoomService.Scope {
    fileprivate var isReadable: Bool {
        if case .all = self { false } else { true }
    }
}

extension StoreTransaction {
    fileprivate func find(_ selector: RoomService.Selector, for caller: Caller) throws -> Room? {
        switch selector {
        case .id(let id): return try rooms.find(id: id)
        case .name(let name): return try rooms.find(nameKey: CaseFolding.key(name))
        case .partner(let username):
            guard let partner = try users.find(usernameKey: CaseFolding.key(username)) else { return nil }
            return try rooms.find(participants: Array(Set([caller.user.id, partner.id])))
        case .importID(let importID):
            return try rooms.rooms(withImportIDs: [importID])[importID].flatMap { try rooms.find(id: $0) }
        }
    }
}
