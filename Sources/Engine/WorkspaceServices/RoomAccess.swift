import ImportDomain

/// Who may read which room.
///
/// Source: docs/api.md, "Who may read a room".
struct RoomAccess {
    let caller: Caller
    let transaction: any StoreTransaction

    func mayRead(_ room: Room) throws -> Bool {
        switch room.kind {
        case .channel: try caller.may(.viewPublicRoom) || (caller.may(.viewJoinedRoom) && isMember(of: room.id))
        case .privateGroup: try caller.may(.viewPrivateRoom) && isMember(of: room.id)
        case .direct: caller.may(.viewDirectRoom) && room.participants.contains(caller.user.id)
        }
    }

    /// The room with this id, for reading.
    ///
    /// - Throws: `WorkspaceError.roomNotFound` or `.roomNotAccessible`.
    func readable(_ id: RoomID) throws -> Room {
        guard let room = try transaction.rooms.find(id: id) else { throw WorkspaceError.roomNotFound }
        guard try mayRead(room) else { throw WorkspaceError.roomNotAccessible }
        return room
    }

    private func isMember(of room: RoomID) throws -> Bool {
        try transaction.rooms.subscription(of: caller.user.id, in: room) != nil
    }
}

extension Caller {
    /// The kinds of rooms that the caller reads once it is in them.
    var readableKinds: [RoomKind] {
        RoomKind.allCases.filter { kind in
            switch kind {
            case .channel: may(.viewPublicRoom) || may(.viewJoinedRoom)
            case .privateGroup: may(.viewPrivateRoom)
            case .direct: may(.viewDirectRoom)
            }
        }
    }
}
