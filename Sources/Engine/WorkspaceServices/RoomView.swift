public import ImportDomain

/// A room with everything that is shown along with it.
public struct RoomView: Sendable {
    /// The room.
    public let room: Room
    /// What its creator and, in direct rooms, its participants are called.
    public let names: [UserID: AccountName]
    /// The latest message, for callers who may read the room.
    public let lastMessage: MessageView?
}

extension StoreTransaction {
    /// Rooms with their people, looked up once for all of them.
    ///
    /// - Parameter showsLastMessages: whether the caller may read all of these rooms.
    func views(of rooms: [Room], showsLastMessages: Bool) throws -> [RoomView] {
        let people = Set(rooms.flatMap { $0.participants + [$0.creatorID].compactMap { $0 } })
        let names = try users.names(of: Array(people))
        var latest: [MessageID: MessageView] = [:]
        if showsLastMessages {
            for view in try views(of: messages.find(ids: rooms.compactMap(\.lastMessageID)))
            where !view.message.isHidden {
                latest[view.message.id] = view
            }
        }
        return rooms.map { room in
            let own = (room.participants + [room.creatorID].compactMap { $0 })
                .compactMap { id in names[id].map { (id, $0) } }
            return RoomView(
                room: room, names: Dictionary(own) { first, _ in first },
                lastMessage: room.lastMessageID.flatMap { latest[$0] })
        }
    }
}
