import ImportAPI
import ImportDomain
import WorkspaceServices

extension RoomBody {
    /// A room as the wire shows it.
    init(_ view: RoomView) {
        let room = view.room
        self.init(
            _id: room.id.rawValue, t: room.kind.rawValue, msgs: room.messageCount, usersCount: room.memberCount,
            ts: room.createdAt.iso8601, ro: room.isReadOnly, _updatedAt: room.updatedAt.iso8601)
        name = room.name
        fname = room.displayName ?? room.name
        u = room.creatorID.map { PersonBody($0, view.names[$0]) }
        if room.kind == .direct {
            usernames = room.participants.compactMap { view.names[$0]?.username }
            uids = room.participants.map(\.rawValue)
        }
        topic = room.topic
        description = room.description
        announcement = room.announcement
        archived = room.isArchived ? true : nil
        lastMessage = view.lastMessage.map(MessageBody.init)
        lm = room.lastMessageAt?.iso8601
    }
}

extension PersonBody {
    /// An account as rooms and messages show it.
    init(_ id: UserID, _ name: AccountName?) {
        self.init(_id: id.rawValue, username: name?.username, name: name?.name)
    }
}

extension MemberBody {
    /// An account as the lists of members show it.
    init(_ user: User) {
        self.init(
            _id: user.id.rawValue, username: user.username, name: user.name, nickname: user.nickname,
            utcOffset: user.utcOffset, _updatedAt: user.updatedAt.iso8601)
    }
}

extension SubscriptionBody {
    /// An account's subscription to a room.
    init(_ subscription: Subscription, in view: RoomView) {
        let room = view.room
        let others = room.participants.filter { $0 != subscription.userID || room.participants.count == 1 }
        let partners = others.compactMap { view.names[$0]?.username }.joined(separator: ", ")
        self.init(
            rid: room.id.rawValue, name: room.kind == .direct ? partners : room.name, fname: room.displayName,
            t: room.kind.rawValue, roles: subscription.roles.isEmpty ? nil : subscription.roles)
    }
}
